"""How a summary relates to its article: what it copies, what it adds, how long it is."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.inputs import article_of, references_of
from evalkit.metrics.tokens import counts_of, ngrams, tokens_of
from evalkit.metrics.versioned import Versioned
from evalkit.records import Score
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Case, Kind

    Tokens = Sequence[str]
    Measured = tuple[float, Mapping[str, object]]


_CYCLES = re.compile(r"(.{1,4}?)\1{7,}")


@dataclass(frozen=True, slots=True)
class Style(Versioned, ABC):
    """What the measures share: tokens, settings, 0 for a summary without tokens."""

    segmenter: str = "zhmix-1"

    kind: ClassVar[Kind] = "summary"
    version: ClassVar[int] = 2

    @property
    def _settings(self) -> tuple[str, ...]:
        return (f"seg:{segmenter(self.segmenter).signature}",)

    def score(self, case: Case) -> Score:
        """Return the measure as the value; a summary without tokens scores 0.

        Raises:
            ValueError: the case lacks the article or the references that this measure reads.
        """
        summary = tokens_of(self.segmenter, case.prediction)
        value, compared = self._measure(summary, case)
        return Score(value=value, compared=compared)

    @abstractmethod
    def _measure(self, summary: Tokens, case: Case) -> Measured:
        """Return the value, and what it was made from."""


class Coverage(Style):
    """Share of the summary's tokens that are in fragments copied from the article.

    It can't see whether what is copied matters; by characters, even a summary in new words covers
    much, since characters recur.

    Source: Grusky et al. 2018 (Newsroom), COVERAGE over greedy extractive fragments.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳创客很多", references=(), article="创客来到襄阳。")
    >>> Coverage().score(case).value
    0.6666666666666666
    """

    __slots__ = ()
    name = "coverage"

    def _measure(self, summary: Tokens, case: Case) -> Measured:
        lengths, shown = _fragments(self.segmenter, case.prediction, article_of(case, self))
        return sum(lengths) / max(len(summary), 1), {"fragments": shown}


class Density(Style):
    """Mean length of the copied fragment that a token of the summary is in, in tokens.

    It can't tell a well chosen sentence from a badly chosen one; a copy of the whole article gets
    the highest value there is, its own length.

    Source: Grusky et al. 2018 (Newsroom), DENSITY over greedy extractive fragments.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳创客很多", references=(), article="创客来到襄阳。")
    >>> Density().score(case).value
    1.3333333333333333
    """

    __slots__ = ()
    name = "density"

    def _measure(self, summary: Tokens, case: Case) -> Measured:
        lengths, shown = _fragments(self.segmenter, case.prediction, article_of(case, self))
        return sum(n * n for n in lengths) / max(len(summary), 1), {"fragments": shown}


class NovelBigrams(Style):
    """Share of the summary's distinct token pairs that the article does not have.

    It can't tell a good paraphrase from an invention.

    Source: See et al. 2017 (pointer-generator networks), figure 6, n = 2.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳创客", references=(), article="创客来到襄阳。")
    >>> NovelBigrams().score(case).value
    0.3333333333333333
    """

    __slots__ = ()
    name = "novel_bigrams"

    def _measure(self, summary: Tokens, case: Case) -> Measured:  # noqa: ARG002 - counted by text
        pairs = counts_of(self.segmenter, case.prediction, 2)
        known = _read(self.segmenter, article_of(case, self)).first
        novel = [pair for pair in pairs if pair not in known]
        return len(novel) / max(len(pairs), 1), {"novel": novel}


class Repetition(Style):
    """Share of the summary's 4-grams of tokens that repeat an earlier one.

    Where more of the characters are in cycles of up to four characters, each written eight times or
    more in a row, it is their share: `!!!!!!!!!!!!` has no tokens. It can't see a thing said twice
    in other words; recurring names count as repeated.

    Source: Welleck et al. 2020 (unlikelihood training), seq-rep-4.

    >>> from evalkit.records import Case
    >>> Repetition().score(Case(id="1", prediction="创客在襄阳。创客在襄阳。", references=())).value
    0.2857142857142857
    """

    __slots__ = ()
    name = "repetition"

    def _measure(self, summary: Tokens, case: Case) -> Measured:
        runs = Counter(zip(*(summary[i:] for i in range(4)), strict=False))
        repeated = [" ".join(run) for run, count in runs.items() if count > 1]
        share = 1 - len(runs) / runs.total() if runs else 0.0
        characters = "".join(case.prediction.split())
        cycles = [found.group() for found in _CYCLES.finditer(characters)]
        in_cycles = sum(map(len, cycles)) / max(len(characters), 1)
        return max(share, in_cycles), {"repeated": repeated + cycles}


class Compression(Style):
    """How many times longer the article is than the summary, in tokens.

    It can't see what was left out.

    Source: Grusky et al. 2018 (Newsroom), COMPRESSION.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳", references=(), article="创客来到襄阳")
    >>> Compression().score(case).value
    3.0
    """

    __slots__ = ()
    name = "compression"

    def _measure(self, summary: Tokens, case: Case) -> Measured:
        article = tokens_of(self.segmenter, article_of(case, self))
        lengths = {"article": len(article), "summary": len(summary)}
        return len(article) / len(summary) if summary else 0.0, lengths


class Length(Style):
    r"""How many characters a summary has, white space apart.

    It can't see whether that is what was asked for: the report's issue `off_length` does.

    >>> from evalkit.records import Case
    >>> Length().score(Case(id="1", prediction="襄阳 创客\n", references=())).value
    4.0
    """

    __slots__ = ()
    name = "length"
    version = 1

    @property
    def _settings(self) -> tuple[str, ...]:
        return ("characters",)  # no tokens, so no segmenter

    def _measure(self, summary: Tokens, case: Case) -> Measured:  # noqa: ARG002 - counts no tokens
        return float(len("".join(case.prediction.split()))), {}


class LengthKept(Style):
    """How near the summary's length is to a reference's: the shorter over the longer, in tokens.

    References are written to the length that was asked for. It can't see anything but length; of
    several references, the nearest in length counts.

    >>> from evalkit.records import Case
    >>> LengthKept().score(Case(id="1", prediction="襄阳创客", references=("襄阳", "襄阳市"))).value
    0.75
    """

    __slots__ = ()
    name = "length_kept"

    def _measure(self, summary: Tokens, case: Case) -> Measured:
        lengths = [len(tokens_of(self.segmenter, text)) for text in references_of(case, self)]
        kept = [min(len(summary), n) / max(len(summary), n, 1) for n in lengths]
        return max(kept), {"summary": len(summary), "references": lengths}


@dataclass(frozen=True, slots=True)
class _Read:
    """An article as its summaries are looked up in it.

    Attributes:
        tokens: in order.
        known: the same without order.
        first: where each pair of neighbours first stands.
        later: for the place of each pair, where the same stands next; -1 for nowhere.
    """

    tokens: Tokens
    known: frozenset[str]
    first: Mapping[str, int]
    later: Sequence[int]


@lru_cache(maxsize=16)  # the summaries of one article follow one another
def _read(segmenter: str, article: str) -> _Read:
    tokens = tokens_of(segmenter, article)
    pairs = list(ngrams(tokens, 2))
    first: dict[str, int] = {}
    later = [-1] * len(pairs)
    for place in reversed(range(len(pairs))):
        later[place] = first.get(pairs[place], -1)
        first[pairs[place]] = place
    return _Read(tokens, frozenset(tokens), first, later)


@lru_cache(maxsize=1)  # coverage and density of a summary follow one another
def _fragments(segmenter: str, summary: str, article: str) -> tuple[list[int], list[str]]:
    """Return the lengths of the greedy fragments, and those of two tokens or more as text."""
    written, read = tokens_of(segmenter, summary), _read(segmenter, article)
    lengths: list[int] = []
    shown: list[str] = []
    i = 0
    while i < len(written):
        length = _longest(written, i, read)
        if length:
            lengths.append(length)
        if length > 1:
            shown.append(" ".join(written[i : i + length]))
        i += max(length, 1)
    return lengths, shown


def _longest(summary: Tokens, i: int, article: _Read) -> int:
    """Return the length of the longest match at i; none starts inside an earlier match.

    So in the published algorithm, whose values this equals. Matches of one token hold up no other.
    """
    longest, end = int(summary[i] in article.known), 0
    start = article.first.get(" ".join(summary[i : i + 2]), -1)
    while start >= 0:
        if start >= end:
            n = 2
            limit = min(len(summary) - i, len(article.tokens) - start)
            while n < limit and summary[i + n] == article.tokens[start + n]:
                n += 1
            longest, end = max(longest, n), start + n
        start = article.later[start]
    return longest
