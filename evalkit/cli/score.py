"""`evalkit score`: score predictions that any program made."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.cli.terminal_text import say
from evalkit.errors import InputError, Problem, suggestion

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from evalkit.interfaces import Metric
    from evalkit.records import Case, Kind, NothingToScore, Score

_KINDS: tuple[tuple[str, Kind, str, str], ...] = (
    ("summaries", "summary", "rouge1,rouge2,rougeL,rougeLsum", "article, where a metric reads it"),
    ("answers", "answer", "em,em_strict,f1", "question; type, unit, ordered, where known"),
)


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse keeps this type to itself
    """Add the command and its two kinds of predictions."""
    parser = subparsers.add_parser("score", help="score predictions that any program made")
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    for name, kind, metrics, more in _KINDS:
        form = f"One JSON object per line: id, prediction, references (a list); {more}."
        one = kinds.add_parser(name, help=f"score {name}", description=form)
        one.add_argument("file", type=Path, metavar="FILE.jsonl")
        one.add_argument("--metrics", default=metrics, help="default: %(default)s")
        one.add_argument("--segmenter", default="zhmix-1", help="default: %(default)s")
        one.add_argument("--references", default="max", help="max (default), mean or jackknife")
        one.add_argument("--out", type=Path, metavar="OUT.jsonl", help="default: standard output")
        one.add_argument("--explain", metavar="ID", help="show how one score came about")
        one.set_defaults(run=run, kind=kind)


def run(args: argparse.Namespace) -> int:
    """Score a file; return 0.

    Raises:
        InputError: with every problem of the options, or of the file.
        StoreError: the output cannot be written.
    """
    from evalkit.data import cases as predictions
    from evalkit.metrics import entry
    from evalkit.metrics.parallel import score_all

    metrics = _choose(args)
    with_article = any(entry(metric.name).reads_article for metric in metrics)
    read = predictions.read(args.file, args.kind, with_article=with_article)
    cases, n_thoughts, n_unclosed = _strip_thinking(read)
    if args.explain is not None:
        say(_explain(metrics, _find(cases, args.explain, args.file)))
        if args.out is None:
            return 0
    scores = list(score_all(metrics, cases, processes=_n_cores()))
    _write(
        args.out,
        (_line(args.kind, case, metrics, row) for case, row in zip(cases, scores, strict=True)),
    )
    n_empty = sum(not case.prediction.strip() for case in cases)
    say(
        f"scored {len(cases)}: {n_empty} empty, {n_thoughts} with thinking stripped "
        f"({n_unclosed} unclosed)",
        file=sys.stderr,
    )
    for metric, column in zip(metrics, zip(*scores, strict=True), strict=True):
        say(f"{metric.signature}  {_mean(column)}", file=sys.stderr)
    return 0


def _mean(column: Sequence[Score | NothingToScore]) -> str:
    """Return the mean of the scores that have a value, and over how many it is."""
    values = [score.value for score in column if score.value is not None]
    mean = f"mean {sum(values) / len(values):.4f}" if values else "no mean"
    n_empty = len(column) - len(values)
    return f"{mean}  n {len(values)}" + (f"  nothing to score in {n_empty}" if n_empty else "")


def _choose(args: argparse.Namespace) -> list[Metric]:
    """Return the metrics asked for; check the other options on the way."""
    from evalkit.metrics import available, metric
    from evalkit.values.segment import SEGMENTERS

    names = [name.strip() for name in args.metrics.split(",")]
    problems = [
        *(_unknown("--metrics", name, available(args.kind)) for name in names),
        *(_duplicate(name) for name in dict.fromkeys(names) if names.count(name) > 1),
        _unknown("--segmenter", args.segmenter, SEGMENTERS),
        _unknown("--references", args.references, ("max", "mean", "jackknife")),
        _unusable(args.out, args.file),
    ]
    if found := [problem for problem in problems if problem]:
        raise InputError(found)
    return [metric(name, args.segmenter, args.references) for name in names]


def _unknown(option: str, word: str, known: Sequence[str]) -> Problem | None:
    if word in known:
        return None
    remedy = suggestion(word, known)
    return Problem(code="unknown", file=option, what=f"unknown name `{word}`", remedy=remedy)


def _duplicate(name: str) -> Problem:
    return Problem(
        code="duplicate", file="--metrics", what=f"duplicate `{name}`", remedy="name it once"
    )


def _unusable(out: Path | None, file: Path) -> Problem | None:
    if out is None:
        return None
    if out.is_dir() or not out.absolute().parent.is_dir():
        what = f"`{out}` is a folder" if out.is_dir() else f"there is no folder `{out.parent}`"
        return Problem(
            code="unwritable", file="--out", what=what, remedy="name a file in a folder that exists"
        )
    if out.exists() and file.exists() and out.samefile(file):
        return Problem(
            code="conflict", file="--out", what="is also the input file", remedy="name another"
        )
    return None


def _strip_thinking(cases: Iterable[Case]) -> tuple[list[Case], int, int]:
    """Return the cases without thinking, how many had some, and how many left it unclosed."""
    from evalkit.values.thinking import strip_thinking

    kept = []
    n_thoughts = n_unclosed = 0
    for case in cases:
        spoken = strip_thinking(case.prediction)
        kept.append(replace(case, prediction=spoken.prediction))
        n_thoughts += spoken.prediction != case.prediction.strip()
        n_unclosed += spoken.unclosed
    return kept, n_thoughts, n_unclosed


def _line(
    kind: Kind, case: Case, metrics: Sequence[Metric], row: Sequence[Score | NothingToScore]
) -> str:
    """Return the output line of a case; for a summary's ROUGE it has the parts, not the value."""
    scores = {
        metric.name: dict(score.parts) if kind == "summary" and score.parts else score.value
        for metric, score in zip(metrics, row, strict=True)
    }
    fields: dict[str, object] = {"id": case.id, "scores": scores}
    if kind == "answer":
        deciders = {m.name: s.rule for m, s in zip(metrics, row, strict=True)}
        fields["decided_by"] = deciders.get("em") or next(filter(None, deciders.values()), "")
    return json.dumps(fields, ensure_ascii=False, allow_nan=False)


def _write(out: Path | None, lines: Iterable[str]) -> None:
    """Write all lines, or leave an existing file unchanged."""
    from evalkit.store.files import write

    if out is None:
        for line in lines:
            say(line)
    else:
        write(out, "".join(f"{line}\n" for line in lines))


def _find(cases: Iterable[Case], wanted: str, file: Path) -> Case:
    by_id = {case.id: case for case in cases}
    if wanted in by_id:
        return by_id[wanted]
    remedy = suggestion(wanted, by_id, f"name an id of {file}")
    problem = Problem(code="unknown", file="--explain", what=f"no case `{wanted}`", remedy=remedy)
    raise InputError([problem])


def _explain(metrics: Iterable[Metric], case: Case) -> str:
    """Return, for each metric, its value and what it compared."""
    paragraphs = []
    for metric in metrics:
        score = metric.score(case)
        by = f"  decided by {score.rule}" if score.rule else ""
        result = score.rule if score.value is None else f"{score.value:.4f}{by}"
        explain = getattr(metric, "explain", None)
        lines = (
            explain(case)
            if explain
            else "\n".join(f"  {key}: {value}" for key, value in score.compared.items())
        )
        paragraphs.append(f"{metric.signature}  {result}\n{lines}".rstrip())
    return "\n\n".join(paragraphs)


def _n_cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1
