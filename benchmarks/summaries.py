"""Prints how many planted errors the fact check sees, and how many right summaries it flags.

python benchmarks/summaries.py             the labelled summaries of tests/golden, as Markdown
python benchmarks/summaries.py FILE.jsonl  those of another file with the same fields
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from answer_pairs import make_table

from evalkit.metrics.number_precision import NumberPrecision
from evalkit.records import Case
from tests.support.planted import read_labelled, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.support.planted import Labelled


def rates_table(rows: Sequence[Labelled]) -> str:
    """Return for each kind how many summaries are flagged, in each half and by number_precision."""
    halves = list(dict.fromkeys(row.half for row in rows))
    head = ("summaries", *halves, "number_precision < 1")
    wrong = [row for row in rows if not row.faithful]
    right = [row for row in rows if row.faithful]
    groups = [
        *((f"error: {kind}", found) for kind, found in _by_kind(wrong)),
        ("**all errors: seen**", wrong),
        *((kind, found) for kind, found in _by_kind(right)),
        ("**all right ones: false alarm**", right),
    ]
    return make_table(
        head,
        (
            (name, *(_count(found, half) for half in halves), _by_numbers(found))
            for name, found in groups
        ),
    )


def _by_kind(rows: Iterable[Labelled]) -> list[tuple[str, list[Labelled]]]:
    kinds: dict[str, list[Labelled]] = {}
    for row in sorted(rows, key=lambda row: row.kind):
        kinds.setdefault(row.kind, []).append(row)
    return list(kinds.items())


def _count(rows: Iterable[Labelled], half: str) -> str:
    flagged = [
        bool(row.flags()) if row.faithful else row.is_seen() for row in rows if row.half == half
    ]
    return f"{sum(flagged)} of {len(flagged)}" if flagged else "–"


def _by_numbers(rows: Sequence[Labelled]) -> str:
    values = [
        NumberPrecision()
        .score(Case(id="", prediction=row.prediction, references=(), article=texts()[row.article]))
        .value
        for row in rows
    ]
    return f"{sum(value is not None and value < 1 for value in values)} of {len(values)}"


if __name__ == "__main__":
    print(rates_table(read_labelled(*map(Path, sys.argv[1:]))))
