"""Scores what a run folder holds, summarises it and writes the reports; needs no model."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from evalkit import metrics, report
from evalkit.analysis.issues import Outputs, count_issues, find_issues
from evalkit.analysis.run import generations_of, load, reread, still_asked
from evalkit.config.thinking import own_marks
from evalkit.metrics.rouge_check import check_rouge
from evalkit.records import Detail, PlannedRequest, ScoreLine, System
from evalkit.runner import provenance
from evalkit.runner.cases import case_of
from evalkit.runner.human import HUMAN, score_human
from evalkit.runner.job import scores
from evalkit.runner.refusals import worst_scores
from evalkit.stats.summarise import count_outputs, summarise
from evalkit.store.folder import summary_text
from evalkit.store.jsonl import text_of
from evalkit.store.manifest import RougeCheck

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.analysis.run import Run
    from evalkit.interfaces import Progress
    from evalkit.records import Case, Generation
    from evalkit.runner.job import Job
    from evalkit.store.folder import RunFolder
    from evalkit.store.manifest import Manifest

    Generations = Mapping[tuple[str, str, int], Generation]


def score(job: Job, folder: RunFolder, manifest: Manifest, progress: Progress) -> Run:
    """Score what the folder holds.

    Raises:
        StoreError: the results cannot be written, or what is there cannot be read.
    """
    requests = _requests(job, folder)
    own = own_marks(manifest.config)
    generations = generations_of(requests, [reread(g, own) for g in folder.generations()])
    lines, details = score_all(job, generations, progress)
    n_checked, largest = check_rouge(job.metrics, lines, partial(_case, job, generations))
    manifest.rouge_check = RougeCheck(n_checked=n_checked, largest_difference=largest)
    human_lines, human_details = score_human(job)
    lines, details = [*lines, *human_lines], [*details, *human_details]
    facts = [metrics.facts_of(metric, job.n_by_article(metric)) for metric in job.metrics]
    failures = {name: record.failure for name, record in manifest.providers.items()}
    summary = summarise(
        job.config.name,
        count_outputs(
            [*job.systems, System(name=HUMAN, model=HUMAN, role="human")],
            requests,
            generations,
            {system.name: failures[system.model] for system in job.systems},
        ),
        facts,
        lines,
        worst_scores(job.by_id, facts, generations),
    )
    issues = find_issues(
        Outputs(
            requests=requests,
            examples=job.by_id,
            articles=job.texts,
            generations=generations,
            scores=lines,
        )
    )
    summary = replace(summary, issues=count_issues(issues, job.by_id))
    texts = {
        "articles.jsonl": text_of(job.corpus.articles),
        "examples.jsonl": text_of(job.examples),
        "scores.jsonl": text_of(lines),
        "details.jsonl": text_of(details),
        "summary.json": summary_text(summary),
    }
    ended = manifest.model_copy(deep=True)
    provenance.finish(ended, complete=summary.status == "complete")
    # together, so that the folder never mixes two scorings
    folder.replace_together(texts, ended, drop_reports=True)
    manifest.status = ended.status  # not before: the disk may be full
    finished = load(folder.path)
    for line in report.write(folder, finished):
        progress.say(line)
    return finished


def _case(job: Job, generations: Generations, line: ScoreLine) -> Case:
    example = job.by_id[line.example]
    prediction = generations[line.system, line.example, line.sample].prediction
    return case_of(example, prediction, job.texts[example.article_id])


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


def score_all(
    job: Job, generations: Generations, progress: Progress
) -> tuple[list[ScoreLine], list[Detail]]:
    """Return the scores of all answers, and their details, in order.

    Args:
        job: what is scored with.
        generations: by system, example id and number of the sample.
        progress: advances with every generation.
    """
    lines: list[ScoreLine] = []
    details: list[Detail] = []
    progress.stage("scoring", len(generations))
    for (system, example_id, sample), generation in generations.items():
        progress.advance()
        if not generation.is_answer:
            continue
        example = job.by_id[example_id]
        case = case_of(example, generation.prediction, job.texts[example.article_id])
        for metric in job.metrics:
            if scores(metric, example):
                found = metric.score(case)
                lines.append(
                    ScoreLine(
                        system=system,
                        article=example.article_id,
                        example=example_id,
                        sample=sample,
                        metric=metric.name,
                        value=found.value,
                        rule=found.rule,
                    )
                )
                details.append(
                    Detail(
                        system=system,
                        example=example_id,
                        sample=sample,
                        metric=metric.name,
                        parts=found.parts,
                        compared=found.compared,
                    )
                )
    return lines, details
