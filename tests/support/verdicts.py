"""Runs of a few values, and what the verdict says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.language import LANGUAGES
from evalkit.report.verdict import conclude
from evalkit.results import IssueCount
from evalkit.stats.summarise import summarise
from tests.support.results import metric_facts, row, score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Kind
    from evalkit.results import Issue, Summary, SystemSummary

    Answers = Mapping[str, Sequence[Sequence[float]]]
BASELINES = ("lead", "textrank")


def rows(names: Sequence[str]) -> list[SystemSummary]:
    """Return a row for each name; those of baselines and people have their roles."""
    return [
        row(name, role="baseline" if name in BASELINES else "human")
        if name in {*BASELINES, "human"}
        else row(name)
        for name in names
    ]


def found(
    answers: Answers,
    *issues: IssueCount,
    metric: str = "em",
    kind: Kind = "answer",
) -> Summary:
    """Return the summary of a run: of each system, the values of each article's examples."""
    sizes = [
        (str(i), len(values))
        for by_article in answers.values()
        for i, values in enumerate(by_article)
    ]
    n_by_article = {i: max(n for j, n in sizes if i == j) for i, _ in sizes}
    facts = replace(metric_facts(metric, n_by_article=n_by_article), kind=kind)
    scores = [
        score(f"{i}/{j}", value, system=name, metric=metric)
        for name, by_article in answers.items()
        for i, values in enumerate(by_article)
        for j, value in enumerate(values)
    ]
    summary = summarise("run", rows(list(answers)), [facts], scores)
    return replace(summary, issues=issues)


def said(summary: Summary) -> tuple[str, str]:
    """Return the text of the only conclusion, in English and in Chinese."""
    (conclusion,) = conclude(summary)
    english, chinese = ("\n".join(conclusion.lines(language)) for language in LANGUAGES)
    return english, chinese


def right(n: int, of: int, *, articles: int, spread: int = 0) -> list[list[float]]:
    """Return answers of which `n` of each article are right, more or fewer by turns."""
    return [[float(j < n + spread * (-1) ** i) for j in range(of)] for i in range(articles)]


def issue(name: str, issue: Issue, n: int, n_of: int, kind: Kind = "answer") -> IssueCount:
    """Return how many outputs of a system have an issue."""
    task = "answer" if kind == "answer" else "long"
    return IssueCount(
        system=name, kind=kind, step="article", task=task, issue=issue, n=n, n_of=n_of
    )
