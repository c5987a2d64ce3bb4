"""Lists: where one answer names several things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.values.answer_form import close_up, strip_wrappers
from evalkit.values.numerals import scan_numeral

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.values.questions import Question

_NUMBERED = re.compile(
    r"(?:^|(?<=[\s,;、。]))\(?([0-9]{1,2})[.、):]\)?\s*(?![0-9])|\(([0-9]{1,2})\)\s*"
)
_HARD = re.compile(r"[、,;\n/|]|(?<![0-9])\. ")
_HARD_NO_THOUSANDS = re.compile(r"[、;\n/|]|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),|(?<![0-9])\. ")
_JOINED = re.compile(r"以及|还有|和|与|及|跟")
_LEADING = re.compile(r"^(?:以及|还有|和|与|及|并|另有)")
_SPACE = re.compile(r"(?<![a-z0-9]) +| +(?![a-z0-9])")
_INTRO = re.compile(r"^(?:分别|依次|主要|具体)?(?:是|为|有|包括|包含|涵盖|即)?:?(?=.)")
_ANNOUNCED = re.compile(r"^[这那]?(.{1,8}?)(?:分别|依次)?(?:是|为|有|包括|:):?(?=.)")
_LONGEST_HEAD, _LONGEST_INTRO = 6, 12
_ETC = re.compile(r"等等?(?:地|人|方面)?$")
_ETC_NOUN = re.compile(r"等(?!等)(.{1,8})$")


def split_items(spaced: str) -> tuple[tuple[str, ...], ...]:
    """Return every way in which a text can be read as a list of two or more items.

    Numbered lines first; then by the signs 、，；/ and line breaks; then also at 和, 与, 及; by
    spaces if there is nothing else. Commas inside thousands are tried both ways.

    Args:
        spaced: In the form of `read_answer(…).spaced`.

    >>> split_items("油橄榄、香菇和茶叶")
    (('油橄榄', '香菇和茶叶'), ('油橄榄', '香菇', '茶叶'))
    """
    if numbered := _split_numbered(spaced):
        return (_clean(numbered),)
    ways: dict[tuple[str, ...], None] = {}
    for sign in (_HARD_NO_THOUSANDS, _HARD):
        hard = sign.split(spaced)
        soft = [item for part in hard for item in _JOINED.split(part)]
        for items in (_clean(hard), _clean(soft)):
            if len(items) > 1:
                ways[items] = None
    if not ways and len(items := _clean(_SPACE.split(spaced))) > 1:
        ways[items] = None
    return tuple(ways)


def trim_items(items: Sequence[str], question: Question) -> tuple[str, ...]:
    """Return items without the words of the question that lead in, close or head the list.

    >>> from evalkit.values.questions import ask
    >>> trim_items(("应用于汽车", "高铁等领域"), ask("应用于哪些领域？"))
    ('汽车', '高铁')
    """
    first, last = _strip_intro(items, question), _strip_ending(items[-1], len(items), question)
    return tuple(_strip_head(item, question) for item in (first, *items[1:-1], last))


def _split_numbered(spaced: str) -> list[str]:
    marks = list(_NUMBERED.finditer(spaced))
    numbers = [int(mark[1] or mark[2]) for mark in marks]
    if not marks[1:] or marks[0].start() > 0 or numbers != list(range(1, len(marks) + 1)):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(spaced)]
    items = [spaced[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    return items if all(item.strip(" ,;、。\n") for item in items) else []


def _clean(parts: Sequence[str]) -> tuple[str, ...]:
    items = (_LEADING.sub("", close_up(strip_wrappers(part))) for part in parts)
    return tuple(item for item in items if item)


def _strip_head(item: str, question: Question) -> str:
    for length in range(min(len(item) - 1, _LONGEST_HEAD), 0, -1):
        if any(noun.startswith(item[-length:]) for noun in question.head_nouns):
            return item[:-length]
    return item


def _strip_intro(items: Sequence[str], question: Question) -> str:
    """Return the first item without what leads in to the list; each item's own word is none."""
    item = items[0]
    label, colon, rest = item.partition(":")
    if colon and rest and label in question.text:
        return rest
    for end in range(min(len(item) - 1, _LONGEST_INTRO), 0, -1):
        lead = item[:end]
        if lead in question.text and question.repeats(lead, "") and not _is_own(lead, items):
            item = item[end:]
            break
    announced = _ANNOUNCED.match(item)
    if announced and _closes(announced[1], len(items), question):
        return item[announced.end() :]
    intro = _INTRO.match(item)
    return item[intro.end() :] if intro and not _is_own(intro[0], items) else item


def _is_own(lead: str, items: Sequence[str]) -> bool:
    return all(item.startswith(lead) for item in items)


def _strip_ending(item: str, count: int, question: Question) -> str:
    if (noun := _ETC_NOUN.search(item)) and _closes(noun[1], count, question):
        return item[: noun.start()]
    bare = _ETC.sub("", item)
    for start in range(max(len(bare) - 6, 1), len(bare)):
        numeral = scan_numeral(bare, start)
        if numeral and numeral.value == count and _closes(bare[start:], count, question):
            return bare[:start].rstrip("这共等")
    return bare


def _closes(ending: str, count: int, question: Question) -> bool:
    numeral = scan_numeral(ending)
    if numeral and numeral.value == count:
        ending = ending[numeral.end :]
    noun = close_up(ending).lstrip("个大类种项")
    return noun in question.text
