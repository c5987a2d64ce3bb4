"""Comparisons: what is paired, what is shown for which scope, and in which family."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.power import TTestPower  # type: ignore[import-untyped]

from evalkit.stats.comparisons import compare_family, compare_pairs, shared
from evalkit.stats.intervals import edge_bound
from evalkit.stats.sign_flips import exact_sign
from tests.support.results import metric_facts

if TYPE_CHECKING:
    from evalkit.results import Comparison, Direction, Finding, MetricFacts
    from evalkit.stats.estimate import Values

EM = metric_facts()
GRADED = metric_facts("rougeLsum")


def draw(seed: int, chance: float, *, n_articles: int = 6, n_questions: int = 5) -> Values:
    """Return right and wrong answers, each right by the same chance."""
    generator = random.Random(seed)
    return {
        f"a{i}": {f"a{i}/q{j}": float(generator.random() < chance) for j in range(n_questions)}
        for i in range(n_articles)
    }


def graded(seed: int, mean: float, *, n_articles: int = 6, n_questions: int = 5) -> Values:
    """Return scores around a mean."""
    generator = random.Random(seed)
    return {
        f"a{i}": {f"a{i}/q{j}": generator.gauss(mean, 0.1) for j in range(n_questions)}
        for i in range(n_articles)
    }


def compare(metric: MetricFacts, a: Values, b: Values) -> Comparison:
    """Return the comparison of two systems, in a family of its own."""
    (found,) = compare_family(metric, {("a", "b"): (a, b)}, among="two")
    return found


GOOD, FAIR, POOR = draw(1, 0.9), draw(2, 0.5), draw(3, 0.1)


def test_in_general_is_the_paired_t_test_on_article_means() -> None:
    """Difference, interval and p are scipy's paired t test on article means."""
    one, other = graded(1, 0.5), graded(2, 0.45)
    found = compare(GRADED, one, other)
    a, b = ([sum(v.values()) / 5 for v in side.values()] for side in (one, other))
    expected = scipy_stats.ttest_rel(a, b)
    interval = expected.confidence_interval()
    assert found.general.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert (found.general.low, found.general.high) == pytest.approx((interval.low, interval.high))
    assert found.effect == pytest.approx(expected.statistic / 6**0.5)
    assert found.general.method == "t over 6 articles, 5 d.f."


def test_here_is_the_sign_test_on_right_and_wrong() -> None:
    """With as many questions in each article, p is that of wins against losses."""
    found = compare(EM, draw(2, 0.5), draw(5, 0.3))
    assert found.here.p == pytest.approx(exact_sign(found.wins, found.losses), abs=0.005)


def test_articles_weigh_the_same_on_these_articles() -> None:
    """Nine lost questions of one article weigh no more than one won in each of two others."""
    a = {"a": {f"a/{i}": 0.0 for i in range(9)}, "b": {"b/1": 1.0}, "c": {"c/1": 1.0}}
    b = {"a": {f"a/{i}": 1.0 for i in range(9)}, "b": {"b/1": 0.0}, "c": {"c/1": 0.0}}
    found = compare(EM, a, b)
    assert found.difference == pytest.approx(1 / 3)
    assert found.here.p is not None
    assert found.here.p > 0.3


def agrees(found: Finding) -> bool:
    """Return whether the interval excludes 0 exactly where p is below 5%."""
    if found.low is None or found.high is None or found.p is None:
        return found.p is None or found.p >= 0.05 or "no interval" in found.method
    return (found.low > 0 or found.high < 0) == (found.p < 0.05)


@pytest.mark.parametrize("n_articles", [1, 2, 5, 29, 30, 100, 2_000])
@pytest.mark.parametrize("shift", [0.0, 1.9, 2.1, 3.0])
def test_interval_and_p_agree_at_any_number_of_articles(n_articles: int, shift: float) -> None:
    """Skewed differences on both sides of the 5% level: 0 is outside where p is below 0.05."""
    generator = np.random.default_rng(n_articles)
    for _ in range(3):
        noise = generator.gamma(0.5, 0.1, n_articles)
        centred = noise - noise.mean() + shift * noise.std() / n_articles**0.5
        a = {str(i): {str(i): value} for i, value in enumerate(centred.tolist())}
        b = {str(i): {str(i): 0.0} for i in range(n_articles)}
        for found in (compare(GRADED, a, b), compare(GRADED, b, a)):
            assert agrees(found.here)
            assert agrees(found.general)


