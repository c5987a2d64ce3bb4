"""The tasks and the systems of a config."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any, get_args

from evalkit.config.conditions import systems_of
from evalkit.config.loading import parse
from evalkit.config.schema import Baseline, Factor, LanguageModel
from evalkit.config.strict import LETTERS
from evalkit.config.tasks import tasks_of
from evalkit.records import PROMPT_FACTORS, Condition, Noise, System, Task

LEAD = {"name": "lead", "baseline": "lead"}
ORACLE = {"name": "oracle", "baseline": "oracle"}
QWEN = {"name": "qwen", "weights": {"tiny": 0}}
OTHER = {"name": "other", "predictions": "other.jsonl"}
NAME = rf"[{LETTERS}][{LETTERS}._-]*"


def config(**changes: Any) -> Any:  # noqa: ANN401 - any key of a config
    """Return a config with some settings."""
    settings = {
        "name": "trial",
        "data": {"squad": "dev.json"},
        "prompts": {"folder": "prompts"},
        "models": [LEAD, ORACLE, QWEN, OTHER],
        "output": "runs",
    }
    return parse(settings | changes)


def names(**changes: object) -> list[str]:
    """Return the names of the systems of a config with some settings."""
    return [system.name for system in systems_of(config(**changes))]


def test_a_model_under_one_condition_keeps_its_name() -> None:
    """The usual config: one row a model."""
    assert systems_of(config()) == (
        System(name="lead", model="lead", role="baseline"),
        System(name="oracle", model="oracle", role="oracle"),
        System(name="qwen", model="qwen", role="model"),
        System(name="other", model="other", role="model"),
    )


def test_the_condition_of_an_only_system_is_that_of_the_config() -> None:
    """A name without parts says nothing about the wording, the record does."""
    prompts = {"folder": "prompts", "wordings": ["terse"]}
    found = systems_of(config(models=[LEAD, QWEN], prompts=prompts, few_shot=2))
    assert [(each.name, each.condition) for each in found] == [
        ("lead", Condition()),
        ("qwen", Condition(wording="terse", n_shots=2)),
    ]


def test_every_combination_is_a_system_of_each_model_that_it_concerns() -> None:
    """Models read prompts and articles, baselines articles; predictions were made elsewhere."""
    prompts = {"folder": "prompts", "wordings": ["default", "terse"]}
    noise = [{}, {"ocr": 0.02}]
    assert names(prompts=prompts, few_shot=[0, 3], noise=noise) == [
        "lead@clean",
        "lead@ocr0.02",
        "oracle@clean",
        "oracle@ocr0.02",
        "qwen@default+0-shot+clean",
        "qwen@default+0-shot+ocr0.02",
        "qwen@default+3-shot+clean",
        "qwen@default+3-shot+ocr0.02",
        "qwen@terse+0-shot+clean",
        "qwen@terse+0-shot+ocr0.02",
        "qwen@terse+3-shot+clean",
        "qwen@terse+3-shot+ocr0.02",
        "other",
    ]


def test_a_name_has_parts_for_what_varies_alone() -> None:
    """One wording and one noise are not worth a word."""
    assert names(models=[LEAD, QWEN], few_shot=[0, 3], noise=[{"ocr": 0.1}]) == [
        "lead",
        "qwen@0-shot",
        "qwen@3-shot",
    ]


def test_a_model_may_have_wordings_of_its_own() -> None:
    """They replace those of the config, for this model alone."""
    own = {"name": "glm", "weights": {"tiny": 1}, "wordings": ["terse", "polite"]}
    prompts = {"folder": "prompts", "wordings": ["default"]}
    assert names(models=[QWEN, own], prompts=prompts) == ["qwen", "glm@terse", "glm@polite"]


def test_noise_without_effect_is_the_clean_article() -> None:
    """A seed that draws nothing makes no other condition."""
    system = systems_of(config(models=[LEAD], noise=[{"ocr": 0, "seed": 7}]))[0]
    assert system.condition.noise == Noise()


def test_names_of_systems_are_distinct_and_plain() -> None:
    """A model's name, `@`, and parts joined by `+`: nothing in them needs quoting."""
    noise = [
        {},
        {"full_width": 1},
        {"line_breaks": 0.5, "ocr": 0.00001, "seed": 3},
        {"ocr": 0.1234567},
        {"ocr": 0.1234568},
    ]
    wordings = ["default", "clean", "3-shot", "简短"]
    prompts = {"folder": "prompts", "wordings": wordings}
    found = names(models=[LEAD, QWEN], prompts=prompts, few_shot=[0, 3], noise=noise)
    assert len(set(found)) == len(found) == 5 + 4 * 2 * 5
    assert all(re.fullmatch(rf"{NAME}@{NAME}(\+{NAME})*", name) for name in found)
    assert "lead@full_width1" in found
    assert "lead@line_breaks0.5-ocr1e-05-seed3" in found


def test_known_tasks_are_complete() -> None:
    """Folder, length and tokens of what evalkit knows by name."""
    known: dict[str, object] = {name: {} for name in ("answer", "headline", "short", "long")}
    assert tasks_of(config(tasks=known)) == (
        Task(name="answer", kind="answer", prompts="answer", n_characters=0, max_new_tokens=48),
        Task(
            name="headline", kind="summary", prompts="headline", n_characters=30, max_new_tokens=48
        ),
        Task(name="short", kind="summary", prompts="summary", n_characters=100, max_new_tokens=160),
        Task(name="long", kind="summary", prompts="summary", n_characters=250, max_new_tokens=320),
    )


def test_tasks_that_are_not_named_are_summaries_and_questions() -> None:
    """The order is that of the table."""
    assert [task.name for task in tasks_of(config())] == ["short", "long", "answer"]


def test_settings_of_a_task_replace_what_is_known() -> None:
    """One by one."""
    settings = {"short": {"n_characters": 60, "max_new_tokens": 99, "prompts": "brief"}}
    assert tasks_of(config(tasks=settings)) == (
        Task(name="short", kind="summary", prompts="brief", n_characters=60, max_new_tokens=99),
    )


def test_a_task_of_one_s_own_needs_its_length_alone() -> None:
    """Its templates are in the folder of its name, its tokens twice its characters."""
    assert tasks_of(config(tasks={"会议纪要": {"n_characters": 200}})) == (
        Task(
            name="会议纪要",
            kind="summary",
            prompts="会议纪要",
            n_characters=200,
            max_new_tokens=400,
        ),
    )


def test_every_field_of_a_condition_is_a_factor() -> None:
    """What a system can be asked under, the config can vary."""
    assert get_args(Factor) == tuple(field.name for field in fields(Condition))
    assert set(Baseline.FACTORS).isdisjoint(PROMPT_FACTORS)
    assert set(LanguageModel.FACTORS) == set(get_args(Factor))
