"""The summary of a run: rows, counts, status, and all that is compared."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from evalkit.records import Condition, Generation, PlannedRequest, System
from evalkit.stats.summarise import count_outputs, summarise
from tests.support.results import NO_COUNTS, metric_facts, score

if TYPE_CHECKING:
    from evalkit.records import FinishReason
    from evalkit.results import Summary

EM = metric_facts()
QWEN = System(name="qwen", model="qwen", role="model")
LEAD = System(name="lead", model="lead", role="baseline")
HUMAN = System(name="human", model="human", role="human")
Key = tuple[str, str, int]


def request(example: str, *, system: str = "qwen", problem: str = "") -> PlannedRequest:
    """Return a planned request."""
    return PlannedRequest(system=system, step="article", example=example, problem=problem)


def generation(
    text: str, *, finish_reason: FinishReason = "stop", n_dropped: int = 0
) -> Generation:
    """Return a generation whose thinking, if any, is left open."""
    return Generation(
        key=text,
        system="qwen",
        example="",
        text=text,
        prediction="" if text.startswith("<think>") else text,
        unclosed_thinking=text.startswith("<think>"),
        finish_reason=finish_reason,
        n_article_tokens_dropped=n_dropped,
    )


def test_row_counts_every_issue() -> None:
    """Failed, missing, empty, truncated, shortened and unclosed outputs are each counted."""
    outputs = [
        generation("襄阳"),
        generation(" "),
        generation("<think>还没想完", finish_reason="length"),
        generation("十堰", n_dropped=7),
        generation("", finish_reason="error"),
    ]
    requests = [request(f"a/{i}") for i in range(7)] + [request("a/7", problem="too long")]
    generations = {("qwen", f"a/{i}", 0): output for i, output in enumerate(outputs)}
    (row,) = count_outputs([QWEN], requests, generations, {"qwen": "no memory"})
    counts = row.counts
    assert (counts.n_generated, counts.n_failed, counts.n_missing) == (4, 2, 2)
    assert (counts.n_empty, counts.n_truncated) == (2, 1)
    assert (counts.n_shortened, counts.n_unclosed_thinking) == (1, 1)
    assert (row.role, row.failure, row.estimates) == ("model", "no memory", ())


def test_samples_are_outputs_of_their_own() -> None:
    """Each sample of an example is one request, and may be missing alone."""
    requests = [
        PlannedRequest(system="qwen", step="article", example="a/1", sample=i) for i in range(3)
    ]
    generations = {("qwen", "a/1", i): generation("襄阳") for i in (0, 2)}
    (row,) = count_outputs([QWEN], requests, generations, {})
    assert (row.counts.n_generated, row.counts.n_missing) == (2, 1)


def summary_of(generations: dict[Key, Generation], failures: dict[str, str]) -> Summary:
    """Return the summary of two systems and two examples, all of them scored."""
    requests = [request(f"{a}/1", system=s) for s in ("qwen", "lead") for a in "ab"]
    scores = [
        score(example, value, system=system)
        for system, example, value in (
            ("qwen", "a/1", 1.0),
            ("qwen", "b/1", 0.5),
            ("lead", "a/1", 0.0),
            ("lead", "b/1", 0.2),
        )
    ]
    rows = count_outputs([QWEN, LEAD, HUMAN], requests, generations, failures)
    return summarise("first", rows, [EM], scores)


ALL: dict[Key, Generation] = {
    (system, f"{article}/1", 0): generation("襄阳")
    for system in ("qwen", "lead")
    for article in "ab"
}


def test_run_is_complete_when_every_request_has_a_sound_generation() -> None:
    """A missing or failed generation, or a system that could not run, leaves it incomplete."""
    assert summary_of(ALL, {}).status == "complete"
    assert summary_of(ALL, {"lead": "no memory"}).status == "incomplete"
    failed = ALL | {("qwen", "a/1", 0): generation("", finish_reason="error")}
    assert summary_of(failed, {}).status == "incomplete"
    missing = {key: found for key, found in ALL.items() if key[0] == "qwen"}
    assert summary_of(missing, {}).status == "incomplete"


def test_summary_has_rows_metrics_and_comparisons() -> None:
    """All that a reader of the run needs, in the order of the systems; nobody human here."""
    found = summary_of(ALL, {})
    assert (found.run, found.metrics) == ("first", (EM,))
    assert [row.name for row in found.systems] == ["qwen", "lead"]
    assert [row.estimates[0].mean for row in found.systems] == [0.75, 0.1]
    assert [(c.a, c.b, c.family) for c in found.comparisons] == [
        ("qwen", "lead", "em, with the baselines")
    ]
    assert (found.spreads, found.flips) == ((), ())


def test_summary_shows_what_conditions_change() -> None:
    """Two models in two wordings have spreads, flips and a comparison of their averages."""
    systems = [
        System(name=f"{model}@{w}", model=model, role="model", condition=Condition(wording=w))
        for model in ("qwen", "glm")
        for w in ("default", "terse")
    ]
    scores = [
        score(f"{article}/1", value, system=system.name)
        for system, values in zip(
            systems, ((0.5, 0.75), (0.25, 0.0), (0.25, 0.25), (0.5, 0.25)), strict=True
        )
        for article, value in zip("ab", values, strict=True)
    ]
    found = summarise("first", count_outputs(systems, [], {}, {}), [EM], scores)
    assert [(s.model, s.minimum, s.maximum) for s in found.spreads] == [
        ("qwen", 0.125, 0.625),
        ("glm", 0.25, 0.375),
    ]
    assert [(f.n_a_better, f.n_b_better) for f in found.flips] == [(1, 1)]
    assert ("qwen", "glm", 2) in [(c.a, c.b, c.n) for c in found.comparisons]


def test_people_have_a_row_where_they_have_scores() -> None:
    """The human row has estimates and no outputs; it does not make a run incomplete."""
    rows = count_outputs([HUMAN], [], {}, {})
    found = summarise("first", rows, [EM], [score("a/1", 1.0, system="human")])
    assert [(row.name, row.counts) for row in found.systems] == [("human", NO_COUNTS)]
    assert (found.status, found.comparisons) == ("complete", ())


def test_system_without_scores_has_no_estimate() -> None:
    """A system that could not run has a row, with nothing in it."""
    rows = count_outputs([QWEN], [request("a/1")], {}, {})
    (row,) = summarise("first", rows, [EM], []).systems
    assert row.estimates == ()
    assert row.counts.n_missing == 1


def test_summary_is_json() -> None:
    """No number is infinite or undefined, also of a metric without a maximum."""
    metrics = [EM, metric_facts("density", maximum=None, better="neither")]
    scores = [
        score(example, value, system=system, metric=metric.name)
        for metric in metrics
        for system, value in (("qwen", 1.0), ("lead", 0.0))
        for example in ("a/1", "b/1")
    ]
    found = summarise("first", count_outputs([QWEN, LEAD], [], {}, {}), metrics, scores)
    assert len(found.comparisons) == 2
    json.dumps(asdict(found), allow_nan=False)


def test_examples_without_a_value_are_counted_and_not_compared() -> None:
    """The mean and the paired difference are over the examples that have a value."""
    scores = [
        *(score(f"{a}/1", 1.0) for a in "abc"),
        score("d/1", None),
        *(score(f"{a}/1", 0.5, system="lead") for a in "abcd"),
        score("a/1", None, system="human"),
    ]
    rows = count_outputs([QWEN, LEAD, HUMAN], [], {}, {})
    found = summarise("r", rows, [metric_facts(n_planned=4)], scores)
    estimates = {row.name: row.estimates for row in found.systems}
    assert [(e.n, e.n_without_value) for e in estimates["qwen"]] == [(3, 1)]
    assert "human" not in estimates
    (comparison,) = found.comparisons
    assert (comparison.n, comparison.difference) == (3, 0.5)