@given(
    st.dictionaries(
        st.integers(),
        st.lists(
            st.tuples(*[st.sampled_from([0.0, 1.0]) | st.floats(0, 1)] * 2), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=12,
    )
)
def test_interval_and_p_agree_on_any_scores(drawn: dict[int, list[tuple[float, float]]]) -> None:
    """Whatever two systems score, equal articles and single ones included."""
    a, b = (
        {str(k): {str(i): pair[side] for i, pair in enumerate(pairs)} for k, pairs in drawn.items()}
        for side in (0, 1)
    )
    found = compare(EM, a, b)
    assert agrees(found.here)
    assert agrees(found.general)


def of_wins(*wins: int, n_questions: int = 10) -> tuple[Values, Values]:
    """Return two systems of which the first wins so many questions in each article."""
    a = {
        f"a{i}": {f"a{i}/q{j}": float(j < n) for j in range(n_questions)}
        for i, n in enumerate(wins)
    }
    return a, {article: dict.fromkeys(ids, 0.0) for article, ids in a.items()}


@pytest.mark.parametrize(
    ("wins", "verdict"),
    [((1, 1, 1, 1, 0), "tied"), ((1, 1, 1, 1, 1), "tied"), ((2, 1, 1, 1, 1), "better")],
)
def test_right_and_wrong_are_better_in_general_only_where_they_are_here(
    wins: tuple[int, ...], verdict: str
) -> None:
    """Four or five won questions are enough for t alone; the sign test needs six."""
    found = compare(EM, *of_wins(*wins))
    assert (found.here.verdict, found.general.verdict) == (verdict, verdict)
    assert agrees(found.general)
    assert found.general.p is not None
    assert found.here.p is not None
    assert found.general.p >= found.here.p


def test_few_articles_show_less_in_general_than_here() -> None:
    """Articles that disagree: better on these, not shown for others, and it is said so."""
    found = compare(EM, *of_wins(20, 1, 9, 1, 0, n_questions=20))
    assert (found.here.verdict, found.general.verdict) == ("better", "tied")
    assert (found.scope, found.verdict) == ("here", "better")
    assert compare(EM, GOOD, POOR).scope == "general"
    assert compare(EM, FAIR, FAIR).scope is None


def test_one_article_is_judged_here_alone() -> None:
    """A single article shows no spread between articles; its own questions may decide."""
    found = compare(EM, *of_wins(8))
    assert (found.here.verdict, found.general.verdict) == ("better", "one article")
    assert (found.general.p, found.general.low, found.effect) == (None, None, None)
    single = compare(EM, {"a": {"1": 1.0}}, {"a": {"1": 0.0}})
    assert (single.here.verdict, single.here.p) == ("tied", 1.0)


def test_ends_of_a_difference_stay_in_its_range() -> None:
    """No two systems can differ by more than the metric's range."""
    a, b = {"a": {"1": 1.0}, "b": {"2": 0.2}}, {"a": {"1": 0.0}, "b": {"2": 0.0}}
    for found in (compare(EM, a, b), compare(EM, b, a)):
        assert (found.general.low, found.general.high) == (-1, 1)
        assert (found.here.low, found.here.high) == (-1, 1)


def test_mirrored_comparison_is_the_mirror() -> None:
    """Two systems in the other order give the same, with every sign turned."""
    one, other = compare(EM, GOOD, POOR), compare(EM, POOR, GOOD)
    assert other.difference == pytest.approx(-one.difference)
    assert (other.wins, other.losses, other.ties) == (one.losses, one.wins, one.ties)
    for mine, its in ((one.here, other.here), (one.general, other.general)):
        assert mine.low is not None
        assert its.high == pytest.approx(-mine.low)
        assert (mine.verdict, its.verdict) == ("better", "worse")
        assert its.p == pytest.approx(mine.p)


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
    """Systems that never differ are tied, and the interval says how much may go unseen."""
    found = compare(EM, FAIR, FAIR)
    for finding in (found.here, found.general):
        assert (finding.verdict, finding.p, finding.detectable) == ("tied", 1, None)
        assert (finding.low, finding.high) == (-edge_bound(30), edge_bound(30))
    assert (found.difference, found.effect) == (0, None)


@pytest.mark.parametrize(("n", "verdict"), [(5, "tied"), (6, "better")])
def test_interval_and_verdict_agree_without_spread(n: int, verdict: str) -> None:
    """Right in every article where the other is wrong: the interval holds 0 where p says tied."""
    found = compare(EM, *of_wins(*[1] * n, n_questions=1))
    assert found.general.low is not None
    assert (found.general.high, found.general.verdict) == (1, verdict)
    assert (found.general.low < 0) == (verdict == "tied")


@pytest.mark.parametrize("maximum", [1.0, None])
def test_equal_differences_inside_the_range_give_no_interval(maximum: float | None) -> None:
    """That articles agree proves nothing: there is p, but no interval of width 0."""
    half = {f"a{i}": {f"a{i}/q0": 0.5} for i in range(6)}
    found = compare(metric_facts(maximum=maximum), half, draw(0, -1, n_questions=1))
    for finding in (found.here, found.general):
        assert (finding.low, finding.high, finding.p) == (None, None, 2**-5)
    assert found.here.method == "all examples have the same value: no interval"


def test_rounding_is_neither_a_win_nor_a_loss() -> None:
    """Examples that differ in the last bit of a float are ties."""
    a, b = {"a": {"1": 0.1 + 0.2}, "b": {"2": 0.5}}, {"a": {"1": 0.3}, "b": {"2": 0.5}}
    found = compare(EM, a, b)
    assert (found.wins, found.ties, found.difference, found.here.p) == (0, 2, 0, 1)


def test_rounding_has_no_effect_size() -> None:
    """Sums that are equal but for the last bit of a float are equal."""
    a, b = (
        {f"a{i}": {f"a{i}/{j}": float(j < n) for j in range(10)} for i, n in enumerate(right)}
        for right in ((1, 2, 0), (0, 0, 3))
    )
    found = compare(EM, a, b)
    assert (found.difference, found.effect, found.verdict) == (0, 0, "tied")


@pytest.mark.parametrize("n_articles", [2, 3, 5, 30, 300])
def test_detectable_is_that_of_statsmodels(n_articles: int) -> None:
    """The effect that a paired t test finds with 80% power, in units of the metric."""
    found = compare(
        GRADED, graded(1, 0.5, n_articles=n_articles), graded(2, 0.5, n_articles=n_articles)
    )
    assert found.effect
    spread = found.difference / found.effect
    for size, n in (
        (found.general.detectable, n_articles),
        (found.general.detectable_twice, 2 * n_articles),
    ):
        expected = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8)
        assert size == pytest.approx(expected * spread, rel=1e-4)
    assert found.here.detectable is not None
    assert found.here.detectable_twice == pytest.approx(found.here.detectable / 2**0.5, rel=0.15)


