"""The clauses of a summary with what the article has for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.metrics.facts.actors import Actors
from evalkit.metrics.facts.clauses import ClauseIndex
from evalkit.metrics.facts.exchange import Exchanges
from evalkit.metrics.facts.support import Index, Support

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.metrics.facts.document import Document, Mention


_SO_FAR = 6  # clauses of a sentence that tell what one behind them is about


class Known:
    """An article with what is looked up in it."""

    def __init__(self, article: Document) -> None:
        """Index an article."""
        self.article = article
        self.clauses = ClauseIndex(article)
        self.index = Index(article, self.clauses)
        self.actors = Actors(article)
        self.exchanges = Exchanges(article)
        texts = [clause.text for clause in article.clauses]
        self._runs = {
            tuple(texts[end - n : end])
            for end in range(1, len(texts) + 1)
            for n in range(1, min(_SO_FAR + 1, end) + 1)
        }

    def has_words_of(self, clause: Aligned) -> bool:
        """Return whether the article has the sentence of a clause up to it, clause by clause."""
        around = clause.summary.around(clause.number, _SO_FAR, 0)
        return tuple(clause.summary.clauses[i].text for i in around) in self._runs


@dataclass(kw_only=True, slots=True)
class Aligned:
    """A clause of a summary with what the article has for it.

    Attributes:
        summary: the whole.
        number: of the clause.
        figures: those that it states, with what the article has for them.
        same: the number of the article's clause that says the same, as far as one does.
        exchanged: that of one of another thing that it says the same of.
    """

    summary: Document
    number: int
    figures: list[tuple[Mention, Support]]
    same: int | None
    exchanged: int | None

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
        return bool(self.figures) or self.same is not None


def align(summary: Document, known: Known) -> list[Aligned]:
    """Return the clauses of a summary in order, with what an article has for each."""
    mentions: Mapping[int, list[Mention]] = defaultdict(list)
    for mention in summary.mentions:
        mentions[mention.clause].append(mention)
    exchanged = known.exchanges.find(summary)
    return [
        _look_up(summary, number, mentions[number], known, exchanged.get(number))
        for number in range(len(summary.clauses))
    ]


def _look_up(
    summary: Document,
    number: int,
    mentions: Sequence[Mention],
    known: Known,
    exchanged: int | None,
) -> Aligned:
    text = summary.clauses[number].text
    figures = [(mention, known.index.look_up(mention, text)) for mention in mentions]
    found = [support for _, support in figures if support.mentions]
    return Aligned(
        summary=summary,
        number=number,
        figures=figures,
        same=found[0].mentions[0].clause if found else known.clauses.align(text),
        exchanged=exchanged,
    )
