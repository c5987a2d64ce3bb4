"""Statistics of the references: how many of each kind, from where, and how similar."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, get_args

from evalkit.data.references import DIFFICULTIES, FOCUSED, HEADLINE
from evalkit.lint.questions import evidence_places
from evalkit.metrics.rouge import Rouge1, Rouge2, RougeL, RougeLsum
from evalkit.providers.baseline import lead
from evalkit.records import Case, QuestionType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.lint.subject import Subject
    from evalkit.records import ReferenceSummary

_ROUGE = (Rouge1(), Rouge2(), RougeL(), RougeLsum())
ROUGE = tuple(rouge.name for rouge in _ROUGE)
N_BINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistics:
    """Statistics of the references of one article.

    Attributes:
        types: how many questions of each type.
        difficulties: how many questions of each difficulty.
        evidence: how many quotes begin in each tenth of the article.
        human: ROUGE F of each summary of the whole article against the others, best of them, mean;
            empty where the article has fewer than two.
        lead: the same with the first sentences of the article, up to its length, in place of each
            summary.
    """

    article: str
    n_characters: int
    n_questions: int
    n_summaries: int
    types: Mapping[str, int]
    difficulties: Mapping[int, int]
    evidence: tuple[int, ...]
    human: Mapping[str, float]
    lead: Mapping[str, float]


def statistics(subject: Subject) -> Statistics:
    """Return the statistics of the references of one article."""
    questions = [question for _, question in subject.questions()]
    types = Counter(question.type for question in questions)
    difficulties = Counter(question.difficulty for question in questions)
    article = subject.article
    return Statistics(
        article=article.id,
        n_characters=len(article.text),
        n_questions=len(questions),
        n_summaries=sum(summary.task != HEADLINE for _, summary in subject.summaries()),
        types={kind: types[kind] for kind in get_args(QuestionType)},
        difficulties={level: difficulties[level] for level in DIFFICULTIES},
        evidence=histogram(subject),
        human=_against_others(subject, lambda summary: summary.text),
        lead=_against_others(subject, lambda summary: lead(article.text, len(summary.text))),
    )


def histogram(subject: Subject) -> tuple[int, ...]:
    """Return how many quotes of the evidence begin in each tenth of the article."""
    bins = Counter(
        place * N_BINS // len(subject.article.text) for place in evidence_places(subject)
    )
    return tuple(bins[i] for i in range(N_BINS))


def _against_others(subject: Subject, write: Callable[[ReferenceSummary], str]) -> dict[str, float]:
    """Return the mean ROUGE F of what `write` returns for each summary, against the others."""
    summaries = [
        summary for _, summary in subject.summaries() if summary.task not in {FOCUSED, HEADLINE}
    ]
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
        rouge.name: fsum(rouge.score(case).value for case in cases) / len(cases)
        for rouge in _ROUGE
        if cases
    }
