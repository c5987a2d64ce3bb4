"""How large the code is, and how much of it one question passes from its config to the report.

    python benchmarks/structure.py [CHECKOUT]

runs the lead baseline on one question in a checkout of evalkit, this one where none is named, and
counts the distinct functions that are called and the distinct record types that are made.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import statistics
import sys
import tempfile
from dataclasses import is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

INLINE = {"<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>", "<lambda>", "<module>"}
ARTICLE = "襄阳市今年有13名代表参加。武汉下雨了。"
QUESTION = {"id": "q1", "question": "有多少名代表参加？", "answers": [{"text": "13名"}]}


def describe(checkout: Path) -> dict[str, object]:
    """Return the size of the package."""
    texts = [file.read_text(encoding="utf-8") for file in (checkout / "evalkit").rglob("*.py")]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef)
    ]
    return {
        "modules": len(texts),
        "lines": sum(text.count("\n") for text in texts),
        "functions": len(functions),
        "lines of the median function": statistics.median(functions),
        "lines of the longest function": max(functions),
        "classes": sum(isinstance(node, ast.ClassDef) for node in nodes),
        "ignores (noqa, type: ignore)": sum(
            len(re.findall("# noqa|# type: ignore", text)) for text in texts
        ),
    }


def trace(checkout: Path) -> dict[str, object]:
    """Return how many functions and record types one question passes."""
    functions: set[tuple[str, int]] = set()
    records: set[str] = set()

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(str(checkout / "evalkit")):
            if code.co_name not in INLINE:
                functions.add((code.co_filename, code.co_firstlineno))
        elif event == "call" and code.co_name == "__init__" and code.co_filename == "<string>":
            kind = type(frame.f_locals.get("self"))
            if kind.__module__.startswith("evalkit") and is_dataclass(kind):
                records.add(kind.__qualname__)

    sys.path.insert(0, str(checkout))
    from evalkit.cli import main  # noqa: PLC0415 - that of the checkout

    with tempfile.TemporaryDirectory() as folder:
        config = _config(checkout, Path(folder))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            sys.setprofile(profile)
            code = main(["run", str(config)])
            sys.setprofile(None)
    if code:
        message = f"the run ended with exit code {code}"
        raise SystemExit(message)
    return {"functions a question passes": len(functions), "record types": len(records)}


def _config(checkout: Path, folder: Path) -> Path:
    """Write a config of one question, in the words of that checkout, and return it."""
    data = {"data": [{"paragraphs": [{"context": ARTICLE, "qas": [QUESTION]}]}]}
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    first_format = (checkout / "evalkit/pipeline").is_dir()
    content: dict[str, Any] = {
        "name": "one",
        "output": str(folder / "runs"),
        "data": {"squad": str(folder / "data.json")},
        "prompts": {"folder": str(checkout / "prompts")},
        "tasks": {"summaries": []} if first_format else {"answer": {}},
        "metrics": {"summary": [], "answer": ["em"]},
        "models": [{"name": "lead", "baseline": "lead"}],
    }
    config = folder / "config.yaml"
    config.write_text(json.dumps(content), encoding="utf-8")
    return config


if __name__ == "__main__":
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]).resolve()
    for name, value in (describe(root) | trace(root)).items():
        print(f"{name}: {value}")
