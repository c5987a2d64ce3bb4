"""A run whose two models write different texts, and the package that is made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.annotate.package import choose_pairs
from tests.support.runs import EXAMPLES, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.analysis.run import Run
    from evalkit.annotate.package import Key
    from evalkit.records import Example


def _value(system: str, example: Example, metric: str) -> float:
    """Return values by which rougeLsum prefers qwen and rouge1 prefers llama; texts differ."""
    best = "llama" if metric == "rouge1" else "qwen"
    return 0.9 if system == best else 0.1 + len(example.id) / 1000


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run with twelve summaries of three articles; read it only."""
    summaries = [e for e in EXAMPLES if e.kind == "summary"]
    more = [
        replace(e, id=f"{e.article_id}/s{i}", task=f"task{i}") for e in summaries for i in range(4)
    ]
    return write_run(tmp_path_factory.mktemp("runs") / "secret", examples=more, value=_value)


@pytest.fixture(scope="session")
def run(run_folder: Path) -> Run:
    """Return that run."""
    return load(run_folder)


@pytest.fixture(scope="session")
def key(run: Run) -> Key:
    """Return the key of a package of all summaries of the two models."""
    return choose_pairs(run, (), (), 100)
