"""Prints every file and every function that is longer than it may be; 1 where there is any.

python benchmarks/lengths.py
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OF_FILES = {"evalkit": 300, "tests": 400, "benchmarks": 400}
MAX_OF_FUNCTIONS = 46  # from `def` to its last line: what one screen shows


def too_long(file: Path, max_lines: int) -> Iterator[str]:
    """Yield a line for a file with more lines than it may have, and for each such function."""
    text = file.read_text(encoding="utf-8")
    if (n := text.count("\n")) > max_lines:
        yield f"{file}: {n} lines; at most {max_lines}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            n = (node.end_lineno or node.lineno) - node.lineno + 1
            if n > MAX_OF_FUNCTIONS:
                yield f"{file}:{node.lineno}: {node.name}: {n} lines; at most {MAX_OF_FUNCTIONS}"


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    found = [
        line
        for folder, max_lines in MAX_OF_FILES.items()
        for file in sorted((root / folder).rglob("*.py"))
        for line in too_long(file, max_lines)
    ]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
