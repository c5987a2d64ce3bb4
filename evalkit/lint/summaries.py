"""The rules for the headline, the summaries and the focused summaries of one article."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from evalkit.data.references import FOCUSED, HEADLINE
from evalkit.errors import suggestion
from evalkit.language import counted
from evalkit.lint.subject import Shortage, cite
from evalkit.metrics.rouge import RougeL
from evalkit.records import Case
from evalkit.values.mentions import find_numbers, possible_numbers
from evalkit.values.normalise import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.config.keys import Key
    from evalkit.errors import Problem
    from evalkit.lint.subject import Subject
    from evalkit.records import ReferenceSummary

MAX_HEADLINE = 30
BOUNDS = {
    HEADLINE: (1, MAX_HEADLINE),
    "short": (80, 130),
    "long": (200, 300),
    FOCUSED: (60, 120),
}
"""The fewest and most characters of a reference for the tasks that have bounds."""
MIN_OF_TASK = {"short": 2, "long": 1}
MIN_OF_FOCUS = 2
MAX_OVERLAP = 0.8
MAX_COPIED = 30


def errors(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the summaries: figures and quotes that the article does not have."""
    for key, summary in subject.summaries():
        yield from _figures(subject, _place(key), summary)
        yield from subject.foreign_quotes(summary.evidence, (*key, "evidence"))


def warnings(subject: Subject) -> Iterator[Problem]:
    """Yield what to look at: the length, long runs of the article, another task, what is alike."""
    yield from _alike(subject)
    for key, summary in subject.summaries():
        yield from _length(subject, _place(key), summary)
        if summary.task == HEADLINE:
            continue
        run = longest_copied_run(fold(summary.text), subject.folded)
        if len(run) > MAX_COPIED:
            what = f"copies {len(run)} characters in a row: {cite(run)}"
            yield subject.problem((*key, "text"), what, "say it in your own words")
        remedy = suggestion(summary.task, BOUNDS, otherwise="")
        if remedy and summary.task not in BOUNDS:
            what = f"`{summary.task}` has no rules here"
            yield subject.problem((*key, "task"), what, remedy, code="unknown")


def longest_copied_run(text: str, article: str) -> str:
    """Return the longest run of characters that a text shares with the article, the first of them.

    >>> longest_copied_run("荆州与襄阳市的创客", "襄阳市创客空间在荆州")
    '襄阳市'
    """
    longest = ""
    for end in range(1, len(text) + 1):
        while len(longest) < end and (run := text[end - len(longest) - 1 : end]) in article:
            longest = run
    return longest


def shortages(subject: Subject) -> Iterator[Shortage]:
    """Yield what there should be more of: summaries of a task, and of a focus."""
    written = list(subject.summaries())
    tasks = Counter(summary.task for _, summary in written)
    foci = Counter(key[:-1] for key, summary in written if summary.focus)
    for task, least in MIN_OF_TASK.items():
        yield Shortage(key=("summaries",), of=f"task {task}", n=tasks[task], least=least)
    for key, n in foci.items():
        yield Shortage(key=key, of="one focus", n=n, least=MIN_OF_FOCUS)


def _place(key: Key) -> Key:
    return (*key, "text") if key else (HEADLINE,)


def _length(subject: Subject, key: Key, summary: ReferenceSummary) -> Iterator[Problem]:
    n_characters = len(summary.text.strip())
    low, high = BOUNDS.get(summary.task, (0, n_characters))
    if not low <= n_characters <= high:
        what = f"has {counted(n_characters, 'character')}, and {low} to {high} are asked for"
        yield subject.problem(key, what, "lengthen it" if n_characters < low else "shorten it")


def _figures(subject: Subject, key: Key, summary: ReferenceSummary) -> Iterator[Problem]:
    source, stated = "the article", subject.numbers
    if summary.focus:
        source, stated = "its evidence", possible_numbers("\n".join(summary.evidence))
    for number in find_numbers(summary.text):
        if not any(number.agrees(other) for other in stated):
            what = f"{cite(number.text)} is a number that {source} does not state"
            yield subject.problem(key, what, f"use the figure of {source}")


def _alike(subject: Subject) -> Iterator[Problem]:
    rouge = RougeL()
    written = [(key, s) for key, s in subject.summaries() if s.task != HEADLINE]
    for (_, one), (key, other) in combinations(written, 2):
        if (one.task, other.task).count(FOCUSED) == 1:
            continue
        case = Case(id=other.id, prediction=other.text, references=(one.text,))
        overlap = rouge.score(case).value
        if overlap > MAX_OVERLAP:
            what = f"overlaps {overlap:.2f} rougeL with {one.id}, {MAX_OVERLAP} is allowed"
            yield subject.problem((*key, "text"), what, "write it in other words")
