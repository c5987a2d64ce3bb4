"""The parts of a question around its question word, and what of them a text says, or besides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.lexer import longest_piece, word_set
from evalkit.values.phrases import ADVERBIALS, FILLERS, LIGHT_WORDS, LINKS, VAGUE_WORDS

if TYPE_CHECKING:
    from evalkit.values.question import Question

Spans = tuple[tuple[int, int], ...]
WORD = 2
"""Characters of most words."""
FUNCTION = frozenset(
    "的了着过是在于由从自向被对把将给与和同及、,:;为有等中里上下时期以到至达约共所这那该本此各每"
)
"""Characters that are words without content, wherever they stand."""
CUT = re.compile("[的了是在于由从向被对把将与和及、,:?为]+|(?<![保持拥享所])有(?!量)")
LIGHT = word_set(f"{ADVERBIALS} {FILLERS} {LIGHT_WORDS} {LINKS} {VAGUE_WORDS}")
POINTED = re.compile("^[该本此这那](?:[个家座位项条名所次届]|.$)?")
"""What begins a subject that is only pointed at: 该市, 这家医院."""
_FIGURE = re.compile(r"[0-9.%年月日号]+(?:[点时](?:半|整|[0-9]+分)?)?")
_IMPLIED = ("面积", "比例", "占比", "比重", "数量", "总数", "总量", "时间", "日期", "地点", "名称")
_DATE_UNITS = "年月日号"
_MODALS = "能可会要已共都还"
_PREFIXES = "上中里下"
_EMPTY = frozenset("的了是在有和与为于")
_LONGEST_PIECE, _LONGEST_WORD = 24, 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """The parts of a question around its question word.

    Attributes:
        subject: the ends of the words for what it is about, two characters each.
        predicate: the two characters right before the question word, as of 出动 or 面积.
    """

    subject: tuple[str, ...]
    predicate: str


@lru_cache(maxsize=4096)
def outline(question: Question) -> Outline:
    """Return the parts of a question.

    >>> from evalkit.values.question import ask
    >>> outline(ask("该市的森林覆盖率达到多少？"))
    Outline(subject=('该市',), predicate='盖率')
    >>> outline(ask("老街改造工程何时完工？"))
    Outline(subject=('老街改造工程',), predicate='完工')
    """
    subject = content_words(question.left)
    asked_of = question.before[len(question.left) :]
    behind = [] if question.slots else content_words(question.continuation.lstrip(_DATE_UNITS))
    if behind:
        predicate = behind[-1] if question.left else behind[0]
    elif "有" in asked_of or "在" in asked_of or not subject:
        predicate = ""
    else:
        predicate = subject.pop()
        if not subject and len(predicate) > _LONGEST_WORD:  # 森林覆盖率
            subject.append(predicate[:2])
    if len(predicate) > _LONGEST_WORD and predicate.endswith(_IMPLIED):
        predicate = predicate[:-2]  # 持股比例: a per cent is one
    predicate = predicate[-2:].lstrip(_PREFIXES) if len(predicate) > 1 else predicate
    return Outline(subject=tuple(word for word in subject if len(word) > 1), predicate=predicate)


def content_words(text: str) -> list[str]:
    """Return the parts of a text between its function words, modals aside."""
    return [bare for word in CUT.split(text) if (bare := word.strip(_MODALS))]


@lru_cache(maxsize=4096)
def own_words(text: str, question: str) -> Spans:
    """Return where the words of a text stand that a question lacks and that are not light.

    >>> own_words("全市调整公交线路", "新增了几条公交线路?")
    ((1, 4),)
    """
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        if end := _known(text, at, question):
            at = end
            continue
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
        at += 1
    return tuple(found)


@lru_cache(maxsize=4096)
def share_of_pairs(text: str, question: Question) -> float:
    """Return the share of the question's pairs of characters that a text has."""
    asked = asked_pairs(question)
    return len(asked & content_pairs(text)) / max(len(asked), 1)


def asked_pairs(question: Question) -> frozenset[str]:
    """Return the pairs of characters that carry content in a question, on either side."""
    return content_pairs(question.before) | content_pairs(question.after)


def lead_of(text: str, question: Question) -> str:
    """Return the piece of a question that a text begins with, light words aside.

    >>> from evalkit.values.question import ask
    >>> lead_of("目前第三小学招生", ask("第三小学有多少名学生？"))
    '第三小学'
    """
    at = 0
    while at < len(text):
        length = longest_piece(text[at : at + _LONGEST_PIECE], 0, question.text)
        if length >= WORD:
            return text[at : at + length]
        light = LIGHT.first(text, at)
        if light is None:
            break
        at = light[1]
    return ""


def begins_own(text: str, question: Question) -> bool:
    """Return whether a text begins with a word that the question lacks."""
    own = own_words(text, question.text)
    return bool(own) and own[0][0] == 0 and own[0][1] > 1


def _known(text: str, at: int, question: str) -> int:
    """Return where the longest light word or piece of the question ends that begins here, or 0."""
    piece = at + longest_piece(text[at : at + _LONGEST_PIECE], 0, question)
    light = LIGHT.first(text, at)
    figure = _FIGURE.match(text, at)
    single = at + 1 if text[at] in FUNCTION else 0
    return max(
        piece if piece > at + 1 else 0,
        light[1] if light else 0,
        figure.end() if figure else 0,
        single,
    )


@lru_cache(maxsize=4096)
def content_pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters that carry content.

    >>> sorted(content_pairs("新的校长"))
    ['校长']
    """
    kept = (text[i : i + 2] for i in range(len(text) - 1))
    return frozenset(pair for pair in kept if pair.isalnum() and _EMPTY.isdisjoint(pair))
