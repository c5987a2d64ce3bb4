"""What an article does not bear out of a clause of a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics.facts.actors import is_inverted
from evalkit.metrics.facts.comparing import is_slip, may_be
from evalkit.metrics.facts.findings import Derived, Flag
from evalkit.metrics.facts.series import other_member
from evalkit.metrics.facts.sums import wrong_terms
from evalkit.metrics.facts.wording import differs_in_figure, differs_in_words
from evalkit.values.reckoning import is_reckoned, names_rank
from evalkit.values.units import COUNT, SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.metrics.facts.aligned import Aligned, Known
    from evalkit.metrics.facts.document import Document, Mention
    from evalkit.metrics.facts.figures import Figure
    from evalkit.metrics.facts.findings import Reason
    from evalkit.metrics.facts.names import Names
    from evalkit.metrics.facts.support import Support

    Place = tuple[int, int]

_LARGEST_OWN_COUNT = 10  # that a summary may make of what it tells itself
# Without another one in its place these are told in many ways: 三连冠 is a third title.
_RECKONED = frozenset({"", "ordinal", "date", "months", "age", "time", "points", "times", SHARE})


def find_flags(clause: Aligned, known: Known, names: Names) -> Iterator[Flag]:
    """Yield what an article does not bear out of a clause; of one in its own words, nothing."""
    if known.has_words_of(clause):
        return
    finder = _Finder(clause, known, names)
    flags = [*finder.figures(), *finder.names(), *finder.actors(), *finder.words()]
    yield from flags or finder.exchanged()


def find_derived(clause: Aligned, article: Document) -> Iterator[Derived]:
    """Yield the figures of a clause that an article has in another form."""
    for mention, support in clause.figures:
        if support.how != "stated" and not support.rival:
            terms = support.mentions if support.is_computed else support.mentions[:1]
            yield Derived(
                text=_quote(clause.summary, mention),
                how=support.how,
                stated=tuple(_quote(article, term) for term in terms),
                article=article.sentence(terms[0].clause),
            )


class _Finder:
    """Compares one clause with what the article has for it, in one respect after another."""

    def __init__(self, clause: Aligned, known: Known, names: Names) -> None:
        self._clause, self._known, self._names = clause, known, names
        self._article, self._summary, self._text = known.article, clause.summary, clause.text
        place = clause.summary.clauses[clause.number]
        self._place = place.start, place.end

    def figures(self) -> Iterator[Flag]:
        """Yield the figures that the article lacks, or has otherwise."""
        for mention, support in self._clause.figures:
            if support.mentions and not support.rival:
                if whence := self._reversed(mention):
                    yield self._flag_figure(mention, "other direction", whence)
                else:
                    yield from self._said_otherwise(mention, support)
            elif self._clause.is_computed and mention.figure.kind in {"date", "ordinal"}:
                continue  # of which quarter a computed figure is, the article need not say
            elif support.mentions:
                yield self._flag_figure(mention, "other figure", support.rival)
            elif terms := self._wrong_terms(mention):
                yield self._flag_figure(mention, "not stated", terms[0])
            elif not (
                _may_be_its_own(self._text, mention.figure, support.rival)
                or self._is_in_words(mention.figure)
            ):
                yield self._flag_figure(mention, "not stated", support.rival)

    def _wrong_terms(self, mention: Mention) -> list[Mention]:
        before = self._summary.text[self._place[0] : mention.figure.start]
        return wrong_terms(mention, before, self._article, self._known.index)

    def _is_in_words(self, figure: Figure) -> bool:
        """Return whether the article may name a rank by a word: 首任."""
        return figure.kind == "ordinal" and names_rank(self._article.text, int(figure.amount))

    def names(self) -> Iterator[Flag]:
        """Yield the names that the article lacks, and people with somebody else's title."""
        for name in self._names.missing(self._text):
            yield self._flag("unknown name", place=self._find(name.name, name.start))
        for title, stated in self._names.other_titles(self._text):
            place = self._find(title.name, title.start)
            yield self._flag("other name", place=place, stated=stated)

    def actors(self) -> Iterator[Flag]:
        """Yield a clause that has who does something, and to whom, the other way."""
        turned = self._known.actors.exchanged(self._summary, self._clause.number)
        if turned is not None:
            yield self._flag("other name", turned)

    def exchanged(self) -> Iterator[Flag]:
        """Yield a clause that says of one thing what the article says of another one."""
        same = self._clause.same
        if self._clause.exchanged is not None:
            yield self._flag("other name", self._clause.exchanged)
        elif same is not None and is_inverted(self._text, self._article.clauses[same].text):
            yield self._flag("other name", same)

    def words(self) -> Iterator[Flag]:
        """Yield what a clause says otherwise than the article's clause of the same."""
        same = self._clause.same
        if same is None:
            yield from self._denied()
            return
        if found := self._exchanged(same):
            ours, theirs = found
            place = self._find(ours, self._text.find(ours))
            yield self._flag("other name", same, place=place, stated=theirs)
        if self._clause.is_computed:
            return
        difference = differs_in_words(self._clause, self._article, same)
        if difference:
            yield self._flag(difference, same)
        else:
            yield from self._denied()

    def _reversed(self, mention: Mention) -> Mention | None:
        """Return what the article has come to, if a summary has it come from there."""
        return next(
            (
                stated
                for other, support in self._clause.figures
                for stated in support.mentions
                if other.figure is mention.since
                and stated.since
                and may_be(mention.figure, stated.since)
            ),
            None,
        )

    def _said_otherwise(self, mention: Mention, support: Support) -> Iterator[Flag]:
        if support.is_computed:
            return
        exact, best = support.how == "stated", support.mentions[0]
        differences = [
            differs_in_figure(self._summary, mention, self._article, stated, exact=exact)
            for stated in support.mentions
        ]
        # One mention that agrees is enough: the others are of something else.
        if differences[0] and all(differences):
            yield self._flag_figure(mention, differences[0], best)
        elif exact and (held := other_member(self._text, self._article, best.clause)):
            ours, theirs = held
            place = self._find(ours, self._text.find(ours))
            yield self._flag("other name", best.clause, place=place, stated=theirs)

    def _exchanged(self, same: int) -> tuple[str, str] | None:
        """Return a name, and what the article has in its place."""
        found = self._names.exchanged(self._with_subject(), same)
        if found or self._clause.figures:
            return found
        return other_member(self._text, self._article, same)

    def _denied(self) -> Iterator[Flag]:
        clauses = self._known.clauses
        denied = clauses.denied(self._text)
        denied = clauses.affirmed(self._text) if denied is None else denied
        if denied is not None:
            yield self._flag("negated", denied)

    def _with_subject(self) -> str:
        """Return the clause, behind the last one of its sentence that names a person."""
        if not self._names.people(self._text):
            for number in reversed(self._summary.around(self._clause.number, 6, 0)):
                earlier = self._summary.clauses[number].text
                if self._names.people(earlier):
                    return f"{earlier},{self._text}"
        return self._text

    def _find(self, name: str, at: int) -> Place | None:
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
        place: Place | None = None,
        stated: str = "",
    ) -> Flag:
        start, end = self._summary.original_place(*(place or self._place))
        clause = self._clause.same if same is None else same
        return Flag(
            text=self._summary.original[start:end],
            start=start,
            end=end,
            reason=reason,
            stated=stated,
            article="" if clause is None else self._article.sentence(clause),
        )


def _quote(document: Document, mention: Mention) -> str:
    start, end = document.original_place(mention.figure.start, mention.figure.end)
    return document.original[start:end]


def _may_be_its_own(clause: str, figure: Figure, rival: Mention | None) -> bool:
    """Return whether a summary may have made a figure of what it tells: 三类事务, 平均每晚9000人.

    Where a clause speaks of sums, differences or averages, only a slip of the unit is sure to be an
    error; and a share, a time or a rank is an error only in the place of another one.
    """
    if rival is not None:
        fixed = figure.date or figure.kind == "ordinal" or is_slip(figure, rival.figure)
        return is_reckoned(clause) and not fixed
    small = figure.kind == COUNT and figure.amount <= _LARGEST_OWN_COUNT
    return small or figure.kind in _RECKONED or is_reckoned(clause)
