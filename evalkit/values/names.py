"""Names: the few ways in which one name is written that are more than a matter of form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.values.numerals import parse_number

if TYPE_CHECKING:
    from fractions import Fraction

    from evalkit.values.questions import Question

# 吉林 is missing: it is a province and a city in it.
_PROVINCES = (
    "河北|山西|辽宁|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|"
    "四川|贵州|云南|陕西|甘肃|青海|台湾"
)
_PROVINCE = re.compile(rf"^(?:({_PROVINCES})省|(北京|天津|上海|重庆)市)")
_REGIONS = re.compile(
    r"^(内蒙古|西藏)自治区|^(广西)壮族自治区|^(宁夏)回族自治区|^(新疆)维吾尔自治区"
)
_SUFFIX = re.compile(r"(?<=..)[省市县区镇乡村]$")
_ASKED_SUFFIX = re.compile(r"[哪几多][^,;:。!?]{0,6}?([省市县区镇乡村])")
# 二中 is also written 2中; nothing else in a name is (八一路 is not 81路).
_SCHOOL = re.compile(r"(.*?第?)([0-9]{1,3}|[一二三四五六七八九十]{1,3})(中学?|小学?|医院?)")


def names_agree(one: str, other: str, question: Question) -> bool:
    """Return whether two texts are the same name in other words; symmetrical.

    A province does without 省, another place without the suffix that the question asks for; the
    number of a school or hospital is written both ways.

    >>> from evalkit.values.questions import ask
    >>> names_agree("陕西", "陕西省", ask("来自哪个省？"))
    True
    >>> names_agree("八一路", "81路", ask("在哪条路？"))
    False
    """
    same_place = _place(one, other, question) == _place(other, one, question)
    return same_place or _school(one) == _school(other) is not None


def _school(name: str) -> tuple[str, Fraction | None, str] | None:
    match = _SCHOOL.fullmatch(name)
    return (match[1], parse_number(match[2]), match[3]) if match else None


def _place(name: str, other: str, question: Question) -> str:
    bare = _REGIONS.sub(_only_group, _PROVINCE.sub(_only_group, name))
    suffix = _SUFFIX.search(bare)
    if not suffix or _SUFFIX.search(other):
        return bare
    given = suffix[0] in _ASKED_SUFFIX.findall(question.text)
    return bare[:-1] if given or (suffix[0] == "市" and bare != "吉林市") else bare


def _only_group(match: re.Match[str]) -> str:
    return match[match.lastindex or 0]
