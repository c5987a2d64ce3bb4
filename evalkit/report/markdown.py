"""report.md: for pasting into an issue or a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from evalkit.report.labels import fill, label
from evalkit.report.ranking import LEGEND, verdicts
from evalkit.report.table import build, footnotes, headline_metrics
from evalkit.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.report.table import Table
    from evalkit.results import Summary

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def render(summary: Summary, manifest: Mapping[str, Any]) -> str:
    """Return the report of a run as GitHub Markdown."""
    metrics = headline_metrics(summary)
    parts = [
        f"# {escape(summary.run)}",
        _status(summary, manifest),
        _table(build(summary, manifest, metrics)),
        *map(escape, footnotes(summary)),
        "## Which differences are real",
        "\n".join(f"- {escape(line)}" for line in verdicts(summary, metrics)),
        escape(LEGEND),
        "## All metrics",
        _table(build(summary, manifest, tuple(summary.signatures))),
        "## How each number was made",
        "\n".join(f"- `{signature}`" for signature in summary.signatures.values()),
    ]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", visible(text).replace("\n", " "))


def _status(summary: Summary, manifest: Mapping[str, Any]) -> str:
    machine = manifest["machine"]
    made_by = {"version": manifest["evalkit"], "machine": machine["processor"]}
    place = fill(label("made.by")[0], made_by | {"cores": machine["cores"]})
    if summary.status == "complete":
        return f"Complete. {place}."
    return f"**Incomplete: some generations are missing; see the column `odd`.** {place}."


def _table(table: Table) -> str:
    lines = [
        _line([escape(column) for column in table.columns]),
        _line(["---"] * len(table.columns)),
    ]
    for row in table.rows:
        cells = [
            escape(cell.number) + (f"<br>{escape(cell.interval)}" if cell.interval else "")
            for cell in row
        ]
        lines.append(_line(cells))
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
