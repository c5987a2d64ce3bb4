"""`python -m evalkit score`: score predictions that any program made."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from evalkit.cli.terminal_text import put, say
from evalkit.config.default_metrics import ANSWER_METRICS
from evalkit.errors import InputError, Problem, first_few, missing_extra, suggestion
from evalkit.language import counted, localise

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from evalkit.interfaces import Metric
    from evalkit.records import Case, Kind, NothingToScore, Score
    from evalkit.runner.prediction_files import DataSet, PredictionFile, Scores

_KINDS: tuple[tuple[str, Kind, str, str], ...] = (
    ("summaries", "summary", "rouge1,rouge2,rougeL,rougeLsum", "article, where a metric reads it"),
    ("answers", "answer", ",".join(ANSWER_METRICS), "question; type, unit, ordered, where known"),
)
_FORM = """\
Score predictions that any program made. FILE is JSON Lines, JSON, CSV, TSV or Parquet, by its
ending, with a row for each prediction: id, prediction, references (a list, in CSV as JSON, where a
metric reads it); {more}. With --data, which has all but the predictions, id and prediction are
enough, and JSON may be one object {{id: prediction}}. An empty prediction is one
that says nothing: it scores 0. Means have intervals. Several files are compared: differences, p,
intervals."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command and its two kinds of predictions."""
    parser = commands.add_parser("score", help="score predictions that any program made")
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    for name, kind, metrics, more in _KINDS:
        form = _FORM.format(more=more)
        one = kinds.add_parser(name, help=f"score {name}", description=form)
        one.add_argument("files", nargs="+", type=Path, metavar="FILE")
        one.add_argument(
            "--data",
            type=Path,
            metavar="FILE",
            help="JSON in the layout of SQuAD, or a config, whose `data` is read",
        )
        one.add_argument(
            "--metrics", default=metrics, metavar="NAME,…", help="default: %(default)s"
        )
        one.add_argument(
            "--segmenter",
            default="zhmix-1",
            metavar="NAME",
            help="of ROUGE: zhmix-1 (default; Chinese characters, whole numbers and words), "
            "zhmix-1+jieba (words) or raw-char (every character, as in published Chinese tables)",
        )
        one.add_argument(
            "--sentences",
            default="marks",
            metavar="NAME",
            help="where they end for rougeLsum: marks (default; at Chinese end marks and line "
            "breaks) or newline, as in rouge_score",
        )
        one.add_argument(
            "--references",
            default="max",
            metavar="NAME",
            help="how several count: max (default), mean or jackknife",
        )
        one.add_argument(
            "--out",
            type=Path,
            metavar="FILE",
            help="the scores, a row for each prediction: .jsonl, .csv or .parquet; "
            "default, for one file: standard output",
        )
        one.add_argument("--explain", metavar="ID", help="show how one score came about")
        one.set_defaults(run=run, kind=kind)


def run(args: argparse.Namespace) -> int:
    """Score files; return 0, or 1 where an example of the data set has no prediction.

    Raises:
        InputError: with every problem of the options, or of the files.
        StoreError: the output cannot be written.
    """
    from evalkit.runner import prediction_files
    from evalkit.runner.parallel import Scorer, n_cores

    metrics = _choose(args)
    data_set = prediction_files.read_data(args.data, args.kind) if args.data else None
    files = prediction_files.read(args.files, args.kind, metrics, data_set)
    if args.explain is not None:
        for file in files:
            put(_explain(metrics, _find(file, args.explain)))
        if args.out is None:
            return 0
    chosen = tuple(metrics)
    work = ((case, chosen) for file in files for case in file.cases)
    with Scorer(n_cores()) as scorer:
        found = scorer.score_all(work)
        scores = [list(islice(found, len(file.cases))) for file in files]
    if args.out is not None or len(files) == 1:
        _write(args.out, files, metrics, scores)
    _report(files, scores, metrics, data_set)
    return max(_say_unmatched(file, data_set) for file in files)


def _report(
    files: Sequence[PredictionFile],
    scores: Sequence[Scores],
    metrics: Sequence[Metric],
    data_set: DataSet | None,
) -> None:
    """Print the means; of one file with their intervals, of several with the differences too."""
    from evalkit.cli.comparison_table import show_summary
    from evalkit.cli.grid import open_console
    from evalkit.cli.score_table import say_intervals, show_by_row
    from evalkit.runner.prediction_files import summarise_files

    summary = summarise_files(files, scores, metrics, data_set)
    cases = [case for file in files for case in file.cases]
    n_alone = 0 if data_set else len({case.id for case in cases if not case.article})
    by_row = n_alone == len({case.id for case in cases})
    for file, of_file in zip(files, scores, strict=True):
        _say_means(file, metrics, of_file, prefix=f"{file.name}: " if len(files) > 1 else "")
    if len(files) > 1:
        (show_by_row if by_row else show_summary)(open_console(), summary)
    else:
        say_intervals(summary, by_row=by_row)
    _say_without_article(n_alone, to=sys.stdout if len(files) > 1 else sys.stderr)


def _write(
    out: Path | None,
    files: Sequence[PredictionFile],
    metrics: Sequence[Metric],
    scores: Sequence[Sequence[Sequence[Score | NothingToScore]]],
) -> None:
    """Write a row for each prediction; where there are several files, it begins with the name."""
    from evalkit.cli import scored_rows

    is_table = scored_rows.ending(out) != ".jsonl"
    shape = scored_rows.flat if is_table else scored_rows.nested
    scored_rows.write(
        out,
        (
            shape(file.name if len(files) > 1 else "", case, metrics, row)
            for file, of_file in zip(files, scores, strict=True)
            for case, row in zip(file.cases, of_file, strict=True)
        ),
    )


