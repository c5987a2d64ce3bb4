r"""The one written form of an answer: what carries no content is dropped, what does is kept.

Width, script, case, spaces beside Han, quotes and title marks, markup, wrappers such as 答案是 or
{"answer": …} and punctuation at the ends never matter. An inner `. - : + / % , 、` is kept: 2:1 is
not 21.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.name_words import SAME_CHARACTERS
from evalkit.values.normalise import fold
from evalkit.values.patterns import any_of
from evalkit.values.phrases import SOURCES
from evalkit.values.script import simplify

if TYPE_CHECKING:
    from collections.abc import Mapping

# Signs that look or mean the same, and that NFKC keeps apart.
_SIGNS = str.maketrans("∶⁄・•‧∙⋅～〜∼〔〕[]", ":/·····~~~()()")
_DASHES = re.compile(r"[‐‑‒–—―−﹣-]+")
_ENUMERATED = re.compile("[①-⑳❶-❿㈠-㈩⑴-⒇]")
_ROMAN = re.compile("[Ⅰ-Ⅻ]|(?<![A-Za-z])(?:IX|IV|VI{0,3}|I{1,3}|X)(?=[级型类期])")
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_QUOTES = re.compile(
    r"[“”„‟〝〞〟\"「」『』《》〈〉«»\ufe00-\ufe0f]|(?<![a-z])[‘’']|[‘’'](?![a-z])"
)
# Names in marks of their own need no sign between them: 《红楼梦》《西游记》.
_ADJACENT = re.compile(r"》[^\S\n]*《|”[^\S\n]*“|」[^\S\n]*「|』[^\S\n]*『|〉[^\S\n]*〈")
_SPACES = re.compile(r"\s+")
LOOSE_SPACES = re.compile(r"(?<![a-z0-9]) +| +(?![a-z0-9])")
# Special tokens, and tags of HTML.
_TAGS = re.compile(
    r"<[|｜][^|｜<>\n]{1,40}[|｜]>|<end_of_turn>|\[(?:/?INST|EOS|DONE|SEP|PAD|UNK)\]"
    r"|</?[a-zA-Z][a-zA-Z0-9]{0,9}(?:\s[^<>\n]{0,200})?/?>"
)
_BREAK_TAGS = re.compile(r"<(?:br|/p|/div|/li)\s*/?>", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f000-\U0001faff☀-✐✙-➾⬀-⯿\u200d\u20e3\ufe0f]+")
# Case alone tells these apart, and folding drops it.
_CASED = {"mW": "毫瓦", "MW": "兆瓦", "mPa": "毫帕", "MPa": "兆帕", "Mb": "兆比特", "mAh": "毫安时"}
_CASED_UNIT = re.compile(rf"(?<=[0-9])( ?)({'|'.join(_CASED)})(?![A-Za-z])")
_LATEX_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]{1,40})\}\s*\{([^{}]{1,40})\}")
LATEX_BOX = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_LATEX = re.compile(r"\\(?:text|mathrm|mathbf|left|right|[()\[\],;!])|\\(?=[%$#_&])")
_MARKUP = re.compile(r"\*\*|__|~~|`+|[{}]|\$(?=[^$]*\$)|(?<=[^\s$])\$(?![0-9])|\((?:大写|小写)\)")
# A dash before a figure is a bullet unless the sign of that figure can matter.
_LINE_MARKS = re.compile(
    r"^(?:#{1,6} +|> +|[*+] +|- +(?![0-9.]+ ?[°度%])|[□■◆◇●▲△★☆※►▶→✓✔·]+ *)", re.MULTILINE
)
_PAIRS = {"(": ")", "【": "】", "*": "*", "_": "_", "|": "|"}
_EDGES = re.compile(r"^[\s,;:、。!?]+|[\s,.;:、。!?~]+$")
FENCE = re.compile(r"```[a-zA-Z0-9]{0,12}\s*\n?(.*?)(?:```|$)", re.DOTALL)
_OBJECT = re.compile(r"(?:json\s*)?(\{.*\})", re.DOTALL | re.IGNORECASE)
_ANSWER_KEYS = ("answer", "答案", "final_answer", "回答", "result", "结果", "output", "输出")
_LONGEST_OBJECT = 4000
# A letter between figures, and a character before capital scales.
_IN_NUMERALS = re.compile(
    "(?<=[0-9〇零一二三四五六七八九])o(?=[0-9〇零一二三四五六七八九])|参(?=[拾佰仟])"
)
_FIGURES = {"o": "〇", "参": "叁"}
_IN_DIGITS = re.compile("(?<=[0-9])o(?=[0-9])")
_STARS = re.compile(r"(?<![a-z])a{2,5}(?=级|$)")

_SOURCE = any_of(SOURCES)
_OF_SOURCE = "的|里|中|内容|信息|描述|叙述|记载|介绍|提到|指出|所述|可以|可知|得知|可得|来看|显示| "
_GIVEN = "您|你|以上|上述|上面|该|所|这篇|这段|给出|给定|提供|的|里|中|内容|信息|描述|叙述|记载| "
_NAMES = "答案|回答|答复|简答|输出|结论|结果|答曰|作答"
_WRAPPERS = re.compile(
    r"(?:"
    r"(?:因此|所以|综上(?:所述)?|由此可[见知]|总之)\s*,?"
    rf"|[(【](?:{_NAMES})[)】]\s*:?"
    rf"|(?:(?:最终|正确|标准|参考|简短|你|您|我|本题|此题|该题|这道题|问题)的?)*(?:{_NAMES})"
    r"(?:\s*(?:应当|应该|应|就)?[是为]\s*:?|如下\s*:?|\s*(?::|→|->|-)|\s+)"
    r"|答\s*:"
    r"|a(?:ns(?:wer)?)?\s*:"
    r"|(?:the )?(?:final )?answer(?: is\b|\s*:)"
    r"|(?:好的|当然|您好|你好)\s*[,!。]"
    rf"|(?:根据|依据|按照|依照|据|从)(?:{_GIVEN})*(?:{_SOURCE})(?:{_OF_SOURCE})*[,:]?"
    rf"|(?:{_SOURCE})[中里]?(?:明确)?(?:提到|指出|提及|显示|写道|介绍|记载|表明|说)(?:了|的是)?[,:]?"
    r")\s*"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerForm:
    """An answer without what carries no content.

    Attributes:
        plain: What is compared: on one line, no spaces beside Han.
        spaced: The same with its lines and spaces, which may separate the items of a list.
    """

    plain: str
    spaced: str


def tidy(text: str) -> str:
    """Return text folded, simplified, with one sign for signs that mean the same, and no quotes.

    >>> tidy("「創客」 — ２∶１")
    '创客 - 2:1'
    """
    text = _ROMAN.sub(_count_roman, text)
    if text.isalpha():
        return _same_characters(simplify(fold(text)))
    bare = _strip_leftovers(_ENUMERATED.sub(_number, text))
    simple = _same_characters(simplify(fold(_CASED_UNIT.sub(_spell_unit, bare))))
    apart = _ADJACENT.sub("、", simple)
    clean = _QUOTES.sub("", _DASHES.sub("-", apart.translate(_SIGNS)))
    return _SPACES.sub(_one_space, clean).strip()


def close_up(text: str) -> str:
    """Return text on one line, without the spaces that separate no Latin words or digits.

    >>> close_up("2019年 11月 8日 in wuhan")
    '2019年11月8日in wuhan'
    """
    return text if text.isalnum() else LOOSE_SPACES.sub("", text.replace("\n", " "))


@lru_cache(maxsize=4096)
def read_answer(text: str) -> AnswerForm:
    r"""Return an answer in its one written form; applied to its own `plain` it changes nothing.

    >>> read_answer("答案是：**“章鋒”**。").plain
    '章锋'
    >>> read_answer('```json\n{"answer": "45 项"}\n```').plain
    '45项'
    """
    spaced = _STARS.sub(_count_stars, strip_wrappers(tidy(unpack(text))))
    # what stood between two dashes may be gone by now
    return AnswerForm(plain=_DASHES.sub("-", close_up(spaced)), spaced=spaced)


def unpack(text: str) -> str:
    r"""Return the answer in a JSON object, a code block or a LaTeX box; other text as it is.

    >>> unpack('{"答案": 45}'), unpack(r"\boxed{45}")
    ('45', '45')
    """
    inner = text.strip()
    if fenced := FENCE.fullmatch(inner):
        inner = fenced[1].strip()
    if inner.startswith(("{", "json", "JSON")) and (found := _OBJECT.fullmatch(inner)):
        return _from_object(found[1])
    box = LATEX_BOX.fullmatch(inner.strip("$ "))
    return box[1] if box else inner


def _from_object(text: str) -> str:
    """Return the answer in a JSON object; the text itself where there is no single one."""
    try:
        found = json.loads(text) if len(text) <= _LONGEST_OBJECT else None
        answers = isinstance(found, dict) and (not found or bool(_answer_key(found)))
        return _plain(found) if answers else text
    except (ValueError, RecursionError):
        return text


def _answer_key(found: Mapping[str, object]) -> str:
    """Return the key of a JSON object that has its answer, or nothing where none surely does."""
    keys = [key for key in _ANSWER_KEYS if key in found] or [*found]
    return keys[0] if len(found) == 1 or keys[0] in _ANSWER_KEYS else ""


def _plain(value: object) -> str:
    if isinstance(value, dict):
        key = _answer_key(value) if value else ""
        return _plain(value[key]) if key else ""
    if isinstance(value, list):
        return "、".join(map(_plain, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "无答案"
    return str(value) if isinstance(value, str | int | float) else ""


def strip_wrappers(text: str) -> str:
    """Return tidied text without markup, wrappers, enclosing brackets and punctuation at its ends.

    >>> strip_wrappers("答: **45项**。")
    '45项'
    """
    while (stripped := _strip_once(text)) != text:
        text = stripped
    return text


def _strip_once(text: str) -> str:
    bare = text if text.isalnum() else _strip_marks(text)
    wrapper = _WRAPPERS.match(bare)
    return bare[wrapper.end() :] if wrapper and wrapper.end() < len(bare) else bare


def _strip_marks(text: str) -> str:
    bare = _LINE_MARKS.sub("", _MARKUP.sub("", text))
    return _EDGES.sub("", _unwrap(bare)) or bare


def _unwrap(text: str) -> str:
    """Return what stands between two brackets or marks; a row of a table may hold more of them."""
    bare = text.strip()
    first, inner, last = bare[:1], bare[1:-1], bare[-1:]
    if len(bare) == 1 or _PAIRS.get(first) != last:
        return text
    return text if first != "|" and (first in inner or last in inner) else inner


def _strip_leftovers(text: str) -> str:
    """Return text without special tokens, entities, tags, emoji and LaTeX that an answer leaves."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text or "[" in text:
        text = _TAGS.sub("", _BREAK_TAGS.sub("\n", text))
    if "\\" in text:
        text = text.replace("\\times", "×").replace("\\cdot", "·")
        text = _LATEX_FRACTION.sub(r"\1/\2", text)
        text = _LATEX.sub("", LATEX_BOX.sub(r"\1", text))
    text = text.replace("per cent", "percent")
    return _EMOJI.sub("", text) or text


def _one_space(found: re.Match[str]) -> str:
    return " " if {"\n", "\r"}.isdisjoint(found[0]) else "\n"


def _number(mark: re.Match[str]) -> str:
    return f"\n{int(unicodedata.numeric(mark[0]))}. "


def _count_roman(numeral: re.Match[str]) -> str:
    return str(_ROMANS.index(unicodedata.normalize("NFKC", numeral[0])) + 1)


def _spell_unit(match: re.Match[str]) -> str:
    return _CASED[match[2]]


def _count_stars(match: re.Match[str]) -> str:
    return f"{len(match[0])}a"


def _same_characters(text: str) -> str:
    simple = _IN_NUMERALS.sub(lambda char: _FIGURES[char[0]], _IN_DIGITS.sub("0", text))
    return simple.translate(_SAME)


_SAME = str.maketrans(SAME_CHARACTERS)
