"""Gathers what a report shows from one finished run, or from several that may be compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.comparison import compare_runs
from evalkit.analysis.groups import groups_of
from evalkit.analysis.issues import count_issues, find_issues, name_issues
from evalkit.analysis.run import still_asked
from evalkit.analysis.stored import Joined, Texts
from evalkit.records import Generation
from evalkit.report.material import Material
from evalkit.report.mistakes import find_mistakes
from evalkit.report.number_count import NumberCount
from evalkit.report.payload import MARKED
from evalkit.report.people import read_preferences
from evalkit.report.selection import choose_examples
from evalkit.report.served import notes_on_servers, served_models

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from evalkit.analysis.run import Run
    from evalkit.analysis.trends import Trend
    from evalkit.records import Detail, Place, PlannedRequest, PromptSent, ScoreLine
    from evalkit.report.number_count import Counted
    from evalkit.results import Issue, Summary
    from evalkit.store.manifest import Speed


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
    summary, notes, trends = _summarise(runs)
    examples = {id_: example for run in runs for id_, example in run.examples.items()}
    articles = Joined(*(run.articles for run in runs))
    requests = [r for run in runs for r in still_asked(run.requests, run.examples)]
    generations, scores = _generations(runs, requests), _scores(runs)
    if issues is None:
        found = find_issues(
            requests=requests,
            examples=examples,
            articles=Texts(articles),
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
        trends=trends,
        preferences=preferences,
        manifests=tuple(run.manifest for run in runs),
        speeds=speeds_of(runs),
        articles=articles,
        examples=tuple(examples.values()),
        groups=groups_of(examples, articles),
        scores=scores,
        generations=generations,
        altered=frozenset((r.system, r.example) for r in requests if r.evidence_altered),
        issues=issues,
    )
    return _with_shown(material, runs)


def _with_shown(material: Material, runs: Sequence[Run]) -> Material:
    """Return it with the examples that the page holds, and what is read for these alone."""
    material = replace(material, mistakes=find_mistakes(material))
    material = replace(material, shown=choose_examples(material))
    shown = {example.id for example in material.shown}
    metrics = {*MARKED, *material.judges("answer").values()}
    details, counted = _read_details(runs, shown, metrics)
    prompts = _read_prompts(runs, shown)
    return replace(material, details=details, counted=counted, prompts=prompts)


def _read_details(
    runs: Sequence[Run], shown: Collection[str], metrics: Collection[str]
) -> tuple[dict[tuple[str, str, str], Detail], dict[Counted, tuple[int, int]]]:
    """Return the details of examples and metrics that are shown, and what is counted in all."""
    kept: dict[tuple[str, str, str], Detail] = {}
    counter = NumberCount()
    for detail in (detail for run in runs for detail in run.details if not detail.sample):
        counter.add(detail)
        if detail.example in shown and detail.metric in metrics:
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


def _generations(
    runs: Sequence[Run], requests: Iterable[PlannedRequest]
) -> Mapping[Place, Generation]:
    """Return what was generated; what could not be asked is a generation that failed."""
    failed = {(r.system, r.example, r.sample): _failed(r) for r in requests if r.problem}
    return Joined(*(run.generations for run in runs), failed)


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


def _summarise(runs: Sequence[Run]) -> tuple[Summary, tuple[str, ...], tuple[Trend, ...]]:
    first, *others = runs
    if not others:
        return first.summary, (), ()
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
    summary = replace(found.summary, systems=(*found.summary.systems, *people))
    headline = summary.headline()
    return summary, found.notes, tuple(t for t in found.trends if t.metric in headline)
