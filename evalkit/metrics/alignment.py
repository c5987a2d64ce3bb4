"""Whether a clause answers the question that was asked, or another one in much the same words.

A question names a subject, then what it asks of it, then what it counts; so does a clause that
answers it. The words of a clause that the question lacks are its *own* words. They are harmless as
details, and make it another statement where a part of the question should stand: 女儿在深圳工作 for
儿子在哪里工作, 调整线路4条 for 新增了几条线路, 李梅的丈夫毕业于 for 李梅毕业于.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from evalkit.metrics.clauses import is_planned_otherwise
from evalkit.values.lexer import any_of, word_set
from evalkit.values.name_words import TITLES
from evalkit.values.phrases import (
    ACTS,
    ADVERBIALS,
    ATTRIBUTES,
    DENIALS,
    FILLERS,
    GENERIC_SUBJECTS,
    HOLDING,
    LIGHT_WORDS,
    LINKS,
    NEGATIVE,
    RELATIONS,
    VAGUE_WORDS,
)

if TYPE_CHECKING:
    from evalkit.metrics.clauses import Clause
    from evalkit.values.question import Question

_FUNCTION = "的了着过是在于由从自向被对把将给与和同及、,:;为有等中里上下时期间以到至达约共所这那该本此各每"
_CUT = re.compile("[的了是在于由从向被对把将与和及、,:?为有]+")
_LIGHT = word_set(" ".join((ADVERBIALS, FILLERS, LIGHT_WORDS, LINKS, VAGUE_WORDS)))
_FIGURE = re.compile(r"[0-9.%年月日号]+")
_POINTED = re.compile("^[该本此这那](?:[个家座位项条名所次届]|.$)?")
_RELATION = re.compile(any_of(RELATIONS))
_PART = re.compile("(?:当?中|其中)(?:有|的)?$")
_ROLE_LINK = re.compile("^[是叫为]|[是叫为]$")
_HOLDING = re.compile(f"(?:先生|女士|同志)?[将已]?(?:{any_of(HOLDING)})了?")
_TITLES = word_set(TITLES)
_UNDONE = re.compile(f"被|{any_of(DENIALS)}|[{''.join(sorted(NEGATIVE))}]")
_UNTIL = ("到", "至")
_TOWARDS = ("向", "给", "对")
_BY = ("由", "被")
_JOINED = ("、", "至", "到", "和", "或", "与", "及", "-", "~")
_MODALS = "能可会要已共都还"
_SEXES = frozenset("男女")
_PRONOUN = re.compile("^(?:他|她|它|其|我|这|该|本|此|双方|两)")
_LONGEST_PIECE = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """The parts of a question around its question word.

    Attributes:
        subject: the ends of the words for what it is about, two characters each.
        predicate: the two characters right before the question word, as of 出动 or 面积.
    """

    subject: tuple[str, ...]
    predicate: str


@lru_cache(maxsize=4096)
def outline(question: Question) -> Outline:
    """Return the parts of a question.

    >>> from evalkit.values.question import ask
    >>> outline(ask("该市的森林覆盖率达到多少？"))
    Outline(subject=('该市', '森林覆'), predicate='盖率')
    >>> outline(ask("老街改造工程何时完工？"))
    Outline(subject=('老街改造工程',), predicate='完工')
    """
    subject = _words(question.left)
    asked_of = question.before[len(question.left) :]
    behind = [] if question.slots else _words(question.after)
    if behind:
        predicate = behind[-1] if question.left else behind[0]
    elif "有" in asked_of or "在" in asked_of or not subject:
        predicate = ""
    else:
        predicate = subject.pop()
        if not subject and len(predicate) > 3:  # noqa: PLR2004 - 森林覆盖率
            subject.append(predicate[:2])
    predicate = predicate[-2:].lstrip("上中里下") if len(predicate) > 1 else predicate
    return Outline(subject=tuple(word for word in subject if len(word) > 1), predicate=predicate)


def _words(text: str) -> list[str]:
    """Return the parts of a text between its function words, modals aside."""
    return [bare for word in _CUT.split(text) if (bare := word.strip(_MODALS))]


@lru_cache(maxsize=4096)
def own_words(text: str, question: str) -> tuple[tuple[int, int], ...]:
    """Return where the words of a text stand that a question lacks and that are not light.

    >>> own_words("全市调整公交线路", "新增了几条公交线路?")
    ((0, 4),)
    """
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        if end := _known(text, at, question):
            at = end
            continue
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
        at += 1
    return tuple(found)


def begins_own(text: str, question: Question) -> bool:
    """Return whether a text begins with a word that the question lacks."""
    own = own_words(text, question.text)
    return bool(own) and own[0][0] == 0 and own[0][1] > 1


def _known(text: str, at: int, question: str) -> int:
    """Return where the longest light word or piece of the question ends that begins here, or 0."""
    end = at + 1
    while end <= len(text) and end - at <= _LONGEST_PIECE and text[at:end] in question:
        end += 1
    piece = end - 1 if end - 1 > at + 1 else 0
    light = _LIGHT.first(text, at)
    figure = _FIGURE.match(text, at)
    single = at + 1 if text[at] in _FUNCTION else 0
    return max(piece, light[1] if light else 0, figure.end() if figure else 0, single)


def answers_another(clause: Clause, start: int, end: int, question: Question) -> bool:
    """Return whether what stands at a place of a clause is the answer to another question."""
    left, right = clause.text[:start], clause.text[end:]
    if question.asks_since and left.endswith(_UNTIL):
        return True
    if left.endswith(_JOINED):
        return False
    if left.endswith(_TOWARDS) and not question.before.endswith(_TOWARDS):
        return True
    if not left and (not right[:1].isascii() or right.startswith(",")):
        left, right = right, ""  # what the answer is said of may stand behind it
    own = own_words(left, question.text)
    if is_planned_otherwise(clause, question):
        return True
    return (
        _substitutes(left, own, question)
        or _extends_subject(left, own, question)
        or _is_of_relation(clause.text, start, end, question)
        or _has_other_subject(clause, left, own, question)
        or _has_other_predicate(clause, left, own, question)
        or _counts_other(left, right, own, question)
    )


def _substitutes(left: str, own: tuple[tuple[int, int], ...], question: Question) -> bool:
    """Return whether a name differs from the question's by a character or two: 田世明."""
    for start, end in own:
        before, after = left[start - 2 : start], left[end : end + 2]
        if start < 2 or len(after) < 2 or end - start > 2:  # noqa: PLR2004 - a word on each side
            continue
        other = f"{re.escape(before)}(.{{{end - start}}}){re.escape(after)}"
        found = re.search(other, question.text)
        if found and found[1][-1] not in _FUNCTION:
            return True
    return False


