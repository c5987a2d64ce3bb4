"""Configs without YAML: made in Python, or read from the manifest of a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evalkit.config.loading import parse
from evalkit.config.overrides import change
from evalkit.config.schema import Baseline, Config, LanguageModel
from evalkit.config.sources import SquadData
from tests.support.problems import problems_of

SETTINGS: dict[str, Any] = {
    "name": "trial",
    "data": {"squad": "数据/𠮷.json"},
    "prompts": {"folder": "prompts"},
    "models": [
        {"name": "lead", "baseline": "lead"},
        {"name": "tiny", "weights": {"tiny": 0}, "generation": {"stop": ["👍"], "top_p": 1}},
    ],
    "output": "runs",
}


def test_a_config_takes_what_yaml_would_hold() -> None:
    """Lists for tuples, text for paths, mappings for models."""
    config = Config(**SETTINGS)
    assert config.data == SquadData(squad=Path("数据/𠮷.json"))
    assert config.models[0] == Baseline(name="lead", baseline="lead")
    assert isinstance(config.models[1], LanguageModel)
    assert config.models[1].generation.stop == ("👍",)
    assert config == parse(SETTINGS)


def test_a_config_takes_models_tuples_and_paths() -> None:
    """What the types say, beside what YAML would hold."""
    lead = Baseline(name="lead", baseline="lead")
    changes = {"models": (lead, SETTINGS["models"][1]), "data": SquadData(squad=Path("a"))}
    config = Config(**SETTINGS | changes | {"output": Path("runs")})
    assert config.models[0] == lead
    assert config.output == Path("runs")


@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_config_survives_the_manifest(*, ascii_only: bool) -> None:
    """Written as JSON and read again it is the same, beyond the BMP as well."""
    config = Config(**SETTINGS)
    text = json.dumps(config.model_dump(mode="json"), ensure_ascii=ascii_only)
    assert parse(json.loads(text), file="manifest.json") == config


def test_nothing_is_converted() -> None:
    """A Python value is checked as strictly as one of a file; all problems come at once."""
    found = problems_of(lambda: Config(**SETTINGS | {"seed": "3", "limit": True, "cache": 1}))
    assert {(each.file, each.key, each.code) for each in found} == {
        ("config", key, "invalid") for key in ("seed", "limit", "cache")
    }


def test_the_problems_of_a_manifest_name_it_and_the_key() -> None:
    """There is no line: JSON is written by programs."""
    models = [{"name": "lead", "baseline": "lead"}, {"name": "lead", "baseline": "last"}]
    found = problems_of(lambda: parse(SETTINGS | {"models": models}, file="manifest.json"))
    assert [(each.file, each.line, each.key, each.code) for each in found] == [
        ("manifest.json", None, "models.1.baseline", "invalid"),
        ("manifest.json", None, "models.1.name", "duplicate"),
    ]


@pytest.mark.parametrize("value", [object(), "\ud800", float("nan"), float("inf"), {1: {2}}])
def test_what_no_file_can_hold_is_a_problem(value: object) -> None:
    """No traceback, whatever Python puts there."""
    generation = {"temperature": value}
    models = [{"name": "tiny", "weights": {"tiny": 0}, "generation": generation}]
    assert problems_of(lambda: Config(**SETTINGS | {"models": models}))


def test_a_tilde_is_the_user_s_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a file; no folder named `~` is ever made."""
    monkeypatch.setenv("HOME", "/somewhere")
    assert Config(**SETTINGS | {"output": "~/runs"}).output == Path("/somewhere/runs")


def test_single_values_are_changed_as_by_set() -> None:
    """Keys may be new, deep or of a list; what is not named stays, and so does the original."""
    config = Config(**SETTINGS)
    changed = change(config, {"limit": 1, "models.1.generation.samples": 2,
                              "models.1.generation.temperature": 0.7})  # fmt: skip
    assert changed.limit == 1
    assert changed.models[0] == config.models[0]
    assert isinstance(changed.models[1], LanguageModel)
    assert changed.models[1].generation.samples == 2
    assert changed.models[1].generation.stop == ("👍",)
    assert config == Config(**SETTINGS)


@pytest.mark.parametrize(
    ("key", "code"), [("models.7.name", "unknown"), ("name.first", "unknown"), ("few", "unknown")]
)
def test_a_change_of_nothing_that_exists_is_a_problem(key: str, code: str) -> None:
    """Its key is named."""
    (problem,) = problems_of(lambda: change(Config(**SETTINGS), {key: "x"}))
    assert (problem.key, problem.code) == (key, code)


def test_the_schema_needs_no_yaml_and_no_model_library() -> None:
    """A config made in Python costs what pydantic costs."""
    code = (
        "import sys, evalkit.config.schema; "
        "print({'yaml', 'torch', 'transformers', 'pandas', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert done.stdout == "set()\n"
