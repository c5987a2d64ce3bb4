"""Answers without a value: yes, no, and that the text does not say.

yes-no     = word ["," echo] | echo           echo: the question's own predicate, or its negation
abstention = {clause}                         each made of the words of abstention and of the
                                              question, one of them with a lack and what lacks
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words, longest_piece, word_set
from evalkit.values.numerals import BEGINNINGS
from evalkit.values.patterns import compile_words
from evalkit.values.phrases import (
    ASKED_NOUNS,
    ASKING,
    BESIDE_ABSTENTION,
    CONFIRMING,
    CONTENT,
    DOUBT,
    ENGLISH_LACKS,
    ENGLISH_SOURCES,
    ENGLISH_TELLS,
    FILLERS,
    FINDING,
    INFORMATION,
    LACKING,
    NEGATIONS,
    NEGATIVE,
    NO,
    SAYING,
    SHOWING,
    SOURCES,
    STOPPED,
    TELLERS,
    UNKNOWN,
    UNKNOWN_AT_END,
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
_STOPPED = tuple(STOPPED.split())
_MODALS = (("可以", "能够", "能", "可"), ("会",), ("应该",), ("需要",))
_DONE = frozenset("了过的")
_LONGEST_ECHO, _LONGEST_ABSTENTION, _LONGEST_OBJECT = 40, 120, 8
_FIGURES = BEGINNINGS - {"一"}

_KINDS = Words(
    {
        word: kind
        for kind, words in (
            ("beside", BESIDE_ABSTENTION),
            ("information", INFORMATION),
            ("finding", FINDING),
            ("source", SOURCES),
            ("teller", TELLERS),
            ("content", CONTENT),
            ("asked", ASKED_NOUNS),
            ("saying", SAYING),
            ("showing", SHOWING),
            ("lack", LACKING),
            ("unknown", UNKNOWN),
            ("unknown at end", UNKNOWN_AT_END),
        )
        for word in words.split()
    }
)
_ASKED_WHERE = {"原因": "asks_reason", "理由": "asks_reason", "时间": "asks_moment"}
_ENGLISH = re.compile(
    rf"(?:(?:sorry|but|i|it|this|that|there|{ENGLISH_SOURCES})\b.{{0,60}}?)?"
    rf"(?:{ENGLISH_LACKS})\b.{{0,40}}?\b(?:{ENGLISH_TELLS})[a-z]*.{{0,60}}"
    r"|n/a|unknown|unanswerable|no (?:answer|information|mention|data).{0,40}"
)
_ENGLISH_STATES = re.compile(r"[0-9]|(?:\bnot?|n't)\b.*\b(?:but|however)\b")


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
    if place < 0 or not NEGATIVE.isdisjoint(asked):
        return None
    negations = sum(char in NEGATIVE for char in clause.replace("没有", "没").replace("未能", "未"))
    negations += clause.endswith(_STOPPED, 0, place)
    return None if negations > 1 else not negations


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
    asked += "全部完全都"
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


@lru_cache(maxsize=4096)
def is_abstention(text: str, question: Question, *, loose: bool = False) -> bool:
    """Return whether the whole text says that the article does not tell.

    Nothing but what was asked may be named beside it, and no figure: 文中提及为100万元 is none.

    Args:
        text: In the form of `read_answer`.
        question: What was asked.
        loose: Whether it may leave open that it is the text that does not tell, as a prediction
            may: 没有提供担保 can be what was answered.

    >>> from evalkit.values.question import ask
    >>> is_abstention("文章没有交代负责人", ask("负责人是谁？"))
    True
    """
    if text.isascii():
        return _lacks_in_english(text)
    if len(text) > _LONGEST_ABSTENTION:
        return False
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    read = [clause_kinds(clause, question) for clause in clauses]
    return all(kinds is not None for kinds in read) and any(
        _abstains(kinds, loose=loose) for kinds in read if kinds
    )


def _lacks_in_english(text: str) -> bool:
    return bool(_ENGLISH.fullmatch(text)) and not _ENGLISH_STATES.search(text)


def abstains(clause: str, question: Question, *, of_other: bool = True) -> bool:
    """Return whether one clause of a longer answer says that the text does not tell.

    Args:
        clause: The clause.
        question: What was asked.
        of_other: Whether what it does not tell may be something that the question does not name.
    """
    kinds = clause_kinds(clause, question) or frozenset()
    return (of_other or "other" not in kinds) and _abstains(kinds, loose=True)


def _abstains(kinds: frozenset[str], *, loose: bool) -> bool:
    if kinds & {"unknown", "unknown at end"}:
        return True
    if "lack" not in kinds:
        return False
    told = bool(kinds & {"saying", "finding"})
    informs = bool(kinds & {"source", "information", "content"})
    return informs or (told and ("teller" in kinds or loose or "question" not in kinds))


def clause_kinds(clause: str, question: Question) -> frozenset[str] | None:
    """Return the kinds of words that a clause is made of; None if it holds any other.

    After a source and a lack, whatever short thing the text does not tell may be named; 不是
    denies what the text does tell.
    """
    if clause.isascii():
        return frozenset({"unknown"}) if _lacks_in_english(clause) else None
    kinds: set[str] = set()
    at = 0
    while at < len(clause):
        piece = longest_piece(clause, at, question.text)
        word = _KINDS.first(clause, at)
        if word and (word[1] >= piece or word[0] in {"lack", "unknown", "unknown at end"}):
            if word[0] == "lack" and ("lack" in kinds or clause.startswith("不是", word[1] - 1)):
                return None  # what lacks twice is there
            if word[0] == "unknown at end" and word[1] < len(clause):
                return None
            kinds.add(word[0])
            if not getattr(question, _ASKED_WHERE.get(clause[at : word[1]], "text")):
                kinds.add("other")  # 原因 is another thing than what is asked for, unless it is why
            at = word[1]
        elif piece and (piece > at + 1 or clause[at] not in _FIGURES):
            kinds.add("question")
            at = piece
        elif _may_name(kinds) and _is_object(clause[at:]):
            kinds.add("other")
            at = len(clause)
        else:
            return None
    return frozenset(kinds)


def _may_name(kinds: set[str]) -> bool:
    """Return whether a clause has said that a text lacks something, and not yet what."""
    told = "saying" in kinds and not kinds.isdisjoint({"teller", "content"})
    return "lack" in kinds and ("source" in kinds or told)


def _is_object(text: str) -> bool:
    return len(text) <= _LONGEST_OBJECT and _FIGURES.isdisjoint(text)
