"""Answers that the text does not tell what is asked.

abstention = {clause}                         each made of the words of abstention and of the
                                              question, one of them with a lack and what lacks
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words, longest_piece
from evalkit.values.numerals import BEGINNINGS
from evalkit.values.phrases import (
    ASKED_NOUNS,
    BESIDE_ABSTENTION,
    CONTENT,
    ENGLISH_LACKS,
    ENGLISH_SOURCES,
    ENGLISH_TELLS,
    FINDING,
    INFORMATION,
    LACKING,
    SAYING,
    SHOWING,
    SOURCES,
    TELLERS,
    UNKNOWN,
    UNKNOWN_AT_END,
)

if TYPE_CHECKING:
    from evalkit.values.question import Question

_CLAUSES = re.compile(r"[,;。!()]+")
_LONGEST_ABSTENTION, _LONGEST_OBJECT, _LONGEST_NAMING = 120, 8, 20
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


@lru_cache(maxsize=4096)
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
        elif _asks_of(kinds, clause[at:], question):
            kinds.add("question")
            at = len(clause)
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


def _asks_of(kinds: set[str], text: str, question: Question) -> bool:
    """Return whether a clause that lacks goes on to name what is asked: 未给出单台手术的费用."""
    told = not kinds.isdisjoint({"saying", "finding"})
    shown = "showing" in kinds and not kinds.isdisjoint({"source", "content"})
    named = len(text) <= _LONGEST_NAMING and _FIGURES.isdisjoint(text) and "除" not in text
    return "lack" in kinds and (told or shown) and named and text.endswith(question.keys)


def _is_object(text: str) -> bool:
    return len(text) <= _LONGEST_OBJECT and _FIGURES.isdisjoint(text)
