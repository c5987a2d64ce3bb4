"""Separate what a model answers from what it thought aloud before.

Most marks of thinking are tags, brackets around a word: `<think>`, `[THINK]`, `◁think▷`,
`<|end_of_thought|>`, 【/思考】. The others are pairs of phrases, such as the channels of gpt-oss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.config.thinking import ThinkingMarks

# What tags are named: around thinking; around what thinking may hold or stand beside, where only
# the same name closes; around the answer. `_` may be a space or a hyphen, or missing.
_THINKING = (
    "think thinking thought thoughts think_fast think_faster thinking_process thought_process "
    "reason reasoning reasoning_process reasoning_content chain_of_thought cot scratchpad "
    "inner_monologue inner_thoughts working_out 思考 思考过程 思考過程 思维 思维链 思维过程 思維 "
    "思維鏈 思維過程 推理 推理过程 推理過程"
)
_ASIDES = "analysis judge reflection reflect cot_budget_reflect 分析 反思"
_ANSWERS = (
    "answer final_answer response final_response output final_output final solution text box "
    "答案 回答 最终答案 最终回答 最終答案 最終回答"
)
# What tags of Seed-OSS, MiniMax, K2, LongCat and PLaMo have before the name; PLaMo and Hunyuan
# have a suffix behind it.
_VENDORS = r"seed:|mm:|ifm\||longcat_|plamo:"


def _any(names: str) -> str:
    return "|".join(names.split()).replace("_", "[ _-]?")


# A bracket, bars and slashes, the name with the word for begin or end on either side, attributes.
# White space is bounded, so that no text takes more than linear time.
_TAG = (
    r"(?P<begins>\A\s*)?(?P<left>[<◁\[【〈]|&lt;) {0,2}\|? {0,2}(?P<slash>/?) {0,2}"
    rf"(?:{_VENDORS})?(?:(?P<side>beginning|begin|start|end)(?:[ _▁-]of)?[ _▁-])?"
    rf"(?:(?P<thinking>{_any(_THINKING)})|(?P<aside>{_any(_ASIDES)})|{_any(_ANSWERS)})"
    r"(?:[ _:▁-](?P<late>begin|start|end))?(?::\w{1,16})?"
    r"(?:\s[^<>\[\]【】〈〉◁▷]{0,100})?(?P<empty> {0,2}/)? {0,2}\|?(?:[>▷\]】〉]|&gt;)"
)
_ANY_TAG = re.sub(r"\?P<\w+>", "?:", _TAG)
# A tag that is spoken of: in quotes, before a word such as 标签, or one of two joined by 和.
_SPOKEN_OF = (
    f"[“‘\"'`「『]{_ANY_TAG}[”’\"'`」』]|{_ANY_TAG} ?(?:标签|标记|标识|标志|符号|字样|"
    rf"tags?\b|tokens?\b|(?:[和与及或、/]|and|or) ?{_ANY_TAG})"
)

_HEADINGS = r"(?:#{{1,6}} {{0,2}}{0} {{0,2}}(?:#{{1,6}}|:|(?=\n))|\*\*{0}:?\*\*|【{0}】):?"
_HERE = r"here(?: is|['’]s)"
_TURN = r"(?:<\|start\|>\s?assistant\s?)?"
_PHRASES = {
    "harmony": (  # gpt-oss
        _TURN + r"<\|channel\|>\s?(?:analysis|commentary)[^<>]{0,80}<\|message\|>",
        r"<\|channel\|>\s?final[^<>]{0,80}(?:<\|constrain\|>[^<>]{0,20})?<\|message\|>",
    ),
    "decoded": (r"\Aanalysis(?=\S)", "assistantfinal"),  # harmony without its special tokens
    "kimi": (r"<\|open\|>think<\|sep\|>", r"<\|close\|>think<\|sep\|>"),  # Kimi K3
    "gemma": (r"<\|channel>", r"<channel\|>"),
    "apertus": (r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),
    "pangu": (r"\[unused16\]", r"\[unused17\]"),
    "granite": (rf"\A\s*{_HERE} my thought process:", f"{_HERE} my response:"),
    "apriel": (r"\A\s*here are my reasoning steps:", r"\[begin final response\]"),
    "ollama": (r"\A\s*thinking\.\.\.\s*\n", r"\.\.\.done thinking\."),
    "details": (r'<details [^<>]{0,200}type="reasoning"[^<>]{0,200}>', "</details>"),  # Open WebUI
    "fence": (r"\A\s*```(?:think|thinking|thought|reasoning)\n", r"\n```"),
    "headings": (  # HuatuoGPT-o1
        r"\A\s*" + _HEADINGS.format("(?:thinking|thought process|思考|思考过程|思考過程)"),
        _HEADINGS.format("(?:(?:final )?(?:response|answer|output)|(?:最[终終])?(?:回答|答案))"),
    ),
    "answer": (  # of Kimi K3, harmony, openPangu
        r"<\|open\|>response<\|sep\|>",
        r"<\|close\|>(?:response|message)<\|sep\|>|<\|(?:end|return)\|>|\[unused10\]",
    ),
}
"""Marks that are no tags: how thinking starts and how it ends; at last, the same of an answer."""
_UNSURE = frozenset({"decoded", "details", "fence", "headings"})
"""Those that are ordinary words where one of the two is missing."""
_PARTS = frozenset({"<|channel|>", "<|message|>"})
"""Special tokens that are less than a mark."""

_WIDE = re.compile("[\uff01-\uff5e]")
_FIRST = "<◁\\[【〈&“‘\"'`「『#*\\n.ha"
"""What marks begin with inside a text; to look for that first is many times faster."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """What is left of a generation; `unclosed` where its thinking never came to an end."""

    prediction: str
    unclosed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """A mark in a text: of what, whether it opens, whether it counts without its counterpart."""

    start: int
    end: int
    kind: str
    opens: bool
    sure: bool


def strip_thinking(text: str, own: ThinkingMarks | None = None) -> Spoken:
    """Return a generation without its thinking, the marks of its answer, and space around it.

    Some chat templates open the thinking themselves, so that the text holds a lone `</think>`:
    all before it is thinking. After a `<think>` that is never closed there is no answer: the
    prediction is empty. Where `<answer>…</answer>` ends the text, it is all of the answer.

    A tag that is spoken of is no mark: in quotes, before 标签 and the like, or joined to another by
    和. Words that an answer may begin with (【思考】, ## Thinking) are marks only where their
    counterpart follows.

    Args:
        text: As the model wrote it.
        own: The marks of this model, which count besides those that are known.

    >>> strip_thinking("<think>文中说是襄阳。</think>襄阳市").prediction
    '襄阳市'
    >>> strip_thinking("文中说是襄阳。</think>襄阳市").prediction
    '襄阳市'
    >>> strip_thinking("<think>文中说是襄阳，还是")
    Spoken(prediction='', unclosed=True)
    """
    marks = _marks(text, own)
    n_marks, end = len(marks), _stripped(text, len(text))
    while marks and marks[-1].end == end and marks[-1].kind == "answer" and not marks[-1].opens:
        end = _stripped(text, marks.pop().start)
    if marks and len(marks) < n_marks and marks[-1].kind == "answer":
        return Spoken(prediction=text[marks[-1].end : end].strip(), unclosed=False)
    said, unclosed = _say(text[:end], marks)
    return Spoken(prediction="" if unclosed else said.strip(), unclosed=unclosed)


def is_mark(token: str, own: ThinkingMarks | None = None) -> bool:
    """Return whether a special token marks thinking, so that decoding has to keep it.

    >>> is_mark("[THINK]"), is_mark("<|channel|>"), is_mark("<|im_end|>")
    (True, True, False)
    """
    if own is not None and (token in own.start or token in own.end):
        return True
    whole = [mark for mark in _marks(token, None) if mark.end - mark.start == len(token)]
    return token in _PARTS or any(mark.kind != "answer" for mark in whole)


def open_mark(text: str, own: ThinkingMarks | None = None) -> str:
    r"""Return the mark at the end of a prompt after which a model thinks; empty if there is none.

    >>> open_mark("<|im_start|>assistant\n<think>\n")
    '<think>\n'
    """
    last = next(reversed(_marks(text, own)), None)
    if last is None or last.kind == "answer" or not last.opens or text[last.end :].strip():
        return ""
    return text[last.start :]


def _say(text: str, marks: Iterable[_Mark]) -> tuple[str, bool]:
    """Return a text without thinking, and whether it ends inside of thinking."""
    said: list[str] = []
    thinking, at = "", 0
    for mark in marks:
        if thinking:
            if mark.kind == thinking and not mark.opens:
                thinking, at = "", mark.end
            continue
        piece, at = text[at : mark.start], mark.end
        if said or piece.strip():
            said.append(piece)
        if mark.opens and mark.kind != "answer":
            thinking = mark.kind
        elif mark.sure and (mark.kind != "answer" or not said):
            said.clear()
        else:
            said.append(text[mark.start : mark.end])
    return "".join([*said, text[at:]]), bool(thinking)


def _stripped(text: str, end: int) -> int:
    """Return where the text before a place ends, without white space."""
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _marks(text: str, own: ThinkingMarks | None) -> list[_Mark]:
    """Return the marks in a text, in order, without openings that lack what makes them sure."""
    matches = _scanner(own).finditer(_narrow(text))
    found = [_read(match) for match in matches if match.lastgroup != "spoken_of"]
    closed = {mark.kind: mark.start for mark in found if not mark.opens}
    return [
        mark
        for mark in found
        if mark.sure or not mark.opens or closed.get(mark.kind, -1) > mark.start
    ]


def _narrow(text: str) -> str:
    """Return text with ASCII for its full-width forms, place by place."""
    return _WIDE.sub(lambda wide: chr(ord(wide[0]) - 0xFEE0), text)


def _read(match: re.Match[str]) -> _Mark:
    if match["left"]:
        side = (match["side"] or match["late"] or "").lower()
        closes = match["slash"] or match["empty"] or side == "end"
        name = match["aside"] or match["thinking"] or ""
        kind = (match["aside"] and name.lower()) or ("thinking" if name else "answer")
        leads = match["begins"] is not None and name.isascii()
        sure = bool(closes or leads or match["left"] not in "[【〈")
    else:
        group = str(match.lastgroup)
        kind, closes = group.rstrip("_"), group.endswith("_")
        sure = kind not in _UNSURE
    start, end = match.span()
    return _Mark(start=start, end=end, kind=kind, opens=not closes, sure=sure)


@lru_cache(maxsize=64)
def _scanner(own: ThinkingMarks | None) -> re.Pattern[str]:
    """Return what finds marks; the group of a phrase is named after its kind, `_` where it ends."""
    pairs, first = dict(_PHRASES), _FIRST
    if own is not None:
        start, end = _narrow(own.start), _narrow(own.end)
        pairs["own"] = (re.escape(start), re.escape(end))
        first += re.escape(start[0]) + re.escape(end[0])
    phrases = [f"(?P<{kind}>{a})|(?P<{kind}_>{b})" for kind, (a, b) in reversed(pairs.items())]
    marks = "|".join([f"(?P<spoken_of>{_SPOKEN_OF})", *phrases, _TAG])
    return re.compile(rf"(?=\A|[{first}])(?:{marks})", re.IGNORECASE)