def _extends_subject(left: str, own: tuple[tuple[int, int], ...], question: Question) -> bool:
    """Return whether the question's subject has a head of its own here: 李梅的丈夫."""
    return any(
        start > 2  # noqa: PLR2004 - a word and 的
        and left[start - 1] == "的"
        and left[start - 3 : start - 1] in question.text
        and end - start > 1
        for start, end in own
    )


def _is_of_relation(text: str, start: int, end: int, question: Question) -> bool:
    """Return whether a clause is about somebody by whom they stand to the subject: 队长, 邻居."""
    for word in _RELATION.finditer(text):
        if word[0] in question.text or start <= word.start() < end:
            continue
        before = text[: word.start()].removesuffix("的")
        if before[-2:] in question.text and len(before) > 1 or before.endswith(text[start:end]):
            return True
    return False


def _has_other_subject(
    clause: Clause, left: str, own: tuple[tuple[int, int], ...], question: Question
) -> bool:
    """Return whether a clause begins with another subject than that of the question."""
    parts = outline(question)
    named = [word for word in parts.subject if not _POINTED.match(word)]
    if not named or any(_says(word, clause.text) for word in named):
        return False
    lead = _lead(left, own)
    if len(lead) < 2 or lead in GENERIC_SUBJECTS.split() or _PRONOUN.match(left):  # noqa: PLR2004
        return False
    spoken = any(_says(word, clause.topic) for word in named)
    return not spoken or _says(parts.predicate, clause.topic)


def _lead(left: str, own: tuple[tuple[int, int], ...]) -> str:
    """Return the own words that a clause begins with, adverbials aside."""
    if not own:
        return ""
    start, end = own[0]
    word = _LIGHT.first(left, 0)
    skipped = word[1] if word else 0
    return left[start:end] if start <= skipped else ""


def _has_other_predicate(
    clause: Clause, left: str, own: tuple[tuple[int, int], ...], question: Question
) -> bool:
    """Return whether own words stand where the predicate of the question should."""
    parts = outline(question)
    predicate = parts.predicate or next(
        (word[-2:] for word in parts.subject[-1:] if not _POINTED.match(word)), ""
    )
    whole = f"总{predicate}" in question.text and "总" not in clause.topic + clause.text
    if not predicate:
        return False
    said = clause.topic + clause.text
    lacks = not _speaks_of(predicate, clause.text, question) or _lacks_part(said, question)
    if not (whole or lacks):
        return False
    pieces = [word for word in _pieces(question) if word != predicate and word in left]
    after = max((left.rfind(word) + 2 for word in pieces), default=0)
    said_instead = sum(end - max(start, after) for start, end in own if end > after)
    return said_instead > (not whole) or _shares_head(predicate, left, own)


def _shares_head(predicate: str, left: str, own: tuple[tuple[int, int], ...]) -> bool:
    """Return whether a word with the predicate's first character stands instead: 保额 for 保费."""
    return any(left[start - 1 : start] == predicate[0] and end == len(left) for start, end in own)


