"""`evalkit score` as tests call it: rows in, what it prints out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalkit.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

GOOD = {"id": "1", "prediction": "襄阳", "references": ["襄阳市"], "question": "在哪？"}
BAD = GOOD | {"id": "2", "prediction": "荆州市"}


def lines_of(text: str) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines text."""
    return [json.loads(line) for line in text.splitlines()]


def write(file: Path, *rows: Mapping[str, object] | str) -> Path:
    """Write rows as JSON Lines; a string is written as it is."""
    texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8", newline="")
    return file


def score(
    capsys: pytest.CaptureFixture[str], kind: str, *arguments: str | Path
) -> tuple[int, str, str]:
    """Run `evalkit score KIND` here; return its code and what it printed."""
    code = main(["score", kind, *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err
