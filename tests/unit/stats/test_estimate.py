"""Estimates: means, samples, and ends kept in the range of the metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.estimate import (
    estimate,
    sample_means,
    sample_sd,
    samples_by_system,
    values_by_system,
    without_value,
)
from tests.support.results import metric_facts, score

if TYPE_CHECKING:
    from evalkit.stats.estimate import Values

EM = metric_facts()


def test_mean_is_over_articles_and_plain_mean_over_examples() -> None:
    """An article counts once, however many questions it has; the plain mean counts questions."""
    values = {"a": {"a/1": 1.0, "a/2": 1.0, "a/3": 1.0, "a/4": 0.0}, "b": {"b/1": 0.0}}
    found = estimate(EM, values)
    assert found.mean == pytest.approx((0.75 + 0) / 2)
    assert found.plain_mean == pytest.approx(3 / 5)
    assert (found.n, found.n_planned, found.n_articles) == (5, 5, 2)
    assert found.here.method == "Jeffreys over 5 examples"
    assert found.general.method == "beta-binomial over 2 articles"


def test_ends_stay_in_the_range_of_the_metric() -> None:
    """A metric without a maximum keeps an end above 1; no end leaves the range."""
    values = {"a": {"a/1": 0.1}, "b": {"b/1": 0.9}, "c": {"c/1": 0.9}}
    found = estimate(EM, values)
    for interval in (found.here, found.general):
        assert (interval.low, interval.high) == (0, 1)
        assert interval.method.startswith("t over 3 ")
    assert (found.plain_low, found.plain_high) == (0, 1)
    open_ended = estimate(metric_facts(maximum=None), values)
    assert open_ended.general.low == 0
    assert open_ended.general.high is not None
    assert open_ended.general.high > 1


@given(st.dictionaries(st.integers(), st.lists(st.floats(0, 1), min_size=1), min_size=2))
def test_interval_holds_the_mean_inside_the_range(drawn: dict[int, list[float]]) -> None:
    """Whatever the scores, 0 ≤ low ≤ mean ≤ high ≤ 1, and never an interval of width 0."""
    values = {str(a): {str(i): v for i, v in enumerate(items)} for a, items in drawn.items()}
    found = estimate(EM, values)
    for interval in (found.here, found.general):
        if interval.low is None or interval.high is None:
            assert interval.method.endswith(": no interval")
            continue
        assert 0 <= interval.low <= found.mean + 1e-12
        assert found.mean - 1e-12 <= interval.high <= 1
        assert interval.low < interval.high


def test_one_article_has_no_interval() -> None:
    """It shows no spread between articles; of itself its questions say something."""
    found = estimate(EM, {"a": {"a/1": 1.0, "a/2": 0.0}})
    assert (found.general.low, found.general.high) == (None, None)
    assert found.plain_low == 0
    assert found.here.low is not None
    assert found.general.method == "one article has no spread"


@pytest.mark.parametrize("n_articles", [2, 150])
@pytest.mark.parametrize(("value", "maximum"), [(0.0, 1), (1.0, 1), (2.0, 2)])
def test_no_spread_claims_no_certainty_at_the_edge(
    value: float, maximum: float, n_articles: int
) -> None:
    """All wrong, or all right, keeps a doubt at its other end, in units of the metric's range."""
    values = {f"a{i}": {f"a{i}/1": value} for i in range(n_articles)}
    found = estimate(metric_facts(maximum=maximum), values)
    for interval in (found.here, found.general):
        assert interval.low is not None
        assert interval.high is not None
        assert 0 < interval.high - interval.low < maximum
        assert value in {interval.low, interval.high}
    assert found.general.method == f"beta-binomial over {n_articles} articles"


@pytest.mark.parametrize(
    ("maximum", "values"),
    [
        (1, {"a": {"a/1": 0.5}, "b": {"b/1": 0.5}}),
        (None, {"a": {"a/1": 0.0}, "b": {"b/1": 0.0}}),
    ],
)
def test_articles_that_agree_prove_nothing(maximum: float | None, values: Values) -> None:
    """Equal scores inside the range, or in a range without a maximum, give no interval."""
    found = estimate(metric_facts(maximum=maximum), values)
    for interval in (found.here, found.general):
        assert (interval.low, interval.high) == (None, None)
        assert interval.method.endswith(": no interval")


