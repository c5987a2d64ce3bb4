"""Checks each statement of a summary against those of its article."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from evalkit.metrics.facts.document import Document, pairs
from evalkit.metrics.facts.figures import contradicts_side
from evalkit.metrics.facts.names import Names
from evalkit.metrics.facts.support import Index
from evalkit.values import claims
from evalkit.values.units import COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.metrics.facts.document import Mention
    from evalkit.metrics.facts.support import How, Support

Reason = Literal[
    "not stated",  # the article has no such figure, not even rounded or as a sum
    "other figure",  # the article has another figure for this
    "other side",  # 不足 for 超过
    "other direction",  # 减少 for 增长
    "only planned",  # the article has it as a goal
    "still going on",  # the article has it as not done yet
    "negated",  # denied by one of the two alone
    "opposite",  # 免职 for 提拔
    "unknown name",  # the article has no such name
    "other name",  # the article has another name for this
]
_LONGEST_LIST = 20  # items that a summary may count itself
_ITEM = re.compile("[、和与及]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """A statement that the article does not bear out.

    Attributes:
        text: the figure, name or clause, as the summary has it.
        start: its place in the summary, in code points.
        end: where it ends.
        reason: why it is flagged.
        stated: what the article has in its place, where that is one figure, name or word.
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
    """A figure that the article has in another form: rounded, or as terms of a sum."""

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


