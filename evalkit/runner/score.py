"""Scores what a run folder holds, summarises it and writes the reports; needs no model."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from evalkit import metrics, report
from evalkit.analysis.issues import count_issues, find_issues, name_issues
from evalkit.analysis.run import load, still_asked, stored_generations
from evalkit.errors import InputError, Problem
from evalkit.metrics.rouge_check import check_rouge
from evalkit.records import HUMAN, Case, Detail, PlannedRequest, ScoreLine, System
from evalkit.runner import provenance
from evalkit.runner.chosen_metrics import asked_for
from evalkit.runner.human import score_human
from evalkit.runner.parallel import Scorer
from evalkit.stats.refusals import worst_scores
from evalkit.stats.summarise import count_outputs, summarise
from evalkit.store.folder import summary_text
from evalkit.store.jsonl import line
from evalkit.store.manifest import RougeCheck
from evalkit.store.switch import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.analysis.run import Run
    from evalkit.interfaces import Metric, Progress
    from evalkit.records import Example, Generation, NothingToScore, Place, Score
    from evalkit.results import Issue, MetricFacts, Summary
    from evalkit.runner.job import Job
    from evalkit.runner.parallel import Work
    from evalkit.store.folder import RunFolder
    from evalkit.store.manifest import Manifest

    Generations = Mapping[Place, Generation]

_ROUNDING = 1e-9  # by which a value may leave its metric's range


def score(
    job: Job, folder: RunFolder, manifest: Manifest, progress: Progress, *, processes: int = 1
) -> Run:
    """Score what the folder holds, by so many processes at most, and report it.

    Raises:
        StoreError: the results cannot be written, or what is there cannot be read.
    """
    issues = _write_results(job, folder, manifest, progress, processes)
    finished = load(folder.path)
    for said in report.write(folder, finished, progress, issues):
        progress.say(said)
    return finished


def _write_results(
    job: Job, folder: RunFolder, manifest: Manifest, progress: Progress, processes: int
) -> dict[Place, tuple[Issue, ...]]:
    """Write scores and summary, and return the issues of each output that has any."""
    requests = _requests(job, folder)
    generations = stored_generations(folder, manifest, requests)
    with Draft(folder.path) as new:  # all at once, so that the folder never mixes two scorings
        new.write("articles.jsonl", map(line, job.corpus.articles))
        new.write("examples.jsonl", map(line, job.examples))
        by_system: dict[str, list[ScoreLine]] = {s.name: [] for s in job.systems}
        by_system[HUMAN] = []
        with Scorer(processes) as scorer:
            of_outputs = _score_all(job, generations, progress, scorer)
            details = _apart(chain(of_outputs, score_human(job, scorer)), by_system)
            new.write_in_parts("details.jsonl", tuple(by_system), details)
        scored = [one for of_system in by_system.values() for one in of_system]
        new.write("scores.jsonl", map(line, scored))
        progress.stage("statistics", 2)
        of_systems = [one for one in scored if one.system != HUMAN]
        n_checked, largest = check_rouge(job.metrics, of_systems, partial(_case, job, generations))
        manifest.rouge_check = RougeCheck(n_checked=n_checked, largest_difference=largest)
        progress.advance()
        summary = _summary(job, requests, generations, scored, manifest)
        found = find_issues(
            requests=requests,
            examples=job.by_id,
            articles=job.texts,
            generations=generations,
            scores=scored,
        )
        summary = replace(summary, issues=count_issues(found, job.by_id))
        progress.advance()
        new.write("summary.json", [summary_text(summary)])
        ended = manifest.model_copy(deep=True)
        provenance.finish(ended, complete=summary.status == "complete")
        folder.replace_together(new, ended, drop_reports=True)
    manifest.status = ended.status  # not before: the disk may be full
    return name_issues(found)


def _facts(job: Job, metric: Metric) -> MetricFacts:
    """Return what the run records of a metric.

    One that the config asks for is a headline, and without references all are: none stands out.
    """
    facts = metrics.facts_of(metric, job.n_by_article(metric))
    alike = not any(example.references for example in job.examples)
    return replace(facts, headline=facts.headline or alike or asked_for(job.config, metric))


def _case(job: Job, generations: Generations, scored: ScoreLine) -> Case:
    example = job.by_id[scored.example]
    prediction = generations[scored.system, scored.example, scored.sample].prediction
    return Case.of(example, prediction, job.texts[example.article_id])


def _requests(job: Job, folder: RunFolder) -> list[PlannedRequest]:
    """Return a request for everything that is asked now; without a key where it was not asked."""
    planned: dict[tuple[str, str], list[PlannedRequest]] = {}
    for row in still_asked(folder.requests(), job.by_id):
        planned.setdefault((row.system, row.example), []).append(row)
    return [
        row
        for system in job.systems
        for example in job.examples
        for row in planned.get(
            (system.name, example.id),
            [PlannedRequest(system=system.name, step=example.step, example=example.id)],
        )
    ]


def _score_all(
    job: Job, generations: Generations, progress: Progress, scorer: Scorer
) -> Iterator[tuple[ScoreLine, Detail]]:
    """Yield the scores of all answers, with their details.

    All answers to an example follow one another, whatever their system, and so do the examples of
    an article: what a metric reads of these it reads once.

    Args:
        job: what is scored with.
        generations: by system, example id and number of the sample.
        progress: advances with every generation.
        scorer: scores the cases.
    """
    progress.stage("scoring", len(generations))
    order = {id_: i for i, id_ in enumerate(job.by_id)}
    chosen = _metrics(job)
    sent: deque[Place] = deque()

    def work() -> Iterator[Work]:
        for place in sorted(generations, key=lambda place: order[place[1]]):
            if (generation := generations[place]).is_answer:
                sent.append(place)
                yield _work(job, job.by_id[place[1]], generation, chosen[place[1]])

    for found in scorer.score_all(work()):
        place = sent.popleft()
        progress.advance()
        id_ = place[1]
        for metric, scored in zip(chosen[id_], found, strict=True):
            _require_value(metric, scored, id_)
            yield _records(place, job.by_id[id_].article_id, metric, scored)


def _metrics(job: Job) -> dict[str, tuple[Metric, ...]]:
    """Return the metrics that score each example, by its id."""
    facts = [metrics.facts_of(metric, {}) for metric in job.metrics]
    return {
        id_: tuple(m for m, of in zip(job.metrics, facts, strict=True) if of.scores(example))
        for id_, example in job.by_id.items()
    }


def _work(job: Job, example: Example, generation: Generation, chosen: tuple[Metric, ...]) -> Work:
    return Case.of(example, generation.prediction, job.texts[example.article_id]), chosen


def _require_value(metric: Metric, found: Score | NothingToScore, example: str) -> None:
    """Raise where a metric, which may be a plug-in, returns what none of its values can be.

    Raises:
        InputError: the score, or a part of it, is not a number or outside of the range.
    """
    if found.value is None:
        return
    entry = metrics.entry(metric.name)
    most = math.inf if entry.maximum is None else entry.maximum
    is_number = all(map(math.isfinite, (found.value, *found.parts.values())))
    if not is_number or not -_ROUNDING <= found.value <= most + _ROUNDING:
        parts = ", ".join(f"{name} {value}" for name, value in found.parts.items())
        what = f"scores {found.value}{parts and f' ({parts})'} for {example}"
        remedy = f"return {entry.range}, or register it with another maximum"
        where = f"metric `{metric.name}`"
        raise InputError([Problem(code="invalid", file=where, what=what, remedy=remedy)])


def _records(
    place: Place, article: str, metric: Metric, found: Score | NothingToScore
) -> tuple[ScoreLine, Detail]:
    system, example, sample = place
    scored = ScoreLine(
        system=system,
        article=article,
        example=example,
        sample=sample,
        metric=metric.name,
        value=found.value,
        rule=found.rule,
    )
    detail = Detail(
        system=system,
        example=example,
        sample=sample,
        metric=metric.name,
        parts=found.parts,
        compared=found.compared,
    )
    return scored, detail


def _apart(
    pairs: Iterable[tuple[ScoreLine, Detail]], by_system: Mapping[str, list[ScoreLine]]
) -> Iterator[tuple[str, str]]:
    """Yield the details as lines, each with its system, and keep the scores of each system.

    All details together would not fit into memory.
    """
    for score_line, detail in pairs:
        by_system[score_line.system].append(score_line)
        yield detail.system, line(detail)


def _summary(
    job: Job,
    requests: Sequence[PlannedRequest],
    generations: Generations,
    scored: Sequence[ScoreLine],
    manifest: Manifest,
) -> Summary:
    facts = [_facts(job, metric) for metric in job.metrics]
    failures = {name: record.failure for name, record in manifest.providers.items()}
    outputs = count_outputs(
        [*job.systems, System(name=HUMAN, model=HUMAN, role="human")],
        requests,
        generations,
        {system.name: failures[system.model] for system in job.systems},
    )
    worst = worst_scores(job.by_id, facts, generations)
    return summarise(job.config.name, outputs, facts, scored, worst)