def test_articles_weigh_the_same_here() -> None:
    """The interval on these articles is around the mean over articles, not over questions."""
    values = {"a": {f"a/{i}": 1.0 for i in range(99)}, "b": {"b/1": 0.0}}
    found = estimate(EM, values)
    assert found.here.low is not None
    assert found.here.low < 0.2


@pytest.mark.parametrize(("n_articles", "method"), [(99, "beta-binomial"), (100, "studentised")])
def test_right_or_wrong_has_the_bootstrap_from_100_articles(n_articles: int, method: str) -> None:
    """Below it the beta-binomial covers better, above it asks more of the articles."""
    values = {f"a{i}": {f"a{i}/1": float(i % 10 > 0)} for i in range(n_articles)}
    assert estimate(EM, values).general.method.startswith(method)


@pytest.mark.parametrize(
    ("n_articles", "n_questions", "rough"),
    [(5, 46, set()), (5, 5, {"here"}), (10, 4, {"general"}), (5, 2, {"here", "general"})],
)
def test_an_interval_from_few_answers_is_rough(
    n_articles: int, n_questions: int, rough: set[str]
) -> None:
    """Fewer than 30 right or wrong answers on these articles, or five an article in general."""
    values = {
        f"a{i}": {f"a{i}/{j}": float(i + j > 0) for j in range(n_questions)}
        for i in range(n_articles)
    }
    found = estimate(EM, values)
    assert found.here.is_rough == ("here" in rough)
    assert found.general.is_rough == ("general" in rough)


def test_samples_are_averaged_within_their_example() -> None:
    """An example counts once, however many samples were drawn of it."""
    scores = [score("a/1", value, sample=i) for i, value in enumerate((1.0, 1.0, 0.0, 1.0))]
    values = values_by_system([*scores, score("a/2", 0.0)])
    assert values == {("qwen", "em"): {"a": {"a/1": 0.75, "a/2": 0.0}}}
    found = estimate(EM, values["qwen", "em"])
    assert (found.mean, found.n) == (0.375, 2)


def test_spread_of_samples_is_averaged_over_examples() -> None:
    """The deviation within each example with several samples; one sample shows none."""
    drawn = samples_by_system(
        [
            score("a/1", 0.0),
            score("a/1", 1.0, sample=1),
            score("b/1", 0.5),
            score("b/1", 0.5, sample=1),
            score("b/2", 0.9),
        ]
    )["qwen", "em"]
    assert sample_sd(drawn) == pytest.approx(0.5**0.5 / 2)
    assert estimate(EM, sample_means(drawn), sample_sd=0.1).sample_sd == 0.1
    single = samples_by_system([score("a/1", 0.0), score("b/1", 1.0)])["qwen", "em"]
    assert sample_sd(single) is None


def test_nothing_to_score_is_left_out_and_counted() -> None:
    """A missing value is no 0: it changes no mean, and is told from an example that never came."""
    lines = [score("a/1", 1.0), score("a/2", None), score("b/1", 0.5)]
    values = values_by_system(lines)["qwen", "em"]
    assert without_value(lines) == {("qwen", "em"): {"a": {"a/2"}}}
    found = estimate(EM, values, n_without_value=1)
    assert (found.mean, found.n, found.n_without_value) == (0.75, 2, 1)
    assert not found.is_complete
    assert estimate(metric_facts(n_planned=3), values, n_without_value=1).is_complete


def test_an_example_with_a_value_in_some_sample_has_one() -> None:
    """Of several samples, those with a value count."""
    lines = [score("a/1", 1.0), score("a/1", None, sample=1), score("a/1", 0.0, sample=2)]
    assert values_by_system(lines)["qwen", "em"] == {"a": {"a/1": 0.5}}
    assert without_value(lines) == {}
