"""A text as the fact check reads it: clauses, and the figures with what they are about."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from evalkit.metrics.facts.comparing import are_alike, can_be_added
from evalkit.metrics.facts.figures import read_figures
from evalkit.metrics.facts.lists import told_apart
from evalkit.metrics.facts.splitting import split
from evalkit.values.claims import EMPTY_CHARACTERS, blank_light_words, says_by_how_much
from evalkit.values.normalise import character_class
from evalkit.values.placed import fold_with_places
from evalkit.values.units import COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.metrics.facts.figures import Figure

    Span = tuple[int, int]

# A line that is long and ends without a mark goes on in the next.
_SOFT_BREAK = re.compile(r"(?<=[^\n。!?;:\")\]]{20})\n+(?=[^\n□\-\[(])")
_JOINT = re.compile("[、和与及]")
_FROM, _BECOMES = re.compile("[由从]"), re.compile("[^,;。、]{0,6}[到至为成达]")
_FROM_WITHIN = 8  # characters before a figure in which it is said that it is a beginning
BLANK = "\x00"
_LEFT, _RIGHT = 24, 16  # characters next to a figure that it may be about
_GROWN_WITHIN = 5  # characters before a figure that say that something rose or fell by it
_COUNTED_WITHIN = 4  # characters before a number of things that say of what: 冻结了218个
_BACK = 3  # clauses of its sentence before its own that say what a figure is about
_NEARBY = 8  # figures before and after one that may be rivals to it
_NEXT, _COUNTED, _BESIDE, _FAR = 0.5, 1.4, 2.0, 0.3  # weights; of the words near a figure: 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A figure, its clause, and what it is about.

    Attributes:
        figure: the number or date.
        clause: the number of its clause.
        start: where the words next to it begin that belong to no other figure.
        end: where they end.
        since: the figure that this one has come from: 68 in 由68只恢复到131只.
        grown: whether it says by how much something rose or fell: 增长近三成, 增加320人.
        counted: what it counts, by the last pair of characters before it; empty for measures.
        about: weights of what stands around it: pairs of characters, `+` and what it counts, `=`
            and a figure of another kind in its clause.
    """

    figure: Figure
    clause: int
    start: int
    end: int
    since: Figure | None
    grown: bool
    counted: str
    about: Mapping[str, float]


class Document:
    """A text with its clauses and mentions; all places are those of `text`, which is folded."""

    def __init__(self, original: str, *, possible: bool) -> None:
        """Read a text; `possible` takes in what may be a figure, as for an article."""
        self.original = original
        folded, self._places = fold_with_places(original)
        self.text = _SOFT_BREAK.sub(lambda found: BLANK * len(found[0]), folded)
        self.clauses = list(split(self.text))
        self._starts = [clause.start for clause in self.clauses]
        figures = read_figures(self.text, possible=possible) if self.clauses else []
        self.mentions = _Mentions(self, figures).read()

    def clause_at(self, place: int) -> int:
        """Return the number of the clause that a place is in, or that comes before it."""
        return max(0, bisect_right(self._starts, place) - 1)

    def around(self, clause: int, back: int = 12, ahead: int = 12) -> range:
        """Return the numbers of a clause and of so many before and after it in its sentence."""
        number = self.clauses[clause].sentence
        first, last = max(0, clause - back), min(len(self.clauses) - 1, clause + ahead)
        while self.clauses[first].sentence != number:
            first += 1
        while self.clauses[last].sentence != number:
            last -= 1
        return range(first, last + 1)

    def before(self, clause: int) -> str:
        """Return the sentence of a clause up to it, half a dozen clauses at most."""
        first = self.clauses[self.around(clause, 6, 0)[0]]
        return self.text[first.start : self.clauses[clause].start]

    def sentence(self, clause: int) -> str:
        """Return the sentence of a clause as it is written in the original."""
        numbers = self.around(clause, 6, 6)
        start, end = self.clauses[numbers[0]].start, self.clauses[numbers[-1]].end
        first, last = self.original_place(start, end)
        return " ".join(self.original[first:last].split())

    def original_place(self, start: int, end: int) -> Span:
        """Return the place in the original of a place in the text."""
        return self._places[start], self._places[end - 1] + 1


