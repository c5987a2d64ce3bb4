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
    COUNTRY,
    NATIONALITIES,
    NOT_IN_PLACES,
    OFFICIAL_NAMES,
    PLACE_SUFFIXES,
    PROVINCES,
)
from evalkit.values.numerals import parse_number
from evalkit.values.organisation_names import names_of_organisations
from evalkit.values.patterns import any_of
from evalkit.values.person_names import names_of_persons
from evalkit.values.phrases import NO, REASONS, YES
from evalkit.values.synonyms import GENERIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.values.question import Question

_OFFICIAL = {
    short: full for full, shorts in OFFICIAL_NAMES.items() for short in (full, *shorts.split())
}
_COUNTRY, _PROVINCES = word_set(COUNTRY), word_set(PROVINCES)
_AUTONOMOUS = re.compile(rf"(?:(?:{any_of(NATIONALITIES)})族|维吾尔)*自治(?:区|(?=[州县旗]))")
_LARGER_PLACE = re.compile(
    r"[^,;、。·()市县区州]{2,6}?(?:省|市|自治区|自治州|街道|(?<!城)乡|[州县区盟旗镇])(?=..)"
)
_ASKED_SUFFIX = re.compile(r"[哪几多][^,;:。!?]{0,6}?([省市县区镇乡村州])")
# 二中 is also written 2中, 三楼 3楼; nothing else in a name is (八一路 is not 81路).
_NUMBERED = re.compile(
    r"(.*?第?)(?<![0-9])([0-9]{1,3}|[一二三四五六七八九十]{1,3})((?:中|小|医|号|院|厂|楼|层|级|类|型|期|环|等)[^0-9]{0,6})"
)
_NONE = re.compile("^(?:并)?没有(?=..)")
_YES_NO = frozenset(f"{YES} {NO}".split())
_CODES, _REASONS = word_set(CODE_WORDS), word_set(REASONS)
_DIALLED = re.compile(r"(?:\+86)?(?=.{7})[ ()0-9]+(?:-[ ()0-9]+)*")
_LIGHT = str.maketrans("", "", " ·的地得")
_INTERPUNCT = re.compile("(?<=[\u4e00-\u9fff])[-.](?=[\u4e00-\u9fff])")
_MARKS = str.maketrans("", "", ",、;: ")
# what is left stands in the name itself, and in those of others: 教育局, 九中, 小米
_INNER = frozenset({"city", "numbered", "industry"})
_ONCE = frozenset({"question", "restated", "larger place"})
_PLACE_PARTS = frozenset("东南西北新老上下小大中前后内外不在非")
_LONGEST_RESTATEMENT = 10  # characters of the question that an exact answer may repeat
_MOST_LEFT_OUT = 64  # characters that two ways to write a name differ by
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
    if other in _YES_NO or abs(len(one) - len(other)) > _MOST_LEFT_OUT:
        return False
    if _numbered(one) == _numbered(other) is not None:
        return True
    ours_set, theirs_set = set(one), set(other)
    needed = 1 if "朝代" in question.text else min(2, len(ours_set), len(theirs_set))
    if len(ours_set & theirs_set) < needed and not {one, other} & _OFFICIAL.keys():
        return False
    ours, theirs = _forms(one, question), _forms(other, question)
    return any(
        _may_both_lose(losses, ours[form])
        and _keeps(form, losses)
        and not (ours[form] & _ONCE and len(one) - len(form) > _LONGEST_RESTATEMENT)
        for form, losses in theirs.items()
        if form in ours
    )


def _may_both_lose(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two names that are the same without what they lose need not differ in that."""
    places = {"place", "city"}
    return one.isdisjoint(other - {"question", "code"}) and (
        one.isdisjoint(places) or other.isdisjoint(places)
    )


@lru_cache(maxsize=4096)
def written_forms(text: str, question: Question) -> tuple[str, ...]:
    """Return the ways to write a name that leave out nothing it must say, the longest first.

    >>> from evalkit.values.question import ask
    >>> written_forms("陕西省", ask("来自哪个省？"))
    ('陕西省', '陕西')
    """
    kept = {
        form
        for form, losses in _forms(text, question).items()
        if len(form) >= _SHORTEST_NAME
        and _keeps(form, losses)
        and (form not in text or _INNER.isdisjoint(losses))
    }
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
    country = _COUNTRY.first(text, 0)
    named = text[country[1] :] if country else ""
    if len(named) >= _SHORTEST_NAME and named not in GENERIC:
        yield named, "place"
    if "朝代" in question.text and len(text) > 1:
        dynasty = text.removesuffix("时期").removesuffix("代").removesuffix("朝")
        yield from ((f"{dynasty}{suffix}", "") for suffix in ("", "代", "朝"))
    yield from _places(text, question)
    if not any(word in question.text for word in ("简称", "全称")):
        yield from names_of_organisations(text)
    if "颜色" in question.text and len(text) > 1:
        yield text.removesuffix("色"), ""
    if question.asks_person:
        yield from names_of_persons(text, question)
    if question.asks_code:
        yield from _codes(text)
    if question.asks_reason and (reason := _REASONS.first(text, 0)):
        yield text[reason[1] :], ""
    yield from _beside_question(text, question)


def _rewritten(text: str) -> Iterator[tuple[str, str]]:
    """Yield a name in its official form, with digits, and without marks."""
    yield _OFFICIAL.get(text, text), ""
    yield text.replace("·", ""), ""
    yield _NONE.sub("无", text), ""
    if numbered := _numbered(text):
        yield "{}{}{}".format(*numbered), ""


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
        known = text[-1] == "市" or (question.asks_place and text[-1] in "县区镇乡")
        if text[-1] in asked or (known and text[:-1] not in AMBIGUOUS_PLACES):
            yield text[:-1], "suffix"


def _larger_places(text: str, question: Question) -> Iterator[tuple[str, str]]:
    """Yield a place without the larger one before it, be that named by its suffix or by nothing."""
    larger = _LARGER_PLACE.match(text)
    named = larger is not None and NOT_IN_PLACES.isdisjoint(larger[0])
    if larger and named and not _asks_for(larger[0][-1], question):
        yield text[larger.end() :], "place"
    if question.type == "place" and len(text) > _LONGEST_NAME:
        for at in range(_SHORTEST_NAME, _LONGEST_NAME + 1):
            if not NOT_IN_PLACES.isdisjoint(text[:at]):
                break
            if len(text) - at >= _SHORTEST_NAME and text[at - 1] not in _PLACE_PARTS:
                yield text[at:], "larger place"


def _asks_for(suffix: str, question: Question) -> bool:
    return suffix == "省" and suffix in _ASKED_SUFFIX.findall(question.text)


def _codes(text: str) -> Iterator[tuple[str, str]]:
    if _DIALLED.fullmatch(text):
        yield "".join(filter(str.isdecimal, text.removeprefix("+86"))), ""
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
        owned = text[at] == "的" and text[at + 1 :] not in question.after  # 吴桂芳的公司
        if not (owned or cuts_word(text, at)) and at > 1 and len(text) - at <= _LONG:
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
