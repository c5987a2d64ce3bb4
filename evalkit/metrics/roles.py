"""Names that stand where a sentence names the doer or the holder of what a question asks about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.metrics.alignment import says
from evalkit.metrics.outline import LIGHT, POINTED, WORD, content_words, own_words
from evalkit.values.lexer import word_set
from evalkit.values.name_words import TITLES
from evalkit.values.patterns import any_of
from evalkit.values.phrases import DENIALS, HOLDING, NEGATIVE
from evalkit.values.synonyms import find_act

if TYPE_CHECKING:
    from evalkit.values.question import Question

_HOLDS = ("是", "任", "担任", "出任", "当选")
_BY = ("由", "被")
_BY_WHOM = re.compile("(?:[由被]|(?<!不)是)[^由被是,;]{0,16}$")
_ROLE_IS = re.compile("[^,]{1,5}[是为由]")
_NAMED = re.compile("^(?P<of>.+?)(?:则|就)?[是为:][^由被是,;的]{0,12}$")
_ROLE_LINK = re.compile("^[是叫为]|[是叫为]$")
_HOLDING = re.compile(f"(?:先生|女士|同志)?[将已]?(?:{any_of(HOLDING)})了?")
_UNDONE = re.compile(f"[被由]|{any_of(DENIALS)}|[{''.join(sorted(NEGATIVE))}]")
_NO_KIND = "的名字姓"
_TITLES = word_set(TITLES)
_NEAR = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """What a question asks the doer of: the end of its verb, and of what it is done to."""

    verb: str
    objects: tuple[str, ...]


def names_role(left: str, right: str, question: Question) -> bool:
    """Return whether a name stands behind the role that a question asks the holder of: 校长何秀英.

    >>> from evalkit.values.question import ask
    >>> names_role("第三小学校长", "表示", ask("第三小学的校长叫什么名字？"))
    True
    """
    if not question.asks_person or not _asks_holder(question):
        return False
    words = content_words(_role(question))
    return (
        bool(words)
        and left.removesuffix("的").endswith(words[-1][-2:])
        and all(says(word, left) for word in words)
        and not own_words(left, question.text)
        and not right.startswith(("的", "兼"))
    )


def does_what_is_asked(left: str, right: str, question: Question) -> bool:
    """Return whether a name stands where a sentence tells who did what a question asks the doer of.

    That is before the whole of it (校友周海涛向母校捐赠了图书), or behind 由 and before its verb.

    >>> from evalkit.values.question import ask
    >>> does_what_is_asked("电影由", "执导", ask("电影的导演是谁？"))
    True
    """
    asked = deed(question)
    if asked is None:
        return False
    if question.before and _asks_holder(question) and _holds(left, right, question):
        return True
    if (named := _NAMED.search(left)) and not right:
        role, at = named["of"], find_act(asked.verb, named["of"])
        whole = len(role) <= _NEAR - WORD or _has_all(asked.objects, role)
        return at >= 0 and whole
    place = find_act(asked.verb, right)
    if not 0 <= place <= _NEAR or _UNDONE.search(right[:place]):
        return False
    by_whom = _BY_WHOM.search(left)
    if by_whom:
        return _has_all(asked.objects, left[: by_whom.start()] + right[place:])
    leads = _may_lead(left, question) and "的" not in right[:place]
    return leads and _has_all(asked.objects, right[place:])


def goes_on(said: str, question: Question) -> bool:
    """Return whether a clause tells of whoever the one before it names what is asked.

    >>> from evalkit.values.question import ask
    >>> goes_on("夺得围棋赛冠军", ask("谁获得了围棋赛的冠军？"))
    True
    """
    asked = deed(question)
    if asked is None:
        return False
    bare = said.lstrip("他她")
    while word := LIGHT.first(bare, 0):
        bare = bare[word[1] :]
    held = _HOLDING.match(said.lstrip("他她目前现并"))
    role = bool(question.before) and _asks_holder(question)
    named = bare.startswith("的", len(asked.verb))  # 主刀的医生姓贺 goes on about another
    begins = held is not None if role else find_act(asked.verb, bare) == 0 and not named
    return begins and not _ROLE_IS.match(bare) and does_what_is_asked("", bare, question)


@lru_cache(maxsize=4096)
def deed(question: Question) -> Deed | None:
    """Return what a question asks the doer or the holder of, if it asks for one.

    >>> from evalkit.values.question import ask
    >>> deed(ask("谁向学校捐赠了图书？"))
    Deed(verb='捐赠', objects=('图书',))
    """
    if not question.asks_doer:
        return None
    if question.before.endswith(_BY):
        words = [*content_words(question.after)[-1:], *content_words(question.left)]
    elif question.before.endswith("的是") and len(question.left) > WORD:
        words = [question.left[:WORD], *content_words(question.left[WORD:])]
    elif _asks_holder(question) and (question.before or question.after.startswith(_HOLDS)):
        words = content_words(_role(question))[::-1]
    elif not question.before:
        words = content_words(question.after)
    else:
        return None
    ends = [word[-WORD:] for word in words if not POINTED.match(word)]
    return Deed(verb=ends[0], objects=tuple(ends[1:])) if ends and len(ends[0]) > 1 else None


def _has_all(words: tuple[str, ...], text: str) -> bool:
    return all(find_act(word, text) >= 0 for word in words)


def _holds(left: str, right: str, question: Question) -> bool:
    """Return whether a name has the role that is asked about: 赵敏获得冠军, 冠军由赵敏获得."""
    words = content_words(_role(question))
    held = _HOLDING.match(right)
    if not words or not held:
        return False
    rest = right[held.end() :]
    if not rest:
        return left.endswith(_BY) and all(says(word, left) for word in words)
    return rest.endswith(words[-1][-2:]) and not own_words(rest, question.text)


def _asks_holder(question: Question) -> bool:
    """Return whether a question asks who has a role, and not who did a thing."""
    return not question.before or not question.after.strip(_NO_KIND)


def _role(question: Question) -> str:
    """Return what the question asks the holder of: 冠军 of 冠军是谁 and of 谁是冠军."""
    return _ROLE_LINK.sub("", question.left if question.before else question.after)


def _may_lead(left: str, question: Question) -> bool:
    """Return whether what stands before a name belongs to it: its title, or 来自武汉的选手."""
    own = own_words(left, question.text)
    return not own or left.endswith("的") or _TITLES.last(left, len(left)) is not None
