"""The clauses of a summary with what the article has for them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from evalkit.metrics.facts.actors import Actors
from evalkit.metrics.facts.arithmetic import compute
from evalkit.metrics.facts.clauses import ClauseIndex
from evalkit.metrics.facts.comparing import RELATIONS, may_be
from evalkit.metrics.facts.neighbours import Neighbours
from evalkit.metrics.facts.support import Index, Support
from evalkit.values.units import COUNT, SHARE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from evalkit.metrics.facts.document import Document, Mention

_BACK, _AHEAD = 3, 2  # clauses of its sentence from whose figures one may be computed
_LONGEST_LIST = 20  # items that a summary may count
_SINCE = re.compile("以来|自|截至")
_ITEM = re.compile("[、和与及]")


class Known:
    """An article with what is looked up in it."""

    def __init__(self, article: Document) -> None:
        """Index an article."""
        self.article = article
        self.clauses = ClauseIndex(article)
        self.index = Index(article, self.clauses)
        self.neighbours = Neighbours(article)
        self.actors = Actors(article)
        self._years = {mention.figure.date.get("year") for mention in article.mentions}

    def is_next_to_year(self, year: Fraction) -> bool:
        """Return whether the article names the year before or behind one."""
        return bool({year - 1, year + 1} & self._years)


@dataclass(kw_only=True, slots=True)
class Aligned:
    """A clause of a summary with what the article has for it.

    Attributes:
        summary: the whole.
        number: of the clause.
        has_figures: whether it states any.
        figures: those that are looked up in the article, with what it has for them.
        same: the number of the article's clause that says the same, as far as one does.
        led: that of the clause before it in its sentence.
    """

    summary: Document
    number: int
    has_figures: bool
    figures: list[tuple[Mention, Support]] = field(default_factory=list)
    same: int | None = None
    led: int | None = None

    @property
    def text(self) -> str:
        """Its words."""
        return self.summary.clauses[self.number].text

    @property
    def is_computed(self) -> bool:
        """Whether one of its figures is made of several of the article's."""
        return any(support.is_computed for _, support in self.figures)

    @property
    def is_statement(self) -> bool:
        """Whether there is anything to check."""
        return self.has_figures or self.same is not None

    @property
    def sure(self) -> Support | None:
        """What the article has for the figure that surely is meant, if one is; no date."""
        found = (one for other, one in self.figures if one.is_sure and not other.figure.date)
        return max(found, key=lambda one: one.fit, default=None)


def align(summary: Document, known: Known) -> list[Aligned]:
    """Return the clauses of a summary in order, with what an article has for each."""
    mentions: Mapping[int, list[Mention]] = defaultdict(list)
    for mention in summary.mentions:
        mentions[mention.clause].append(mention)
    clauses: list[Aligned] = []
    for number in range(len(summary.clauses)):
        clause = _look_up(summary, number, mentions[number], known)
        if clauses and number in summary.around(number - 1, 0, 1):
            last = clauses[-1]
            clause.led = last.led if last.same is None else last.same
        clauses.append(clause)
    for clause in clauses:
        _compute(clause, clauses, known)
        _grow(clause, clauses, known)
    for clause, following in zip_longest(clauses, clauses[1:]):
        _date(clause, following, known)
    return clauses


def _look_up(summary: Document, number: int, mentions: Sequence[Mention], known: Known) -> Aligned:
    text = summary.clauses[number].text
    looked_up = [
        (mention, known.index.look_up(mention, text))
        for mention in mentions
        if not _counts_its_list(summary, mention)
    ]
    figures: list[tuple[Mention, Support]] = []
    for mention, support in looked_up:
        told = [*figures, *looked_up[len(figures) :]]
        rival = support.rival or known.neighbours.in_its_place(mention, support, told)
        figures.append((mention, replace(support, rival=rival)))
    figures = [(pair[0], _without_own(summary, pair, figures)) for pair in figures]
    found = [support for _, support in figures if support.mentions]
    return Aligned(
        summary=summary,
        number=number,
        has_figures=bool(mentions),
        figures=figures,
        same=found[0].mentions[0].clause if found else known.clauses.align(text),
    )


def _without_own(
    summary: Document, pair: tuple[Mention, Support], figures: Sequence[tuple[Mention, Support]]
) -> Support:
    """Leave out a rival that the clause itself states, surely or in one list with the figure."""
    mention, support = pair
    rival = support.rival
    told = rival and any(
        (one.is_sure or summary.is_listed(mention, other)) and may_be(other.figure, rival.figure)
        for other, one in figures
    )
    return replace(support, rival=None) if told and support.mentions else support


def _compute(clause: Aligned, clauses: Sequence[Aligned], known: Known) -> None:
    """Take what the article lacks for computed from the figures of its sentence, if it can be.

    One of them may stand in the article alone: by how much it grew, for last year.
    """
    lacking = [i for i, pair in enumerate(clause.figures) if not _is_borne_out(pair[1])]
    if not lacking:
        return
    around = clause.summary.around(clause.number, _BACK, _AHEAD)
    told = [pair for number in around for pair in clauses[number].figures if _is_borne_out(pair[1])]
    for i in lacking:
        mention, stated = clause.figures[i]
        support = None
        if found := compute(mention.figure, clause.text, [term.figure for term, _ in told]):
            how, places = found
            support = Support(mentions=tuple(told[at][1].mentions[0] for at in places), how=how)
        elif not stated.mentions or mention.figure.kind in RELATIONS:
            terms = [term for _, one in told for term in one.terms]
            support = known.index.compute(mention, clause.text, terms)
        if support:
            clause.figures[i] = mention, support
            told.append(clause.figures[i])


def _is_borne_out(support: Support) -> bool:
    return bool(support.mentions) and not support.rival


def _grow(clause: Aligned, clauses: Sequence[Aligned], known: Known) -> None:
    """Compare by how much something grew with what the article says so of: 收入5亿元,增长6%."""
    shares = [i for i, (mention, _) in enumerate(clause.figures) if mention.figure.kind == SHARE]
    if len(shares) != 1:
        return
    mention, support = clause.figures[shares[0]]
    around = clause.summary.around(clause.number, 1, 0)
    told = [pair for number in around for pair in clauses[number].figures]
    before = told[: len(told) - len(clause.figures) + shares[0]]
    bases = [one for other, one in before if not other.figure.date]
    stated = _is_borne_out(support) and not support.is_computed
    if bases and bases[-1].is_sure and stated and clause.summary.is_bare(mention):
        rival = known.neighbours.grown_otherwise(mention, bases[-1].mentions[0])
        clause.figures[shares[0]] = mention, replace(support, rival=rival)


def _date(clause: Aligned, following: Aligned | None, known: Known) -> None:
    """Compare a date with the one of what is said behind it: 11月18日, 1万人参加."""
    sure = clause.sure
    if not sure and following and following.number in clause.summary.around(clause.number, 0, 1):
        sure = following.sure
    if sure is None or _SINCE.search(clause.text):
        return
    for i, (mention, support) in enumerate(clause.figures):
        if mention.figure.date and support.mentions:
            rival = support.rival or known.neighbours.dated_otherwise(mention, sure.mentions[0])
            clause.figures[i] = mention, replace(support, rival=rival)


def _counts_its_list(summary: Document, mention: Mention) -> bool:
    """Return whether a figure counts what stands before it: 空调和冰箱两项业务."""
    figure, start = mention.figure, summary.clauses[mention.clause].start
    if figure.kind != COUNT or figure.amount > _LONGEST_LIST:
        return False
    return len(_ITEM.findall(summary.text, start, figure.start)) + 1 == figure.amount
