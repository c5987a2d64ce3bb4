"""CSV for spreadsheets: summary.csv, examples.csv, and other tables in the same form."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from evalkit.report.hidden import show_hidden
from evalkit.results import Estimate, Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.report.material import Material
    from evalkit.results import Summary

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_SCOPES = ("here", "general")
_ENDS = tuple(field.name for field in fields(Interval))
_COLUMNS = (
    *("run", "system", "role"),
    *(field.name for field in fields(Estimate) if field.name not in _SCOPES),
    *(f"{scope}_{end}" for scope in _SCOPES for end in _ENDS),
    "signature",
)


def render(summary: Summary) -> str:
    """Return the estimates of all systems as CSV, a line for each metric, numbers unrounded."""
    rows = []
    for system in summary.systems:
        named = {"run": summary.run, "system": system.name, "role": system.role}
        for estimate in system.estimates:
            signature = summary.metric(estimate.metric).signature
            numbers = asdict(estimate)
            ends = {f"{s}_{end}": v for s in _SCOPES for end, v in numbers.pop(s).items()}
            rows.append({**named, **numbers, **ends, "signature": signature})
    return table_text(rows, _COLUMNS)


def render_examples(material: Material) -> str:
    """Return every example as CSV: what was asked, the references, and each system's side.

    A system's side is its output, in a column with its name, and its scores, in columns such as
    `qwen em`. Of several samples it is the first; where there is none, cells are empty.
    """
    systems = [s.name for s in material.summary.systems if s.role != "human"]
    metrics = [facts.name for facts in material.summary.metrics]
    values = {(s.system, s.example, s.metric): s.value for s in material.scores if not s.sample}
    scored = {(system, metric) for system, _, metric in values}
    rows = []
    for example in material.examples:
        row: dict[str, object] = {
            "example": example.id,
            "task": example.task,
            "question": example.question,
            "references": "\n".join(example.references),
        }
        for system in systems:
            generation = material.generations.get((system, example.id, 0))
            row[system] = generation.prediction if generation else None
            for metric in metrics:
                if (system, metric) in scored:
                    row[f"{system} {metric}"] = values.get((system, example.id, metric))
        rows.append(row)
    return table_text(rows, list(rows[0]) if rows else ["example"])


def table_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows as CSV; an empty cell where there is no value.

    Where it is not all ASCII it begins with a byte order mark, without which Excel takes UTF-8 for
    another encoding.
    """
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    text = table.getvalue()
    return text if text.isascii() else f"\ufeff{text}"


def _cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula, nor a terminal for a command."""
    if not isinstance(value, str):
        return value
    shown = show_hidden(value)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
