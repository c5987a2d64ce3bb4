"""Words of a clause that stand where the question has others, or that narrow the question's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics.outline import FUNCTION, LIGHT, WORD
from evalkit.values.lexer import longest_piece
from evalkit.values.synonyms import GENERIC, are_alike

if TYPE_CHECKING:
    from evalkit.metrics.outline import Spans
    from evalkit.values.question import Question

_PREFIXES = frozenset("副分前原老新旧非")
_PARTS = frozenset("区县镇乡村段店部处校馆院厂")


def substitutes(left: str, own: Spans, question: Question, topic: str = "") -> bool:
    """Return whether own words stand right before a word that the question has others before.

    Args:
        left: What stands before a value or name.
        own: Where words stand in it that the question lacks.
        question: What was asked.
        topic: What the sentence says before; a word that stands there has only moved.

    >>> from evalkit.values.question import ask
    >>> substitutes("老校区启用", ((0, 1),), ask("新校区何时启用？"))
    True
    """
    return any(
        _replaces(left, span, question, topic) for span in own if left[slice(*span)] not in GENERIC
    )


def extends_subject(left: str, own: Spans, question: Question) -> bool:
    """Return whether the question's subject has a head of its own here: 李梅的丈夫."""
    return any(
        start > WORD
        and end - start > 1
        and left[start - 1] == "的"
        and left[start - 1 - WORD : start - 1] in question.text
        for start, end in own
    )


def restricts(left: str, own: Spans, question: Question) -> bool:
    """Return whether own words narrow the question's: 接待[境外]游客, or a part of its subject."""
    for start, end in own:
        before, after = left[max(start - WORD, 0) : start], left[end : end + WORD]
        if end - start < WORD or len(before) < WORD:
            continue
        splits = len(after) == WORD and after[0] not in FUNCTION
        if splits and before + after in question.text:
            return True
        head = left[end - 1]
        if head in _PARTS and head not in question.text and before in question.left:
            return True
    return False


def _replaces(left: str, span: tuple[int, int], question: Question, topic: str) -> bool:
    """Return whether the word at a place stands where the question has another one."""
    start, end = span
    asked = question.text
    at = _find_piece(left[end:], asked)
    if at < 0:
        return False
    if left[start:end] in _PREFIXES:
        return True
    floor = max((stop for _, stop in question.words if stop <= at), default=0)
    counted = bool(question.slots) and 0 < floor >= at - WORD
    theirs = "" if counted else _content_before(asked, at, floor)
    if len(theirs) == 1 and asked[at - WORD : at - 1] not in {"", "的"}:
        return False  # it may be a part of a word: 事 of 从事
    ours, theirs = _unlike(_content_before(left, end), theirs, end - start)
    comparable = len(theirs) == len(ours) or min(len(theirs), len(ours)) > 1
    if theirs and comparable and f"{theirs[-WORD:]}{asked[at]}" in topic:
        return True  # 四川段 beside 湖北段
    if len(ours) == len(theirs) == 1 and are_alike(ours + left[end], theirs + asked[at]):
        return False  # 创 of 创立 for 成立
    return bool(theirs) and comparable and not _is_same(ours, theirs, topic + left)


def _find_piece(text: str, asked: str) -> int:
    """Return where in a question the longest piece of it stands that a text begins with, or -1."""
    end = longest_piece(text, 0, asked)
    return asked.find(text[:end]) if end >= WORD else -1


def _content_before(text: str, at: int, floor: int = 0) -> str:
    """Return the words with content right before a place of a text, and behind another one."""
    start = at
    while start > floor and text[start - 1] not in FUNCTION and not LIGHT.last(text, start):
        start -= 1
    return text[start:at]


def _unlike(ours: str, theirs: str, n_own: int) -> tuple[str, str]:
    """Return two texts without what both begin with (田世明, 田世平), or the own words of one."""
    common = 0
    while common < min(len(ours), len(theirs)) and ours[common] == theirs[common]:
        common += 1
    return (ours[common:], theirs[common:]) if common else (ours[-n_own:], theirs)


def _is_same(ours: str, theirs: str, text: str) -> bool:
    """Return whether a word stands for another: a synonym, a shorter form, or one that moved."""
    if theirs[-WORD:] in text or set(theirs) <= set(ours) or set(ours) <= set(theirs):
        return True
    return are_alike(ours, theirs)
