"""Gathers what a report is made from: of the run that just ended, or of finished ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.groups import groups_of, read_examples
from evalkit.analysis.side_by_side import side_by_side
from evalkit.errors import InputError
from evalkit.metrics import available, entry
from evalkit.records import Corpus, Example
from evalkit.report.findings import Findings
from evalkit.run.human import HUMAN
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from evalkit.analysis.runs import Run
    from evalkit.records import ExampleScore, Generation, PlannedRequest
    from evalkit.results import Summary
    from evalkit.run.job import Job


def question_of(example: Example) -> str:
    """Return what an example asks; nothing for a summary."""
    return example.question.question if example.question else ""


def still_asked(
    planned: Iterable[PlannedRequest], examples: Iterable[Example]
) -> list[PlannedRequest]:
    """Return the requests that ask what the examples ask now: those may have been edited since."""
    now = {example.id: question_of(example) for example in examples}
    return [
        request
        for request in planned
        if request.example_id in now and request.question in {None, now[request.example_id]}
    ]


def chosen_generations(
    planned: Iterable[PlannedRequest], written: Iterable[Generation]
) -> list[Generation]:
    """Return one generation for each planned request that has any: a sound one before a failed.

    Two examples that read the same have one key, and may have one generation between them.
    """
    by_place: dict[tuple[str, str], Generation] = {}
    for generation in sorted(written, key=lambda g: g.finish_reason != "error"):
        by_place[generation.model, generation.key] = generation
    return [
        replace(by_place[request.model, request.key], example_id=request.example_id)
        for request in planned
        if (request.model, request.key) in by_place
    ]


def of_job(
    job: Job,
    summary: Summary,
    manifest: Mapping[str, Any],
    *,
    scores: Sequence[ExampleScore],
    generations: Iterable[Generation],
) -> Findings:
    """Return the material of a run that has just been scored."""
    return Findings(
        summary=summary,
        manifests=(manifest,),
        facts=manifest["systems"],
        articles=job.corpus.articles,
        examples=job.examples,
        groups=groups_of({example.id: example for example in job.examples}, job.corpus),
        scores=scores,
        generations={(g.model, g.example_id): g for g in generations},
    )


def of_runs(runs: Sequence[Run]) -> Findings:
    """Return the material of one finished run, or of several that may be compared.

    Where the articles or references have changed since, what depends on them is left out, and
    `note` says why.

    Args:
        runs: one or more, from `read_all`.

    Raises:
        InputError: the runs may not be compared; with every reason.
        StoreError: their generations cannot be read.
    """
    first, *others = runs
    scores = [*first.scores, *(s for run in others for s in run.scores if s.model != HUMAN)]
    note = ""
    try:
        by_id, corpus = read_examples(first)
    except InputError as error:
        note, by_id, corpus = str(error), _bare(scores), Corpus(articles=(), references={})
    return Findings(
        summary=_together(runs),
        manifests=tuple(run.manifest for run in runs),
        facts={
            system.name: run.manifest["systems"].get(_own(system.name), {})
            for run in runs
            for system in run.systems
        },
        articles=corpus.articles,
        examples=tuple(by_id.values()),
        groups=groups_of(by_id, corpus) if corpus.articles else {},
        scores=scores,
        generations={place: g for run in runs for place, g in _generations(run)},
        note=note,
    )


def _together(runs: Sequence[Run]) -> Summary:
    first, *others = runs
    if not others:
        return first.summary
    shared = [m for m in first.summary.signatures if all(m in r.summary.signatures for r in others)]
    found = side_by_side(runs, metrics=shared).summary
    people = tuple(
        replace(row, estimates=tuple(e for e in row.estimates if e.metric in shared))
        for row in first.summary.systems
        if row.role == "ceiling"
    )
    return replace(found, systems=(*found.systems, *people))


def _own(name: str) -> str:
    """Return the name that a system has in its own run."""
    return name.rpartition("/")[2]


def _generations(run: Run) -> Iterable[tuple[tuple[str, str], Generation]]:
    names = {_own(system.name): system.name for system in run.systems}
    folder = RunFolder(path=run.path)
    for generation in chosen_generations(folder.planned(), folder.generations()):
        if generation.model in names:
            yield (names[generation.model], generation.example_id), generation


def _bare(scores: Iterable[ExampleScore]) -> dict[str, Example]:
    """Return what can be known of examples without their articles."""
    return {
        score.example_id: Example(
            id=score.example_id,
            article_id=score.article_id,
            task=entry(score.metric).task if score.metric in available() else "answer",
            references=(),
        )
        for score in scores
    }
