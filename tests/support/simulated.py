"""Simulated evaluations whose truth is known: article means, one experiment per row.

Articles differ (some are harder), and questions come in articles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtri

from evalkit.stats.findings import find_general, find_here

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalkit.results import Finding

    Floats = NDArray[np.float64]

Sizes = Literal["equal", "unequal", "giant"]
N_EXPERIMENTS = 2_000
MEAN = 0.6
HARD_ARTICLES, HARD_QUESTIONS = 0.3, 0.8  # SD, where that of the chance of an answer is 1


def sizes_of(kind: Sizes, n_articles: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return how many questions each article has.

    24; 1 to some 100 (log-normal); or one article has 150 and the others have five.
    """
    shape = (N_EXPERIMENTS, n_articles)
    if kind == "equal":
        return np.full(shape, 24)
    if kind == "giant":
        return np.full(shape, [150] + [5] * (n_articles - 1))
    return np.maximum(1, generator.lognormal(2.5, 1.0, shape)).astype(np.int64)


def draw_near_the_edge(n_articles: int, mean: float, seed: int) -> Floats:
    """Return means of five right or wrong answers an article, most of them right."""
    generator = np.random.default_rng(seed)
    difficulty = generator.beta(6 * mean, 6 * (1 - mean), (N_EXPERIMENTS, n_articles))
    return generator.binomial(5, difficulty) / 5


def draw_graded(n_articles: int, kind: Sizes, seed: int) -> Floats:
    """Return means of graded scores: an article effect as large as a question's."""
    generator = np.random.default_rng(seed)
    sizes = sizes_of(kind, n_articles, generator)
    effect = generator.normal(0, 0.2, sizes.shape)
    return MEAN + effect + generator.normal(0, 0.2, sizes.shape) / np.sqrt(sizes)


def draw_equal_systems(n_systems: int, n_articles: int, kind: Sizes, seed: int) -> Floats:
    """Return means of systems that are equally good, each with its own easy articles."""
    generator = np.random.default_rng(seed)
    sizes = sizes_of(kind, n_articles, generator)
    shared = generator.normal(0, 1, sizes.shape)
    own = generator.normal(0, 0.5, (n_systems, *sizes.shape))
    right = generator.binomial(sizes, 1 / (1 + np.exp(-(shared + own))))
    return right / sizes


def draw_disagreements(n_articles: int, *, better: float, worse: float, seed: int) -> Floats:
    """Return differences of two systems, one question per article, by the chance of either sign."""
    drawn = np.random.default_rng(seed).random((N_EXPERIMENTS, n_articles))
    return (drawn < better).astype(float) - (drawn > 1 - worse)


def draw_rare_losses(n_articles: int, seed: int) -> Floats:
    """Return differences of two equally good systems: a little better often, much worse rarely."""
    drawn = np.random.default_rng(seed).random((N_EXPERIMENTS, n_articles))
    return np.where(drawn < 0.05, -0.95, 0.05)


def draw_shares(
    n_articles: int, size: int | Sizes, *, mean: float, correlation: float, seed: int
) -> tuple[Floats, Floats]:
    """Return the shares of right answers of each article, and the articles' sizes.

    Args:
        n_articles: of each experiment.
        size: how many questions each article has, or of what kind their number is.
        mean: the truth.
        correlation: intraclass correlation of two answers on one article.
        seed: of the generator.
    """
    generator = np.random.default_rng(seed)
    shape = (N_EXPERIMENTS, n_articles)
    if isinstance(size, int):
        sizes = np.full(shape, float(size))
    else:
        sizes = sizes_of(size, n_articles, generator).astype(float)
    difficulty: Floats = np.full(shape, mean)
    if correlation:
        strength = 1 / correlation - 1
        difficulty = generator.beta(mean * strength, (1 - mean) * strength, shape)
    return generator.binomial(sizes.astype(np.int64), difficulty) / sizes, sizes


def draw_answers(
    chances: tuple[float, ...], n_articles: int, n_questions: int, *, own: float, seed: int
) -> Floats:
    """Return right and wrong answers: experiment × system × article × question.

    Articles and questions are of unlike difficulty, the same for all systems (probit).

    Args:
        chances: of each system, to answer any question of any article.
        n_articles: of each experiment.
        n_questions: of each article.
        own: how much systems differ in which articles they find easy (SD).
        seed: of the generator.
    """
    generator = np.random.default_rng(seed)
    n_systems = len(chances)
    total = (1 + HARD_ARTICLES**2 + HARD_QUESTIONS**2 + own**2) ** 0.5
    ease = total * ndtri(np.array(chances)).reshape(1, -1, 1, 1)
    ease = ease + generator.normal(0, HARD_ARTICLES, (N_EXPERIMENTS, 1, n_articles, 1))
    ease = ease + generator.normal(0, own, (N_EXPERIMENTS, n_systems, n_articles, 1))
    ease = ease + generator.normal(0, HARD_QUESTIONS, (N_EXPERIMENTS, 1, n_articles, n_questions))
    return np.asarray(generator.normal(0, 1, ease.shape) < ease, dtype=float)


def draw_lumps(n_articles: int, n_questions: int, *, share: float, seed: int) -> Floats:
    """Return scores that are mostly 0: experiment × article × question; their mean is share × 0.3.

    Articles differ in how many of their scores are not 0, which lie between 0.1 and 0.5.
    """
    generator = np.random.default_rng(seed)
    chance = generator.beta(3 * share, 3 * (1 - share), (N_EXPERIMENTS, n_articles, 1))
    shape = (N_EXPERIMENTS, n_articles, n_questions)
    scores = np.where(generator.random(shape) < chance, generator.uniform(0.1, 0.5, shape), 0.0)
    return np.asarray(scores)


def values_of(answers: Floats) -> dict[str, dict[str, float]]:
    """Return one system's scores, article × question, as an evaluation holds them."""
    return {
        f"a{i}": {f"a{i}/q{j}": float(score) for j, score in enumerate(scores)}
        for i, scores in enumerate(answers)
    }


def findings(differences: Floats) -> tuple[Finding, Finding]:
    """Return what is found here and in general of right and wrong answers."""
    values = values_of(differences)
    here = find_here(values, maximum=1.0, n_family=1)
    general = find_general(values, here, maximum=1.0, n_family=1, right_or_wrong=True)
    return here, general
