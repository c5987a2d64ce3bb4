"""An article and its references, made ready to compare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.data.evidence import find_evidence
from evalkit.data.references import is_written
from evalkit.values.form import close_up
from evalkit.values.mentions import possible_numbers
from evalkit.values.normalise import fold
from evalkit.values.numerals import scan_numeral

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.config.keys import Key
    from evalkit.data.references import LoadedReferences
    from evalkit.errors import Code, Problem
    from evalkit.records import Article, Question, ReferenceSummary
    from evalkit.values.mentions import FoundNumber
    from evalkit.values.normalise import Folded

LONGEST_CITED = 40
_NUMBER = re.compile(
    "百分之|千分之|[0-9〇零一二两三四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾]"
)
_SIGNS = {"百分之": "%", "千分之": "‰"}
_FIRST_MONTH = re.compile("(?<![0-9十百千万亿多余])元(?=[月旦至])")
_ANY_ONE = "一"  # 一次, 一季度: as often “a” as a number


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An article and its references.

    Attributes:
        folded: the text of the article, folded.
        numbers: all that it may state as a number.
    """

    article: Article
    loaded: LoadedReferences
    folded: Folded
    numbers: tuple[FoundNumber, ...]

    def summaries(self) -> Iterator[tuple[Key, ReferenceSummary]]:
        """Yield every written reference summary with the key of its entry; the headline's is ()."""
        return (found for found in self.loaded.summaries() if is_written(found[1]))

    def questions(self) -> Iterator[tuple[Key, Question]]:
        """Yield every written question with the key of its entry."""
        for i, question in enumerate(self.loaded.references.questions):
            if is_written(question):
                yield ("questions", i), question

    def foreign_quotes(self, quotes: Sequence[str], key: Key) -> Iterator[Problem]:
        """Yield a problem for each quote that the article does not have."""
        for i, quote in enumerate(quotes):
            if find_evidence(quote, self.article.text) is None:
                what = f"{cite(quote)} is not in the article"
                remedy = "copy the quote character by character, from one line"
                yield self.problem((*key, i), what, remedy)

    def problem(self, key: Key, what: str, remedy: str, *, code: Code = "rule") -> Problem:
        """Return a problem placed at a key of the references file."""
        return self.loaded.document.problem(key, what, remedy, code=code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortage:
    """How many of something there are at a key, and how many a telling result needs at least."""

    key: Key
    of: str
    n: int
    least: int


def subject(article: Article, loaded: LoadedReferences) -> Subject:
    """Return an article and its references, made ready to compare."""
    return Subject(
        article=article,
        loaded=loaded,
        folded=fold(article.text),
        numbers=possible_numbers(article.text),
    )


def figures(text: str) -> dict[str, str]:
    """Return every figure of an answer: its value, and how it is written first.

    In an answer each figure counts, those of names and codes too (“1+2+N”, T40), which
    `find_numbers` leaves out.

    >>> figures("1.2万名党员，１２０００人次，百分之七")
    {'12000': '1.2万', '7%': '七'}
    """
    folded = _FIRST_MONTH.sub("1", fold(text))
    found: dict[str, str] = {}
    at = 0
    while match := _NUMBER.search(folded, at):
        start = match.end() if match[0] in _SIGNS else match.start()
        numeral = scan_numeral(folded, start)
        at = match.end()
        if numeral and folded[start : numeral.end] != _ANY_ONE:
            at = numeral.end
            after = folded[at : at + 1]
            sign = _SIGNS.get(match[0]) or (after if after in {"%", "‰"} else "")
            found.setdefault(f"{numeral.value}{sign}", folded[start:at] + sign * (after == sign))
    return found


def cite(text: str) -> str:
    r"""Return a text in quotation marks, on one line and short enough for it.

    >>> cite("三千里汉江，\n源远流长。")
    '“三千里汉江， 源远流长。”'
    """
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= LONGEST_CITED else f"“{line[:LONGEST_CITED]}…”"


def states(text: str, part: str) -> bool:
    """Return whether a text holds a part, with no figure of it cut out of a longer one.

    Width, case and spaces next to Chinese characters do not matter, as in scoring.

    >>> states("记者 戴 鹏 先后走访12名村干部", "戴鹏"), states("先后组织12名村干部", "2名")
    (True, False)
    """
    wanted = close_up(fold(part))
    before = r"(?<![0-9])(?<![0-9]\.)" if wanted[:1].isdigit() else ""
    after = r"(?![0-9]|\.[0-9])" if wanted[-1:].isdigit() else ""
    return re.search(f"{before}{re.escape(wanted)}{after}", close_up(fold(text))) is not None
