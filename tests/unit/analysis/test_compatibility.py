"""Which runs may be compared, and what a reader must know of those that may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.analysis.compatibility import notes, obstacles
from evalkit.analysis.run import load
from tests.support.runs import reseal, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.analysis.run import Run


def edited(path: Path, file: str, keys: tuple[str | int, ...], value: object) -> Run:
    """Return a run with one place of a JSON file changed."""
    write_run(path)
    content: Any = json.loads((path / file).read_bytes())
    place = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    (path / file).write_text(json.dumps(content), encoding="utf-8")
    reseal(path)
    return load(path)


@pytest.fixture
def first(tmp_path: Path) -> Run:
    """Return a run that others are compared with."""
    return load(write_run(tmp_path / "first"))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("manifest.json", ("articles", "bridge"), "0"), "articles"),
        (("manifest.json", ("articles", "more"), "0"), "articles"),
        (("manifest.json", ("references", "rain"), "0"), "references"),
        (("manifest.json", ("references",), {}), "references"),
        (("summary.json", ("metrics", 2, "signature"), "em|v0"), "signatures.em"),
    ],
)
def test_other_articles_references_and_metrics_are_obstacles(
    first: Run, tmp_path: Path, change: tuple[str, tuple[str | int, ...], object], key: str
) -> None:
    """Each is named with what differs."""
    other = edited(tmp_path / "other", *change)
    (problem,) = obstacles([first, other], ["em", "rougeLsum"])
    assert (problem.code, problem.key) == ("incomparable", key)
    assert problem.file == str(other.path)


def test_a_metric_that_is_not_compared_does_not_matter(first: Run, tmp_path: Path) -> None:
    """Another version of another metric changes nothing."""
    other = edited(tmp_path / "other", "summary.json", ("metrics", 2, "signature"), "em|v0")
    assert obstacles([first, other], ["f1"]) == []


@pytest.mark.parametrize(
    ("keys", "value", "key"),
    [
        (("prompts", "answer/default"), "0", "templates"),
        (("prompts", "answer/terse"), "0", "templates"),
        (("config", "few_shot"), 2, "config.few_shot"),
        (("config", "noise"), [{"ocr": 0.1}], "config.noise"),
        (("config", "shorten"), "sentences", "config.shorten"),
        (("config", "tasks"), {"short": {"n_characters": 9}}, "config.tasks"),
    ],
)
def test_systems_that_were_asked_otherwise_are_noted(
    first: Run, tmp_path: Path, keys: tuple[str, ...], value: object, key: str
) -> None:
    """How they are asked may be what the comparison is about."""
    other = edited(tmp_path / "other", "manifest.json", keys, value)
    assert obstacles([first, other], ["em"]) == []
    (note,) = notes([first, other], ["em"])
    assert f"{other.path}: {key}: not as in {first.path}" in note


def test_templates_of_another_kind_are_not_noted(first: Run, tmp_path: Path) -> None:
    """Answers are compared although summaries were asked for otherwise."""
    other = edited(tmp_path / "other", "manifest.json", ("prompts", "summary/default"), "0")
    assert notes([first, other], ["em"]) == []
    assert notes([first, other], ["em", "rougeLsum"])


def test_the_seed_matters_where_it_draws_worked_examples(tmp_path: Path) -> None:
    """Other examples are other prompts; without worked examples nothing is drawn."""
    for n_shots, n_notes in ((0, 0), (1, 1)):
        runs = []
        for seed in (0, 1):
            path = tmp_path / f"{n_shots}-{seed}"
            config = json.loads((write_run(path) / "manifest.json").read_bytes())["config"]
            config |= {"few_shot": n_shots, "seed": seed}
            runs.append(edited(path, "manifest.json", ("config",), config))
        assert len(notes(runs, ["em"])) == n_notes


def test_runs_of_the_same_kind_have_nothing_against_them(first: Run, tmp_path: Path) -> None:
    """Neither obstacles nor notes; one run alone neither."""
    same = load(write_run(tmp_path / "same"))
    for runs in ([first, same], [first]):
        assert obstacles(runs, ["em", "f1"]) == []
        assert notes(runs, ["em", "f1"]) == []