class _Mentions:
    """Finds what each figure of a document is about."""

    def __init__(self, document: Document, figures: Sequence[Figure]) -> None:
        self._document = document
        self._figures = figures
        self._clauses = [document.clause_at(figure.start) for figure in figures]
        self._listed = self._find_listed()
        self._own = [self._find_own(i) for i in range(len(figures))]
        self._words = blank_light_words(_without(document.text, figures), BLANK)
        self._places = list(_places_of_pairs(self._words))
        self._spans = [self._find_spans(i) for i in range(len(figures))]

    def read(self) -> list[Mention]:
        """Return a mention for each figure."""
        figures = self._figures
        return [
            Mention(
                figure=figure,
                clause=self._clauses[i],
                start=self._own[i][0],
                end=self._own[i][1],
                since=figures[i - 1] if self._ends_range(i) else None,
                grown=self._is_grown(i),
                counted=self._counted(i),
                about={**self._far(i), **self._beside(i), **self._near(i)},
            )
            for i, figure in enumerate(figures)
        ]

    def _find_listed(self) -> dict[int, tuple[Span, Span]]:
        """Return where it is said of what each figure of a list is, by the figures' numbers."""
        found: dict[int, tuple[Span, Span]] = {}
        numbers = range(len(self._figures))
        for clause, group in groupby(numbers, key=lambda i: self._clauses[i]):
            members = list(group)
            figures = [self._figures[i] for i in members]
            place = self._document.clauses[clause]
            found |= zip(members, told_apart(self._document.text, place, figures), strict=False)
        return found

    def _find_own(self, i: int) -> Span:
        """Return the place of a figure with the words next to it that belong to no other."""
        figure, text = self._figures[i], self._document.text
        clause = self._document.clauses[self._clauses[i]]
        before = self._figures[i - 1].end if i else 0
        after = self._figures[i + 1].start if i + 1 < len(self._figures) else len(text)
        if self._ends_range(i):  # 由68只恢复到131只: what stands before both is of both.
            before = self._figures[i - 2].end if i > 1 else 0
        start = max(clause.start, before, figure.start - _LEFT)
        joints = [found.end() for found in _JOINT.finditer(text, start, figure.start)]
        end = min(max(clause.end, figure.end), after, figure.end + _RIGHT)
        joint = _JOINT.search(text, figure.end, end)
        begin = figure.start if i in self._listed else max([start, *joints])
        return begin, joint.start() if joint else end

    def _ends_range(self, i: int) -> bool:
        """Return whether a figure is what the one before it has become: 由68只恢复到131只."""
        if not i or not are_alike(self._figures[i - 1], self._figures[i]):
            return False
        first, text = self._figures[i - 1], self._document.text
        between = text[first.end : self._figures[i].start]
        begins = text[max(0, first.start - _FROM_WITHIN) : first.start]
        return bool(_BECOMES.fullmatch(between) and _FROM.search(begins))

    def _is_grown(self, i: int) -> bool:
        figure = self._figures[i]
        before = self._document.text[max(0, figure.start - _GROWN_WITHIN) : figure.start]
        return not figure.date and says_by_how_much(before)

    def _near(self, i: int) -> dict[str, float]:
        """Return the words next to a figure, or around it where it has none of its own."""
        figure, (start, end) = self._figures[i], self._own[i]
        about: dict[str, float] = {}
        for first, last in self._spans[i][1:]:
            about |= dict.fromkeys((pair for _, pair in self._pairs(first, last)), 1.0)
        for at, pair in self._pairs(start, figure.start):
            about[pair] = 1 + _NEXT / (1 + figure.start - at - 2)
        for at, pair in self._pairs(figure.end, end):
            about[pair] = max(about.get(pair, 0), 1 + _NEXT / (1 + at - figure.end))
        if figure.kind == COUNT:
            for _, counted in self._pairs(figure.end, figure.end + 2):
                about[f"+{counted}"] = _COUNTED
        return about

    def _counted(self, i: int) -> str:
        """Return the pair of characters right before a number of things: 墓葬 in 墓葬38座."""
        figure, (start, _) = self._figures[i], self._own[i]
        if figure.kind != COUNT:
            return ""
        before = self._pairs(max(start, figure.start - _COUNTED_WITHIN), figure.start)
        return before[-1][1] if before else ""

    def _find_spans(self, i: int) -> list[Span]:
        """Return where the words are that a figure is about: next to it, or else around it."""
        spans = [self._own[i], *self._listed.get(i, ())]
        instead = self._instead(i)
        while not self._pairs(*spans[-1]) and (span := next(instead, None)):
            spans.append(span)
        return spans

    def _instead(self, i: int) -> Iterator[Span]:
        """Yield where else a figure may have what it is about: in its clause, before, behind."""
        clause, figure = self._clauses[i], self._figures[i]
        place = self._document.clauses[clause]
        yield (figure.end, place.end) if figure.date else (place.start, figure.start)
        around = self._document.around(clause, 1, 1)
        # A date alone is that of what follows, another figure of what comes before.
        beside = (clause + 1,) if figure.date else (clause - 1, clause + 1)
        for number in beside:
            if number in around:
                other = self._document.clauses[number]
                yield other.start, min(other.end, other.start + 2 * _LEFT)

    def _beside(self, i: int) -> dict[str, float]:
        """Return the figures of the clause that measure something else.

        By how much something grew may stand behind it in a clause of its own: 收入5亿元,增长6%.
        """
        figure, clause = self._figures[i], self._clauses[i]
        near = self._document.around(clause, 1, 0) if self._is_grown(i) else (clause,)
        return {
            f"={other.amount}": _BESIDE
            for j, other in self._neighbours(i)
            if self._clauses[j] in near and not (other.date or can_be_added(figure, other))
        }

    def _far(self, i: int) -> dict[str, float]:
        """Return the words of the sentence up to a figure.

        What belongs to a figure of the same kind is left out: it says what this one is not about.
        """
        figure = self._figures[i]
        around = self._document.around(self._clauses[i], _BACK, 1)
        clauses = [self._document.clauses[number] for number in around]
        rivals = [
            (start, end)
            for j, other in self._neighbours(i)
            for start, end in self._spans[j]
            if start < clauses[-1].end and end > clauses[0].start and are_alike(figure, other)
        ]
        return {
            pair: _FAR
            for clause in clauses
            for at, pair in self._pairs(clause.start, clause.end)
            if not any(start <= at < end for start, end in rivals)
        }

    def _pairs(self, start: int, end: int) -> list[tuple[int, str]]:
        """Return the pairs of characters that carry content, each with its place."""
        first, last = (bisect_left(self._places, place) for place in (start, end - 1))
        return [(at, self._words[at : at + 2]) for at in self._places[first:last]]

    def _neighbours(self, i: int) -> list[tuple[int, Figure]]:
        first, last = max(0, i - _NEARBY), i + _NEARBY
        return [(j, f) for j, f in enumerate(self._figures[first:last], first) if j != i]


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring characters that carry content; digits carry none.

    >>> pairs("保留了45项,减少")
    ['保留', '减少']
    """
    return [text[at : at + 2] for at in _places_of_pairs(text)]


def _places_of_pairs(text: str) -> Iterator[int]:
    for run in _carrying().finditer(text):
        yield from range(run.start(), run.end() - 1)


@cache
def _carrying() -> re.Pattern[str]:
    """Return what finds letters that carry content, two or more in a row."""
    empty = "".join(sorted(EMPTY_CHARACTERS))
    return re.compile(rf"[^\W_{character_class('N')}{empty}]{{2,}}")


def _without(text: str, figures: Sequence[Figure]) -> str:
    kept, at = [], 0
    for figure in figures:
        kept += [text[at : figure.start], BLANK * (figure.end - figure.start)]
        at = figure.end
    return "".join([*kept, text[at:]])
