"""What a person reads: the table and the reports."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from evalkit.report import charts, latex, markdown, page, spreadsheet
from evalkit.report.gather import gather
from evalkit.report.problems import noting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalkit.analysis.run import Run
    from evalkit.interfaces import Progress
    from evalkit.language import Language
    from evalkit.records import Place
    from evalkit.report.material import Material
    from evalkit.results import Issue
    from evalkit.store.folder import RunFolder

__all__ = ["SUFFIXES", "gather", "render", "write", "write_charts"]

SUFFIXES = (".html", ".md", ".csv", ".tex")
"""The kinds of report, by the ending of their files."""
_FILES = (("report.md", ".md"), ("summary.csv", ".csv"), ("report.html", ".html"))


def render(suffix: str, material: Material, problems: list[str] | None = None) -> str:
    """Return a report.

    Args:
        suffix: one of `SUFFIXES`.
        material: what it shows.
        problems: gets a line for each chart that cannot be drawn; the page has it anyway.
    """
    if suffix == ".md":
        return markdown.render(material)
    if suffix == ".tex":
        return latex.render(material)
    if suffix == ".csv":
        return spreadsheet.render(material.summary)
    return page.render(material, problems)


def write(
    folder: RunFolder,
    run: Run,
    progress: Progress,
    issues: Mapping[Place, tuple[Issue, ...]] | None = None,
) -> list[str]:
    """Write the reports of a run into its folder.

    Whatever goes wrong is left to the caller to show: no report makes a run incomplete.

    Args:
        folder: of the run.
        run: what is reported.
        progress: shows how it proceeds.
        issues: those of each output, where they have just been found.

    Returns:
        A line for each report that could not be written, and each chart that could not be drawn,
        with the reason.
    """
    problems: list[str] = []
    progress.stage("writing the report", len(_FILES) + 1)
    with noting(problems, "reports"):
        material = gather([run], issues)
        for name, suffix in _FILES:
            with noting(problems, name):
                folder.write_report(name, render(suffix, material, problems))
            progress.advance()
        with noting(problems, "examples.csv"):
            folder.write_rows("examples.csv", spreadsheet.render_examples(material))
        progress.advance()
    return problems


def write_charts(
    folder: Path, material: Material, language: Language, problems: list[str]
) -> list[Path]:
    """Write each chart as SVG into an existing folder, and return the files.

    A chart that cannot be drawn is a line of `problems`.
    """
    files: list[Path] = []
    found = chain(charts.draw(material), charts.draw_groups(material))
    for chart, svg in charts.render_each(found, material.summary, language, problems):
        files.append(folder / f"{chart.name}.svg")
        files[-1].write_text(svg, encoding="utf-8")
    return files
