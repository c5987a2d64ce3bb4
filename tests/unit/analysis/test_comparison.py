"""Systems of finished runs are compared from their folders alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.comparison import compare_runs
from evalkit.analysis.run import load, load_all
from evalkit.results import MetricFacts
from tests.support.problems import problems_of
from tests.support.results import value_of
from tests.support.runs import METRICS, SYSTEMS, draw_value, system, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Example


def test_wins_losses_and_parts_are_those_of_the_scores(tmp_path: Path) -> None:
    """Counted by hand from scores.jsonl."""
    run = load(write_run(tmp_path / "run"))
    found = compare_runs([run], ("qwen", "lead"), ("f1",))
    (comparison,) = found.summary.comparisons
    values = {(s.system, s.example): value_of(s) for s in run.scores if s.metric == "f1"}
    pairs = [(v, values["lead", id_]) for (name, id_), v in values.items() if name == "qwen"]
    assert comparison.wins == sum(a > b for a, b in pairs)
    assert comparison.losses == sum(a < b for a, b in pairs)
    assert comparison.n == len(pairs)
    assert sum(part.n for part in found.parts["type"]) == len(pairs)
    assert found.examples
    for example in found.examples:
        assert example.a.value == values["qwen", example.example]
        assert example.b.value == values["lead", example.example]
        assert example.question == run.examples[example.example].question
        assert example.references == run.examples[example.example].references
        key = ("lead", example.example, 0)
        assert example.b.prediction == run.generations[key].prediction


def test_every_system_is_compared_where_none_is_named(tmp_path: Path) -> None:
    """On the headline metrics, people left out; details are of two systems only."""
    run = load(write_run(tmp_path / "run", systems=(*SYSTEMS, system("human", "human"))))
    found = compare_runs([run])
    assert [facts.name for facts in found.summary.metrics] == ["rougeLsum", "em", "f1"]
    assert [row.name for row in found.summary.systems] == [s.name for s in SYSTEMS]
    assert {(c.a, c.b) for c in found.summary.comparisons} >= {("qwen", "llama"), ("qwen", "lead")}
    assert (found.parts, found.examples) == ({}, ())


def test_a_bare_name_means_that_system_in_every_run(tmp_path: Path) -> None:
    """So one name is enough to compare two runs of a model."""
    runs = load_all([write_run(tmp_path / "one"), write_run(tmp_path / "two")])
    found = compare_runs(runs, ("qwen",), ("em", "rouge1"))
    assert [row.name for row in found.summary.systems] == ["one/qwen", "two/qwen"]
    assert all(c.difference == 0 for c in found.summary.comparisons)
    assert set(found.parts) == {"task", "type", "difficulty", "evidence"}


def test_a_metric_that_this_version_does_not_know_is_compared(tmp_path: Path) -> None:
    """What is better, and its range, are facts of the run."""
    strange = replace(METRICS[2], name="typos", better="lower", maximum=None, signature="typos|v7")

    def value(name: str, example: Example, metric: str) -> float:
        return 5.0 if name == "qwen" else draw_value(name, example, metric)

    runs = [
        load(write_run(tmp_path / name, metrics=(strange,), value=value)) for name in ("a", "b")
    ]
    (comparison,) = compare_runs(runs[:1], ("qwen", "lead")).summary.comparisons
    assert isinstance(compare_runs(runs[:1]).summary.metric("typos"), MetricFacts)
    assert comparison.difference > 1
    assert comparison.losses == comparison.n == 6


def test_three_files_are_enough_and_the_rest_is_said_to_be_missing(tmp_path: Path) -> None:
    """Differences stay; questions, parts and predictions are left out, and why."""
    path = write_run(tmp_path / "run")
    whole = compare_runs([load(path)], ("qwen", "lead"))
    for file in path.glob("*.jsonl"):
        if file.name != "scores.jsonl":
            file.unlink()
    found = compare_runs([load(path)], ("qwen", "lead"))
    assert found.summary == whole.summary
    assert found.parts == {}
    assert {e.a.prediction for e in found.examples} == {""}
    assert [note.partition(":")[0] for note in found.notes] == [
        "Questions and their types are not shown",
        "Predictions are not shown",
    ]


def test_unknown_names_are_all_problems_with_the_nearest(tmp_path: Path) -> None:
    """Of systems and of metrics; one system alone cannot be compared."""
    run = load(write_run(tmp_path / "run"))
    unknown = problems_of(lambda: compare_runs([run], ("qwem", "lead")))
    assert [(p.code, p.file) for p in unknown] == [("unknown", "--models")]
    assert "`qwen`" in unknown[0].remedy
    (metric,) = problems_of(lambda: compare_runs([run], (), ("rouge9",)))
    assert (metric.code, metric.file) == ("unknown", "--metric")
    (alone,) = problems_of(lambda: compare_runs([run], ("lead",)))
    assert alone.code == "missing"
