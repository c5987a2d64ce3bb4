"""What an interval promises, tried on 2,000 simulated evaluations each.

Articles differ (some are harder), questions come in articles, and the truth is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalkit.stats.intervals import plain_interval, score_interval, t_test
from evalkit.stats.paired import ALPHA, holm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

N_EXPERIMENTS = 2_000
MEAN = 0.6
N_ARTICLES = (5, 20, 100)


def sizes_of(kind: str, n_articles: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return how many questions each article of each experiment has."""
    shape = (N_EXPERIMENTS, n_articles)
    if kind == "equal":
        return np.full(shape, 24)
    return np.maximum(1, generator.lognormal(2.5, 1.0, shape)).astype(np.int64)


def draw_right_or_wrong(n_articles: int, kind: str, seed: int) -> Floats:
    """Return article means of right and wrong answers, articles being of several difficulties."""
    generator = np.random.default_rng(seed)
    sizes = sizes_of(kind, n_articles, generator)
    difficulty = generator.beta(6 * MEAN, 6 * (1 - MEAN), sizes.shape)
    return generator.binomial(sizes, difficulty) / sizes


def draw_graded(n_articles: int, kind: str, seed: int) -> Floats:
    """Return article means of graded scores: an article effect as large as a question's."""
    generator = np.random.default_rng(seed)
    sizes = sizes_of(kind, n_articles, generator)
    effect = generator.normal(0, 0.2, sizes.shape)
    return MEAN + effect + generator.normal(0, 0.2, sizes.shape) / np.sqrt(sizes)


def coverage(means: Floats) -> float:
    """Return the share of experiments whose interval holds the truth."""
    found = score_interval(means)
    return float(np.mean((found.low <= MEAN) & (found.high >= MEAN)))


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_intervals_cover_right_or_wrong_answers(n_articles: int, kind: str) -> None:
    """95 % intervals of em hold the truth in 93 to 97 of 100 evaluations."""
    assert 0.93 <= coverage(draw_right_or_wrong(n_articles, kind, seed=11)) <= 0.97


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_intervals_cover_graded_scores(n_articles: int, kind: str) -> None:
    """95 % intervals of a graded score hold the truth in 93 to 97 of 100 evaluations."""
    assert 0.93 <= coverage(draw_graded(n_articles, kind, seed=12)) <= 0.97


def test_unclustered_intervals_do_not_cover() -> None:
    """The simulation can tell: taking questions as independent covers far too little."""
    generator = np.random.default_rng(13)
    hits = []
    for _ in range(300):
        effect = generator.normal(0, 0.2, 5)
        values = MEAN + np.repeat(effect, 24) + generator.normal(0, 0.2, 120)
        low, high = plain_interval(values)
        hits.append(low is not None and high is not None and low <= MEAN <= high)
    assert np.mean(hits) < 0.7


def draw_equal_systems(n_systems: int, n_articles: int, kind: str, seed: int) -> Floats:
    """Return article means of systems that are equally good, each with its own easy articles."""
    generator = np.random.default_rng(seed)
    sizes = sizes_of(kind, n_articles, generator)
    shared = generator.normal(0, 1, sizes.shape)
    own = generator.normal(0, 0.5, (n_systems, *sizes.shape))
    right = generator.binomial(sizes, 1 / (1 + np.exp(-(shared + own))))
    return right / sizes


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_equal_systems_are_seldom_told_apart(n_articles: int, kind: str) -> None:
    """Two systems that are equally good are called different in fewer than 6 of 100 runs."""
    a, b = draw_equal_systems(2, n_articles, kind, seed=14)
    assert np.mean(t_test(a - b) < ALPHA) < 0.06


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