def _say_means(
    file: PredictionFile,
    metrics: Sequence[Metric],
    scores: Sequence[Sequence[Score | NothingToScore]],
    *,
    prefix: str,
) -> None:
    """Say how many predictions there were, and the mean over them on each metric."""
    n_empty = sum(not case.prediction.strip() for case in file.cases)
    thinking = f"{file.n_thoughts} with thinking stripped ({file.n_unclosed} unclosed)"
    say(f"{prefix}scored {len(file.cases)}: {n_empty} empty, {thinking}", file=sys.stderr)
    for metric, column in zip(metrics, zip(*scores, strict=True), strict=True):
        say(f"{prefix}{metric.signature}  {_mean(column)}", file=sys.stderr)


def _say_without_article(n: int, *, to: TextIO) -> None:
    """Say of how many examples nothing tells which article they are about."""
    if n:
        say(
            f"Examples without `article`: {n}. Each counts as one of an article of its own.",
            file=to,
        )
        say(
            "If several are about one text, give it or --data: the intervals are too narrow.",
            file=to,
        )


def _say_unmatched(file: PredictionFile, data_set: DataSet | None) -> int:
    """Say which ids match nothing; return 1 where an example has no prediction, else 0."""
    if file.unknown:
        n_ids = len(file.unknown) + len(file.cases)
        unknown = f"{len(file.unknown)} of {counted(n_ids, 'id')} not in the data set"
        say(f"{file.name}: {unknown}: {first_few(file.unknown)}", file=sys.stderr)
    scored = {case.id for case in file.cases}
    missing = [e.id for e in data_set.examples if e.id not in scored] if data_set else []
    if missing:
        n_planned = len(missing) + len(scored)
        what = f"no prediction for {len(missing)} of {counted(n_planned, 'example')}, not scored"
        say(f"{file.name}: {what}: {first_few(missing)}", file=sys.stderr)
    return int(bool(missing))


def _mean(column: Sequence[Score | NothingToScore]) -> str:
    """Return the mean of the scores that have a value, and over how many it is."""
    values = [score.value for score in column if score.value is not None]
    mean = f"mean over predictions {sum(values) / len(values):.4f}" if values else "no mean"
    n_empty = len(column) - len(values)
    return f"{mean}  n {len(values)}" + (f"  nothing to score in {n_empty}" if n_empty else "")


def _choose(args: argparse.Namespace) -> list[Metric]:
    """Return the metrics asked for; check the other options on the way."""
    from evalkit.metrics import available, metric, missing_extras
    from evalkit.runner.chosen_metrics import why_unusable
    from evalkit.values.segment import CUTS, SEGMENTERS

    names = [name.strip() for name in args.metrics.split(",")]
    known = available(args.kind)
    extras = missing_extras([name for name in names if name in known], args.segmenter)
    problems = [
        *(
            Problem(code=code, file="--metrics", what=what, remedy=remedy)
            for name in names
            if name not in known
            for what, remedy, code in (why_unusable(name, args.kind),)
        ),
        *(_duplicate(name) for name in dict.fromkeys(names) if names.count(name) > 1),
        _unknown("--segmenter", args.segmenter, SEGMENTERS),
        _unknown("--sentences", args.sentences, CUTS),
        _unknown("--references", args.references, ("max", "mean", "jackknife")),
        *(missing_extra(extra, package, file="--metrics") for extra, package in extras.items()),
        _unusable(args.out, [*args.files, *filter(None, [args.data])]),
    ]
    if found := [problem for problem in problems if problem]:
        raise InputError(found)
    return [metric(name, args.segmenter, args.references, args.sentences) for name in names]


def _unknown(option: str, word: str, known: Sequence[str]) -> Problem | None:
    if word in known:
        return None
    remedy = suggestion(word, known)
    return Problem(code="unknown", file=option, what=f"unknown name `{word}`", remedy=remedy)


def _duplicate(name: str) -> Problem:
    return Problem(
        code="duplicate", file="--metrics", what=f"duplicate `{name}`", remedy="name it once"
    )


def _unusable(out: Path | None, inputs: Sequence[Path]) -> Problem | None:
    from evalkit.cli.scored_rows import SUFFIXES, ending
    from evalkit.store.own_files import unusable_output

    if out is None:
        return None
    if problem := unusable_output(out, "--out"):
        return problem
    if out.exists() and any(file.exists() and out.samefile(file) for file in inputs):
        return Problem(
            code="conflict", file="--out", what="is also an input file", remedy="name another"
        )
    if ending(out) not in SUFFIXES:
        what = f"has the ending {out.suffix!r}"
        return Problem(code="invalid", file="--out", what=what, remedy=f"use {', '.join(SUFFIXES)}")
    return None


def _find(file: PredictionFile, wanted: str) -> Case:
    by_id = {case.id: case for case in file.cases}
    if wanted in by_id:
        return by_id[wanted]
    remedy = suggestion(wanted, by_id, f"name an id of {file.name}")
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
        paragraphs.append(f"{localise(f'{metric.signature}  {result}')}\n{lines}".rstrip())
    return "\n\n".join(paragraphs)
