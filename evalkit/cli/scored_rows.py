"""Writes the scores of predictions, a row for each: JSON Lines, CSV or Parquet."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

from evalkit.cli.terminal_text import put
from evalkit.errors import InputError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from evalkit.interfaces import Metric
    from evalkit.records import Case, NothingToScore, Score

    Row = dict[str, Any]
    Scores = Sequence[Score | NothingToScore]

SUFFIXES = (".jsonl", ".csv", ".parquet")


def ending(out: Path | None) -> str:
    """Return the ending that tells how rows are written; a stream without one gets JSON Lines."""
    from evalkit.store.files import is_stream

    if out is None:
        return ".jsonl"
    found = out.suffix.lower()
    return ".jsonl" if found not in SUFFIXES and is_stream(out) else found


def nested(file: str, case: Case, metrics: Sequence[Metric], scores: Scores) -> Row:
    """Return a row for JSON: where a summary's score is made of parts, these are the score.

    `file` is left out where it is empty.
    """
    is_summary = metrics[0].kind == "summary"
    found = {
        metric.name: dict(score.parts) if is_summary and score.parts else score.value
        for metric, score in zip(metrics, scores, strict=True)
    }
    return {**_named(file, case), "scores": found, **_decided_by(metrics, scores)}


def flat(file: str, case: Case, metrics: Sequence[Metric], scores: Scores) -> Row:
    """Return a row for a table: a column for each metric. `file` is left out where empty."""
    found = {metric.name: score.value for metric, score in zip(metrics, scores, strict=True)}
    return {**_named(file, case), **found, **_decided_by(metrics, scores)}


def _named(file: str, case: Case) -> Row:
    return {"file": file, "id": case.id} if file else {"id": case.id}


def _decided_by(metrics: Sequence[Metric], scores: Scores) -> Row:
    if metrics[0].kind == "summary":
        return {}
    rules = {metric.name: score.rule for metric, score in zip(metrics, scores, strict=True)}
    return {"decided_by": rules.get("em") or next(filter(None, rules.values()), "")}


def write(out: Path | None, rows: Iterable[Row]) -> None:
    """Write all rows in the format of the file's ending, or leave an existing file unchanged.

    Without a file they go to standard output as JSON Lines.

    Raises:
        InputError: Parquet needs a package that is not installed.
        StoreError: the file cannot be written.
    """
    from evalkit.report.spreadsheet import table_text
    from evalkit.store import files

    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    if out is None:
        for line in lines:
            put(line)
        sys.stdout.flush()  # before anything is said of them elsewhere
    elif ending(out) == ".jsonl":
        files.write(out, "".join(f"{line}\n" for line in lines))
    elif ending(out) == ".csv":
        table = list(rows)
        files.write(out, table_text(table, list(table[0])))
    else:
        files.write_bytes(out, (_parquet(rows),))


def _parquet(rows: Iterable[Row]) -> bytes:
    import pandas as pd

    data = io.BytesIO()
    try:
        pd.DataFrame(rows).to_parquet(data, index=False)
    except ImportError:
        raise InputError([missing_extra("hub", "pyarrow", file="--out")]) from None
    return data.getvalue()
