"""The one written form of an answer: what carries no content is dropped, what does is kept.

Width, script, case, spaces beside Han, quotes and title marks, markdown, wrappers such as 答案是
and punctuation at the end never matter. An inner `. - : + / % , 、` is kept: 2:1 is not 21.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evalkit.values.normalise import fold
from evalkit.values.script import simplify

# Signs that look or mean the same, and that NFKC keeps apart.
_SIGNS = str.maketrans("∶⁄・•‧∙⋅～〜∼〔〕[]", ":/·····~~~()()")
_DASHES = re.compile(r"[‐‑‒–—―−﹣-]+")
_CIRCLED = re.compile("[①-⑳]")
_QUOTES = re.compile(
    r"[“”„‟〝〞〟\"「」『』《》〈〉«»\ufe00-\ufe0f]|(?<![a-z])[‘’']|[‘’'](?![a-z])"
)
# Names in marks of their own need no sign between them: 《红楼梦》《西游记》.
_ADJACENT = re.compile(r"》[^\S\n]*《|”[^\S\n]*“|」[^\S\n]*「|』[^\S\n]*『|〉[^\S\n]*〈")
_BREAKS = re.compile(r"(?:\s*(?:[\r\n]|<br ?/?>)\s*)+")
_SPACES = re.compile(r"[^\S\n]+")
_LOOSE_SPACES = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")

_MARKUP = re.compile(
    r"\*\*|__|`+|</?(?:answer|b|strong|em|i|u|p|mark)>|\\(?:boxed|text|[()])|[{}]|\$(?=[^$]*\$)|\$(?![0-9])"
)
# A dash before a figure is a bullet unless the sign of that figure can matter.
_LINE_MARKS = re.compile(
    r"^(?:#{1,6} +|> +|[*+] +|- +(?![0-9.]+ ?[°度%])|[□■◆◇●▲△★☆※►▶→✓✔·]+ *)", re.MULTILINE
)
_ENCLOSED = re.compile(r"([(【*_])(.*)([)】*_])", re.DOTALL)
_PAIRS = {"(": ")", "【": "】", "*": "*", "_": "_"}
_EDGES = re.compile(r"^[\s,;:、。!?]+|[\s,.;:、。!?~]+$")

_SOURCE = "文章|文中|原文|本文|该文|此文|上文|全文|短文|材料|文本|新闻|报道|资料|段落"
_OF_SOURCE = "的|里|中|内容|信息|描述|叙述|记载|介绍|提到|指出|所述|可以|可知|得知|可得|来看|显示| "
_GIVEN = "您|你|以上|上述|上面|该|所|这篇|这段|给出|给定|提供|的|里|中|内容|信息|描述|叙述|记载| "
_WRAPPERS = re.compile(
    r"(?:"
    r"(?:因此|所以|综上(?:所述)?|由此可[见知])\s*,?"
    r"|[(【]答案[)】]"
    r"|(?:(?:最终|正确|标准|参考|简短|你|您|我|本题|此题|该题|这道题|问题)的?)*(?:答案|回答|答复)"
    r"(?:\s*(?:应当|应该|应)?[是为]\s*:?|如下\s*:?|\s*:| )"
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
    numbered = _CIRCLED.sub(lambda mark: f"\n{ord(mark[0]) - ord('①') + 1}. ", text)
    simple = simplify(fold(numbered))
    if simple.isalnum():
        return simple
    apart = _ADJACENT.sub("、", simple)
    clean = _QUOTES.sub("", _DASHES.sub("-", apart.translate(_SIGNS)))
    return _SPACES.sub(" ", _BREAKS.sub("\n", clean)).strip()


def close_up(text: str) -> str:
    """Return text on one line, without the spaces that separate no Latin words or digits.

    >>> close_up("2019年 11月 8日 in wuhan")
    '2019年11月8日in wuhan'
    """
    return text if text.isalnum() else _LOOSE_SPACES.sub("", text.replace("\n", " "))


def read_answer(text: str) -> AnswerForm:
    r"""Return an answer in its one written form; applied to its own `plain` it changes nothing.

    >>> read_answer("答案是：**“章鋒”**。").plain
    '章锋'
    >>> read_answer("根据文章，保留 45 项。").plain
    '保留45项'
    """
    spaced = strip_wrappers(tidy(text))
    return AnswerForm(plain=close_up(spaced), spaced=spaced)


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
    enclosed = _ENCLOSED.fullmatch(text.strip())
    if not enclosed or _PAIRS[enclosed[1]] != enclosed[3]:
        return text
    inner = enclosed[2]
    return text if enclosed[1] in inner or enclosed[3] in inner else inner
