"""Comparisons: what is paired, who is better, and in which family."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from evalkit.stats.comparisons import breakdown, compare, compare_pairs, furthest_apart, shared
from evalkit.stats.intervals import edge_bound
from tests.support.results import metric_facts

if TYPE_CHECKING:
    from evalkit.results import Direction
    from evalkit.stats.estimate import Values

EM = metric_facts()


def draw(seed: int, chance: float, *, n_articles: int = 6, n_questions: int = 5) -> Values:
    """Return right and wrong answers, each right by the same chance."""
    generator = random.Random(seed)
    return {
        f"a{i}": {f"a{i}/q{j}": float(generator.random() < chance) for j in range(n_questions)}
        for i in range(n_articles)
    }


GOOD, FAIR, POOR = draw(1, 0.9), draw(2, 0.5), draw(3, 0.1)


def test_difference_is_the_paired_t_test_on_article_means() -> None:
    """Difference, interval and p are scipy's paired t test on article means."""
    found = compare(EM, GOOD, FAIR)
    a, b = ([sum(v.values()) / 5 for v in side.values()] for side in (GOOD, FAIR))
    expected = scipy_stats.ttest_rel(a, b)
    interval = expected.confidence_interval()
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((interval.low, min(1, interval.high)))
    assert found.effect == pytest.approx(expected.statistic / 6**0.5)
    assert found.method == "t over 6 articles, 5 d.f."


def agrees(a: Values, b: Values) -> bool:
    """Return whether the interval excludes 0 exactly where p is below 5 %."""
    found = compare(EM, a, b)
    if found.low is None or found.high is None or found.p is None:
        return found.method.startswith(("one article", "no spread between articles: no interval"))
    return (found.low > 0 or found.high < 0) == (found.p < 0.05)


@pytest.mark.parametrize("n_articles", [1, 2, 5, 29, 30, 100, 2_000, 2_001])
@pytest.mark.parametrize("shift", [0.0, 1.5, 1.9, 2.0, 2.1, 3.0])
def test_interval_and_p_agree_at_any_number_of_articles(n_articles: int, shift: float) -> None:
    """Skewed differences on both sides of the 5 % level: 0 is outside where p is below 0.05."""
    generator = np.random.default_rng(n_articles)
    for _ in range(20):
        noise = generator.gamma(0.5, 0.1, n_articles)
        centred = noise - noise.mean() + shift * noise.std() / n_articles**0.5
        a = {str(i): {str(i): value} for i, value in enumerate(centred.tolist())}
        b = {str(i): {str(i): 0.0} for i in range(n_articles)}
        assert agrees(a, b)
        assert agrees(b, a)


