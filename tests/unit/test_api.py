"""The public functions read predictions as the commands do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import evalkit

if TYPE_CHECKING:
    from pathlib import Path


def test_thinking_is_stripped_before_anything_is_scored(tmp_path: Path) -> None:
    """Of one prediction, and of those of a file."""
    prediction = "[THINK]想一想[/THINK]襄阳"
    assert evalkit.score(prediction, ["襄阳"]).value == 1.0
    row = {"id": "1", "question": "哪里？", "prediction": prediction, "references": ["襄阳"]}
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    scored = evalkit.score_file(file, "answer", metric=["em", "f1"])
    assert scored["value"].tolist() == [1.0, 1.0]
