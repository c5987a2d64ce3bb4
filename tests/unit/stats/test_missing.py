"""Missing outputs: what they could change, and verdicts that they could reverse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.stats.comparisons import compare_family, compare_pairs
from evalkit.stats.missing import bounds_of_mean, to_score
from tests.support.results import metric_facts

if TYPE_CHECKING:
    from evalkit.results import MetricFacts

PLANNED = {"a": 10, "b": 10, "c": 10}
EM = metric_facts(n_by_article=PLANNED)
Values = dict[str, dict[str, float]]


def answers(*right: int, lacking: int = 0) -> Values:
    """Return a system that answers so many of ten questions right, and lacks the last ones."""
    return {
        article: {f"{article}/{j}": float(j < n) for j in range(10 - lacking)}
        for article, n in zip("abc", right, strict=True)
    }


def verdicts(metric: MetricFacts, a: Values, b: Values) -> tuple[str, str]:
    """Return both verdicts of a comparison."""
    (found,) = compare_family(metric, {("a", "b"): (a, b)}, among="two")
    return found.here.verdict, found.general.verdict


def test_bounds_count_missing_outputs_as_the_worst_and_the_best() -> None:
    """Per article, whole articles included; complete systems have none."""
    assert bounds_of_mean(EM, answers(4, 4, 4)) == (None, None)
    assert bounds_of_mean(EM, answers(4, 4, 4, lacking=2)) == pytest.approx((0.4, 0.6))
    one_article = {"a": answers(4, 4, 4)["a"]}
    assert bounds_of_mean(EM, one_article) == pytest.approx((0.4 / 3, 2.4 / 3))


def test_bounds_are_in_the_range_of_the_metric() -> None:
    """Twice the range, twice as far; without a maximum there are none."""
    partial = answers(4, 4, 4, lacking=2)
    wide = metric_facts(maximum=2, n_by_article=PLANNED)
    assert bounds_of_mean(wide, partial) == pytest.approx((0.4, 0.8))
    endless = metric_facts(maximum=None, n_by_article=PLANNED)
    assert bounds_of_mean(endless, partial) == (None, None)


def test_a_difference_has_bounds_too() -> None:
    """What the one lacks counts against it, what the other lacks for it; and the other way."""
    a, b = answers(8, 8, 8), answers(3, 3, 3, lacking=1)
    (found,) = compare_family(EM, {("a", "b"): (a, b)}, among="two")
    assert found.difference == pytest.approx(5 / 9)
    assert (found.least, found.most) == pytest.approx((0.4, 0.5))
    (complete,) = compare_family(EM, {("a", "b"): (a, answers(3, 3, 3))}, among="two")
    assert (complete.least, complete.most, complete.here.p_bound) == (None, None, None)


def test_a_verdict_that_missing_outputs_could_reverse_is_none() -> None:
    """Few missing leave it standing, many do not; a tie stays a tie."""
    a = answers(9, 8, 9)
    assert verdicts(EM, a, answers(2, 1, 2, lacking=1)) == ("better", "better")
    assert verdicts(EM, a, answers(2, 1, 2, lacking=6)) == ("missing", "missing")
    assert verdicts(EM, answers(2, 1, 2, lacking=6), a) == ("missing", "missing")
    assert verdicts(EM, a, answers(9, 8, 9, lacking=3)) == ("tied", "tied")


def test_without_a_maximum_missing_outputs_leave_no_verdict() -> None:
    """One output could outweigh all others."""
    endless = metric_facts(maximum=None, better="neither", n_by_article=PLANNED)
    assert verdicts(endless, answers(9, 8, 9), answers(2, 1, 2)) == ("higher", "higher")
    assert verdicts(endless, answers(9, 8, 9), answers(2, 1, 2, lacking=1)) == (
        "missing",
        "missing",
    )


def test_what_no_system_answered_is_missing_from_both() -> None:
    """It is planned, so it counts, though nobody has a score for it."""
    (found,) = compare_family(
        EM, {("a", "b"): (answers(8, 8, 8, lacking=1), answers(3, 3, 3, lacking=1))}, among="two"
    )
    assert (found.least, found.most) == pytest.approx((0.4, 0.6))


def test_pairs_that_lack_nothing_keep_their_verdict() -> None:
    """A third system's missing outputs do not take it away."""
    a, b, c = answers(9, 8, 9), answers(2, 1, 2), answers(2, 1, 2, lacking=6)
    pairs = {("a", "b"): (a, b), ("a", "c"): (a, c), ("b", "c"): (b, c)}
    found = {(x.a, x.b): x.here.verdict for x in compare_family(EM, pairs, among="three")}
    assert found["a", "b"] == "better"
    assert found["a", "c"] == "missing"


def test_nothing_to_score_is_not_missing() -> None:
    """A pair is compared on the other examples, without bounds; a mean has none either."""
    a, b = answers(8, 8, 8), answers(3, 3, 3, lacking=1)
    empty = {article: {f"{article}/9"} for article in "abc"}
    (found,) = compare_pairs(
        [("a", "b")],
        {("a", "em"): a, ("b", "em"): b},
        [EM],
        among="two",
        empty={("b", "em"): empty},
    )
    assert (found.n, found.least, found.here.p_bound) == (27, None, None)
    assert bounds_of_mean(to_score(EM, empty), b) == (None, None)


def test_what_is_missing_beside_nothing_to_score_has_bounds() -> None:
    """One of ten has nothing to score and one is missing: 4 or 5 of 9, not of 10."""
    empty = {article: {f"{article}/9"} for article in "abc"}
    partial = answers(4, 4, 4, lacking=2)
    assert bounds_of_mean(to_score(EM, empty), partial) == pytest.approx((4 / 9, 5 / 9))
    pair = ("a", "b")
    (found,) = compare_family(
        EM, {pair: (answers(4, 4, 4), partial)}, among="two", empty={pair: empty}
    )
    assert (found.least, found.most) == pytest.approx((-1 / 9, 0))


def test_an_article_with_nothing_to_score_at_all_has_no_bounds() -> None:
    """It is left out of the mean, as if it had not been planned."""
    two = {article: values for article, values in answers(4, 4, 4).items() if article != "c"}
    empty = {"c": {f"c/{j}" for j in range(10)}}
    assert bounds_of_mean(to_score(EM, empty), two) == (None, None)
