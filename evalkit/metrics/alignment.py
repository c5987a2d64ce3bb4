"""Whether a clause answers the question that was asked, or another one in much the same words.

A question names a subject, then what it asks of it, then what it counts; so does a clause that
answers it. The words of a clause that the question lacks are its *own* words. They are harmless as
details, and make it another statement where a part of the question should stand: 女儿在深圳工作 for
儿子在哪里工作, 调整线路4条 for 新增了几条线路, 李梅的丈夫毕业于 for 李梅毕业于.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.metrics.clauses import is_planned_otherwise
from evalkit.metrics.outline import CUT, LIGHT, POINTED, WORD, Outline, outline, own_words
from evalkit.metrics.substitution import extends_subject, restricts, substitutes
from evalkit.values.lexicon import CHANGES
from evalkit.values.synonyms import GENERIC, words_for

if TYPE_CHECKING:
    from evalkit.metrics.clauses import Clause
    from evalkit.metrics.outline import Spans
    from evalkit.values.question import Question

TOWARDS = ("向", "给", "对")
"""What stands before the one to whom something is done."""
# A pronoun stands for the subject of the question; behind a preposition stands none.
_NO_SUBJECT = re.compile(",?(?:[他她它其我这该本此两在于从由被对向把将以为]|双方)")
_PART = re.compile("(?:当?中|其中)(?:有|的)?$")
_SEXES = frozenset("男女")
UNTIL = ("到", "至")
"""What stands before the end of a span."""
_JOINED = ("、", "至", "到", "和", "或", "与", "及", "-", "~")


def answers_another(clause: Clause, start: int, end: int, question: Question) -> bool:
    """Return whether what stands at a place of a clause is the answer to another question.

    >>> from evalkit.metrics.clauses import split_clauses
    >>> from evalkit.values.question import ask
    >>> (clause,) = split_clauses("李梅的丈夫毕业于武汉大学")
    >>> answers_another(clause, 8, 12, ask("李梅毕业于哪所大学？"))
    True
    """
    left, right = clause.text[:start], clause.text[end:]
    if question.asks_since and left.endswith(UNTIL):
        return True
    if left.endswith(_JOINED):
        return False
    if left.endswith(TOWARDS) and not question.before.endswith(TOWARDS):
        return True
    if question.asks_moment:
        left, right = left + right, ""  # what happens stands behind its time
    if not left and (not right[:1].isascii() or right.startswith(",")):
        left, right = right, ""  # what the answer is said of may stand behind it
    own = tuple(
        span for span in own_words(left, question.text) if left[slice(*span)] not in CHANGES
    )
    if substitutes(left, own, question, clause.topic) or extends_subject(left, own, question):
        return True
    if question.asks_reason:
        return False
    return (
        is_planned_otherwise(clause, question)
        or restricts(left, own, question)
        or _has_other_subject(clause, left, own, question)
        or _has_other_predicate(clause, left, own, question)
        or _counts_other(left, right, own, question)
    )


def _has_other_subject(clause: Clause, left: str, own: Spans, question: Question) -> bool:
    """Return whether a clause begins with another subject than that of the question."""
    parts = outline(question)
    named = [word for word in parts.subject if not POINTED.match(word)]
    if not named or any(says(word, clause.text) for word in named):
        return False
    lead = _lead(left, own)
    if len(lead) < WORD or lead in GENERIC or _NO_SUBJECT.match(left):
        return False
    spoken = any(says(word, clause.topic) for word in named)
    return not spoken or says(parts.predicate, clause.topic)


def _lead(left: str, own: Spans) -> str:
    """Return the own words that a clause begins with, adverbials aside."""
    if not own:
        return ""
    start, end = own[0]
    word = LIGHT.first(left, 0)
    skipped = word[1] if word else 0
    return left[start:end] if start <= skipped else ""


def _has_other_predicate(clause: Clause, left: str, own: Spans, question: Question) -> bool:
    """Return whether own words stand where the predicate of the question should."""
    predicate = _predicate(outline(question))
    if not predicate:
        return False
    said = clause.topic + clause.led
    whole = f"总{predicate}" in question.text and "总" not in said
    lacks = not _speaks_of(predicate, clause.text, question) or _lacks_part(said, question)
    if not (whole or lacks):
        return False
    pieces = {word[-WORD:] for word in outline(question).subject} - {predicate}
    after = max((left.rfind(word) + WORD for word in pieces if word in left), default=0)
    said_instead = sum(end - max(start, after) for start, end in own if end > after)
    return said_instead > (not whole) or _shares_head(predicate, left, own)


def _predicate(parts: Outline) -> str:
    """Return the word that an answer has to speak of: the predicate, or the subject without one."""
    named = [word for word in parts.subject[-1:] if not POINTED.match(word)]
    return parts.predicate or "".join(named)[-WORD:]


def _shares_head(predicate: str, left: str, own: Spans) -> bool:
    """Return whether a word with one character of the predicate stands instead: 保额 for 保费."""
    return any(
        (left[start - 1 : start] == predicate[0] and end == len(left))
        or (end - start == 1 and left[end : end + 1] == predicate[1:])
        for start, end in own
    )


def _lacks_part(text: str, question: Question) -> bool:
    """Return whether a text lacks a part of the last term before the question word: 森林覆盖率."""
    term = CUT.split(question.left)[-1]
    predicate = outline(question).predicate
    if not term.endswith(predicate) or predicate not in text:
        return False
    return any(
        end - start > 1 and set(term[start:end]).isdisjoint(text)
        for start, end in own_words(term, text)
    )


def _speaks_of(predicate: str, text: str, question: Question) -> bool:
    """Return whether a text has a predicate, be it apart (夺得金牌) or in another word."""
    first = text.find(predicate[0])
    apart = len(predicate) > 1 and 0 <= first < text.rfind(predicate[-1])
    return predicate in text or apart or _rephrases(predicate, text, question)


def _rephrases(predicate: str, text: str, question: Question) -> bool:
    """Return whether a text has another word for the predicate, or the 深 of 多深."""
    asked = "".join(question.text[start:end] for start, end in question.words)
    return any(word in text for word in words_for(predicate, asked))


def _counts_other(left: str, right: str, own: Spans, question: Question) -> bool:
    """Return whether a number is of other things than the question counts, or of some of them."""
    noun = question.counted
    if not noun:
        return False
    if right[:1] in _SEXES and right[0] not in question.text:
        return True
    bare = left.rstrip("了着为是有共达到约")
    if right.lstrip("的").startswith(noun[:2]):
        return False
    other = bare[-WORD:-1]
    if len(noun) > 1 and bare[-1:] == noun[-1] and other and other not in {*question.text, *"的"}:
        return True  # 初中3所 for 高中
    labelled = bool(own) and own[-1][1] == len(bare) and own[-1][1] - own[-1][0] > 1
    return labelled or (bool(_PART.search(left)) and noun[-2:] in left)


def says(word: str, text: str) -> bool:
    """Return whether a text has a word of the question, or its last two characters."""
    return word[-WORD:] in text
