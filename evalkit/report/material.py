"""Gathers what a report shows from one finished run, or from several that may be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.analysis.comparison import compare_runs
from evalkit.analysis.groups import groups_of
from evalkit.analysis.issues import Outputs, count_issues, find_issues, named
from evalkit.analysis.run import still_asked
from evalkit.records import Generation
from evalkit.report.served import notes_on_servers, served_models

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.analysis.run import Run
    from evalkit.records import (
        Article,
        Detail,
        Example,
        Kind,
        PlannedRequest,
        PromptSent,
        ScoreLine,
        StepName,
    )
    from evalkit.report.served import Served
    from evalkit.results import Issue, Summary
    from evalkit.store.manifest import Manifest, Speed

_FIRST = {"rougeLsum", "em"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """All that a report shows.

    Attributes:
        summary: of one run, or of several together.
        manifests: that of each run.
        speeds: of each system's model, by the name of the system.
        articles: in their order.
        examples: in the order of the articles, those of later steps last.
        groups: ways to divide examples: way → example id → group.
        scores: of all systems, the human references among them.
        details: of each (system, example, metric), for the first sample.
        generations: by (system, example, sample); what could not be asked is one that failed.
        altered: each (system, example) whose evidence was altered by noise.
        issues: of each output, by (system, example, sample).
        prompts: what was sent for the first sample of each (system, example) that reads prompts.
        notes: how several runs asked differently, and how servers behaved.
        served: the served models.
    """

    summary: Summary
    manifests: tuple[Manifest, ...]
    speeds: Mapping[str, Speed]
    articles: tuple[Article, ...]
    examples: tuple[Example, ...]
    groups: Mapping[str, Mapping[str, str]]
    scores: Sequence[ScoreLine]
    details: Mapping[tuple[str, str, str], Detail]
    generations: Mapping[tuple[str, str, int], Generation]
    altered: frozenset[tuple[str, str]]
    issues: Mapping[tuple[str, str, int], tuple[Issue, ...]]
    prompts: Mapping[tuple[str, str], PromptSent]
    notes: tuple[str, ...] = ()
    served: tuple[Served, ...] = ()

    def headline(self, kind: Kind) -> tuple[str, ...]:
        """Return the headline metrics of a kind, the most telling first."""
        return tuple(sorted(self.summary.headline(kind), key=lambda name: name not in _FIRST))

    def judges(self, kind: Kind) -> dict[StepName, str]:
        """Return the metric that single outputs are judged by, for each step that has one."""
        found: dict[StepName, str] = {}
        for name in self.headline(kind):
            found.setdefault(self.summary.metric(name).step, name)
        return found


def gather(runs: Sequence[Run]) -> Material:
    """Return what a report of finished runs shows.

    Args:
        runs: one or more, from `evalkit.analysis.run.load_all`.

    Raises:
        InputError: the runs may not be compared, with every reason; or one cannot be read.
    """
    summary, notes = _summarise(runs)
    examples = {id_: example for run in runs for id_, example in run.examples.items()}
    articles = {id_: article for run in runs for id_, article in run.articles.items()}
    requests = [r for run in runs for r in still_asked(run.requests, run.examples)]
    generations = {place: g for run in runs for place, g in run.generations.items()}
    scores = _scores(runs)
    issues = find_issues(
        Outputs(
            requests=requests,
            examples=examples,
            articles={id_: article.text for id_, article in articles.items()},
            generations=generations,
            scores=scores,
        )
    )
    return Material(
        summary=replace(summary, issues=count_issues(issues, examples)),
        notes=(*notes, *notes_on_servers(runs)),
        served=served_models(runs),
        manifests=tuple(run.manifest for run in runs),
        speeds=speeds_of(runs),
        articles=tuple(articles.values()),
        examples=tuple(examples.values()),
        groups=groups_of(examples, articles),
        scores=scores,
        details={
            (detail.system, detail.example, detail.metric): detail
            for run in runs
            for detail in run.details
            if not detail.sample
        },
        generations=generations
        | {(r.system, r.example, r.sample): _failed(r) for r in requests if r.problem},
        altered=frozenset((r.system, r.example) for r in requests if r.evidence_altered),
        issues={place: named(judged) for place, judged in issues.items()},
        prompts={
            (request.system, request.example): prompt
            for run in runs
            for request in run.requests
            if not request.sample and (prompt := run.prompts.get(request.prompt))
        },
    )


def _failed(request: PlannedRequest) -> Generation:
    return Generation(
        key=request.key,
        system=request.system,
        example=request.example,
        sample=request.sample,
        finish_reason="error",
        error=request.problem,
    )


def speeds_of(runs: Sequence[Run]) -> dict[str, Speed]:
    """Return how fast each system's model was, by the name of the system."""
    return {
        run.names.get(system.name, system.name): run.manifest.providers[system.model].speed
        for run in runs
        for system in run.manifest.systems
        if system.model in run.manifest.providers
    }


def _scores(runs: Sequence[Run]) -> list[ScoreLine]:
    """Return all scores; those of the human references, which all runs share, once."""
    first, *others = runs
    people = {
        system.name for run in runs for system in run.summary.systems if system.role == "human"
    }
    return [*first.scores, *(s for run in others for s in run.scores if s.system not in people)]


def _summarise(runs: Sequence[Run]) -> tuple[Summary, tuple[str, ...]]:
    first, *others = runs
    if not others:
        return first.summary, ()
    shared = [
        facts.name
        for facts in first.summary.metrics
        if all(facts.name in {m.name for m in run.summary.metrics} for run in others)
    ]
    found = compare_runs(runs, metrics=shared)
    people = tuple(
        replace(row, estimates=tuple(e for e in row.estimates if e.metric in shared))
        for row in first.summary.systems
        if row.role == "human"
    )
    summary = found.summary
    return replace(summary, systems=(*summary.systems, *people)), found.notes
