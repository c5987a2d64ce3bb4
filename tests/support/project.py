"""A small project of a user's own, which may be changed, moved and damaged."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from evalkit.cli import main
from evalkit.records import Generation
from evalkit.store.folder import RunFolder
from evalkit.store.jsonl import read_all
from tests.support.paths import PROMPTS

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.store.manifest import Manifest

N_EXAMPLES = {"a": 4, "b": 3}


class Project:
    """A small project of its own: two articles, their references, templates, a config."""

    def __init__(self, root: Path) -> None:
        """Write it."""
        self.root = root
        shutil.copytree(PROMPTS, root / "prompts")
        (root / "seeds").mkdir()
        (root / "references").mkdir()
        entries = []
        for name, text in (("a", "襄阳市今年有三件大事。第一件是修路。"), ("b", "武汉下雨了。")):
            (root / f"seeds/{name}.txt").write_text(text * 5, encoding="utf-8")
            entries.append({
                "id": name, "file": f"{name}.txt", "title": name, "source": "无", "date": "2019",
                "kind": "news",
            })  # fmt: skip
            self.write_references(name, "修路")
        self.write("seeds/index.yaml", {"articles": entries})
        self.config: dict[str, Any] = {
            "name": "run",
            "output": "runs",
            "data": {"articles": "seeds/index.yaml", "references": "references"},
            "prompts": {"folder": "prompts"},
            "cache": False,
            "models": [
                {"name": "lead", "baseline": "lead"},
                {"name": "oracle", "baseline": "oracle"},
                {
                    "name": "tiny",
                    "weights": {"folder": "weights"},
                    "dtype": "float32",
                    "generation": {"max_new_tokens": {"answer": 4, "short": 4, "long": 4}},
                },
            ],
        }

    def write(self, name: str, content: object) -> None:
        """Write a YAML file; JSON is YAML."""
        (self.root / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def write_references(self, name: str, answer: str) -> None:
        """Write an article's references: one summary, and questions with one answer."""
        questions = [
            {"id": f"q{i}", "type": "phrase", "difficulty": 1, "question": f"第{i}件是什么？",
             "answers": [answer]}
            for i in range(1, N_EXAMPLES[name])
        ]  # fmt: skip
        summary = {"id": "s1", "task": "short", "text": "今年修路。"}
        self.write(
            f"references/{name}.yaml",
            {"article": name, "headline": "大事", "summaries": [summary], "questions": questions},
        )

    def run(self, *options: str) -> dict[str, list[str]]:
        """Run it, and return the examples that each system did this time."""
        self.write("config.yaml", self.config)
        written = self.root / "runs/run/generations.jsonl"
        n_before = len(read_all(written, Generation))
        assert main(["run", "config.yaml", *options]) == 0
        done: dict[str, list[str]] = {}
        for generation in read_all(written, Generation)[n_before:]:
            done.setdefault(generation.system, []).append(generation.example)
        return done

    def manifest(self) -> Manifest:
        """Return the manifest of its run."""
        found = RunFolder(path=self.root / "runs/run").manifest()
        assert found is not None
        return found

    def fresh(self) -> Path:
        """Return the results of the project in a new folder."""
        self.config["output"] = "fresh"
        self.write("config.yaml", self.config)
        assert main(["run", "config.yaml"]) == 0
        return self.root / "fresh/run"
