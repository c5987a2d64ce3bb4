"""What a person is called: with a title before or behind the name, or without.

person = [office] {title} name [title] ["(" (sex | age | title) ")"] | name "," office
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.values.lexer import word_set
from evalkit.values.name_words import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.values.question import Question

_TITLES = word_set(f"{TITLES} {' '.join(f'副{title}' for title in TITLES.split())}")
_GLOSS = re.compile(r"\((?:[男女]|[0-9]{1,3}岁|已故|[^()]{1,12})\)$")
_ROLE_ENDS = frozenset("员手者师长家生工友民锋卫将判授士官警商理")
_SHORTEST_NAME, _LONGEST_NAME = 2, 4


def names_of_persons(text: str, question: Question) -> Iterator[tuple[str, str]]:
    """Yield what a person can also be called, and what that leaves out, if anything.

    Without a title, an office, or what stands in brackets behind the name; the title behind it.

    >>> from evalkit.values.question import ask
    >>> list(names_of_persons("副厅长丁凡璋", ask("负责项目的是谁？")))
    [('丁凡璋副厅长', ''), ('丁凡璋', 'title')]
    """
    if gloss := _GLOSS.search(text):
        inner = gloss[0][1:-1]
        if (
            inner in {"男", "女", "已故"}
            or inner.endswith("岁")
            or (_TITLES.first(inner, 0) == (None, len(inner)) and _fits(inner, question))
        ):
            yield text[: gloss.start()], "title"
    name, comma, office = text.partition(",")
    if comma and _is_name(name) and len(office) in question.beginnings(office):
        yield name, "title"
    end = len(text)
    title = _TITLES.last(text, end)
    owned = title is not None and text[: title[1]].endswith("的")
    if title and not owned and title[1] >= _SHORTEST_NAME and _fits(text[title[1] : end], question):
        yield text[: title[1]], "title"
    if (
        end > _SHORTEST_NAME + 1
        and text[-1] in _ROLE_ENDS
        and _is_name(text[:-2])
        and text[-3] != "的"
    ):
        yield text[:-2], "title"
    for at in range(max(end - _LONGEST_NAME - 8, 1), end - 1):
        before = _TITLES.last(text, at) or _role(text, at)
        name = text[at:]
        if before and _is_name(name):
            office = text[before[1] : at]
            yield f"{name}{office}", "office" if before[1] else ""
            if _fits(office, question):
                yield name, "title"


def _role(text: str, end: int) -> tuple[None, int] | None:
    """Return where a role of two characters begins that ends at a place, as titles do: 裁判."""
    return (None, end - 2) if end > 1 and text[end - 1] in _ROLE_ENDS else None


def _is_name(text: str) -> bool:
    if not text or text[0] in "是为由叫系的":
        return False
    return "·" in text or _SHORTEST_NAME <= len(text) <= _LONGEST_NAME


def _fits(title: str, question: Question) -> bool:
    """Return whether a title can be that of the person who is asked for: 副县长 is no 县长."""
    other = title[1:] if title.startswith("副") else f"副{title}"
    return title in question.text.replace(f"副{title}", "") or other not in question.text