@given(
    st.dictionaries(
        st.integers(),
        st.lists(
            st.tuples(*[st.sampled_from([0.0, 1.0]) | st.floats(0, 1)] * 2), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=40,
    )
)
def test_interval_and_p_agree_on_any_scores(drawn: dict[int, list[tuple[float, float]]]) -> None:
    """Whatever two systems score, equal articles and single ones included."""
    a, b = (
        {str(k): {str(i): pair[side] for i, pair in enumerate(pairs)} for k, pairs in drawn.items()}
        for side in (0, 1)
    )
    assert agrees(a, b)


def test_ends_of_a_difference_stay_in_its_range() -> None:
    """No two systems can differ by more than the metric's range."""
    a, b = {"a": {"1": 1.0}, "b": {"2": 0.2}}, {"a": {"1": 0.0}, "b": {"2": 0.0}}
    for found in (compare(EM, a, b), compare(EM, b, a)):
        assert (found.low, found.high) == (-1, 1)


def test_mirrored_comparison_is_the_mirror() -> None:
    """Two systems in the other order give the same, with every sign turned."""
    one, other = compare(EM, GOOD, POOR), compare(EM, POOR, GOOD)
    assert one.low is not None
    assert other.difference == pytest.approx(-one.difference)
    assert other.high == pytest.approx(-one.low)
    assert (other.wins, other.losses, other.ties) == (one.losses, one.wins, one.ties)
    assert (one.verdict, other.verdict) == ("better", "worse")
    assert other.p == pytest.approx(one.p)


def test_right_or_wrong_answers_carry_the_exact_test() -> None:
    """McNemar's test is given for em, and only where every score is 0 or 1."""
    found = compare(EM, GOOD, FAIR)
    n = found.wins + found.losses
    assert found.p_sign == pytest.approx(scipy_stats.binomtest(found.wins, n).pvalue)
    assert found.wins + found.losses + found.ties == found.n == 30
    half = {article: dict.fromkeys(values, 0.5) for article, values in FAIR.items()}
    assert compare(EM, GOOD, half).p_sign is None


@pytest.mark.parametrize(
    ("better", "verdict", "wins"), [("higher", "better", 26), ("lower", "worse", 0)]
)
def test_direction_decides_who_wins(better: Direction, verdict: str, wins: int) -> None:
    """Where lower is better, the system with the lower scores wins."""
    ones, zeros = draw(0, 1.1), draw(0, -1)
    zeros["a0"] = dict(ones["a0"])
    zeros["a0"]["a0/q0"] = 0.0
    found = compare(metric_facts(better=better), ones, zeros)
    assert (found.verdict, found.wins) == (verdict, wins)


def test_a_metric_that_describes_does_not_judge() -> None:
    """Where neither direction is better a system is only higher or lower, or tied."""
    density = metric_facts(maximum=10, better="neither")
    assert compare(density, GOOD, POOR).verdict == "higher"
    assert compare(density, POOR, GOOD).verdict == "lower"


def test_equal_systems_are_tied_for_good() -> None:
    """Systems that never differ are tied, and no number of articles would show a difference."""
    found = compare(EM, FAIR, FAIR)
    assert (found.verdict, found.difference, found.p) == ("tied", 0, 1)
    assert (found.low, found.high, found.effect) == (-edge_bound(30), edge_bound(30), None)
    assert (found.n_more_articles, found.n_more_examples) == (None, None)


def test_constant_difference_is_judged_by_its_examples() -> None:
    """The same difference in every article falls back on the exact test over examples."""
    ones, zeros = draw(0, 1.1, n_articles=2), draw(0, -1, n_articles=2)
    found = compare(EM, ones, zeros)
    assert found.p == pytest.approx(2**-9)
    assert found.method == (
        "no spread between articles: exact bound over examples; "
        "p from exact sign test over examples"
    )
    few = compare(EM, {"a": {"1": 1.0}, "b": {"2": 1.0}}, {"a": {"1": 0.0}, "b": {"2": 0.0}})
    assert (few.p, few.verdict) == (0.5, "tied")


@pytest.mark.parametrize(("n", "verdict"), [(5, "tied"), (6, "better")])
def test_interval_and_verdict_agree_without_spread(n: int, verdict: str) -> None:
    """Right in every article where the other is wrong: the interval holds 0 where p says tied."""
    ones, zeros = (
        draw(0, 1.1, n_articles=n, n_questions=1),
        draw(0, -1, n_articles=n, n_questions=1),
    )
    found = compare(EM, ones, zeros)
    assert found.low is not None
    assert (found.high, found.verdict, found.low < 0) == (1, verdict, verdict == "tied")
    other = compare(EM, zeros, ones)
    assert (other.low, other.high) == (-1, -found.low)


@pytest.mark.parametrize("maximum", [1.0, None])
def test_equal_differences_inside_the_range_give_no_interval(maximum: float | None) -> None:
    """That articles agree proves nothing: there is p, but no interval of width 0."""
    half = {f"a{i}": {f"a{i}/q0": 0.5} for i in range(6)}
    found = compare(metric_facts(maximum=maximum), half, draw(0, -1, n_questions=1))
    assert (found.low, found.high, found.p) == (None, None, 2**-5)
    assert found.method == (
        "no spread between articles: no interval; p from exact sign test over examples"
    )


def test_rounding_is_neither_a_win_nor_a_loss() -> None:
    """Examples that differ in the last bit of a float are ties."""
    a, b = {"a": {"1": 0.1 + 0.2}, "b": {"2": 0.5}}, {"a": {"1": 0.3}, "b": {"2": 0.5}}
    found = compare(EM, a, b)
    assert (found.wins, found.ties, found.difference, found.p) == (0, 2, 0, 1)


def test_rounding_has_no_effect_size() -> None:
    """Sums that are equal but for the last bit of a float are equal: no effect, no number more."""
    a, b = (
        {f"a{i}": {f"a{i}/{j}": float(j < n) for j in range(10)} for i, n in enumerate(right)}
        for right in ((1, 2, 0), (0, 0, 3))
    )
    found = compare(EM, a, b)
    assert (found.difference, found.effect, found.verdict) == (0, 0, "tied")
    assert (found.n_more_articles, found.n_more_examples) == (None, None)


def test_more_articles_than_anyone_has_are_not_named() -> None:
    """An effect that takes more than 10,000 articles to see gets no number; a larger one does."""
    zeros = {f"a{i}": {"q": 0.0} for i in range(40)}
    tiny, small = (
        {f"a{i}": {"q": 0.5 * (-1) ** i + shift} for i in range(40)} for shift in (0.01, 0.02)
    )
    assert compare(EM, tiny, zeros).n_more_articles is None
    assert 1_000 < (compare(EM, small, zeros).n_more_articles or 0) < 10_000


def test_one_article_gives_no_verdict() -> None:
    """A single article shows no spread, so nothing is claimed."""
    found = compare(EM, {"a": {"1": 1.0}}, {"a": {"1": 0.0}})
    assert (found.verdict, found.p, found.low, found.effect) == ("one article", None, None, None)


def test_tied_systems_say_what_it_would_take() -> None:
    """Articles and examples grow together, and a larger family asks for more."""
    found = compare(EM, FAIR, draw(5, 0.45))
    assert found.verdict == "tied"
    assert found.n_more_articles is not None
    assert found.n_more_articles > 0
    assert found.n_more_examples == found.n_more_articles * 5
    wider = compare(EM, FAIR, draw(5, 0.45), n_family=6)
    assert wider.n_more_articles is not None
    assert wider.n_more_articles > found.n_more_articles


def test_only_shared_examples_are_paired() -> None:
    """An example that one system lacks is left out on both sides; so is an empty article."""
    a = {"a": {"1": 1.0, "2": 0.0}, "b": {"3": 1.0}, "c": {"5": 1.0}}
    b = {"a": {"2": 1.0}, "b": {"4": 1.0}}
    assert shared(a, b) == ({"a": {"2": 0.0}}, {"a": {"2": 1.0}})


def test_holm_can_turn_a_difference_into_a_tie() -> None:
    """The verdict is that of the adjusted p value."""
    close = draw(9, 0.55)
    alone = compare(EM, GOOD, close)
    assert alone.verdict == "better"
    values = {("a", "em"): GOOD, ("b", "em"): close} | {
        (f"x{i}", "em"): draw(20 + i, 0.5) for i in range(40)
    }
    pairs = [("a", "b")] + [(f"x{i}", f"x{i + 1}") for i in range(39)]
    first = compare_pairs(pairs, values, [EM], among="many")[0]
    assert (first.verdict, first.p) == ("tied", alone.p)


def test_pairs_without_common_examples_are_not_compared() -> None:
    """A system without scores takes no place in the family."""
    values = {("a", "em"): GOOD, ("b", "em"): POOR}
    found = compare_pairs([("a", "b"), ("a", "c")], values, [EM], among="all")
    assert [(c.a, c.b, c.n_family) for c in found] == [("a", "b", 1)]


def test_breakdown_shows_each_part() -> None:
    """Every part has means and wins over its own examples, in the order given; others are out."""
    a = {"a": {"1": 1.0, "2": 0.0}, "b": {"3": 1.0, "4": 1.0}}
    b = {"a": {"1": 0.0, "2": 0.0}, "b": {"3": 0.5, "4": 0.0}}
    found = breakdown(EM, a, b, {"3": "number", "2": "date", "1": "number", "9": "list"})
    assert [(p.group, p.n, p.n_articles) for p in found] == [("number", 2, 2), ("date", 1, 1)]
    assert (found[0].mean_a, found[0].mean_b) == (1.0, 0.25)
    assert (found[0].wins, found[0].losses, found[0].ties) == (2, 0, 0)


def test_furthest_apart_shows_both_sides() -> None:
    """The largest differences come first on either side; equal scores never appear."""
    a = {"a": {"1": 1.0, "2": 0.2, "3": 0.5, "4": 0.0}}
    b = {"a": {"1": 0.0, "2": 0.0, "3": 0.5, "4": 0.7}}
    assert furthest_apart(a, b, 3) == (["1", "2"], ["4"])
    assert furthest_apart(a, b, 1) == (["1"], ["4"])