def test_a_larger_family_detects_less_and_few_questions_nothing() -> None:
    """Bonferroni for the family; five questions can never be significant by their signs."""
    pairs = {(f"x{i}", "b"): (graded(i, 0.5), graded(9, 0.5)) for i in range(4)}
    alone, among = compare(GRADED, *pairs["x0", "b"]), compare_family(GRADED, pairs, among="four")
    assert alone.general.detectable is not None
    assert among[0].general.detectable is not None
    assert among[0].general.detectable > alone.general.detectable
    few = compare(GRADED, graded(1, 0.5, n_articles=5, n_questions=1), graded(2, 0.5, n_articles=5))
    assert few.here.detectable is None
    assert few.here.detectable_twice is not None


def test_no_difference_beyond_the_range_is_detectable() -> None:
    """Two articles find no difference of right and wrong answers in general; four may."""
    a = {"a": {f"a/{i}": 1.0 for i in range(9)}, "b": {f"b/{i}": float(i > 3) for i in range(9)}}
    b = {"a": {f"a/{i}": 0.0 for i in range(9)}, "b": {f"b/{i}": float(i < 3) for i in range(9)}}
    found = compare(EM, a, b)
    assert found.here.detectable is not None
    assert found.general.detectable is None


def test_only_shared_examples_are_paired() -> None:
    """An example that one system lacks is left out on both sides; so is an empty article."""
    a = {"a": {"1": 1.0, "2": 0.0}, "b": {"3": 1.0}, "c": {"5": 1.0}}
    b = {"a": {"2": 1.0}, "b": {"4": 1.0}}
    assert shared(a, b) == ({"a": {"2": 0.0}}, {"a": {"2": 1.0}})


def test_a_family_can_turn_a_difference_into_a_tie() -> None:
    """The verdict is that of the adjusted p value."""
    close = draw(9, 0.55)
    alone = compare(EM, GOOD, close)
    assert alone.general.verdict == "better"
    values = {("a", "em"): GOOD, ("b", "em"): close} | {
        (f"x{i}", "em"): draw(20 + i, 0.5) for i in range(40)
    }
    pairs = [("a", "b")] + [(f"x{i}", f"x{i + 1}") for i in range(39)]
    first = compare_pairs(pairs, values, [EM], among="many")[0]
    assert (first.general.verdict, first.general.p) == ("tied", alone.general.p)


def test_all_pairs_on_the_same_examples_are_adjusted_by_shaffer() -> None:
    """Once one of three systems is shown to differ, at most one pair is left to be equal."""
    sides = {"a": draw(1, 0.9), "b": draw(2, 0.4), "c": draw(3, 0.55)}
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    found = compare_family(EM, {(x, y): (sides[x], sides[y]) for x, y in pairs}, among="all")
    smallest, *others = sorted((c.here for c in found), key=lambda finding: finding.p or 0)
    assert smallest.p_adjusted == pytest.approx(3 * (smallest.p or 0))
    assert [f.p_adjusted for f in others] == [
        max(f.p or 0, smallest.p_adjusted or 0) for f in others
    ]
    del sides["c"]["a0"]["a0/q0"]
    found = compare_family(EM, {(x, y): (sides[x], sides[y]) for x, y in pairs}, among="all")
    second = sorted((c.here for c in found), key=lambda finding: finding.p or 0)[1]
    assert second.p_adjusted == pytest.approx(2 * (second.p or 0))


def test_pairs_without_common_examples_are_not_compared() -> None:
    """A system without scores takes no place in the family."""
    values = {("a", "em"): GOOD, ("b", "em"): POOR}
    found = compare_pairs([("a", "b"), ("a", "c")], values, [EM], among="all")
    assert [(c.a, c.b, c.n_family) for c in found] == [("a", "b", 1)]
