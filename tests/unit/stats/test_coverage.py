"""What an interval and a test promise, tried on 2,000 simulated evaluations each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalkit.stats.intervals import plain_interval, score_interval, t_interval, t_test
from evalkit.stats.paired import ALPHA, holm
from tests.support.simulated import (
    MEAN,
    N_EXPERIMENTS,
    draw_disagreements,
    draw_equal_systems,
    draw_graded,
    draw_near_the_edge,
    draw_right_or_wrong,
)

if TYPE_CHECKING:
    from evalkit.stats.intervals import Interval
    from tests.support.simulated import Sizes

N_ARTICLES = (5, 20, 100)


def coverage(found: Interval, truth: float = MEAN) -> float:
    """Return the share of experiments whose interval holds the truth."""
    return float(np.mean((found.low <= truth) & (found.high >= truth)))


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_intervals_cover_right_or_wrong_answers(n_articles: int, kind: Sizes) -> None:
    """95 % intervals of em hold the truth in 93 to 97 of 100 evaluations."""
    assert 0.93 <= coverage(score_interval(draw_right_or_wrong(n_articles, kind, seed=11))) <= 0.97


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_intervals_cover_graded_scores(n_articles: int, kind: Sizes) -> None:
    """95 % intervals of a graded score hold the truth in 93 to 97 of 100 evaluations."""
    assert 0.93 <= coverage(score_interval(draw_graded(n_articles, kind, seed=12))) <= 0.97


@pytest.mark.parametrize("n_articles", [60, 200])
def test_bootstrap_covers_near_the_edge_of_the_range(n_articles: int) -> None:
    """Nine of ten answers right: the bootstrap covers, and t misses on one side."""
    means = draw_near_the_edge(n_articles, 0.9, seed=17)
    found, from_t = score_interval(means), t_interval(means)
    assert 0.93 <= coverage(found, 0.9) <= 0.97
    assert np.mean(from_t.low > 0.9) > 2 * np.mean(from_t.high < 0.9)


def test_unclustered_intervals_do_not_cover() -> None:
    """The simulation detects it: taking questions as independent covers far too little."""
    generator = np.random.default_rng(13)
    hits = []
    for _ in range(300):
        effect = generator.normal(0, 0.2, 5)
        values = MEAN + np.repeat(effect, 24) + generator.normal(0, 0.2, 120)
        low, high = plain_interval(values)
        hits.append(low is not None and high is not None and low <= MEAN <= high)
    assert np.mean(hits) < 0.7


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_equal_systems_are_seldom_called_different(n_articles: int, kind: Sizes) -> None:
    """Two systems that are equally good are called different in fewer than 6 of 100 runs."""
    a, b = draw_equal_systems(2, n_articles, kind, seed=14)
    assert np.mean(t_test(a - b) < ALPHA) < 0.06


@pytest.mark.parametrize("n_articles", [30, 60, 200])
def test_equal_systems_with_one_question_per_article_are_seldom_called_different(
    n_articles: int,
) -> None:
    """Differences of −1, 0 and 1, most of them 0, keep the level as well."""
    differences = draw_disagreements(n_articles, better=0.1, worse=0.1, seed=18)
    assert np.mean(t_test(differences) < ALPHA) < 0.06


def test_bootstrap_calls_equal_systems_different_too_often() -> None:
    """The reason why differences are judged by t: at 30 articles the bootstrap misses the level."""
    differences = draw_disagreements(30, better=0.1, worse=0.1, seed=18)
    assert coverage(score_interval(differences), 0) < 0.92


@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_a_whole_ranking_of_equals_is_seldom_wrong(n_articles: int) -> None:
    """Of four equal systems any two are called different in fewer than 6 of 100 rankings."""
    systems = draw_equal_systems(4, n_articles, "unequal", seed=15)
    pairs = [t_test(a - b) for i, a in enumerate(systems) for b in systems[i + 1 :]]
    wrong = [
        min(p for p in holm(list(row)) if p is not None) < ALPHA for row in zip(*pairs, strict=True)
    ]
    assert np.mean(wrong) < 0.06


def test_real_differences_are_found() -> None:
    """The promised power holds: at the number of articles asked for, 8 of 10 runs find it."""
    generator = np.random.default_rng(16)
    found = t_test(generator.normal(0.5, 1, (N_EXPERIMENTS, 34))) < ALPHA
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)
