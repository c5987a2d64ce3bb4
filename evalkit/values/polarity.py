"""Answers without a value: yes, no, and that the text does not say."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.values.questions import Question

_YES_WORDS = """
    是 是的 对 对的 正确 没错 不错 有 有的 会 会的 能 能的 可以 可 确实 确实是 确实如此
    的确 的确如此 当然 当然是 肯定 肯定的 属实 是这样 是这样的 嗯 yes y true √ ✓ ✔
"""
_NO_WORDS = """
    否 不 不是 不是的 没 没有 没有的 未 尚未 还没 还没有 并没有 并未 并不是 并非 并非如此
    不对 不正确 错 错误 错的 不会 不能 不可以 不行 不属实 否定 否定的 no n false not × ✗ ✘
"""
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())
_NEGATION = re.compile(
    r"(?:目前|当时|此前)?(?:并没有|还没有|尚没有|没有|并未|尚未|还未|并非|未|没|不是|不会|不可以|不)能?"
)
_NEGATIVE = re.compile("[不没未非无否]")
_ASKING = re.compile("是否|能否|可否|有无|与否|有没有|是不是|会不会|能不能|对不对")

_SOURCE = "文章|文中|原文|本文|该文|此文|上文|全文|短文|文本|材料|新闻|报道|资料|段落|文|作者"
_SAYS = (
    "提及|提到|提过|提供|谈及|谈到|涉及|说明|说到|指出|给出|交代|介绍|写明|明确|记载|描述|透露|披露|公布|包含|包括|显示|列出|列明|"
    "表明|注明|体现|标明|解释|阐述|回答|提|说|讲|写"
)
# What the text may do, and the world as well: 没有发现观众 says that there was nobody.
_SHOWS = "发现|见到|见|出现"
_KNOW = "回答|作答|解答|确定|得知|获知|判断|知道|知晓|得出|获取|找到|推断|确认|查到|给出|提供|看出"
_IN_SOURCE = rf"(?:{_SOURCE})(?:的?(?:中|里|内|内容|信息|全文|部分))*"
_GIVEN = "(?:所给|给定|提供的|给出的|以上|上述|该|这篇|本篇|现有|已有|已知|的)*"
_ABSTAIN = re.compile(
    rf"""(?:很?抱歉|对不起|很遗憾|因此|所以|故而?|故此|因为|由于)?(?P<topic>.{{0,20}}?)
    (?:根据|依据|从|在)?{_GIVEN}(?:{_IN_SOURCE}|信息|内容)?(?:似乎)?
    (?:
      我?(?:无法|不能|未能|没能|难以|没法|没办法|不可)够?
        (?:根据|从|由|在)?(?:{_GIVEN}(?:{_IN_SOURCE}|信息|内容))?(?:直接)?(?:{_KNOW})[到出]?
    | (?:没有|未|没)[在从](?:{_IN_SOURCE})(?:找到|发现|看到|查到|提及|提到|说明)
    | (?:并未|并没有?|均未|也未|也没有?|尚未|从未|未曾|没有|未|没|不曾)
        (?:有|被|作|予|做|对此|明确|具体|直接|详细|任何)*(?:{_SAYS}|(?:{_SHOWS})(?!.))[到出过及]?
    | (?<=[中里文章])(?:并未|并没有|没有|未|没)(?:{_SHOWS})
    | (?:并没有|并无|没有|无(?!法)|未有|缺乏|缺少|找不到|没找到|不包含|不含|不涉及)
        (?:给出|提供|找到|查到|看到)?(?=.*(?:信息|内容|答案|说明|描述|提及|记载|数据))
    | 我?不(?:知道|清楚|得而知|详)
    | 不在(?:{_IN_SOURCE})
    | (?:未知|无从得知|无从知晓|无答案|信息不足|(?<=[中里文章])没有)(?!.)
    )
    (?P<rest>.*)""",
    re.VERBOSE,
)
_ENGLISH = re.compile(
    r"(?:the (?:article|text) (?:does not|doesn't) (?:mention|say)|n/a|no answer|unknown|it is |"
    r"unanswerable|not (?:mentioned|stated|given|provided)|cannot be (?:answered|determined))"
    r"[a-z ]*"
)
_OBJECT_WORDS = re.compile(
    rf"{_SOURCE}|相关|有关|关于|对此|具体|该|此|这一|这个|这|任何|明确|详细|直接|其他|问题|信息|"
    "内容|答案|数据|数字|数值|数额|金额|时间|日期|地点|人物|情况|说明|描述|介绍|记载|一点|点|事项|事|"
    "了|的|是|为|多少|谁|什么|哪|到|过|与|和|对|于|中|里|文|您|你|我"
)
# What question words ask for: 谁 for a 姓名, 多少人 for a 人数.
_ASKED = (
    "姓名|名字|名称|身份|职务|人数|户数|数量|总数|年龄|原因|理由|"
    "位置|地址|所在地|地点|时间|日期|方式"
)
_ASKED_LAST = re.compile(rf"(?:{_ASKED})(?:{_ASKED}|[、和或与及])*$")
_SOURCED = re.compile(rf"{_IN_SOURCE}|信息")
_SPEAKS = re.compile("[提谈][到及过]|涉及")
_VALUE = re.compile(
    r"[0-9〇零二两三四五六七八九十百千万亿]|[但却除仅只即而]|[以之]外|其余"
    r"|[是为叫](?!什么|谁|否|多少|[哪几何怎])"
)
_LACK = re.compile("[不没未无缺难]")
_LEAD_IN = re.compile(
    rf"(?:根据|依据|按照|从)?{_GIVEN}(?:{_SOURCE}|信息|内容|很?抱歉|对不起)(?:的|内容|信息|中)*"
)
_FIGURES = frozenset("0123456789〇零二两三四五六七八九十百千万亿")
_CLAUSES = re.compile(r"[,;。!]+")


def parse_yesno(text: str, question: Question) -> bool | None:
    """Return True for yes, False for no, None for anything else or anything more.

    A negated echo of the question says no (尚未全部解决); a double negative says nothing here.

    Args:
        text: In the form of `read_answer`.
        question: What was asked; a question that itself negates allows bare words only.
    """
    if text in _YES:
        return True
    if text in _NO:
        return False
    negation = _NEGATION.match(text)
    if not negation or _NEGATIVE.search(_ASKING.sub("", question.text)):
        return None
    echo = text[negation.end() :].removesuffix("的")
    asked = question.text.replace("全部", "全部完全都")
    said = bool(echo) and not _NEGATIVE.search(echo) and set(echo) <= set(asked)
    return False if said else None


def is_abstention(text: str, question: Question, *, loose: bool = False) -> bool:
    """Return whether the whole text says that the article does not tell.

    Nothing but what was asked may be named beside it, and no figure: 文中提及为100万元 is none.

    Args:
        text: In the form of `read_answer`.
        question: What was asked.
        loose: Whether it may leave open that it is the text that does not tell, as a prediction
            may: 没有提供担保 can be what was answered.
    """
    if _ENGLISH.fullmatch(text):
        return True
    if not _LACK.search(text):
        return False
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    sourced = bool(_SOURCED.search(text))
    stated = [_abstains(clause, question, sourced=sourced, loose=loose) for clause in clauses]
    lead_ins = all(
        done or _LEAD_IN.fullmatch(clause) for done, clause in zip(stated, clauses, strict=True)
    )
    return any(stated) and lead_ins


def _abstains(clause: str, question: Question, *, sourced: bool, loose: bool) -> bool:
    match = _ABSTAIN.fullmatch(clause)
    if not match:
        return False
    rest = match["topic"] + match["rest"]
    named = _OBJECT_WORDS.sub("", rest)
    if _NEGATIVE.search(_ASKING.sub("", named)):
        return False
    of_text = sourced or bool(_SPEAKS.search(clause))
    if set(named) <= set(question.text):
        return loose or of_text or not named
    of_text |= loose and bool(_ASKED_LAST.search(rest))
    return of_text and _names_missing(rest, question)


def _names_missing(phrase: str, question: Question) -> bool:
    """Return whether a phrase names what the question asks for, and nothing that answers it."""
    known = set(question.text)
    if _VALUE.search(phrase.translate(dict.fromkeys(map(ord, known & _FIGURES)))):
        return False
    words = _OBJECT_WORDS.split(re.sub(_ASKED, " ", phrase))
    shared = any(one + two in question.text for word in words for one, two in pairwise(word))
    return shared or set("".join(words)) <= known | set(" 、或")
