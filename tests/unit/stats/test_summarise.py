"""The rows of the table: means, ranges, edges, counts."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.records import ExampleScore, Generation
from evalkit.stats.estimate import edge_bound
from evalkit.stats.summarise import Measure, System, estimate, summarise_system, values_by_system

EM = Measure(name="em", n_planned=5)


def score(example: str, value: float, *, model: str = "qwen", metric: str = "em") -> ExampleScore:
    """Return a score; the example's article is the part of its id before the slash."""
    return ExampleScore(
        model=model,
        example_id=example,
        article_id=example.partition("/")[0],
        metric=metric,
        value=value,
        parts={},
        decided_by="",
        prediction="襄阳",
        compared={},
    )


def generation(text: str, **more: object) -> Generation:
    """Return a generation that ended well, unless told otherwise."""
    fields = {"key": text, "model": "qwen", "example_id": text, "text": text}
    return Generation(**{**fields, "finish_reason": "stop", **more})  # type: ignore[arg-type]


def test_mean_is_over_articles_and_plain_mean_over_examples() -> None:
    """An article counts once, however many questions it has; the plain mean counts questions."""
    values = {"a": {"a/1": 1.0, "a/2": 1.0, "a/3": 1.0, "a/4": 0.0}, "b": {"b/1": 0.0}}
    found = estimate(EM, values)
    assert found.mean == pytest.approx((0.75 + 0) / 2)
    assert found.plain_mean == pytest.approx(3 / 5)
    assert (found.n, found.n_planned, found.n_articles) == (5, 5, 2)
    assert found.method == "t over 2 articles, 1 d.f."


def test_ends_stay_in_the_range_of_the_metric() -> None:
    """A metric without a top keeps an end above 1; no end leaves the range."""
    values = {"a": {"a/1": 0.1}, "b": {"b/1": 0.9}, "c": {"c/1": 0.9}}
    found = estimate(EM, values)
    assert (found.low, found.high, found.plain_low, found.plain_high) == (0, 1, 0, 1)
    open_ended = estimate(Measure(name="density", n_planned=3, top=inf), values)
    assert open_ended.low == 0
    assert open_ended.high is not None
    assert open_ended.high > 1


@given(st.dictionaries(st.integers(), st.lists(st.floats(0, 1), min_size=1), min_size=2))
def test_interval_holds_the_mean_inside_the_range(drawn: dict[int, list[float]]) -> None:
    """Whatever the scores, 0 ≤ low ≤ mean ≤ high ≤ 1, and never an interval of no width."""
    values = {str(a): {str(i): v for i, v in enumerate(items)} for a, items in drawn.items()}
    found = estimate(EM, values)
    if found.low is None or found.high is None:
        assert found.method == "no spread between articles: no interval"
        return
    assert 0 <= found.low <= found.mean + 1e-12
    assert found.mean - 1e-12 <= found.high <= 1
    assert found.low < found.high


def test_one_article_has_no_interval() -> None:
    """One article shows no spread between articles: no clustered interval, but a plain one."""
    found = estimate(EM, {"a": {"a/1": 1.0, "a/2": 0.0}})
    assert (found.low, found.high) == (None, None)
    assert found.plain_low == 0
    assert found.method == "one article has no spread"


@pytest.mark.parametrize(
    ("value", "ends"),
    [(0.0, (0, edge_bound(3))), (1.0, (1 - edge_bound(3), 1))],
)
def test_no_spread_claims_no_certainty_at_the_edge(value: float, ends: tuple[float, float]) -> None:
    """All wrong, or all right, keeps the exact bound over examples at its other end."""
    found = estimate(EM, {"a": {"a/1": value, "a/2": value}, "b": {"b/1": value}})
    assert (found.low, found.high) == pytest.approx(ends)
    assert found.method == "no spread between articles: exact bound over examples"


@pytest.mark.parametrize(
    ("top", "values"),
    [
        (1, {"a": {"a/1": 1.0, "a/2": 0.0}, "b": {"b/1": 0.0, "b/2": 1.0}}),
        (1, {"a": {"a/1": 0.5}, "b": {"b/1": 0.5}}),
        (inf, {"a": {"a/1": 0.0}, "b": {"b/1": 0.0}}),
    ],
)
def test_articles_that_agree_are_no_proof(top: float, values: dict[str, dict[str, float]]) -> None:
    """Equal means inside the range, or in a range without a top, give no interval."""
    found = estimate(Measure(name="x", n_planned=4, top=top), values)
    assert (found.low, found.high) == (None, None)
    assert found.method == "no spread between articles: no interval"


def test_edge_of_another_range_is_kept_as_well() -> None:
    """The exact bound is in units of the metric's own range."""
    found = estimate(Measure(name="x", n_planned=2, top=2), {"a": {"1": 2.0}, "b": {"2": 2.0}})
    assert (found.low, found.high) == pytest.approx((2 - 2 * edge_bound(2), 2))


def test_row_counts_everything_odd() -> None:
    """Failed, missing, empty, cut-off, shortened and unclosed generations are each counted."""
    generations = [
        generation("襄阳"),
        generation(" "),
        generation("<think>还没想完", finish_reason="length"),
        generation("十堰", n_article_tokens_dropped=7),
        generation("", finish_reason="error"),
    ]
    values = values_by_system([score("a/1", 1.0), score("a/1", 0.2, metric="f1")])
    system = System(name="qwen", n_planned=7, failure="no memory")
    row = summarise_system(system, values, generations=generations, measures=[EM])
    counts = row.counts
    assert (counts.n_generated, counts.n_failed, counts.n_missing) == (4, 1, 2)
    assert (counts.n_empty, counts.n_cut_off) == (2, 1)
    assert (counts.n_shortened, counts.n_unclosed_thinking) == (1, 1)
    assert [found.metric for found in row.estimates] == ["em"]
    assert (row.role, row.failure) == ("contestant", "no memory")


def test_system_without_scores_has_no_estimate() -> None:
    """A system that could not run has a row, with nothing in it."""
    row = summarise_system(
        System(name="qwen", n_planned=3), values_by_system([]), generations=[], measures=[EM]
    )
    assert row.estimates == ()
    assert row.counts.n_missing == 3
