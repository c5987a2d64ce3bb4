"""Reads Chinese text in any of its common encodings."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from evalkit.config.files import read_bytes
from evalkit.errors import refusal, unreadable

if TYPE_CHECKING:
    from pathlib import Path

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("gb18030", "big5", "utf_16_le", "utf_16_be")
# The two bytes of each common character: level 1 of GB 2312 (3,755 simplified) and of Big5 (5,401
# traditional), which nearly all characters of a text belong to
COMMON = {
    "gb18030": re.compile(rb"[\xb0-\xd7][\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
}
_N_WEIGHED = 100_000  # bytes
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")


def detect(data: bytes) -> str | None:
    """Return the encoding of a Chinese text, or None where the bytes are not text.

    A byte order mark decides, then valid UTF-8; else GB18030, Big5 and UTF-16 are weighed against
    each other by how coherent their reading is. Of the first two, which a few characters do not
    tell apart by that, it is the one whose common characters these are, GB18030 where both are.

    >>> detect("襄阳市已有77532名党员报到。".encode("gb18030"))
    'gb18030'
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding if _decodes(data, encoding) else None
    if _is_utf8(data):
        return "utf-8"
    best = from_bytes(data, cp_isolation=list(CANDIDATES)).best()
    if best is None or best.encoding not in COMMON:
        return None if best is None else best.encoding
    readable = [encoding for encoding in COMMON if _decodes(data, encoding)]
    pairs = _PAIR.findall(data[:_N_WEIGHED])
    return max(readable, key=lambda encoding: sum(map(bool, map(COMMON[encoding].match, pairs))))


def _is_utf8(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # A lone NUL is a character like any other; UTF-16 and binary files that happen to be valid
    # have them in plenty, and hardly any character of several bytes
    return text.count("\0") <= len(data) - len(text)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read(file: Path) -> tuple[str, str]:
    """Return a file's text, and the encoding it was read in.

    Raises:
        InputError: the file cannot be read, is empty, or does not hold text.
    """
    try:
        data = read_bytes(file)
    except OSError as error:
        raise unreadable(file, error) from None
    encoding = detect(data)
    if encoding is None:
        raise refusal(file, "not-text", "holds bytes that are not text", "save it as UTF-8")
    text = data.decode(encoding)
    if not text.strip():
        raise refusal(file, "empty", "is empty", "give it text")
    return text, encoding