def _lacks_part(text: str, question: Question) -> bool:
    """Return whether a text lacks a part of the last term before the question word: 森林覆盖率."""
    term = _CUT.split(question.left)[-1]
    predicate = outline(question).predicate
    if not term.endswith(predicate) or predicate not in text:
        return False
    return any(
        end - start > 1 and not (0 <= text.find(term[start]) < text.rfind(term[end - 1]))
        for start, end in own_words(term, text)
    )


def _speaks_of(predicate: str, text: str, question: Question) -> bool:
    """Return whether a text has a predicate, its two characters apart (夺得金牌), or another word."""
    first = text.find(predicate[0])
    apart = len(predicate) > 1 and 0 <= first < text.rfind(predicate[-1])
    return predicate in text or apart or _rephrases(predicate, text, question)


def _find(word: str, text: str) -> int:
    """Return where a word of the question, or another for the same act, stands in a text, or -1."""
    others = (words for words in ACTS if any(known.endswith(word) for known in words))
    places = [place for known in (word, *chain(*others)) if (place := text.find(known)) >= 0]
    return min(places, default=-1)


def _rephrases(predicate: str, text: str, question: Question) -> bool:
    """Return whether a text has another word for what is asked: of the predicate, or 深 for 多深."""
    asked = "".join(question.text[start:end] for start, end in question.words)
    return any(
        any(word.endswith(predicate) or word in asked for word in words)
        and any(word in text for word in words)
        for words in (*ATTRIBUTES, *ACTS)
    )


def _pieces(question: Question) -> tuple[str, ...]:
    return tuple(word[-2:] for word in outline(question).subject)


def _says(word: str, text: str) -> bool:
    """Return whether a text has a word of the question, or its last two characters."""
    return word[-2:] in text


def _counts_other(
    left: str, right: str, own: tuple[tuple[int, int], ...], question: Question
) -> bool:
    """Return whether a number is of other things than the question counts, or of some of them."""
    noun = question.slots[0].noun.strip("了的呢") if question.slots else ""
    if not noun or noun.startswith("钱"):
        return False
    if right[:1] in _SEXES and right[0] not in question.text:
        return True
    bare = left.rstrip("了着为是有共达到约")
    if right.lstrip("的").startswith(noun[:2]):
        return False
    labelled = bool(own) and own[-1][1] == len(bare) and own[-1][1] - own[-1][0] > 1
    return labelled or (bool(_PART.search(left)) and noun[-2:] in left)


def names_role(left: str, right: str, question: Question) -> bool:
    """Return whether a name stands behind the role that a question asks the holder of: 校长何秀英.

    >>> from evalkit.values.question import ask
    >>> names_role("第三小学校长", "表示", ask("第三小学的校长叫什么名字？"))
    True
    """
    if not question.asks_person or question.before and question.after.strip("的名字姓"):
        return False
    words = _words(_role(question))
    return (
        bool(words)
        and left.removesuffix("的").endswith(words[-1][-2:])
        and all(_says(word, left) for word in words)
        and not own_words(left, question.text)
        and not right.startswith(("的", "兼"))
    )


def _role(question: Question) -> str:
    """Return what the question asks the holder of: 冠军 of 冠军是谁 and of 谁是冠军."""
    return _ROLE_LINK.sub("", question.left if question.before else question.after)


def does_what_is_asked(left: str, right: str, question: Question) -> bool:
    """Return whether a name stands before all that a question asks the doer of.

    That is its whole predicate (校友周海涛向母校捐赠了图书), or the role with a verb of getting or
    having it (赵敏获得了比赛的冠军).
    """
    asks_doer = question.asks_person or question.type in {"organization", "place"}
    if not asks_doer or not _may_lead(left, question) or _UNDONE.search(right):
        return False
    if question.before and not question.after.strip("的名字姓"):
        words = _words(_role(question))
        held = _HOLDING.match(right)
        rest = right[held.end() :] if held else ""
        place = rest.rfind(words[-1][-2:]) if words else -1
        if held and not rest and left.endswith(_BY):
            return all(_says(word, left) for word in words)
        return place >= 0 and not rest[place + len(words[-1][-2:]) :] and _covers(rest, question)
    words = [] if question.before else _words(question.after)
    places = [_find(word[-2:], right) for word in words]
    if not words or min(places) < 0 or places != sorted(places):
        return False
    return "的" not in right[: places[0]]


def _may_lead(left: str, question: Question) -> bool:
    """Return whether what stands before a name belongs to it: its title, or 来自武汉的选手."""
    if left.endswith(_TOWARDS):
        return False
    own = own_words(left, question.text)
    return not own or left.endswith("的") or _TITLES.last(left, len(left)) is not None


def _covers(text: str, question: Question) -> bool:
    """Return whether a text has no words but those of the question and light ones."""
    return not own_words(text, question.text)
