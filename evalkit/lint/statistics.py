"""What a newcomer wants to know of the references: how many of what, where from, how far apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, get_args

from evalkit.config.schema import NCharacters
from evalkit.lint.questions import quotes
from evalkit.lint.subject import TO_DO
from evalkit.metrics import metric
from evalkit.providers.baseline import BaselineBackend
from evalkit.records import Case, Example, QuestionType, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.lint.subject import Subject
    from evalkit.records import ReferenceSummary

ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")
N_BINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistics:
    """The references of one article in numbers.

    Attributes:
        types: How many questions of each type.
        difficulties: How many questions of each difficulty.
        evidence: How many quotes begin in each tenth of the article.
        ceiling: ROUGE F of each summary against the others, best of them, mean; empty where the
            article has fewer than two.
        floor: The same with the first sentences of the article in place of each summary.
    """

    article: str
    n_characters: int
    n_questions: int
    n_summaries: int
    types: Mapping[str, int]
    difficulties: Mapping[int, int]
    evidence: tuple[int, ...]
    ceiling: Mapping[str, float]
    floor: Mapping[str, float]


def statistics(subject: Subject) -> Statistics:
    """Return the references of one article in numbers."""
    references = subject.written.references
    types = Counter(question.type for question in references.questions)
    difficulties = Counter(question.difficulty for question in references.questions)
    lead = BaselineBackend("lead", "lead")
    return Statistics(
        article=subject.article.id,
        n_characters=len(subject.article.text),
        n_questions=len(references.questions),
        n_summaries=len(references.summaries),
        types={kind: types[kind] for kind in get_args(QuestionType)},
        difficulties={level: difficulties[level] for level in (1, 2, 3)},
        evidence=histogram(subject),
        ceiling=_beside_others(subject, lambda summary: summary.text),
        floor=_beside_others(subject, lambda summary: _lead(lead, subject, summary)),
    )


def histogram(subject: Subject) -> tuple[int, ...]:
    """Return how many quotes of the evidence begin in each tenth of the article."""
    bins = Counter(place * N_BINS // len(subject.text) for place in quotes(subject))
    return tuple(bins[i] for i in range(N_BINS))


def _beside_others(subject: Subject, write: Callable[[ReferenceSummary], str]) -> dict[str, float]:
    """Return the mean ROUGE F of what is written in place of each summary, against the others."""
    summaries = [s for s in subject.written.references.summaries if s.text != TO_DO]
    cases = [
        Case(
            id=left_out.id,
            prediction=write(left_out),
            references=tuple(other.text for other in summaries if other is not left_out),
        )
        for left_out in summaries
        if len(summaries) > 1
    ]
    return {
        name: fsum(metric(name).score(case).value for case in cases) / len(cases)
        for name in ROUGE
        if cases
    }


def _lead(lead: BaselineBackend, subject: Subject, summary: ReferenceSummary) -> str:
    example = Example(
        id=summary.id,
        article_id=subject.article.id,
        task="summary",
        references=(),
        length=summary.length,
        n_characters=getattr(NCharacters(), summary.length),
    )
    request = Request(key=summary.id, example=example, article=subject.article.text)
    return next(lead.generate([request], 1)).text
