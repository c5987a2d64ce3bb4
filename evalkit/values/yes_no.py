"""Answers of yes and no.

yes-no = word ["," echo] | echo           echo: the question's own predicate, or its negation
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.lexer import longest_piece, word_set
from evalkit.values.opposites import find_opposites
from evalkit.values.patterns import compile_words
from evalkit.values.phrases import (
    ASKING,
    CONFIRMING,
    DOUBT,
    FILLERS,
    FORBIDDEN,
    NEGATIONS,
    NEGATIVE,
    NO,
    STOPPED,
    YES,
)

if TYPE_CHECKING:
    from evalkit.values.question import Question

_ASKING = compile_words(ASKING)
_DOUBT = compile_words(DOUBT)
_YES, _NO = frozenset(YES.split()), frozenset(NO.split())
_NEGATIONS = word_set(NEGATIONS)
_ECHO = word_set(f"{CONFIRMING} {FILLERS}")
_CLAUSES = re.compile(r"[,;。!()]+")
_VERB = re.compile("(..)了(?=.)")
_ASKED_END = re.compile(r"(?:了|过|的)?[吗呢]?[?]?$")
_STOPPED, _FORBIDDEN = tuple(STOPPED.split()), tuple(FORBIDDEN.split())
_MODALS = (("可以", "能够", "能", "可"), ("会",), ("应该",), ("需要",))
_DONE = frozenset("了过的")
_ASPECTS = re.compile("[了过着]")
_LONGEST_ECHO = 40


@lru_cache(maxsize=4096)
def parse_yes_no(text: str, question: Question) -> bool | None:
    """Return True for yes, False for no, None for anything else or anything more.

    The question's own predicate says yes (参加了) and its negation no (没参加); what is doubted,
    asked or negated twice says nothing here.

    Args:
        text: In the form of `read_answer`.
        question: What was asked; a question that itself negates allows bare words only.

    >>> from evalkit.values.question import ask
    >>> parse_yes_no("没参加", ask("他参加比赛了吗？"))
    False
    """
    if is_plain_yes_no(text):
        return text in _YES
    if len(text) > _LONGEST_ECHO or _doubts(text, question) or _ASKING.search(text):
        return None
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    said = {_say(clause, question, first=not i) for i, clause in enumerate(clauses)}
    return said.pop() if len(said) == 1 else None


def is_plain_yes_no(text: str) -> bool:
    """Return whether a text is one of the words for yes and no.

    >>> is_plain_yes_no("是的"), is_plain_yes_no("参加了")
    (True, False)
    """
    return text in _YES or text in _NO


def polarity(clause: str, question: Question) -> bool | None:
    """Return what one clause of a longer answer says of the question's predicate, or None.

    >>> from evalkit.values.question import ask
    >>> polarity("董德孝没有取得成功", ask("人工繁育泥鳅成功了吗？"))
    False
    """
    if _doubts(clause, question) or _ASKING.search(clause) or clause.endswith(("吗", "?")):
        return None
    if (said := _say(clause, question, first=True)) is not None:
        return said
    asked = _ASKED_END.sub("", _ASKING.sub("", question.text))
    verb = _VERB.search(asked)
    place = clause.find(verb[1] if verb else asked[-2:])
    if verb and place < 0:
        place = clause.find(verb[0][1:])  # 村里通了: 通了
    if not NEGATIVE.isdisjoint(asked):
        return None
    if place < 0:
        return False if _says_contrary(clause, asked) else None
    negations = sum(char in NEGATIVE for char in clause.replace("没有", "没").replace("未能", "未"))
    negations += clause.endswith(_STOPPED, 0, place) or any(map(clause.__contains__, _FORBIDDEN))
    return None if negations > 1 else not negations


def _says_contrary(clause: str, asked: str) -> bool:
    """Return whether a clause says the opposite: 免费 or 禁止收费, asked for 收费吗.

    What stops has begun.
    """
    if not NEGATIVE.isdisjoint(clause):
        return False
    contrary = find_opposites(clause, asked)
    stops = any(
        longest_piece(clause, at + len(word), asked) > at + len(word) + 1
        for word in _STOPPED
        if (at := clause.find(word)) >= 0
    )
    return stops or (contrary is not None and not contrary[0].startswith("停"))


def _doubts(text: str, question: Question) -> bool:
    """Return whether a text leaves open what it says, in words that the question lacks."""
    return any(found[0] not in question.text for found in _DOUBT.finditer(text))


def turns(clause: str) -> bool:
    """Return whether a clause takes back what was said: 但目前没有."""
    return bool(_DOUBT.search(clause)) and not NEGATIVE.isdisjoint(clause)


def _say(clause: str, question: Question, *, first: bool) -> bool | None:
    if is_plain_yes_no(clause):
        return clause in _YES
    asked = _ASKED_END.sub("", _ASKING.sub("", question.text))
    if not NEGATIVE.isdisjoint(asked):
        return None
    negations, echoed = _read_echo(clause, asked)
    if not echoed or negations > 1:
        return None
    if negations:
        return False
    modal = any(
        clause.startswith(words) and any(word in question.text for word in words)
        for words in _MODALS
    )
    whether = _ASKING.search(question.text)
    verb = whether is not None and question.text.startswith(clause, whether.end())
    complete = clause[-1] in _DONE or asked[-2:] in clause or modal or verb or not first
    return True if question.asks_yes_no and complete else None


def _read_echo(clause: str, asked: str) -> tuple[int, bool]:
    """Return how often a clause negates, and whether all else of it is of the question."""
    at = negations = 0
    echoed = False
    asked += f"全部完全都{_ASPECTS.sub('', asked)}"  # 交过手: 未曾交手
    while at < len(clause):
        end = longest_piece(clause, at, asked)
        if negation := _NEGATIONS.first(clause, at):
            negations += 1
            at = negation[1]
        elif end > at + 1 or (end and clause[at] not in NEGATIVE):
            echoed |= end > at + 1 or len(clause) <= 2  # noqa: PLR2004 - 没去, 去了
            at = end
        elif filler := _ECHO.first(clause, at):
            at = filler[1]
        else:
            return negations, False
    return negations, echoed or (negations == 0 and clause in CONFIRMING.split())
