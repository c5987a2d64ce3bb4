"""What an interval and a test promise, tried on simulated evaluations whose truth is known."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalkit.results import MIRROR
from evalkit.stats.comparisons import compare_family
from evalkit.stats.estimate import estimate
from evalkit.stats.intervals import plain_interval, score_interval, t_interval, t_test
from evalkit.stats.multiplicity import ALPHA, adjust, possible_numbers
from evalkit.stats.shares import effective_size, share_of_answers, share_of_articles
from tests.support.results import metric_facts
from tests.support.simulated import (
    MEAN,
    draw_answers,
    draw_disagreements,
    draw_equal_systems,
    draw_graded,
    draw_lumps,
    draw_near_the_edge,
    draw_shares,
    findings,
    values_of,
)

if TYPE_CHECKING:
    from evalkit.stats.intervals import Ends
    from tests.support.simulated import Sizes

N_ARTICLES = (5, 20, 100)
N = 200  # where one experiment takes a millisecond or more


def coverage(found: Ends, truth: float = MEAN) -> float:
    """Return the share of experiments whose interval holds the truth."""
    return float(np.mean((found.low <= truth) & (found.high >= truth)))


@pytest.mark.parametrize(
    ("n_articles", "size", "mean", "correlation"),
    [
        (5, 46, 0.9, 0.05),
        (5, 46, 0.97, 0.05),
        (5, 46, 0.95, 0.3),
        (10, 24, 0.03, 0.1),
        (15, 5, 0.95, 0.3),
        (8, "unequal", 0.9, 0.1),
        (5, "unequal", 0.1, 0.3),
    ],
)
def test_intervals_in_general_cover_shares_near_the_ends(
    n_articles: int, size: int | Sizes, mean: float, correlation: float
) -> None:
    """Most answers right, or wrong: 91 to 99 of 100, where t holds the truth in 60 to 92."""
    shares, sizes = draw_shares(n_articles, size, mean=mean, correlation=correlation, seed=21)
    found = np.array(
        [
            share_of_articles(row, effective_size(each))
            for row, each in zip(shares[:N], sizes[:N], strict=True)
        ]
    )
    assert 0.91 <= np.mean((found[:, 0] <= mean) & (found[:, 1] >= mean)) <= 0.99
    assert coverage(t_interval(shares), mean) < 0.93


@pytest.mark.parametrize("mean", [0.6, 0.9, 0.97])
def test_intervals_here_cover_the_mean_of_these_articles(mean: float) -> None:
    """Other questions on the same five articles: 93 to 98 of 100."""
    generator = np.random.default_rng(22)
    chances = generator.beta(19 * mean, 19 * (1 - mean), (2_000, 5))
    shares = generator.binomial(46, chances) / 46
    ends = np.array([share_of_answers(share, 230.0) for share in shares.mean(axis=1)])
    truth = chances.mean(axis=1)
    assert 0.93 <= np.mean((ends[:, 0] <= truth) & (ends[:, 1] >= truth)) <= 0.98


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_intervals_cover_graded_scores(n_articles: int, kind: Sizes) -> None:
    """95% intervals of a graded score hold the truth in 93 to 97 of 100 evaluations."""
    assert 0.93 <= coverage(score_interval(draw_graded(n_articles, kind, seed=12))) <= 0.97


@pytest.mark.parametrize("share", [0.05, 0.15])
def test_intervals_cover_scores_that_are_mostly_0(share: float) -> None:
    """Such as repetition: 93 of 100 and more, where t holds the truth in fewer than 80."""
    scores = draw_lumps(5, 2, share=share, seed=23)[:N]
    truth = 0.3 * share
    found = [estimate(metric_facts(), values_of(one)).general for one in scores]
    hits = [i.low is not None and i.high is not None and i.low <= truth <= i.high for i in found]
    assert np.mean(hits) > 0.93
    assert coverage(t_interval(scores.mean(axis=2)), truth) < 0.8


@pytest.mark.parametrize("n_articles", [100, 200])
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


def found_in(chances: tuple[float, float], own: float, *, n_questions: int = 46) -> list[float]:
    """Return in which share of experiments two systems differ, here and in general."""
    drawn = draw_answers(chances, 5, n_questions, own=own, seed=24)[:N]
    each = [findings(a - b) for a, b in drawn]
    return [float(np.mean([(f[i].p or 0) < ALPHA for f in each])) for i in (0, 1)]


@pytest.mark.parametrize("chance", [0.65, 0.95])
def test_equal_systems_are_seldom_called_different(chance: float) -> None:
    """In fewer than 8 of 100 runs, on these articles and in general (the level is 5)."""
    assert max(found_in((chance, chance), own=0.0)) < 0.08


def test_here_is_no_claim_about_other_articles() -> None:
    """Systems that are good at different articles: alike in general, different on these five."""
    here, general = found_in((0.65, 0.65), own=0.5)
    assert here > 0.15
    assert general < 0.08


def test_more_is_found_here_than_in_general() -> None:
    """0.65 against 0.55 on five articles of 46 questions."""
    here, general = found_in((0.65, 0.55), own=0.0)
    assert here > general + 0.08


def test_intervals_of_a_difference_here_cover_it() -> None:
    """Systems that differ by the same everywhere: 91 to 99 of 100."""
    drawn = draw_answers((0.65, 0.55), 5, 46, own=0.0, seed=25)
    truth = float(np.mean(drawn[:, 0] - drawn[:, 1]))
    found = [findings(a - b)[0] for a, b in drawn[:N]]
    hits = [f.low is not None and f.high is not None and f.low <= truth <= f.high for f in found]
    assert 0.91 <= np.mean(hits) <= 0.99


def test_missing_outputs_make_no_verdict() -> None:
    """5% missing where a system is wrong: what both have calls equals different, bounds do not."""
    generator = np.random.default_rng(26)
    facts = metric_facts(n_by_article={f"a{i}": 46 for i in range(5)})
    significant, judged = 0, 0
    for a, b in draw_answers((0.65, 0.65), 5, 46, own=0.0, seed=26)[:N]:
        gone = generator.choice(np.flatnonzero(a == 0), 12, replace=False)
        names = {f"a{k // 46}/q{k % 46}" for k in gone}
        partial = {
            article: {id_: value for id_, value in ids.items() if id_ not in names}
            for article, ids in values_of(a).items()
        }
        (found,) = compare_family(facts, {("a", "b"): (partial, values_of(b))}, among="two")
        significant += (found.here.p or 0) < ALPHA
        judged += found.here.verdict in MIRROR
    assert significant > 0.06 * N
    assert judged < 0.02 * N


@pytest.mark.parametrize("kind", ["equal", "unequal"])
@pytest.mark.parametrize("n_articles", N_ARTICLES)
def test_t_keeps_its_level(n_articles: int, kind: Sizes) -> None:
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
@pytest.mark.parametrize("worse", [0.0, 0.3])
def test_a_whole_ranking_is_seldom_wrong(n_articles: int, worse: float) -> None:
    """Of four systems that are equal, or of which one is worse, few rankings tell equals apart."""
    systems = draw_equal_systems(4, n_articles, "unequal", seed=15)
    systems[3] = systems[3] - worse
    pairs = list(combinations(range(4), 2))
    p_values = np.stack([t_test(systems[i] - systems[j]) for i, j in pairs], axis=1)
    possible = possible_numbers([(str(i), str(j)) for i, j in pairs])
    equal = [k for k, (_, j) in enumerate(pairs) if not worse or j < 3]
    adjusted = np.array([adjust(list(row), possible) for row in p_values], dtype=float)
    assert np.mean((adjusted[:, equal] < ALPHA).any(axis=1)) < 0.06


def test_detectable_differences_are_found() -> None:
    """The promised power holds: of differences as large as was told, 8 of 10 are found."""
    generator = np.random.default_rng(16)
    found = t_test(generator.normal(0.5, 1, (2_000, 34))) < ALPHA
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)
