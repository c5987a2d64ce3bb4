"""The languages in which evalkit speaks: which one is chosen, and its messages in each."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Language = Literal["en", "zh"]
LANGUAGES: Mapping[Language, str] = {"en": "English", "zh": "中文"}
"""What each calls itself; whatever is there in each is in this order, English first."""
OPTION: Final = "--lang"
_PUNCTUATION: Final = (("\n", "\n"), ("; ", "；"), (": ", "："), (", ", "，"))
_FIRST_HOLE: Final = re.compile(r"\A\(\?P<(\w+)>\.\+\?\)")
_FILES: Final = ("messages.yaml", "sentences.yaml", "problems.yaml")
_HOLE: Final = re.compile(r"\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}")
_HOLES: Final = {
    **dict.fromkeys(("n", "m", "mean"), r"[-+]?[\d,.–]+"),
    "rest": ".*?",
    "word": r"[\w.+-]+",
    "choices": r"[\w.+-]+(?:, [\w.+-]+)*",
}
_NAMES: Final = frozenset(
    {"a", "b", "file", "folder", "head", "model", "name", "path", "system", "text"}
)
"""Holes that hold names and data, never words of evalkit."""
_PLEASE: Final = "请"
_N_REMEMBERED: Final = 4096
_HUNDREDTH: Final = 0.01
_LONGEST: Final = 4000  # characters of a message; what is longer is data
_chosen: ContextVar[Language] = ContextVar("language", default="en")


def language() -> Language:
    """Return the language in use."""
    return _chosen.get()


def in_language(words: Sequence[str], wanted: Language) -> str:
    """Return the one of texts in each of `LANGUAGES` that is in a language.

    >>> in_language(["language", "语言"], "zh")
    '语言'
    """
    return words[list(LANGUAGES).index(wanted)]


def choose_language(arguments: Sequence[str]) -> None:
    """Use the language that the arguments name, or else that of the locale."""
    named = _of_locale()
    for word, after in pairwise([*arguments, ""]):
        option, sign, value = word.partition("=")
        if option == OPTION and (value := value if sign else after) in LANGUAGES:
            named = value
    _chosen.set("zh" if named == "zh" else "en")


def _of_locale() -> str:
    """Return the language of the locale, as POSIX orders its variables."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, names), "")[:2].lower()


def localise(words: str) -> str:
    """Return a message in the language in use.

    Of a message that is not known as a whole, the parts between its separators are looked up: in
    `<file>: <what is wrong>; <what to do>` the file stays as it is.
    """
    return words if language() == "en" else translate(words)[1]


def translate(words: str) -> tuple[str, ...]:
    """Return a message of evalkit in each of `LANGUAGES`; what a library wrote stays as it is.

    >>> translate("tiny cannot be fetched: the hub is switched off (HF_HUB_OFFLINE)")[1]
    '无法下载 tiny：模型仓库已停用（HF_HUB_OFFLINE）'
    """
    return words, words if len(words) > _LONGEST else _in_chinese(words)


def fill(words: str, values: Mapping[str, object]) -> str:
    """Return words with their placeholders filled; `{n|one|many}` is a number with its noun.

    >>> fill("{n|character|characters} of {all}", {"n": 1, "all": 20})
    '1 character of 20'
    """

    def filled(hole: re.Match[str]) -> str:
        value, one, many = str(values[hole[1]]), hole[2], hole[3]
        return value if one is None else counted(value, one, many)

    return _HOLE.sub(filled, words)


def counted(n: int | str, one: str, many: str = "") -> str:
    """Return a number with its noun in English, as in `{n|one|many}`; many is one with an s.

    >>> counted(1, "article"), counted(1200, "summary", "summaries")
    ('1 article', '1,200 summaries')
    """
    shown = n if isinstance(n, str) else f"{n:,}"
    return f"{shown} {one if shown == '1' else many or f'{one}s'}"


def amount(of_money: float) -> str:
    """Return an amount of money to the hundredth, and one below a hundredth to the millionth.

    >>> amount(1234.5), amount(0.00091)
    ('1,234.50', '0.000910')
    """
    return f"{of_money:,.2f}" if not 0 < of_money < _HUNDREDTH else f"{of_money:.6f}"


def pattern(words: str) -> re.Pattern[str]:
    """Return what finds words with filled placeholders, each a group of its name.

    >>> pattern("t over {n|article|articles}.").fullmatch("t over 5 articles.")["n"]
    '5'
    """
    pieces = _HOLE.split(words)
    found = [re.escape(pieces[0])]
    for name, one, many, literal in zip(*(pieces[i::4] for i in (1, 2, 3, 4)), strict=True):
        noun = "" if one is None else f" (?:{re.escape(many)}|{re.escape(one)})"
        found += [f"(?P<{name}>.+?)", noun, re.escape(literal)]
    return re.compile("".join(found), re.DOTALL)


@cache
def messages() -> tuple[tuple[str, str], ...]:
    """Return all messages, each in English and in Chinese."""
    import yaml

    texts = ((files("evalkit.language") / name).read_text(encoding="utf-8") for name in _FILES)
    return tuple((english, chinese) for text in texts for english, chinese in yaml.safe_load(text))


@lru_cache(_N_REMEMBERED)
def _in_chinese(words: str) -> str:
    for english, chinese in _patterns():
        if found := english.fullmatch(words):
            return fill(chinese, {k: _part(chinese, k, v) for k, v in found.groupdict().items()})
    for mark, full in _PUNCTUATION:
        head, separator, tail = words.partition(mark)
        if not separator:
            continue
        is_name = mark == ": " and " " not in head  # of a file, a key or a system
        parts = head if is_name else _in_chinese(head), _in_chinese(tail)
        if parts != (head, tail):
            return full.join(parts)
    return words


def _part(chinese: str, hole: str, words: str) -> str:
    """Return what fills a hole; a name stays as it is: so does what is between backticks.

    A remedy within a remedy asks no second time.
    """
    if hole in _NAMES or f"`{{{hole}}}`" in chinese:
        return words
    found = _in_chinese(words)
    is_twice = chinese.startswith(_PLEASE) and found != words
    return found.removeprefix(_PLEASE) if is_twice else found


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_of_one_part(pattern(english)), chinese) for english, chinese in messages())


def _of_one_part(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern whose first hole, where it begins with one, holds no separator.

    `{n} to do` is found in `qwen: 3 to do` as the part that it is. What some holes are called says
    what they hold.
    """
    words = pattern.pattern
    for name, held in _HOLES.items():
        words = words.replace(f"(?P<{name}>.+?)", f"(?P<{name}>{held})")
    return re.compile(_FIRST_HOLE.sub(r"(?P<\1>(?:(?!: |; |, ).)+?)", words), re.DOTALL)
