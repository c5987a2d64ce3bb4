"""Checks each statement of a summary against those of its article."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from evalkit.metrics.facts.document import Document
from evalkit.metrics.facts.names import Names
from evalkit.metrics.facts.periods import find_months
from evalkit.metrics.facts.support import Index
from evalkit.metrics.facts.wording import (
    Difference,
    differs_in_figure,
    differs_in_words,
    is_negated,
)
from evalkit.values.units import COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.metrics.facts.document import Mention
    from evalkit.metrics.facts.support import How, Support

Reason = (
    Literal[
        "not stated",  # the article has no such figure, not even rounded or as a sum
        "other figure",  # the article has another figure for this
        "unknown name",  # the article has no such name
        "other name",  # the article has another name for this
    ]
    | Difference
)

_LARGEST_OWN_COUNT = 10  # that a summary may make of what it tells itself
_LONGEST_LIST = 20  # items that a summary may count
_ITEM = re.compile("[、和与及]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """A statement that the article does not bear out.

    Attributes:
        text: the figure, name or clause, as the summary has it.
        start: its place in the summary, in code points.
        end: where it ends.
        reason: why it is flagged.
        stated: the figure or name that the article has in its place; empty where there is none.
        article: the sentence of the article that this rests on; empty where there is none.
    """

    text: str
    start: int
    end: int
    reason: Reason
    stated: str = ""
    article: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Derived:
    """A figure that the article has in another form: rounded, or as the terms of a sum."""

    text: str
    how: How
    stated: tuple[str, ...]
    article: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What was found in a summary; a statement is a clause that could be checked."""

    n_statements: int
    n_flagged: int
    flags: tuple[Flag, ...]
    derived: tuple[Derived, ...]


@lru_cache(maxsize=16)  # the summaries of one article follow one another
def fact_check(article: str) -> FactCheck:
    """Return the check of an article.

    >>> findings = fact_check("产值增长6%。").check("产值下降6%。")
    >>> [(flag.text, flag.reason) for flag in findings.flags]
    [('6%', 'other direction')]
    """
    return FactCheck(article)


class FactCheck:
    """The statements of an article, ready to check summaries against."""

    def __init__(self, article: str) -> None:
        """Read an article."""
        self.article = Document(article, possible=True)
        self.index = Index(self.article)
        self.names = Names(self.article)

    def check(self, summary: str) -> Findings:
        """Return what the article bears out of a summary, and what it does not."""
        document = Document(summary, possible=False)
        mentions: Mapping[int, list[Mention]] = defaultdict(list)
        for mention in document.mentions:
            mentions[mention.clause].append(mention)
        clauses: list[_Clause] = []
        for number in range(len(document.clauses)):
            led = clauses[-1].same if clauses else None
            clauses.append(_Clause(self, document, number, mentions[number], led))
        flags = [list(clause.flags()) for clause in clauses]
        checked = zip(clauses, flags, strict=True)
        return Findings(
            n_statements=sum(clause.is_statement or bool(found) for clause, found in checked),
            n_flagged=sum(map(bool, flags)),
            flags=tuple(flag for found in flags for flag in found),
            derived=tuple(one for clause in clauses for one in clause.derived()),
        )


