"""What a person reads: the table and the reports."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError
from evalkit.report import charts, latex, markdown, page, spreadsheet
from evalkit.report.material import gather

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evalkit.analysis.issues import Place
    from evalkit.analysis.run import Run
    from evalkit.interfaces import Progress
    from evalkit.report.labels import Language
    from evalkit.report.material import Material
    from evalkit.results import Issue
    from evalkit.store.folder import RunFolder

__all__ = ["SUFFIXES", "gather", "render", "write", "write_charts"]

SUFFIXES = (".html", ".md", ".csv", ".tex")
"""The kinds of report, by the ending of their files."""
_FILES = (("report.md", ".md"), ("summary.csv", ".csv"), ("report.html", ".html"))


def render(suffix: str, material: Material) -> str:
    """Return a report.

    Args:
        suffix: one of `SUFFIXES`.
        material: what it shows.
    """
    if suffix == ".md":
        return markdown.render(material)
    if suffix == ".tex":
        return latex.render(material)
    if suffix == ".csv":
        return spreadsheet.render(material.summary)
    return page.render(material)


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
        A line for each report that could not be written, with the reason.
    """
    problems: list[str] = []
    progress.stage("writing the report", len(_FILES) + 1)
    with _noting(problems, "reports"):
        material = gather([run], issues)
        for name, suffix in _FILES:
            with _noting(problems, name):
                folder.write_report(name, render(suffix, material))
            progress.advance()
        with _noting(problems, "examples.csv"):
            folder.write_rows("examples.csv", spreadsheet.render_examples(material))
        progress.advance()
    return problems


@contextmanager
def _noting(problems: list[str], name: str) -> Iterator[None]:
    try:
        yield
    except EvalkitError as error:
        problems.append(f"{name}: {error}")
    except Exception as error:  # noqa: BLE001 - whatever a library raises
        problems.append(f"{name}: {' '.join(f'{type(error).__name__}: {error}'.split())}")


def write_charts(folder: Path, material: Material, language: Language) -> list[Path]:
    """Write each chart as SVG into an existing folder, and return the files."""
    files: list[Path] = []
    for chart in (*charts.draw(material), *charts.draw_groups(material)):
        file = folder / f"{chart.name}.svg"
        file.write_text(charts.svg(chart, material.summary, language), encoding="utf-8")
        files.append(file)
    return files