@lru_cache(maxsize=16)
def fact_check(article: str) -> FactCheck:
    """Return the check of an article; the summaries of one article follow one another.

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
        checked = [
            _Clause(self, document, number, mentions[number])
            for number in range(len(document.clauses))
        ]
        found = [(clause, list(clause.flags())) for clause in checked]
        return Findings(
            n_statements=sum(clause.is_statement or bool(flags) for clause, flags in found),
            n_flagged=sum(bool(flags) for _, flags in found),
            flags=tuple(flag for _, flags in found for flag in flags),
            derived=tuple(one for clause in checked for one in clause.derived()),
        )


class _Clause:
    """One clause of a summary with what the article has for it."""

    def __init__(
        self, check: FactCheck, summary: Document, number: int, mentions: Sequence[Mention]
    ) -> None:
        self._check, self._article = check, check.article
        self._summary, self._number = summary, number
        self._clause = summary.clauses[number]
        text = self._clause.text
        self._figures = [
            (m, check.index.look_up(m, text)) for m in mentions if not _counts_its_list(summary, m)
        ]
        self._has_figures = bool(mentions)
        supports = [support for _, support in self._figures if support.mentions]
        # The clause of the article that says the same, as far as one does.
        self._same = supports[0].mentions[0].clause if supports else check.index.align(text)
        self._is_derived = any(s.how in {"sum", "difference"} for s in supports)

    @property
    def is_statement(self) -> bool:
        """Whether there is anything to check."""
        return self._has_figures or self._same is not None

    def flags(self) -> Iterator[Flag]:
        """Yield what the article does not bear out."""
        for mention, support in self._figures:
            if flag := self._check_figure(mention, support):
                yield flag
        text, start = self._clause.text, self._clause.start
        for name in self._check.names.missing(text):
            place = (start + name.start, start + name.start + len(name.name))
            yield self._flag("unknown name", place=place)
        if self._same is not None:
            subject = self._subject()
            if found := self._check.names.exchanged(subject, self._same):
                at = text.find(found[0])
                place = (start + at, start + at + len(found[0])) if at >= 0 else None
                yield self._flag("other name", self._same, place=place, stated=found[1])
            if not self._is_derived:
                yield from self._check_wording(self._same)

    def derived(self) -> Iterator[Derived]:
        """Yield the figures that the article has in another form."""
        for mention, support in self._figures:
            if support.how != "stated" and support.mentions and not support.rival:
                terms = support.mentions if support.how in {"sum", "difference"} else support.mentions[:1]
                yield Derived(
                    text=self._quote(self._summary, mention),
                    how=support.how,
                    stated=tuple(self._quote(self._article, term) for term in terms),
                    article=self._article.sentence(terms[0].clause),
                )

    def _check_figure(self, mention: Mention, support: Support) -> Flag | None:
        if support.rival or not support.mentions:
            reason: Reason = "other figure" if support.mentions else "not stated"
            return self._flag_figure(mention, reason, support.rival)
        stated = support.mentions[0]
        if support.how in {"sum", "difference"}:
            return None
        if support.how == "stated" and contradicts_side(mention.figure, stated.figure):
            return self._flag_figure(mention, "other side", stated)
        if _direction(self._summary, mention) * _direction(self._article, stated) < 0:
            return self._flag_figure(mention, "other direction", stated)
        said, theirs = _own_words(self._summary, mention), _own_words(self._article, stated)
        if claims.opposites(said, theirs):
            return self._flag_figure(mention, "opposite", stated)
        if self._is_only_planned(mention, stated):
            return self._flag_figure(mention, "only planned", stated)
        return None

    def _is_only_planned(self, mention: Mention, stated: Mention) -> bool:
        text = self._clause.text
        if mention.figure.date and not claims.is_done(text):
            return False
        theirs = self._article.before(stated.clause), self._article.clauses[stated.clause].text
        ours = self._summary.before(self._number), text
        return claims.is_planned(*theirs) and not claims.may_be_planned(*ours)

    def _check_wording(self, same: int) -> Iterator[Flag]:
        """Yield what a clause and the article's clause of the same say of it differently."""
        text, theirs = self._clause.text, self._article.clauses[same].text
        if self._is_negated(text, theirs, same):
            yield self._flag("negated", same)
        if not self._has_figures:
            if found := claims.opposites(text, theirs):
                yield self._flag("opposite", same, stated=found[1])
            done = claims.is_done(text) and not claims.is_done(theirs)
            if done and claims.is_planned(self._article.before(same), theirs):
                yield self._flag("only planned", same)
        if claims.is_done(text) and not claims.is_done(theirs) and self._goes_on(text, same):
            yield self._flag("still going on", same)

    def _is_negated(self, text: str, theirs: str, same: int) -> bool:
        around = ",".join(self._article.clauses[i].text for i in self._article.around(same, 1, 1))
        ours = [set(pairs(words)) for words in claims.after_negation(text)]
        denied = {pair for words in claims.after_negation(around) for pair in pairs(words)}
        if ours:
            return any(words & set(pairs(around)) and not words & denied for words in ours)
        said = set(pairs(text))
        return any(said & set(pairs(words)) for words in claims.after_negation(theirs))

    def _goes_on(self, text: str, same: int) -> bool:
        around = [self._article.clauses[i].text for i in self._article.around(same, 1, 1)]
        said = set(pairs(text))
        return any(
            said & set(pairs(words))
            for theirs in around
            if not claims.is_done(theirs)
            for words in claims.after_ongoing(theirs)
        )

    def _subject(self) -> str:
        """Return the clause, after the last one of its sentence that names a person if it has none."""
        names, clauses = self._check.names, self._summary.clauses
        text = self._clause.text
        if not names.people(text):
            for number in reversed(self._summary.around(self._number, 6, 0)):
                if names.people(clauses[number].text):
                    return f"{clauses[number].text},{text}"
        return text

    def _flag_figure(self, mention: Mention, reason: Reason, stated: Mention | None) -> Flag:
        return self._flag(
            reason,
            stated.clause if stated else None,
            place=(mention.figure.start, mention.figure.end),
            stated=self._quote(self._article, stated) if stated else "",
        )

    def _flag(
        self,
        reason: Reason,
        same: int | None = None,
        *,
        place: tuple[int, int] | None = None,
        stated: str = "",
    ) -> Flag:
        clause = self._clause
        start, end = self._summary.original_place(*(place or (clause.start, clause.end)))
        return Flag(
            text=self._summary.original[start:end],
            start=start,
            end=end,
            reason=reason,
            stated=stated,
            article="" if same is None else self._article.sentence(same),
        )

    @staticmethod
    def _quote(document: Document, mention: Mention) -> str:
        start, end = document.original_place(mention.figure.start, mention.figure.end)
        return document.original[start:end]


def _own_words(document: Document, mention: Mention) -> str:
    return document.text[mention.start : mention.end]


def _direction(document: Document, mention: Mention) -> int:
    clause, figure = document.clauses[mention.clause], mention.figure
    before = document.text[max(clause.start, figure.start - 10) : figure.start]
    return claims.direction(before, document.text[figure.end : clause.end])


def _counts_its_list(document: Document, mention: Mention) -> bool:
    """Return whether a figure counts what stands before it: 空调和冰箱两项业务."""
    figure, clause = mention.figure, document.clauses[mention.clause]
    if figure.kind != COUNT or figure.amount > _LONGEST_LIST:
        return False
    return len(_ITEM.findall(document.text, clause.start, figure.start)) + 1 == figure.amount
