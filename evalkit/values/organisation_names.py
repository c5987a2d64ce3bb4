"""What an organisation is called: by its full name or shorter, with or without its place.

organisation = ["中共"] [[place] ("市" | "县" | "区" | "州")] body
             | [place ["市"]] "第" number ("中学" | "小学") | company [industry] [legal form]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.values.lexer import word_set
from evalkit.values.name_words import (
    BODIES,
    COMPANY_FORMS,
    INDUSTRIES,
    NOT_IN_PLACES,
    SHORTENED,
    TITLES,
)
from evalkit.values.patterns import any_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = "[一二三四五六七八九十]{1,3}|[0-9]{1,2}"
_NUMBERED = (
    (re.compile(rf"第({_NUMBER})(?:高级)?([中小])学$"), (r"\1\2",)),
    (re.compile(rf"第({_NUMBER})(?:人民)?医院$"), (r"\1院", r"\1医院")),
)
_INNER_CITY = re.compile("(?<=[\u4e00-\u9fff]{2})市(?=[\u4e00-\u9fff]{3})")
_BODY = any_of(BODIES)
_OF_CITY = re.compile(
    rf"[\u4e00-\u9fff]{{2,3}}(?=[省市县区州][\u4e00-\u9fff]{{0,12}}(?:{_BODY}|{any_of(TITLES)})$)"
)
_OF_LEVEL = re.compile(rf"[省市县区州](?=[\u4e00-\u9fff]{{2,12}}(?:{_BODY})$)")
_LEGAL_FORM = re.compile("(?:集团)?(?:股份)?有限(?:责任)?公司$")
_SHORTENED = sorted(SHORTENED, key=lambda pair: len(pair[0]), reverse=True)
_COMPANY, _INDUSTRIES = word_set(COMPANY_FORMS), word_set(INDUSTRIES)
_SHORTEST_NAME, _LONGEST_NAME = 2, 48


def names_of_organisations(text: str) -> Iterator[tuple[str, str]]:
    """Yield what an organisation can also be called, and what that leaves out, if anything.

    >>> ("市五中", "numbered") in names_of_organisations("市第五中学")
    True
    """
    if len(text) > _LONGEST_NAME:
        return
    yield text.removeprefix("中共").removeprefix("党的"), ""
    for pattern, ways in _NUMBERED:
        if numbered := pattern.search(text):
            for written in ways:
                yield text[: numbered.start()] + numbered.expand(written), "numbered"
    yield _shorten(text), ""
    if inner := _INNER_CITY.search(text):
        yield text[: inner.start()] + text[inner.end() :], "inner suffix"
    for place in (_OF_CITY.match(text), _OF_LEVEL.match(text)):
        if place and NOT_IN_PLACES.isdisjoint(place[0]):
            yield text[place.end() :], "city"
    if (form := _COMPANY.last(text, len(text))) and form[1] >= _SHORTEST_NAME:
        yield _LEGAL_FORM.sub("公司", text), ""
        yield text[: form[1]], "company"
        yield text.removesuffix("有限公司"), "company"
        if (industry := _INDUSTRIES.last(text, form[1])) and industry[1] >= _SHORTEST_NAME:
            yield text[: industry[1]] + text[form[1] :], "industry"


def _shorten(text: str) -> str:
    """Return a name with all that is shortened in it: one by one, there would be 2 ** n names."""
    for full, short in _SHORTENED:
        text = text.replace(full, short)
    return text
