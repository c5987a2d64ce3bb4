"""A run passes or fails rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from evalkit.analysis.gate import Rule, check_no_worse, check_rules
from evalkit.analysis.run import load
from evalkit.stats.summarise import summarise
from evalkit.store.folder import RunFolder, summary_text
from evalkit.store.jsonl import write_all
from tests.support.problems import problems_of
from tests.support.runs import EXAMPLES, METRICS, draw_value, reseal, system, write_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalkit.analysis.gate import Option
    from evalkit.analysis.run import Run
    from evalkit.records import Example, ScoreLine

ANSWERS = tuple(example for example in EXAMPLES if example.kind == "answer")


def worse(name: str, example: Example, metric: str) -> float:
    """Return the values of a qwen that lost all of its f1."""
    return 0.0 if (name, metric) == ("qwen", "f1") else draw_value(name, example, metric) / 2 + 0.5


def good(name: str, example: Example, metric: str) -> float:
    """Return values of at least one half."""
    return draw_value(name, example, metric) / 2 + 0.5


def rule(option: str, system: str, metric: str, value: float) -> Rule:
    """Return a rule."""
    return Rule(option=cast("Option", option), system=system, metric=metric, value=value)


def test_a_mean_must_keep_to_its_bound(tmp_path: Path) -> None:
    """At least, or at most; one line says why."""
    run = load(write_run(tmp_path / "run"))
    (estimate,) = (e for e in run.systems[0].estimates if e.metric == "f1")
    rules = [
        rule("--min", "qwen", "f1", estimate.mean - 0.01),
        rule("--min", "qwen", "f1", estimate.mean + 0.01),
    ]
    passed, failed = check_rules(run, rules)
    assert (passed.passed, failed.passed) == (True, False)
    assert failed.why.startswith(f"{estimate.mean:.4f}, 95% interval on these articles [")


def test_a_partly_scored_mean_fails_its_rule(tmp_path: Path) -> None:
    """A mean over some of the planned examples is not the mean that was asked for."""
    path = write_run(tmp_path / "run")
    kept = [
        line
        for line in RunFolder(path=path).scores()
        if (line.system, line.metric, line.example) != ("qwen", "f1", "rain/q1")
        and (line.system, line.metric) != ("qwen", "rougeLsum")
    ]
    rules = [rule("--min", "qwen", "f1", 0), rule("--min", "qwen", "rougeLsum", 0)]
    partly, unscored = check_rules(with_scores(path, kept), rules)
    assert not partly.passed
    assert "only 5 of 6 examples scored" in partly.why
    assert (unscored.passed, unscored.why) == (False, "has no score")


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (rule("--min", "qwem", "em", 0.4), "unknown"),
        (rule("--min", "qwen", "emm", 0.4), "unknown"),
        (rule("--min", "qwen", "em", 90), "invalid"),
        (rule("--max", "qwen", "em", 0.1), "conflict"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(tmp_path: Path, bad: Rule, code: str) -> None:
    """It is bad input, neither a pass nor a fail."""
    run = load(write_run(tmp_path / "run"))
    (problem,) = problems_of(lambda: check_rules(run, [bad]))
    assert (problem.code, problem.file) == (code, bad.option)


def test_a_metric_without_maximum_and_unknown_to_this_version_has_bounds(tmp_path: Path) -> None:
    """Its facts are those of the run."""
    strange = replace(METRICS[2], name="typos", better="lower", maximum=None)
    run = load(write_run(tmp_path / "run", metrics=(strange,), value=lambda *_: 90.0))
    high, low = check_rules(run, [rule("--max", "qwen", "typos", n) for n in (100, 80)])
    assert (high.passed, low.passed) == (True, False)


def test_a_run_is_no_worse_than_itself(tmp_path: Path) -> None:
    """On every headline metric of every system but the oracle."""
    run = load(write_run(tmp_path / "run"))
    results = check_no_worse(run, run)
    assert all(result.passed for result in results)
    assert [result.rule for result in results][:3] == [
        f"qwen: {metric} no worse" for metric in ("rougeLsum", "em", "f1")
    ]
    assert {result.system for result in results} == {"qwen", "llama", "lead"}


def test_metrics_without_an_example_are_left_out(tmp_path: Path) -> None:
    """A run of questions alone has headline metrics of summaries, and is no worse than itself."""
    run = load(write_run(tmp_path / "run", examples=ANSWERS))
    results = check_no_worse(run, run)
    assert {result.rule.split()[1] for result in results} == {"em", "f1"}
    assert all(result.passed for result in results)


def test_a_drop_that_the_test_sees_fails(tmp_path: Path) -> None:
    """The metrics that did not move pass, and the other way round all is better."""
    before = load(write_run(tmp_path / "before", value=good))
    now = load(write_run(tmp_path / "now", value=worse))
    failed = [result for result in check_no_worse(now, before) if not result.passed]
    assert [result.rule for result in failed] == ["qwen: f1 no worse"]
    assert failed[0].why.startswith("worse, -0.")
    assert all(result.passed for result in check_no_worse(before, now))


def test_examples_that_are_not_scored_fail(tmp_path: Path) -> None:
    """Leaving out examples, or all of them, never helps a system past the gate."""
    before = load(write_run(tmp_path / "before"))
    path = write_run(tmp_path / "now")
    kept = [
        score
        for score in RunFolder(path=path).scores()
        if (score.system, score.metric) != ("llama", "em")
        and (score.system, score.example) != ("qwen", "bridge/short")
    ]
    now = with_scores(path, kept)
    failed = {r.rule: r.why for r in check_no_worse(now, before) if not r.passed}
    assert "only 2 of 3 scored" in failed["qwen: rougeLsum no worse"]
    assert failed["llama: em no worse"] == "0 examples scored, 6 in the baseline"
    assert len(failed) == 2


def with_scores(path: Path, lines: Sequence[ScoreLine]) -> Run:
    """Return a run that has these scores, and the means of these."""
    summary = RunFolder(path=path).summary()
    write_all(path / "scores.jsonl", lines)
    rows = [replace(row, estimates=()) for row in summary.systems]
    summed = summarise(summary.run, rows, summary.metrics, lines)
    (path / "summary.json").write_text(summary_text(summed), encoding="utf-8")
    reseal(path)
    return load(path)


def without(path: Path, system: str, metric: str, *articles: str) -> Run:
    """Return a run in whose articles a system has nothing to score on a metric."""
    lines = [
        replace(line, value=None, rule="nothing to score")
        if (line.system, line.metric) == (system, metric) and line.article in articles
        else line
        for line in RunFolder(path=path).scores()
    ]
    return with_scores(path, lines)


def test_nothing_to_score_is_not_missing(tmp_path: Path) -> None:
    """Where there is nothing to score a rule holds for the other examples, and says how many."""
    before = load(write_run(tmp_path / "before"))
    now = without(write_run(tmp_path / "now"), "qwen", "rougeLsum", "rain")
    (bound,) = check_rules(now, [rule("--min", "qwen", "rougeLsum", 0)])
    assert bound.passed
    assert bound.why.endswith(", on 2 examples; nothing to score in 1")
    results = {result.rule: result for result in check_no_worse(now, before)}
    assert results["qwen: rougeLsum no worse"].passed
    assert results["qwen: rougeLsum no worse"].why.endswith("; nothing to score in 1")


def test_nothing_to_score_at_all(tmp_path: Path) -> None:
    """Then there is no mean to pass a rule with, and nothing to be no worse at."""
    articles = ("bridge", "rain", "fair")
    now = without(write_run(tmp_path / "now"), "qwen", "rougeLsum", *articles)
    (bound,) = check_rules(now, [rule("--min", "qwen", "rougeLsum", 0)])
    assert (bound.passed, bound.why) == (False, "has no score: nothing to score in 3 examples")
    assert "qwen: rougeLsum no worse" not in {r.rule for r in check_no_worse(now, now)}
    before = load(write_run(tmp_path / "before"))
    (lost,) = (r for r in check_no_worse(now, before) if r.rule == "qwen: rougeLsum no worse")
    assert (lost.passed, lost.why) == (
        False,
        "0 examples scored, 3 in the baseline; nothing to score in 3",
    )


def test_the_gate_is_about_these_articles(tmp_path: Path) -> None:
    """One article is enough: both runs are on it, and its questions are the sample."""
    single = [
        replace(ANSWERS[0], id=f"bridge/q{i}", question=f"第{i}个问题？") for i in range(1, 8)
    ]
    before, now, same = (
        load(write_run(tmp_path / name, examples=single, value=lambda *_, v=value: v))
        for name, value in (("before", 1.0), ("now", 0.0), ("same", 1.0))
    )
    assert all(result.passed for result in check_no_worse(same, before))
    results = check_no_worse(now, before)
    assert not any(result.passed for result in results)
    assert "p 0.0156, on 7 examples of the 1 article" in results[0].why


def test_a_model_that_only_one_run_has_fails(tmp_path: Path) -> None:
    """Renamed, dropped or new: nothing shows that it is no worse. Baselines may come and go."""
    both = (system("llama"), system("lead", "baseline"))
    before = load(write_run(tmp_path / "before", systems=(system("qwen"), *both)))
    now = load(
        write_run(
            tmp_path / "now", systems=(system("qwen2"), *both, system("textrank", "baseline"))
        )
    )
    lost, new, *others = check_no_worse(now, before)
    assert [(each.rule, each.passed) for each in (lost, new)] == [
        ("qwen: no worse", False),
        ("qwen2: no worse", False),
    ]
    assert lost.why == f"is in {before.path}, but not in {now.path}; run it under the same name"
    assert new.why.startswith(f"is in {now.path}, but not in {before.path}; copy manifest.json, ")
    assert {each.system for each in others} == {"llama", "lead"}
    assert all(each.passed for each in others)


def test_a_baseline_of_other_systems_or_references_is_refused(tmp_path: Path) -> None:
    """It says nothing about this run."""
    run = load(write_run(tmp_path / "run"))
    strangers = load(write_run(tmp_path / "strangers", systems=(system("other"),)))
    (problem,) = problems_of(lambda: check_no_worse(run, strangers))
    assert problem.code == "incomparable"
    path = write_run(tmp_path / "changed")
    folder = RunFolder(path=path)
    manifest = folder.manifest()
    assert manifest is not None
    manifest.references = dict.fromkeys(manifest.references, "0")
    folder.write_manifest(manifest)
    (problem,) = problems_of(lambda: check_no_worse(run, load(path)))
    assert (problem.code, problem.key) == ("incomparable", "references")
    copied = "copy manifest.json, summary.json and scores.jsonl of a run that you accept into"
    assert problem.remedy == f"undo the change, or {copied} {path}"
