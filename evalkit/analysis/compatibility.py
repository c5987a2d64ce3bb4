"""Why runs may not be compared, and what a reader of a comparison has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.errors import Problem, first_few

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.analysis.run import Run


def obstacles(runs: Sequence[Run], metrics: Sequence[str]) -> list[Problem]:
    """Return every reason why runs may not be compared on some metrics; none for one run.

    Scores are comparable if they are of the same articles, against the same references, by the same
    version of a metric. Of runs that are narrowed to common examples only the last is asked.
    """
    first, *others = runs
    return [
        Problem(code="incomparable", file=str(other.path), key=key, what=what, remedy=remedy)
        for other in others
        for found in (_other_data, _other_metrics)
        for key, what, remedy in found(first, other, metrics)
    ]


def _other_data(first: Run, other: Run, _: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    if other.only is not None:
        return
    hashes = (
        ("articles", first.manifest.articles, other.manifest.articles),
        ("references", first.manifest.references, other.manifest.references),
    )
    for key, ours, theirs in hashes:
        remedy = "run both with the same articles"
        if key == "references":
            remedy = "score both again with the same references: python -m evalkit rescore"
        if not ours or not theirs:
            yield key, "not recorded by the evalkit that made one of the runs", remedy
        elif changed := _differing(ours, theirs):
            yield key, f"not those of {first.path}: {first_few(changed)}", remedy


def _other_metrics(
    first: Run, other: Run, metrics: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    ours, theirs = (_signatures(run) for run in (first, other))
    for metric in metrics:
        mine, its = ours.get(metric), theirs.get(metric)
        if mine != its:
            what = f"{its or 'not scored'} here, {mine or 'not scored'} in {first.path}"
            remedy = "score both again: python -m evalkit rescore"
            if not mine or not its:
                remedy = "add it to `metrics` of the config that lacks it and run that again"
            yield f"signatures.{metric}", what, remedy


def notes(runs: Sequence[Run], metrics: Sequence[str]) -> list[str]:
    """Return a line for each difference in how the systems of several runs were asked.

    Such runs may be compared: how systems are asked may be what the comparison is about.
    """
    first, *others = runs
    return [
        f"{other.path}: {key}: not as in {first.path}{details}"
        for other in others
        for key, details in _differences(first, other, metrics)
    ]


def _differences(first: Run, other: Run, metrics: Sequence[str]) -> Iterator[tuple[str, str]]:
    changed = _differing(*(_templates(run, metrics) for run in (first, other)))
    if changed:
        yield "templates", f": {first_few(changed)}"
    ours, theirs = first.manifest.config, other.manifest.config
    keys = ["tasks", "few_shot", "noise", "shorten"]
    if ours.get("few_shot") or theirs.get("few_shot"):
        keys.append("seed")  # draws the worked examples
    for key in keys:
        if ours.get(key) != theirs.get(key):
            yield f"config.{key}", ""


def _templates(run: Run, metrics: Sequence[str]) -> dict[str, str]:
    """Return the hashes of the templates that ask for what the metrics score."""
    tasks = run.manifest.config.get("tasks", {})
    answers = (tasks.get("answer") or {}).get("prompts") or "answer"
    kinds = {facts.kind for facts in run.summary.metrics if facts.name in metrics}
    return {
        name: digest
        for name, digest in run.manifest.prompts.items()
        if ("answer" if name.partition("/")[0] == answers else "summary") in kinds
    }


def _signatures(run: Run) -> dict[str, str]:
    return {facts.name: facts.signature for facts in run.summary.metrics}


def _differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
