"""Names that stand where a sentence names the doer or the holder of what a question asks about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.metrics.alignment import TOWARDS, find_act, says
from evalkit.metrics.outline import content_words, own_words
from evalkit.values.lexer import any_of, word_set
from evalkit.values.name_words import TITLES
from evalkit.values.phrases import DENIALS, HOLDING, NEGATIVE

if TYPE_CHECKING:
    from evalkit.values.question import Question

_BY = ("由", "被")
_ROLE_LINK = re.compile("^[是叫为]|[是叫为]$")
_HOLDING = re.compile(f"(?:先生|女士|同志)?[将已]?(?:{any_of(HOLDING)})了?")
_UNDONE = re.compile(f"[被由]|{any_of(DENIALS)}|[{''.join(sorted(NEGATIVE))}]")
_NO_KIND = "的名字姓"
_TITLES = word_set(TITLES)


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
    """Return whether a name stands before all that a question asks the doer of.

    That is its whole predicate (校友周海涛向母校捐赠了图书), or the role with a verb of getting or
    having it (赵敏获得了比赛的冠军).
    """
    asks_doer = question.asks_person or question.type in {"organization", "place"}
    if not asks_doer or not _may_lead(left, question) or _UNDONE.search(right):
        return False
    if question.before and _asks_holder(question):
        return _holds(left, right, question)
    words = content_words(question.after)
    if question.before.endswith(_BY):
        words = [*words[-1:], *content_words(question.left)]  # 奖学金由谁设立: 设立了奖学金
    elif question.before:
        return False
    places = [find_act(word[-2:], right) for word in words]
    if not words or min(places) < 0 or places != sorted(places):
        return False
    return "的" not in right[: places[0]]


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
    if left.endswith(TOWARDS):
        return False
    own = own_words(left, question.text)
    return not own or left.endswith("的") or _TITLES.last(left, len(left)) is not None
