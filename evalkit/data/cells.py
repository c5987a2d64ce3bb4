"""Reads what a cell of a data set plainly means, a text or several, and refuses the rest by name.

What is read, besides plain values:

- a list of sentences or paragraphs is a text, one a line; a list of single characters is the text
  that they spell;
- a list of objects that each name a speaker and what was said is a dialogue: `speaker：text`, one
  turn a line;
- accepted answers are one value, a list, or as SQuAD writes them: `{"text": […]}` or
  `[{"text": …}]`;
- a list or an object that a program has written as text, as JSON or in Python's notation, is
  what it was; bytes are UTF-8.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from typing import Any

from evalkit.data.strict_json import NotJsonError, decode

Cell = Any
"""Whatever JSON, Parquet or a hub holds."""

_SPEAKERS = ("speaker", "role", "name", "from", "sender", "角色", "说话人")
_UTTERANCES = ("utterance", "text", "content", "value", "sentence", "内容", "文本")
_MIN_LINE = 8  # characters on average; what is shorter is words, which nothing says how to join
_WRITTEN_OUT = re.compile(r"""[\[{]\s*['"\[{]""")
_INNER_END = re.compile(r"[。！？!?][”’」』）)]*\s*[^\s。！？!?”’」』）)]")
_WITHHELD = re.compile(r"FAKE_ANSWER(_\d+)?")
Nested = list[Any] | Mapping[str, Any]


class UnclearCellError(Exception):
    """A cell holds something that is not plainly a text; with what it is, and what to do."""

    def __init__(self, *, what: str, remedy: str) -> None:
        """Keep what a problem needs."""
        super().__init__(what)
        self.what, self.remedy = what, remedy


def text_of(value: Cell) -> str:
    r"""Return the text of a cell; empty where it is missing.

    Raises:
        UnclearCellError: it is not plainly a text.

    >>> text_of(["甲市今天下了雨。", "乙市今天出了太阳。"])
    '甲市今天下了雨。\n乙市今天出了太阳。'
    >>> text_of(["今", "天"]), text_of([{"speaker": "客户", "utterance": "在吗"}])
    ('今天', '客户：在吗')
    """
    plain = _cell(value)
    if isinstance(plain, Mapping):
        raise UnclearCellError(what=f"is {_named(plain)}", remedy="give one text")
    return _joined(plain) if isinstance(plain, list) else plain


def summaries_of(value: Cell) -> tuple[str, ...]:
    """Return the reference summaries of a cell: one, or one for each list in a list.

    Raises:
        UnclearCellError: it is not plainly one summary or several.
    """
    plain = _cell(value)
    if not isinstance(plain, list):
        return _without_blanks([text_of(plain)])
    items = [_plain(item) for item in plain]
    if items and all(isinstance(item, list) for item in items):
        return _without_blanks(map(text_of, items))
    if len(items) > 1 and any(isinstance(i, str) and _INNER_END.search(i) for i in items):
        what = f"is a list of {len(items)} texts, which may be one summary or several"
        remedy = "join them into one text, or give each a row of its own"
        raise UnclearCellError(what=what, remedy=remedy)
    return _without_blanks([_joined(items)])


def answers_of(value: Cell) -> tuple[str, ...]:
    """Return the accepted answers of a cell, without repeats and blanks.

    Raises:
        UnclearCellError: it is not plainly one answer or several.

    >>> answers_of("['周福生', '石匠周福生']")
    ('周福生', '石匠周福生')
    """
    plain = _cell(value)
    if isinstance(plain, Mapping) and "text" in plain:
        plain = _plain(plain["text"])
    items = plain if isinstance(plain, list) else [plain]
    return _without_blanks(_answer(_plain(item)) for item in items)


def is_withheld(answer: str) -> bool:
    """Return whether an answer only holds the place of one that is not published.

    >>> is_withheld("FAKE_ANSWER_1")
    True
    """
    return _WITHHELD.fullmatch(answer) is not None


def _answer(item: str | Nested) -> str:
    if isinstance(item, Mapping) and "text" in item:
        item = _plain(item["text"])
    if not isinstance(item, str):
        remedy = 'give texts: ["60辆", "60台"]'
        raise UnclearCellError(what=f"holds {_named(item)}", remedy=remedy)
    return item


def _without_blanks(texts: Any) -> tuple[str, ...]:  # noqa: ANN401 - any iterable of texts
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def _plain(value: Cell) -> str | Nested:
    """Return a value as its text, a list or a mapping."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()  # as JSON writes it
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            what = "is bytes that are not UTF-8"
            raise UnclearCellError(what=what, remedy="store it as text") from None
    if hasattr(value, "tolist"):  # an array, or a number of one
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return list(value)
    return value if isinstance(value, Mapping) else str(value)


def _cell(value: Cell) -> str | Nested:
    """Return the value of a whole cell, in which a program may have written a list as text."""
    plain = _plain(value)
    return _written_out(plain) if isinstance(plain, str) else plain


def _written_out(text: str) -> str | Nested:
    """Return the list or mapping that a program has written as a text; any other text as it is."""
    stripped = text.strip()
    if not _WRITTEN_OUT.match(stripped) or stripped[-1] not in "]}":
        return text
    try:
        found = decode(stripped)
    except NotJsonError:
        found = _literal(stripped)
    if isinstance(found, list | dict):
        return found
    what = "looks like a list or an object that a program has written as text, and cannot be read"
    raise UnclearCellError(what=what, remedy="write it as JSON, or as plain text")


def _literal(text: str) -> object:
    """Return the value of text in Python's notation, if Python would write it just so.

    A list that numpy has written lacks commas, and would be read as one long string.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of backslashes in it
            found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if repr(found) == text else None


def _joined(items: list[Cell]) -> str:
    """Return the text that a list plainly is."""
    parts = [part for part in map(_plain, items) if part]
    turns = [part for part in parts if isinstance(part, Mapping)]
    texts = [part for part in parts if isinstance(part, str)]
    if turns and len(turns) == len(parts):
        return "\n".join(map(_turn, turns))
    if len(texts) < len(parts):
        nested = next(part for part in parts if not isinstance(part, str))
        what = f"is a list that holds {_named(nested)}"
        raise UnclearCellError(what=what, remedy="give one text")
    if all(len(text) == 1 for text in texts):
        return "".join(texts)
    if len(texts) > 1 and sum(map(len, texts)) < _MIN_LINE * len(texts):
        what = f"is a list of {len(texts)} short texts, neither characters nor sentences"
        raise UnclearCellError(what=what, remedy="join them into one text")
    return "\n".join(texts)


def _turn(turn: Mapping[str, Cell]) -> str:
    speaker = next((key for key in _SPEAKERS if key in turn), None)
    said = next((key for key in _UTTERANCES if key in turn), None)
    if speaker is None or said is None:
        what = f"is a list that holds {_named(turn)}"
        raise UnclearCellError(what=what, remedy="give one text")
    return f"{text_of(turn[speaker])}：{text_of(turn[said])}"


def _named(value: Cell) -> str:
    if isinstance(value, Mapping):
        return f"an object with the keys {', '.join(map(str, list(value)[:5]))}"
    return "a list"
