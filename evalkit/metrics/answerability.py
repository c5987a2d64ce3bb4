"""Answers to questions that were asked without the article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evalkit.metrics.answers import ExactMatch


@dataclass(frozen=True, slots=True)
class EmFromSummary(ExactMatch):
    """Share of the questions that a system answers right from its own summary alone, by `em`.

    The longest summary it was asked for is read in the article's place. It can't tell a summary
    that left the fact out from a system that did not find it there: compare `em`, with the article,
    and `em_closed_book`, with no text. A question the article does not answer is right here too
    when the system says so, so an empty summary still earns those. Source: APES (Eyal, Baumel
    and Elhadad 2019, section 3), which makes its questions itself; these are the references' own.

    >>> from evalkit.records import Case
    >>> EmFromSummary().score(Case(id="1", prediction="13名", references=("十三名",))).value
    1.0
    """

    name: ClassVar[str] = "em_from_summary"


@dataclass(frozen=True, slots=True)
class EmClosedBook(ExactMatch):
    """Share of the questions that a system answers right with no text at all, by `em`.

    What it gets right here it knew, guessed, or rightly declined to answer; it can't tell which.
    Source: the closed-book setting of Roberts, Raffel and Shazeer 2020, section 2.

    >>> from evalkit.records import Case
    >>> EmClosedBook().score(Case(id="1", prediction="襄阳", references=("荆州",))).value
    0.0
    """

    name: ClassVar[str] = "em_closed_book"
