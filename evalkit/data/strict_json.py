"""Decodes JSON and refuses what Python's parser lets pass: NaN, and a key given twice."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

from evalkit.errors import Code  # noqa: TC001 - an annotation of this module's interface


class NotJsonError(Exception):
    """Text is not JSON, or is JSON that would be read as something else than was written.

    `line` is counted from the beginning of the text; `key` names the key that is given twice.
    """

    def __init__(
        self, what: str, remedy: str = "", *, code: Code = "malformed", key: str = "", line: int = 1
    ) -> None:
        """Keep what a problem needs."""
        super().__init__(what)
        self.what, self.remedy, self.code, self.key, self.line = what, remedy, code, key, line


def decode(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a JSON text, its numbers as the text that they are written as.

    Raises:
        NotJsonError: it is not JSON, or holds NaN or a key twice.
    """
    try:
        return json.loads(
            text,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as error:
        what = f"is not JSON ({error.msg} at column {error.colno})"
        raise NotJsonError(what, line=error.lineno) from None
    except RecursionError:
        what = "is nested too deeply"
        raise NotJsonError(what, "write it simpler") from None


def encodable(text: str) -> bool:
    """Return whether a text is without halves of surrogate pairs, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def describe(value: object) -> str:
    """Return what a decoded value is, in the words of JSON.

    >>> describe(None), describe([1])
    ('null', 'a list')
    """
    if value is None:
        return "null"
    names = {bool: "true or false", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def _refuse(constant: str) -> NoReturn:
    what = f"holds {constant}, which is not JSON"
    raise NotJsonError(what, "write a number or null")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (key, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        what = f"duplicate key `{key}`"
        raise NotJsonError(what, "keep one of the two", code="duplicate", key=key)
    return found
