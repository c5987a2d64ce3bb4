"""Gathers what a report shows from one finished run, or from several that may be compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evalkit.analysis.comparison import compare_runs
from evalkit.analysis.groups import groups_of
from evalkit.analysis.issues import count_issues, find_issues, name_issues
from evalkit.analysis.run import still_asked
from evalkit.analysis.stored import GenerationsOfRuns
from evalkit.records import Generation
from evalkit.report.mistakes import find_mistakes
from evalkit.report.people import read_preferences
from evalkit.report.selection import choose_examples
from evalkit.report.served import notes_on_servers, served_models
from evalkit.report.telling import NumberCount
from evalkit.report.verdict import FIRST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from evalkit.analysis.run import Run
    from evalkit.records import (
        Article,
        Detail,
        Example,
        Kind,
        Place,
        PlannedRequest,
        PromptSent,
        ScoreLine,
        StepName,
    )
    from evalkit.report.mistakes import Mistake
    from evalkit.report.people import Preferences
    from evalkit.report.served import Served
    from evalkit.report.telling import Counted
    from evalkit.results import Issue, Summary
    from evalkit.store.manifest import Manifest, Speed


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
        counted: how many numbers were kept, and of how many, by (system, metric).
        generations: by (system, example, sample); what could not be asked is one that failed.
        altered: each (system, example) whose evidence was altered by noise.
        issues: of each output that has any, by (system, example, sample).
        mistakes: the plainest wrong answer of each system.
        shown: the examples that the page holds.
        prompts: what was sent for the first sample of each of those that reads prompts, by (system,
            example).
        details: of those, by (system, example, metric), for the first sample.
        preferences: what people said of the outputs of a single run; None where none were asked.
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
    generations: Mapping[Place, Generation]
    altered: frozenset[tuple[str, str]]
    issues: Mapping[Place, tuple[Issue, ...]]
    mistakes: Mapping[str, Mistake | None] = field(default_factory=dict)
    shown: tuple[Example, ...] = ()
    prompts: Mapping[tuple[str, str], PromptSent] = field(default_factory=dict)
    details: Mapping[tuple[str, str, str], Detail] = field(default_factory=dict)
    counted: Mapping[Counted, tuple[int, int]] = field(default_factory=dict)
    preferences: Preferences | None = None
    notes: tuple[str, ...] = ()
    served: tuple[Served, ...] = ()

    def headline(self, kind: Kind) -> tuple[str, ...]:
        """Return the headline metrics of a kind, the most telling first."""
        return tuple(sorted(self.summary.headline(kind), key=lambda name: name not in FIRST))

    def judges(self, kind: Kind) -> dict[StepName, str]:
        """Return the metric that single outputs are judged by, for each step that has one."""
        found: dict[StepName, str] = {}
        for name in self.headline(kind):
            found.setdefault(self.summary.metric(name).step, name)
        return found


def gather(
    runs: Sequence[Run], issues: Mapping[Place, tuple[Issue, ...]] | None = None
) -> Material:
    """Return what a report of finished runs shows.

    Args:
        runs: one or more, from `evalkit.analysis.run.load_all`.
        issues: of each output of a run that has just found and counted them; else they are found
            by the rules of today.

    Raises:
        InputError: the runs may not be compared, with every reason; or one cannot be read.
    """
    summary, notes = _summarise(runs)
    examples = {id_: example for run in runs for id_, example in run.examples.items()}
    articles = {id_: article for run in runs for id_, article in run.articles.items()}
    requests = [r for run in runs for r in still_asked(run.requests, run.examples)]
    failed = {(r.system, r.example, r.sample): _failed(r) for r in requests if r.problem}
    generations = GenerationsOfRuns(*(run.generations for run in runs), failed)
    scores = _scores(runs)
    if issues is None:
        found = find_issues(
            requests=requests,
            examples=examples,
            articles={id_: article.text for id_, article in articles.items()},
            generations=generations,
            scores=scores,
        )
        summary = replace(summary, issues=count_issues(found, examples))
        issues = name_issues(found)
    preferences, stale = read_preferences(runs[0]) if len(runs) == 1 else (None, ())
    material = Material(
        summary=summary,
        notes=(*notes, *notes_on_servers(runs), *stale),
        served=served_models(runs),
        preferences=preferences,
        manifests=tuple(run.manifest for run in runs),
        speeds=speeds_of(runs),
        articles=tuple(articles.values()),
        examples=tuple(examples.values()),
        groups=groups_of(examples, articles),
        scores=scores,
        generations=generations,
        altered=frozenset((r.system, r.example) for r in requests if r.evidence_altered),
        issues=issues,
    )
    material = replace(material, mistakes=find_mistakes(material))
    material = replace(material, shown=choose_examples(material))
    shown = {example.id for example in material.shown}
    details, counted = _read_details(runs, shown)
    prompts = _read_prompts(runs, shown)
    return replace(material, details=details, counted=counted, prompts=prompts)


def _read_details(
    runs: Sequence[Run], shown: Collection[str]
) -> tuple[dict[tuple[str, str, str], Detail], dict[Counted, tuple[int, int]]]:
    """Return the details of examples that are shown, and what is counted in all of them."""
    kept: dict[tuple[str, str, str], Detail] = {}
    counter = NumberCount()
    for detail in (detail for run in runs for detail in run.details if not detail.sample):
        counter.add(detail)
        if detail.example in shown:
            kept[detail.system, detail.example, detail.metric] = detail
    return kept, counter.found


def _read_prompts(runs: Sequence[Run], shown: Collection[str]) -> dict[tuple[str, str], PromptSent]:
    """Return what was sent for the first sample of examples that are shown."""
    found: dict[tuple[str, str], PromptSent] = {}
    for run in runs:
        places: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for request in run.requests:
            if request.prompt and request.example in shown and not request.sample:
                places[request.prompt].append((request.system, request.example))
        for prompt in run.prompts:
            found |= dict.fromkeys(places.get(prompt.sha256, ()), prompt)
    return found


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
