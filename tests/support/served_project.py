"""A project of many questions for a server whose model is right half of the time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zlib import crc32

from evalkit.records import Generation
from evalkit.store.jsonl import read_all
from tests.support.endpoints import QUICK
from tests.support.paths import PROMPTS
from tests.support.served import MODEL, answer

RESULTS = ("scores.jsonl", "summary.json")

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.served import Asked, Reaction, Served


def write_project(root: Path, served: Served, *, n_articles: int = 5, **changes: Any) -> Path:  # noqa: ANN401 - keys of the endpoint
    """Write a project with ten questions an article, and return its config."""
    paragraphs = [
        {
            "context": f"第{i}件事：襄阳市今年修路。" * 3,
            "qas": [
                {
                    "id": f"{i}-{j}",
                    "question": f"第{i}件事的第{j}问？",
                    "answers": [{"text": "修路"}],
                }
                for j in range(10)
            ],
        }
        for i in range(n_articles)
    ]
    data = {"data": [{"title": "事", "paragraphs": [each]} for each in paragraphs]}
    (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    endpoint = {"name": "served", "endpoint": served.address, "model": MODEL, **QUICK, **changes}
    config = {
        "name": "run",
        "output": "runs",
        "data": {"squad": "data.json"},
        "prompts": {"folder": str(PROMPTS)},
        "tasks": {"answer": {}},
        "metrics": {"answer": ["em"]},
        "models": [endpoint, {"name": "lead", "baseline": "lead"}],
    }
    (root / "config.yaml").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    return root / "config.yaml"


def half_right(asked: Asked) -> Reaction:
    """Answer every question alike whenever it is asked, half of them rightly."""
    right = crc32(asked.prompt.encode()) % 2
    return answer("修路" if right else "下雨")


def scores(root: Path) -> dict[str, bytes]:
    """Return the results of the project's run as they are on disk."""
    return {name: (root / "runs/run" / name).read_bytes() for name in RESULTS}


def generations(root: Path) -> list[Generation]:
    """Return the served model's generations of the project's run."""
    found = read_all(root / "runs/run/generations.jsonl", Generation)
    return [generation for generation in found if generation.system == "served"]
