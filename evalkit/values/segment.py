"""Segmenters: how a text is split into the tokens and sentences that a metric counts."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from evalkit.errors import InputError, missing_extra
from evalkit.values.normalise import character_class, fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.interfaces import Segmenter
    from evalkit.values.normalise import Folded

Cut = Literal["marks", "newline"]
"""Where sentences end: at Chinese end marks and line breaks, or at line breaks alone, as in
rouge_score."""
CUTS: tuple[Cut, ...] = ("marks", "newline")

# Han with 々〆〇 and the Suzhou numerals, kana, Hangul: each is a token of its own.
_SINGLE = (
    r"\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    r"\u4e00-\u9fff\uf900-\ufaff\u1100-\u11ff\uac00-\ud7af\U00020000-\U000323af"
)
# `\w` without `_` is exactly the categories L* and N*. Most Han are known without asking for it.
_SINGLES = rf"(?:[\u4e00-\u9fa5]|(?!\W)[{_SINGLE}])"
_RUN = rf"[^\W_{_SINGLE}]"
_SENTENCE_ENDS = re.compile(
    r"[。!?;\r\n\v\f\x1c-\x1e\x85\u2028\u2029\u22ef]+|\.{2,}"  # NFKC made `…` three dots
)
_LINE_ENDS = re.compile(r"\n")
_RAW_SENTENCE = re.compile(r"[^。！？；…\n]*[。！？；…]+|[^。！？；…\n]+")


@dataclass(frozen=True, slots=True)
class ZhMix:
    """Characters for Han, kana and Hangul; whole runs for other letters and numbers.

    2018 for 2019 earns nothing, and 60.18％ is 60.18% but is not 60.18.

    >>> segmenter("zhmix-1").tokens("襄阳市ＧＤＰ增长60.18％，居第2位。")
    ['襄', '阳', '市', 'gdp', '增', '长', '60.18%', '居', '第', '2', '位']
    """

    name: str = "zhmix-1"
    signature: str = "zhmix-1"

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of a text, in order; empty for a text without any."""
        return _cut_characters(fold(text))

    def sentences(self, text: str, cut: Cut = "marks") -> list[list[str]]:
        """Return the tokens of each sentence that has any, in order."""
        return _cut_sentences(fold(text), cut, _cut_characters)


@dataclass(frozen=True, slots=True)
class ZhMixWords:
    """The same with Han, kana and Hangul cut into words by jieba 0.42.1 (HMM on).

    >>> segmenter("zhmix-1+jieba").tokens("襄阳市创客空间增长60.18％")
    ['襄阳', '市', '创客', '空间', '增长', '60.18%']
    """

    name: str = "zhmix-1+jieba"
    signature: str = "zhmix-1+jieba"

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of a text, in order; empty for a text without any."""
        return _cut_words(fold(text))

    def sentences(self, text: str, cut: Cut = "marks") -> list[list[str]]:
        """Return the tokens of each sentence that has any, in order."""
        return _cut_sentences(fold(text), cut, _cut_words)


@dataclass(frozen=True, slots=True)
class RawChar:
    """Every code point of the text as it stands, spaces and punctuation too, but no line breaks.

    It exists to reproduce published tables, and is no fair way to compare models.

    >>> segmenter("raw-char").tokens("襄阳 2019。")
    ['襄', '阳', ' ', '2', '0', '1', '9', '。']
    """

    name: str = "raw-char"
    signature: str = "raw-char-2"  # before, line breaks were tokens

    def tokens(self, text: str) -> list[str]:
        """Return the code points of a text, in order."""
        return [char for char in text if char not in "\r\n"]

    def sentences(self, text: str, cut: Cut = "marks") -> list[list[str]]:
        """Return the code points of each sentence that has any, in order."""
        parts = _RAW_SENTENCE.findall(text) if cut == "marks" else text.split("\n")
        return [tokens for part in parts if (tokens := self.tokens(part))]


_SEGMENTERS: dict[str, Segmenter] = {made.name: made for made in (ZhMix(), ZhMixWords(), RawChar())}
SEGMENTERS = tuple(_SEGMENTERS)


def segmenter(name: str) -> Segmenter:
    """Return the segmenter of a name in `SEGMENTERS`.

    Raises:
        KeyError: there is no segmenter of that name.

    >>> segmenter("zhmix-1").sentences("襄阳增长3.5%！荆州呢？")
    [['襄', '阳', '增', '长', '3.5%'], ['荆', '州', '呢']]
    """
    return _SEGMENTERS[name]


def _cut_sentences(
    text: Folded, cut: Cut, tokens_of: Callable[[str], list[str]]
) -> list[list[str]]:
    ends = _SENTENCE_ENDS if cut == "marks" else _LINE_ENDS
    return [tokens for part in ends.split(text) if (tokens := tokens_of(part))]


def _cut_characters(text: str) -> list[str]:
    return _token_pattern(_SINGLES).findall(text)


def _cut_words(text: str) -> list[str]:
    cut = _jieba()
    tokens: list[str] = []
    for match in _token_pattern(f"({_SINGLES}+)").finditer(text):
        if match[1]:
            tokens.extend(cut(match[1]))
        else:
            tokens.append(match[0])
    return tokens


@cache
def _token_pattern(singles: str) -> re.Pattern[str]:
    """Compile steps 4 and 5 of the definition of zhmix-1; what does not match separates."""
    extension = rf"(?:[{character_class('M')}]+|\.(?={_RUN}))"
    return re.compile(rf"{singles}|{_RUN}+(?:{extension}{_RUN}*)*(?:(?<=\d)[%‰])?")


@cache
def _jieba() -> Callable[[str], list[str]]:
    """Return the `lcut` of a tokenizer of our own, with the dictionary that jieba brings.

    Its prefix dictionary is built in memory: `initialize()` would share a file in the temporary
    folder with every other program, and write to the log.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's source has invalid escapes
        try:
            import jieba  # noqa: PLC0415 - optional, and slow
        except ModuleNotFoundError:
            raise InputError([missing_extra("words", "jieba")]) from None
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    cut: Callable[[str], list[str]] = tokenizer.lcut
    return cut