class _Clause:
    """One clause of a summary with what the article has for it."""

    def __init__(
        self,
        check: FactCheck,
        summary: Document,
        number: int,
        mentions: Sequence[Mention],
        led: int | None,
    ) -> None:
        self._names, self._article = check.names, check.article
        self._summary, self._number = summary, number
        self._place = summary.clauses[number].start, summary.clauses[number].end
        self._text = summary.clauses[number].text
        self._has_figures = bool(mentions)
        self._figures = [
            (mention, check.index.look_up(mention, self._text))
            for mention in mentions
            if not _counts_its_list(summary, mention)
        ]
        found = [support for _, support in self._figures if support.mentions]
        self._is_computed = any(support.is_computed for support in found)
        # The clause of the article that says the same, as far as one does.
        self._same = found[0].mentions[0].clause if found else check.index.align(self._text)
        self._led = led if number in summary.around(number - 1, 0, 1) else None

    @property
    def same(self) -> int | None:
        """The article's clause that says the same, or the same as the clause before it."""
        return self._led if self._same is None else self._same

    @property
    def is_statement(self) -> bool:
        """Whether there is anything to check."""
        return self._has_figures or self._same is not None

    def flags(self) -> Iterator[Flag]:
        """Yield what the article does not bear out."""
        for mention, support in self._figures:
            yield from self._check_figure(mention, support)
        for name in self._names.missing(self._text):
            yield self._flag("unknown name", place=self._find(name.name, name.start))
        for title, stated in self._names.other_titles(self._text):
            place = self._find(title.name, title.start)
            yield self._flag("other name", place=place, stated=stated)
        if self._same is None:
            if self._led is not None and is_negated(self._text, self._article, self._led):
                yield self._flag("negated", self._led)
            return
        if found := self._names.exchanged(self._with_subject(), self._same):
            ours, theirs = found
            place = self._find(ours, self._text.find(ours))
            yield self._flag("other name", self._same, place=place, stated=theirs)
        if not self._is_computed:
            difference = differs_in_words(
                self._summary,
                self._number,
                self._article,
                self._same,
                has_figures=self._has_figures,
            )
            if difference:
                yield self._flag(difference, self._same, place=self._find_period(difference))

    def derived(self) -> Iterator[Derived]:
        """Yield the figures that the article has in another form."""
        for mention, support in self._figures:
            if support.how != "stated" and not support.rival:
                terms = support.mentions if support.is_computed else support.mentions[:1]
                yield Derived(
                    text=_quote(self._summary, mention),
                    how=support.how,
                    stated=tuple(_quote(self._article, term) for term in terms),
                    article=self._article.sentence(terms[0].clause),
                )

    def _check_figure(self, mention: Mention, support: Support) -> Iterator[Flag]:
        rival = support.rival
        if not support.mentions:
            if rival or not _may_be_its_own_count(mention):
                yield self._flag_figure(mention, "not stated", rival)
        elif rival:
            yield self._flag_figure(mention, "other figure", rival)
        elif not support.is_computed:
            exact = support.how == "stated"
            differences = [
                differs_in_figure(self._summary, mention, self._article, stated, exact=exact)
                for stated in support.mentions
            ]
            # One mention that agrees is enough: the others are of something else.
            if differences[0] and all(differences):
                yield self._flag_figure(mention, differences[0], support.mentions[0])

    def _with_subject(self) -> str:
        """Return the clause, behind the last one of its sentence that names a person."""
        if not self._names.people(self._text):
            for number in reversed(self._summary.around(self._number, 6, 0)):
                earlier = self._summary.clauses[number].text
                if self._names.people(earlier):
                    return f"{earlier},{self._text}"
        return self._text

    def _find_period(self, difference: Difference) -> tuple[int, int] | None:
        """Return where the months are named that differ, be it before the clause."""
        place = find_months(self._summary.text, self._place[1])
        begin = self._place[0] - len(self._summary.before(self._number))
        return place if difference == "other period" and place and place[0] >= begin else None

    def _find(self, name: str, at: int) -> tuple[int, int] | None:
        start = self._place[0] + at
        return (start, start + len(name)) if at >= 0 else None

    def _flag_figure(self, mention: Mention, reason: Reason, stated: Mention | None) -> Flag:
        return self._flag(
            reason,
            stated.clause if stated else None,
            place=(mention.figure.start, mention.figure.end),
            stated=_quote(self._article, stated) if stated else "",
        )

    def _flag(
        self,
        reason: Reason,
        same: int | None = None,
        *,
        place: tuple[int, int] | None = None,
        stated: str = "",
    ) -> Flag:
        start, end = self._summary.original_place(*(place or self._place))
        return Flag(
            text=self._summary.original[start:end],
            start=start,
            end=end,
            reason=reason,
            stated=stated,
            article="" if same is None else self._article.sentence(same),
        )


def _quote(document: Document, mention: Mention) -> str:
    start, end = document.original_place(mention.figure.start, mention.figure.end)
    return document.original[start:end]


def _may_be_its_own_count(mention: Mention) -> bool:
    """Return whether a summary may have counted what it tells: 三类事务."""
    return mention.figure.kind == COUNT and mention.figure.amount <= _LARGEST_OWN_COUNT


def _counts_its_list(summary: Document, mention: Mention) -> bool:
    """Return whether a figure counts what stands before it: 空调和冰箱两项业务."""
    figure, start = mention.figure, summary.clauses[mention.clause].start
    if figure.kind != COUNT or figure.amount > _LONGEST_LIST:
        return False
    return len(_ITEM.findall(summary.text, start, figure.start)) + 1 == figure.amount
