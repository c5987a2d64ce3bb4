"""Lists: where one answer names several things.

list = item separator item {separator item}
separator = "、" | "," | ";" | line break | "/" | "|" | "和" | … | numbering
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING

from evalkit.values.form import LOOSE_SPACES, close_up, strip_wrappers
from evalkit.values.numerals import parse_number, scan_numeral
from evalkit.values.patterns import SMALL_NUMBER, compile_words
from evalkit.values.phrases import JOINERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.values.question import Question

_NUMBERED = re.compile(
    rf"(?:^|(?<=[\s,;、。])|(?<=[^0-9(])(?=\())\(?(?P<a>[0-9]{{1,2}})[.、):]\)?\s*(?![0-9])|\((?P<b>{SMALL_NUMBER})\)\s*"
    rf"|(?:^|(?<=[\s,;、。]))(?P<c>{SMALL_NUMBER})(?:是(?!是)|、(?=[^0-9一二三四五六七八九十]))\s*"
    rf"|(?:^|(?<=[\s,;、。]))(?:其|第)(?P<d>[一二三四五六七八九十]{{1,2}})(?:[,:、是]|(?=[^0-9个名位次届届]))\s*"
    r"|(?:^|(?<=[\s,;、。]))(?P<e>[a-h])[.、):]\s*"
)
_HARD = re.compile(r"[、,;\n/|→]|->|(?<![0-9])\. ")
_HARD_NO_THOUSANDS = re.compile(r"[、;\n/|→]|->|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),|(?<![0-9])\. ")
_JOINED = compile_words(JOINERS)
_LEADS = "以及|还有|并|另有|另外"
_LEADING = re.compile(f"^(?:{_LEADS})(?=.{{2}})")
_LEADING_OR_NAME = re.compile(f"^(?:{_LEADS}|[和与及])(?=.{{2}})")
_INTRO = re.compile(r"^(?:分别|依次|主要|具体)?(?:是|为|有|包括|包含|涵盖|即)?:?(?=.)")
_ANNOUNCED = re.compile(r"[^,、]{0,10}?(?:分别|依次)(?:是|为|有|来自)?:?(?=.)")
_ETC = re.compile(r"等等?(?:地|人|方面)?$")
_ETC_NOUN = re.compile(r"等(?!等)(.{1,8})$")
_THEN = re.compile("^(?:先是|首先是?|其次是?|然后是?|接着是?|再到|再是|最后是?)(?=.)")
_SEQUENCE = frozenset(
    ["首先", "其次", "再次", "再者", "最后", "第一", "第二", "第三", "此外", "另外", "同时"]
)
_LONGEST_LABEL, _LONGEST_INTRO, _MOST_JOINERS = 14, 8, 4


@lru_cache(maxsize=4096)
def split_items(spaced: str, *, loose: bool = True) -> tuple[tuple[str, ...], ...]:
    """Return every way in which a text can be read as a list of two or more items.

    Numbered items first; then by the signs 、，；/ and line breaks; then also at 和, 与, 及; by
    spaces if there is nothing else. Commas inside thousands are tried both ways.

    Args:
        spaced: In the form of `read_answer(…).spaced`.
        loose: Whether the last item may be read without the 和 that it begins with: 、和C. That of
            a reference may not: 和顺隧道 is a name.

    >>> split_items("油橄榄、香菇和茶叶")
    (('油橄榄', '香菇和茶叶'), ('油橄榄', '香菇', '茶叶'))
    """
    if numbered := _clean(_split_numbered(spaced)):
        return (numbered,)
    ways: dict[tuple[str, ...], None] = {}
    for sign in (_HARD_NO_THOUSANDS, _HARD):
        for items in _joined(sign.split(spaced), _LEADING_OR_NAME if loose else _LEADING):
            if len(items) > 1:
                ways[items] = None
    if not ways and len(items := _clean(LOOSE_SPACES.split(spaced))) > 1:
        ways[items] = None
    return tuple(ways)


def _joined(parts: Sequence[str], leading: re.Pattern[str]) -> Iterator[tuple[str, ...]]:
    """Yield the parts as they are, then with every choice of the 和, 与, 及 between two items."""
    parts = [bare for part in parts if (bare := part.strip())]
    closing = len(parts) - 1 or -1
    choices = [
        list(_at_joiners(part, leading if i == closing else None)) for i, part in enumerate(parts)
    ]
    if sum(len(choice) > 1 for choice in choices) > _MOST_JOINERS:
        first, *rest = choices
        choices = [[first[0], first[-1]], *([choice[-1]] for choice in rest)]
    for chosen in product(*choices):
        yield _clean([item for items in chosen for item in items])


def _at_joiners(part: str, leading: re.Pattern[str] | None) -> Iterator[tuple[str, ...]]:
    """Yield one part whole, then cut at one or at all of the joiners inside it.

    Both sides of a joiner are items: the 和 of 和平区 is none. Only the last item of a list may
    begin with one (、和C).
    """
    yield (part,)
    if leading and (bare := leading.sub("", part)) != part:
        yield (bare,)
    places = [
        match.span()
        for match in _JOINED.finditer(part)
        if match.start() and match.end() < len(part)
    ]
    for n in {1, len(places)} - {0}:
        for cuts in combinations(places[:_MOST_JOINERS], min(n, len(places))):
            items, start = [], 0
            for cut_start, cut_end in cuts:
                items.append(part[start:cut_start])
                start = cut_end
            items.append(part[start:])
            if all(items):
                yield tuple(items)


def trim_items(items: Sequence[str], question: Question) -> tuple[str, ...]:
    """Return items without the words of the question that lead in to or close the list.

    >>> from evalkit.values.question import ask
    >>> trim_items(("应用于汽车", "高铁等领域"), ask("应用于哪些领域？"))
    ('汽车', '高铁')
    """
    items = _strip_common(items, question)
    first, last = _strip_intro(items, question), _strip_ending(items[-1], len(items), question)
    return (first, *items[1:-1], last)


def _strip_common(items: Sequence[str], question: Question) -> Sequence[str]:
    """Return items without what all of them have beside the names: comments, an asked noun."""
    if all(":" in item for item in items) and not all(
        item.split(":")[1].isdigit() for item in items
    ):
        items = [item.split(":")[0] for item in items]
    last = {item[-1] for item in items}
    asked = question.after[:1] + question.text[slice(*question.words[0])] if question.words else ""
    if len(last) == 1 and last <= set(asked):
        items = [item[:-1] if len(item) > 1 else item for item in items]
    return items


def _split_numbered(spaced: str) -> list[str]:
    marks = list(_NUMBERED.finditer(spaced))
    numbers = [_count(mark) for mark in marks]
    if not marks[1:] or marks[0].start() > 0 or numbers != list(range(1, len(marks) + 1)):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(spaced)]
    items = [spaced[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    return items if all(item.strip(" ,;、。\n") for item in items) else []


def _count(mark: re.Match[str]) -> int:
    if mark["e"]:
        return ord(mark["e"]) - ord("a") + 1
    word = mark["a"] or mark["b"] or mark["c"] or mark["d"]
    return int(parse_number(word) or 0)


def _clean(parts: Sequence[str]) -> tuple[str, ...]:
    items = (_THEN.sub("", close_up(strip_wrappers(part))) for part in parts)
    return tuple(item for item in items if item and item not in _SEQUENCE)


def _strip_intro(items: Sequence[str], question: Question) -> str:
    """Return the first item without what leads in to the list; each item's own word is none."""
    item = items[0]
    label, colon, rest = item.partition(":")
    if colon and rest and len(label) <= _LONGEST_LABEL:
        return rest
    if announced := _ANNOUNCED.match(item):
        return item[announced.end() :]
    ends = question.beginnings(item) - {0, len(item)}
    for end in sorted(ends, reverse=True):
        if not _is_own(item[:end], items):
            return item[end:] if end <= _LONGEST_INTRO else item
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
    noun = close_up(ending).lstrip("个大类种项名位")
    return noun in question.text
