"""The numbers of a summary: whether the article states them, and which it keeps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.inputs import article_of, references_of, score_without_content
from evalkit.metrics.versioned import Versioned
from evalkit.records import Score
from evalkit.values.mentions import possible_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Case, Kind, NothingToScore
    from evalkit.values.mentions import FoundNumber

    _Amount = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NumberPrecision(Versioned):
    """Share of the summary's numbers that the article states.

    60.18％ is 60.18%, 1.2万 is 12000, 七十七 is 77; units must agree where both have one. The marks
    of a list (1. （2） ③) and what leaves the amount open (几十, 六七千) are not numbers; 一名 is
    one only in the article. A summary without numbers has no value, an empty one has 0. It can't
    see a right number beside the wrong thing, 近 or 多 lost or added, nor that a number which was
    rounded, or computed from two of the article, is right: `fact_precision` can.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="共77人，增长6%。", references=(), article="七十七名创客。")
    >>> NumberPrecision().score(case).value
    0.5
    """

    name: ClassVar[str] = "number_precision"
    kind: ClassVar[Kind] = "summary"
    version: ClassVar[int] = 4

    def score(self, case: Case) -> Score | NothingToScore:
        """Return the share; `compared` lists the numbers that the article lacks, with places.

        Raises:
            ValueError: the case has no article.
        """
        stated = _by_amount(article_of(case, self))
        found = _sure(case.prediction)
        missing = _missing(found, stated)
        compared = {"numbers": _show(found), "not in the article": _show(missing)}
        if found:
            return Score(value=1 - len(missing) / len(found), compared=compared)
        return score_without_content(case, compared)


@dataclass(frozen=True, slots=True)
class NumberRecall(Versioned):
    """Share of the numbers of the reference summary that the summary keeps; the best reference.

    Numbers are compared as in `number_precision`. References without numbers don't count; where
    none has any there is no value. It can't see whether a number that is missing matters.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="有1.2万本。", references=("发了12000本，87%满意。",))
    >>> NumberRecall().score(case).value
    0.5
    """

    name: ClassVar[str] = "number_recall"
    kind: ClassVar[Kind] = "summary"
    version: ClassVar[int] = 4

    @property
    def _settings(self) -> tuple[str, ...]:
        return ("refs:max",)

    def score(self, case: Case) -> Score | NothingToScore:
        """Return the share; `compared` lists what the best reference has and the summary lacks.

        Raises:
            ValueError: the case has no references.
        """
        wanted = [numbers for text in references_of(case, self) if (numbers := _sure(text))]
        found = _by_amount(case.prediction)
        if not wanted:
            return score_without_content(case, {"numbers": [], "not kept": []})
        shares = [(1 - len(_missing(numbers, found)) / len(numbers), numbers) for numbers in wanted]
        share, best = max(shares, key=lambda pair: pair[0])
        compared = {"numbers": _show(best), "not kept": _show(_missing(best, found))}
        return Score(value=share, compared=compared)


@lru_cache(maxsize=32)  # the summaries of one article follow one another
def _possible(text: str) -> tuple[FoundNumber, ...]:
    return possible_numbers(text)


@lru_cache(maxsize=32)
def _by_amount(text: str) -> Mapping[_Amount, Sequence[FoundNumber]]:
    """Return the possible numbers of a text by what they amount to: only equal ones can agree.

    Numerator and denominator are the key, since a fraction is slow to hash.
    """
    found: dict[_Amount, list[FoundNumber]] = defaultdict(list)
    for number in _possible(text):
        found[number.amount.as_integer_ratio()].append(number)
    return dict(found)


def _sure(text: str) -> tuple[FoundNumber, ...]:
    return tuple(number for number in _possible(text) if number.sure)


def _missing(
    numbers: Sequence[FoundNumber], among: Mapping[_Amount, Sequence[FoundNumber]]
) -> list[FoundNumber]:
    return [
        n for n in numbers if not any(map(n.agrees, among.get(n.amount.as_integer_ratio(), ())))
    ]


def _show(numbers: Sequence[FoundNumber]) -> list[dict[str, object]]:
    return [
        {"text": number.text, "value": str(number), "start": number.start, "end": number.end}
        for number in numbers
    ]
