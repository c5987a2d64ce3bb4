"""What an article states beside a figure that surely is meant, where a summary has another."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from evalkit.metrics.facts.comparing import are_alike, may_be
from evalkit.metrics.facts.periods import PARAGRAPH
from evalkit.values.units import SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.metrics.facts.document import Document, Mention
    from evalkit.metrics.facts.support import Support

_UNSURE = 1.0  # fit of a figure that need not be meant


class Neighbours:
    """The figures of an article by the clauses that they stand in."""

    def __init__(self, article: Document) -> None:
        """Index a document."""
        self._article = article
        self._by_clause: dict[int, list[Mention]] = defaultdict(list)
        for mention in article.mentions:
            self._by_clause[mention.clause].append(mention)

    def in_its_place(
        self, mention: Mention, support: Support, others: Sequence[tuple[Mention, Support]]
    ) -> Mention | None:
        """Return the figure that the article has in the place of one that it states elsewhere.

        That is in the sentence of another figure of the clause, which surely is meant.

        Args:
            mention: of a summary.
            support: what the article has for it.
            others: all of its clause, with what the article has for them.
        """
        if support.is_computed or not support.mentions or support.fit > _UNSURE:
            return None
        known = [one for other, one in others if one.is_sure and not other.figure.date]
        if not known:
            return None
        around = self._article.around(max(known, key=lambda one: one.fit).mentions[0].clause)
        if any(stated.clause in around for stated in support.mentions):
            return None
        rivals = (
            stated
            for clause in around
            for stated in self._by_clause.get(clause, ())
            if are_alike(mention.figure, stated.figure)
            and not any(may_be(other.figure, stated.figure) for other, _ in others)
        )
        return next(rivals, None)

    def grown_otherwise(self, share: Mention, base: Mention) -> Mention | None:
        """Return the share by which the article says that a figure grew, if it is another one."""
        for clause in self._article.around(base.clause, 0, 1):
            for stated in self._by_clause.get(clause, ()):
                if stated.figure.start <= base.figure.start or stated.figure.date:
                    continue
                if stated.figure.kind != SHARE or not self._article.is_bare(stated):
                    return None
                return None if may_be(share.figure, stated.figure) else stated
        return None

    def dated_otherwise(self, mention: Mention, stated: Mention) -> Mention | None:
        """Return the date that is told last up to a figure, where a summary has another for it.

        The other one may be told near it, but not with another figure of its kind.
        """
        mentions, place = self._article.mentions, self._article.clauses[stated.clause]
        first = bisect_left(mentions, place.start - PARAGRAPH, key=lambda m: m.figure.start)
        last = bisect_left(mentions, place.end + PARAGRAPH, key=lambda m: m.figure.start)
        near = [m for m in mentions[first:last] if are_alike(mention.figure, m.figure)]
        begin = self._article.text.rfind("\n", max(0, place.start - PARAGRAPH), place.start)
        told = [m for m in near if begin < m.figure.start < place.end]
        same = [m for m in near if may_be(mention.figure, m.figure)]
        if not told or any(
            m.figure.date.keys() != told[-1].figure.date.keys()
            or m is told[-1]
            or not self._is_of_another(m, stated)
            for m in same
        ):
            return None
        return told[-1]

    def _is_of_another(self, date: Mention, stated: Mention) -> bool:
        """Return whether a date is told in another sentence, with another figure of the kind."""
        around = self._article.around(date.clause, 0)
        return stated.clause not in self._article.around(date.clause) and any(
            are_alike(stated.figure, other.figure)
            for clause in around
            for other in self._by_clause.get(clause, ())
        )
