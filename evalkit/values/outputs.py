r"""What of a longer output is its answer: after the answer mark, before evidence and explanation.

output = {reasoning} [mark] answer [brackets] {explanation | evidence | next question}
"""

from __future__ import annotations

import re
from functools import lru_cache

from evalkit.values.form import FENCE, LATEX_BOX, tidy, unpack
from evalkit.values.patterns import any_of
from evalkit.values.phrases import ANSWER_MARKS, EVIDENCE_MARKS, NEXT_QUESTION_MARKS

_NEXT_QUESTION = re.compile(
    rf"\n\s*(?:{any_of(NEXT_QUESTION_MARKS)})\s*[0-9]*\s*[:：]", re.IGNORECASE
)
_OBJECT = re.compile(r"\{[^{}]{0,2000}\}", re.DOTALL)
_START = r"(?:^|(?<=[\n,;:。!?\s*【(\[#]))"
_MARK = re.compile(
    rf"{_START}(?:the )?(?:(?:最终|正确|所以|因此|故|本题|该题|问题)的?)*(?:{any_of(ANSWER_MARKS)})"
    r"[\])】*_\s]*(?:(?:应当|应该|应|就)?(?:是|为)|is\b|如下|[:：]|→)[\s*_:：]*"
    r"|(?:^|\n)[#*\s]*答案[*\s]*\n\s*"
)
_EVIDENCE = re.compile(rf"{_START} *(?:{any_of(EVIDENCE_MARKS)})[\])】*]*\s*[:：]")
_LEAD = re.compile("^[您你]所?问的是")


@lru_cache(maxsize=64)
def final_answer(output: str) -> str:
    r"""Return the part of an output that states its answer, tidied.

    >>> final_answer("分析：共有45个。\n**答案：** 45个\n\n问题：有多少人？")
    '45个'
    >>> final_answer("45个。原文：“襄阳市共有45个项目参赛。”")
    '45个。'
    """
    text = unpack(_before_next_question(output))
    if "错误答案" in text or "错误的答案" in text:
        return ""
    if inner := _enclosed(text):
        return tidy(inner)
    text = _without_markup(tidy(text))
    text = _LEAD.sub("", text)
    marks = list(_MARK.finditer(text))
    if marks and (marked := text[marks[-1].end() :].strip()):
        text = marked.split("\n")[0]
    return _before_evidence(text)


def _enclosed(text: str) -> str:
    """Return the answer in a LaTeX box at the end, else in the last code block or JSON object."""
    boxes, blocks, objects = (each.findall(text) for each in (LATEX_BOX, FENCE, _OBJECT))
    if boxes and boxes[-1] and text.strip("$ ").endswith("}"):
        return str(boxes[-1])
    if blocks and (inner := unpack(blocks[-1])):
        return inner
    inner = unpack(objects[-1]) if objects else ""
    return inner if objects and inner != objects[-1] else ""


def _before_next_question(text: str) -> str:
    match = _NEXT_QUESTION.search(text)
    return text[: match.start()] if match and text[: match.start()].strip() else text


def _before_evidence(text: str) -> str:
    match = _EVIDENCE.search(text)
    return (
        text[: match.start()].rstrip(" ([【") if match and text[: match.start()].strip() else text
    )


def _without_markup(text: str) -> str:
    return re.sub(r"\*\*|__|`+|\$", "", text)
