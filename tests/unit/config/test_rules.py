"""The rules for a config beyond the types of single values."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.config.loading import parse
from tests.support.problems import problems_of

TINY = {"name": "tiny", "weights": {"tiny": 0}}
SETTINGS: dict[str, Any] = {
    "name": "trial",
    "data": {"squad": "dev.json"},
    "prompts": {"folder": "prompts"},
    "models": [{"name": "lead", "baseline": "lead"}, TINY],
    "output": "runs",
}


def broken(**changes: object) -> list[tuple[str, str]]:
    """Return key and code of each problem of a config with some settings changed."""
    found = problems_of(lambda: parse(SETTINGS | changes))
    assert all(problem.remedy for problem in found)
    return [(problem.key, problem.code) for problem in found]


def tiny(**changes: object) -> list[dict[str, Any]]:
    """Return the models with some settings of the language model changed."""
    return [TINY | changes]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"models": [TINY, TINY]}, "models.1.name"),
        ({"prompts": {"folder": "p", "wordings": ["a", "b", "a"]}}, "prompts.wordings.2"),
        ({"models": tiny(wordings=["a", "a"])}, "models.0.wordings.1"),
        ({"few_shot": [0, 3, 3]}, "few_shot.2"),
        ({"noise": [{}, {"ocr": 0.1}, {"ocr": 0.1, "seed": 0}]}, "noise.2"),
        ({"noise": [{"ocr": 1}, {"ocr": 1.0}]}, "noise.1"),
        ({"noise": [{}, {"ocr": 0, "seed": 3}]}, "noise.1"),
        ({"metrics": {"answer": ["em", "f1", "em"]}}, "metrics.answer.2"),
        ({"metrics": {"summary": ["rouge2", "rouge2"]}}, "metrics.summary.1"),
    ],
)
def test_nothing_is_named_or_asked_twice(changes: dict[str, object], key: str) -> None:
    """Two systems of one name, two that are asked the same, or a metric given twice are a slip."""
    assert broken(**changes) == [(key, "duplicate")]


def test_noise_with_another_seed_is_another_condition() -> None:
    """Two draws at one rate show how much the draw matters."""
    config = parse(SETTINGS | {"noise": [{"ocr": 0.1}, {"ocr": 0.1, "seed": 1}]})
    assert len(config.noise) == 2


def test_the_name_of_the_references_row_is_reserved() -> None:
    """`human` is what the references score against each other."""
    assert broken(models=tiny(name="human")) == [("models.0.name", "invalid")]


@pytest.mark.parametrize("settings", [{}, {"prompts": "summary"}, {"n_characters": None}])
def test_a_task_of_one_s_own_says_how_long_its_summaries_are(settings: object) -> None:
    """Only the known tasks have a length that need not be given."""
    found = broken(tasks={"short": {}, "minutes": settings})
    assert found == [("tasks.minutes.n_characters", "missing")]


def test_a_misspelt_task_is_recognised() -> None:
    """The nearest known task is the remedy."""
    (problem,) = problems_of(lambda: parse(SETTINGS | {"tasks": {"headlines": {}}}))
    assert problem.remedy == "did you mean `headline`?"


def test_answers_have_no_length() -> None:
    """Their length is the question's, so asking for one is a conflict."""
    found = broken(tasks={"answer": {"n_characters": 9}})
    assert found == [("tasks.answer.n_characters", "conflict")]


@pytest.mark.parametrize("generation", [{"samples": 3}, {"samples": 2, "temperature": 0}])
def test_greedy_decoding_has_one_sample(generation: dict[str, object]) -> None:
    """More of them would all be the same."""
    found = broken(models=tiny(generation=generation))
    assert found == [("models.0.generation.samples", "conflict")]


def test_thinking_ends_with_another_mark_than_it_starts_with() -> None:
    """With one mark for both nothing would ever be closed."""
    marks = {"start": "###", "end": "###"}
    found = broken(models=tiny(thinking=marks))
    assert found == [("models.0.thinking.end", "conflict")]
    assert broken(models=tiny(thinking={"start": ""})) == [
        ("models.0.thinking.start", "empty"),
        ("models.0.thinking.end", "missing"),
    ]


def test_limits_of_tokens_name_tasks() -> None:
    """Those of the config and the known ones, which `--set` may have taken out of it."""
    limits = {"minutes": 9, "short": 9, "shrot": 9}
    found = broken(
        tasks={"minutes": {"n_characters": 50}}, models=tiny(generation={"max_new_tokens": limits})
    )
    assert found == [("models.0.generation.max_new_tokens.shrot", "unknown")]


def test_broken_rules_and_wrong_types_are_found_together() -> None:
    """A wrong value elsewhere, even in the same list, hides no broken rule."""
    models = [{"name": "a", "baseline": "first"}, {"name": "a", "baseline": "lead"}]
    assert broken(models=models, few_shot=[1, "x", 1], limit=0) == [
        ("models.0.baseline", "invalid"),
        ("few_shot.1", "invalid"),
        ("limit", "invalid"),
        ("models.1.name", "duplicate"),
        ("few_shot.2", "duplicate"),
    ]


def test_workers_decide_about_the_device() -> None:
    """A device of a model beside `workers` would be a second answer to one question."""
    workers = {"devices": ["cuda:0", "cuda:1"]}
    assert broken(workers=workers, models=tiny(device="cuda:1")) == [
        ("models.0.device", "conflict")
    ]
    assert parse(SETTINGS | {"workers": workers, "models": tiny(device="auto")}).workers


@pytest.mark.parametrize(
    ("workers", "key"),
    [
        ({"ray": "auto"}, "workers.n"),
        ({"ray": "ray://head:10001", "n": 2}, "workers.ray"),
        ({"ray": "auto", "n": 2, "gpus": 2}, "workers.gpus"),
        ({"devices": []}, "workers.devices"),
        ({"devices": ["gpu"]}, "workers.devices.0"),
        ({"n": 2}, "workers"),
    ],
)
def test_workers_are_devices_or_a_cluster(workers: dict[str, object], key: str) -> None:
    """What is missing or cannot be is named with its key."""
    assert [found for found, _ in broken(workers=workers)] == [key]
