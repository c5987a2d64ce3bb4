"""CSV for spreadsheets: summary.csv, examples.csv, and other tables in the same form."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import asdict, fields
from itertools import chain
from typing import TYPE_CHECKING

from evalkit.results import Estimate, Interval
from evalkit.values.visible import show_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.records import Example
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


def render_examples(material: Material) -> Iterator[str]:
    """Yield every example as a line of CSV: what was asked, the references, each system's side.

    A system's side is its output, in a column with its name, and its scores, in columns such as
    `qwen em`. Of several samples it is the first; where there is none, cells are empty.
    """
    values: dict[tuple[str, str], dict[str, float | None]] = defaultdict(dict)
    for score in material.scores:
        if not score.sample:
            values[score.system, score.metric][score.example] = score.value
    names = [s.name for s in material.summary.systems if s.role != "human"]
    metrics = [facts.name for facts in material.summary.metrics]
    scored = {name: [m for m in metrics if (name, m) in values] for name in names}

    def row(example: Example) -> dict[str, object]:
        found: dict[str, object] = {
            "example": example.id,
            "task": example.task,
            "question": example.question,
            "references": "\n".join(example.references),
        }
        for name in names:
            generation = material.generations.get((name, example.id, 0))
            found[name] = generation.prediction if generation else None
            for metric in scored[name]:
                found[f"{name} {metric}"] = values[name, metric].get(example.id)
        return found

    columns = list(row(material.examples[0])) if material.examples else ["example"]
    return table_lines(map(row, material.examples), columns)


def table_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows as CSV, as `table_lines` yields them."""
    return "".join(table_lines(rows, columns))


def table_lines(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> Iterator[str]:
    """Yield rows as CSV; an empty cell where there is no value.

    Where it is not all ASCII it begins with a byte order mark, without which Excel takes UTF-8 for
    another encoding.
    """
    lines = _lines(rows, columns)
    ascii_only: list[str] = []
    for line in lines:
        ascii_only.append(line)
        if not line.isascii():
            yield "\ufeff"
            break
    yield from ascii_only
    yield from lines


def _lines(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.DictWriter(line, columns, lineterminator="\n")
    heads: Mapping[str, object] = {name: name for name in columns}
    for row in chain([heads], rows):
        shown = row if row is heads else {key: _cell(value) for key, value in row.items()}
        writer.writerow(shown)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula, nor a terminal for a command."""
    if not isinstance(value, str):
        return value
    shown = show_hidden(value)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
