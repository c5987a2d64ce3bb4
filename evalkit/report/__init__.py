"""What a person reads: the table and the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.report import charts, markdown, page, spreadsheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.report.findings import Findings
    from evalkit.report.labels import Language
    from evalkit.store.folder import RunFolder

__all__ = ["FORMATS", "write", "write_charts"]

FORMATS: dict[str, Callable[[Findings], str]] = {
    ".html": page.render,
    ".md": lambda findings: markdown.render(findings.summary, findings.manifest),
    ".csv": lambda findings: spreadsheet.render(findings.summary),
}
"""How each kind of report is made, by the ending of its file."""


def write(folder: RunFolder, findings: Findings) -> None:
    """Write the reports of a run into its folder.

    Raises:
        StoreError: one cannot be written.
    """
    for name in ("report.md", "summary.csv", "report.html"):
        folder.write_report(name, FORMATS[name[name.rindex(".") :]](findings))


def write_charts(folder: Path, findings: Findings, language: Language) -> list[Path]:
    """Write each chart as SVG and PNG into a folder that is there, and return the files."""
    files: list[Path] = []
    for picture in charts.draw(findings):
        svg, png = folder / f"{picture.name}.svg", folder / f"{picture.name}.png"
        svg.write_text(picture.svg(language), encoding="utf-8")
        png.write_bytes(picture.png(language))
        files += [svg, png]
    return files
