"""Names and phrases: the ways in which one is written that are more than a matter of form.

name = official | shortened | person | code
     | ["中国" | larger place] name ["省" | "市" | "有限公司" | …]
     | [words of the question] name [words of the question]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.lexer import cuts_word, word_set
from evalkit.values.name_words import (
    AMBIGUOUS_PLACES,
    CODE_WORDS,
    COMPANY_FORMS,
    COUNTRY,
    NATIONALITIES,
    OFFICIAL_NAMES,
    PLACE_SUFFIXES,
    PROVINCES,
    SHORTENED,
)
from evalkit.values.numerals import parse_number
from evalkit.values.patterns import any_of
from evalkit.values.person_names import names_of_persons
from evalkit.values.phrases import NEGATIVE, NO, REASONS, YES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.values.question import Question

_OFFICIAL = {
    short: full for full, shorts in OFFICIAL_NAMES.items() for short in (full, *shorts.split())
}
_COUNTRY, _PROVINCES = word_set(COUNTRY), word_set(PROVINCES)
_AUTONOMOUS = re.compile(rf"(?:(?:{any_of(NATIONALITIES)})族|维吾尔)*自治(?:区|(?=[州县旗]))")
_LARGER_PLACE = re.compile(r"[^,;、。·()市县区州]{2,6}?(?:省|市|自治区|自治州|[州县区盟旗])(?=..)")
_ASKED_SUFFIX = re.compile(r"[哪几多][^,;:。!?]{0,6}?([省市县区镇乡村州])")
# 二中 is also written 2中, 三楼 3楼; nothing else in a name is (八一路 is not 81路).
_NUMBERED = re.compile(
    r"(.*?第?)(?<![0-9])([0-9]{1,3}|[一二三四五六七八九十]{1,3})((?:中|小|医|号|院|厂|楼|层|级|类|型|期|环)[^0-9]{0,6})"
)
_NONE = re.compile("^(?:并)?没有(?=..)")
_YES_NO = frozenset(f"{YES} {NO}".split())
_COMPANY = word_set(COMPANY_FORMS)
_CODES, _REASONS = word_set(CODE_WORDS), word_set(REASONS)
_LIGHT = str.maketrans("", "", " ·的地得")
_INTERPUNCT = re.compile("(?<=[\u4e00-\u9fff])[-.](?=[\u4e00-\u9fff])")
_MARKS = str.maketrans("", "", ",、;: ")
_ONCE = frozenset({"question", "restated", "larger place"})
_NO_PLACE = NEGATIVE | frozenset("曾的了在于由是为有")  # what a name before a name has not
_PLACE_PARTS = frozenset("东南西北新老上下小大中前后内外不在非")
_LONGEST_RESTATEMENT = 10  # characters of the question that an exact answer may repeat
_LONG, _SHORTEST_NAME, _LONGEST_NAME = 8, 2, 4


def same_name(one: str, other: str, question: Question) -> bool:
    """Return whether a prediction is the same name or phrase as a reference, in other words.

    Beside words of the question, with a title, with the larger place in front, by its official
    short form, without the suffix that is asked for, or but for marks and 的.

    >>> from evalkit.values.question import ask
    >>> same_name("陕西", "陕西省", ask("来自哪个省？"))
    True
    >>> same_name("八一路", "81路", ask("在哪条路？"))
    False
    """
    if _bare(one) == _bare(other) or (
        not question.asks_list and _without_marks(one) == _without_marks(other)
    ):
        return True
    if other in _YES_NO:
        return False
    if _numbered(one) == _numbered(other) is not None:
        return True
    ours_set, theirs_set = set(one), set(other)
    needed = 1 if "朝代" in question.text else min(2, len(ours_set), len(theirs_set))
    if len(ours_set & theirs_set) < needed and not {one, other} & _OFFICIAL.keys():
        return False
    ours, theirs = _forms(one, question), _forms(other, question)
    return any(
        not (losses & ours[form]) - {"question"}
        and _keeps(form, losses)
        and not (ours[form] & _ONCE and len(one) - len(form) > _LONGEST_RESTATEMENT)
        for form, losses in theirs.items()
        if form in ours
    )


@lru_cache(maxsize=4096)
def written_forms(text: str, question: Question) -> tuple[str, ...]:
    """Return the ways to write a name that leave out nothing it must say, the longest first.

    >>> from evalkit.values.question import ask
    >>> written_forms("陕西省", ask("来自哪个省？"))
    ('陕西省', '陕西')
    """
    forms = _forms(text, question).items()
    kept = {form for form, losses in forms if len(form) >= _SHORTEST_NAME and _keeps(form, losses)}
    return tuple(sorted({text, *kept}, key=lambda form: (-len(form), form)))


@lru_cache(maxsize=4096)
def _forms(text: str, question: Question) -> dict[str, frozenset[str]]:
    """Return the ways to write a name, each with what it leaves out of it."""
    forms: dict[str, frozenset[str]] = {}
    pending = [(text, frozenset[str]())]
    while pending:
        form, losses = pending.pop()
        if form in forms and forms[form] <= losses:
            continue
        forms[form] = losses
        done = _ONCE if "larger place" in losses else losses & _ONCE
        pending += [
            (shorter, losses | {loss} if loss else losses)
            for shorter, loss in _shorter(form, question)
            if shorter and shorter != form and loss not in done
        ]
    return forms


def _shorter(text: str, question: Question) -> Iterator[tuple[str, str]]:
    """Yield what a name can be rewritten as in one step, and what that leaves out, if anything."""
    yield from _rewritten(text)
    if (country := _COUNTRY.first(text, 0)) and len(text) - country[1] >= _SHORTEST_NAME:
        yield text[country[1] :], "place"
    if "朝代" in question.text and len(text) > 1:
        dynasty = text.removesuffix("时期").removesuffix("代").removesuffix("朝")
        yield from ((f"{dynasty}{suffix}", "") for suffix in ("", "代", "朝"))
    yield from _places(text, question)
    if (form := _COMPANY.last(text, len(text))) and form[1] >= _SHORTEST_NAME:
        yield text[: form[1]], "company"
    if question.asks_person:
        yield from names_of_persons(text, question)
    if question.asks_code:
        yield from _codes(text)
    if question.asks_reason and (reason := _REASONS.first(text, 0)):
        yield text[reason[1] :], ""
    yield from _beside_question(text, question)


def _rewritten(text: str) -> Iterator[tuple[str, str]]:
    """Yield a name in its official form, with digits, without 中共 or marks, and shortened."""
    yield _OFFICIAL.get(text, text), ""
    yield text.replace("·", ""), ""
    yield text.removeprefix("中共"), ""
    yield _NONE.sub("无", text), ""
    if numbered := _numbered(text):
        yield "{}{}{}".format(*numbered), ""
    for full, short in SHORTENED:
        if full in text:
            yield text.replace(full, short), ""


def _places(text: str, question: Question) -> Iterator[tuple[str, str]]:
    yield _AUTONOMOUS.sub("", text), ""
    if province := _PROVINCES.first(text, 0):
        name = text[: province[1]]
        rest = text[province[1] :]
        if rest in {"省", "市"} and name not in AMBIGUOUS_PLACES:
            yield name, "suffix"
        bare = rest.removeprefix("省").removeprefix("市") if len(rest) > 1 else ""
        if len(bare) >= _SHORTEST_NAME:
            yield f"{name}{bare}", ""
        if len(bare) >= _SHORTEST_NAME and not _asks_for("省", question):
            yield bare, "place"
        if between := _LARGER_PLACE.match(bare):
            yield f"{text[: len(text) - len(bare)]}{bare[between.end() :]}", "middle place"
    yield from _larger_places(text, question)
    if question.asks_place and len(text) > _SHORTEST_NAME and text[-1] in "上里内":
        yield text[:-1], ""
    if len(text) > _SHORTEST_NAME and text[-1] in PLACE_SUFFIXES:
        asked = _ASKED_SUFFIX.findall(question.text)
        known = text[-1] == "市" or (question.type == "place" and text[-1] in "县区镇乡")
        if text[-1] in asked or (known and text[:-1] not in AMBIGUOUS_PLACES):
            yield text[:-1], "suffix"


def _larger_places(text: str, question: Question) -> Iterator[tuple[str, str]]:
    """Yield a place without the larger one before it, be that named by its suffix or by nothing."""
    larger = _LARGER_PLACE.match(text)
    if larger and not _asks_for(larger[0][-1], question):
        yield text[larger.end() :], "place"
    if question.type == "place" and len(text) > _LONGEST_NAME:
        for at in range(_SHORTEST_NAME, _LONGEST_NAME + 1):
            if not _NO_PLACE.isdisjoint(text[:at]):
                break
            if len(text) - at >= _SHORTEST_NAME and text[at - 1] not in _PLACE_PARTS:
                yield text[at:], "larger place"


def _asks_for(suffix: str, question: Question) -> bool:
    return suffix == "省" and suffix in _ASKED_SUFFIX.findall(question.text)


def _codes(text: str) -> Iterator[tuple[str, str]]:
    if word := _CODES.first(text, 0):
        yield text[word[1] :].lstrip(":是为"), "code"
    if word := _CODES.last(text, len(text)):
        yield text[: word[1]], "code"


def _beside_question(text: str, question: Question) -> Iterator[tuple[str, str]]:
    """Yield a text without the words of the question at its ends."""
    if not question.asks_moment:
        for at in question.beginnings(text) - {0, len(text)}:
            if at <= _LONG and not cuts_word(text, at):
                yield text[at:], "restated"
    given = "question" if question.behind else "restated"
    for at in question.endings(text) - {0, len(text)}:
        if not cuts_word(text, at) and at > 1 and len(text) - at <= _LONG:
            yield text[:at], given


def _keeps(form: str, losses: frozenset[str]) -> bool:
    """Return whether what is left of a reference still says all that it must.

    Its own words are content even where the question has them, and so is the place in a name that
    without it is any such place's: 商洛市特殊教育学校.
    """
    return losses.isdisjoint({"restated", "larger place"}) and (
        "place" not in losses or not PLACE_SUFFIXES.isdisjoint(form) or len(form) < _LONG // 2
    )


def _bare(text: str) -> str:
    """Return a name without 的, spaces and the marks between the parts of foreign names."""
    return _INTERPUNCT.sub("", text.translate(_LIGHT))


def _without_marks(text: str) -> str:
    """Return a long text without figures without the marks inside it; others as they are."""
    return (
        text.translate(_MARKS) if len(text) > _LONG and not any(map(str.isdecimal, text)) else text
    )


def _numbered(name: str) -> tuple[str, object, str] | None:
    match = _NUMBERED.fullmatch(name)
    return (match[1], parse_number(match[2]), match[3]) if match else None
