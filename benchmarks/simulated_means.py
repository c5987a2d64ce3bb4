"""Measures the intervals of means on simulated evaluations; `simulation.py` prints the tables."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, stdtrit

from evalkit.stats.estimate import estimate
from evalkit.stats.intervals import score_interval, t_interval
from evalkit.stats.shares import effective_size, share_of_answers, share_of_articles
from tests.support.results import metric_facts
from tests.support.simulated import (
    MEAN,
    draw_disagreements,
    draw_equal_systems,
    draw_graded,
    draw_lumps,
    draw_near_the_edge,
    draw_rare_losses,
    draw_shares,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from evalkit.stats.intervals import Ends, Floats
    from tests.support.simulated import Sizes

SEEDS = range(5)
N = 1_000
EM = metric_facts()
SHARES: dict[int | Sizes, tuple[int, ...]] = {
    46: (5, 15, 60),
    24: (10,),
    5: (5, 10, 15, 60),
    2: (5, 15, 60),
    1: (5, 15, 60),
    "unequal": (5, 8, 15, 60),
    "giant": (5, 8, 15),
}
"""How many questions articles have → how many articles there are."""


def print_row(*cells: object) -> None:
    """Print one row of a Markdown table, numbers to the digit that the simulation can show."""
    shown = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells)
    print("|", " | ".join(shown), "|", flush=True)


def print_head(*cells: str) -> None:
    """Print the head of a Markdown table."""
    print()
    print_row(*cells)
    print_row(*["---"] * len(cells))


def holds(ends: tuple[float | None, float | None], truth: float) -> bool:
    """Return whether an interval holds the truth; one without ends does not claim anything."""
    low, high = ends
    return low is None or high is None or low <= truth <= high


def covered(interval: Callable[[Floats], Ends], samples: Iterable[Floats], truth: float) -> float:
    """Return the share of experiments whose interval over article means holds the truth."""
    found = [interval(means) for means in samples]
    return float(np.mean([(ends.low <= truth) & (ends.high >= truth) for ends in found]))


def over_seeds(draw: Callable[..., Floats], *args: object, **fixed: float) -> list[Floats]:
    """Return the samples of every seed."""
    return [draw(*args, **fixed, seed=seed) for seed in SEEDS]


def korn_graubard(means: Floats, n: float) -> tuple[float, float]:
    """Return the interval of Korn and Graubard 1998, Survey Methodology 24, 193."""
    mean, variance = float(means.mean()), float(means.var(ddof=1)) / len(means)
    size = n
    if variance > 0:
        freedom = (stdtrit(n - 1, 0.975) / stdtrit(len(means) - 1, 0.975)) ** 2
        size = min(n, mean * (1 - mean) / variance * float(freedom))
    right, wrong = mean * size, (1 - mean) * size
    low = float(betaincinv(right, wrong + 1, 0.025)) if right > 0 else 0.0
    high = float(betaincinv(right + 1, wrong, 0.975)) if wrong > 0 else 1.0
    return low, high


def print_shares() -> None:
    """Print how often the interval of a share of right answers holds the truth."""
    means = (0.9, 0.95, 0.97, 0.99)
    print_head("articles", "questions", "correlation", *(f"em {p}" for p in means))
    for size, numbers in SHARES.items():
        for n_articles in numbers:
            for correlation in (0.05, 0.3) if size != 1 else (0.0,):
                cells = [_share_cell(n_articles, size, mean, correlation) for mean in means]
                print_row(n_articles, size, correlation, *cells)


def _share_cell(n_articles: int, size: int | Sizes, mean: float, correlation: float) -> str:
    shares, sizes = draw_shares(n_articles, size, mean=mean, correlation=correlation, seed=1)
    shares = np.sort(shares)
    found = score_interval(shares)
    cells = [np.mean((found.low <= mean) & (found.high >= mean))]
    for method in (korn_graubard, share_of_articles):
        known = lru_cache(maxsize=None)(partial(_of_tuple, method))
        ends = [known(tuple(row), effective_size(n)) for row, n in zip(shares, sizes, strict=True)]
        cells.append(np.mean([holds(each, mean) for each in ends]))
    return " / ".join(f"{cell:.3f}" for cell in cells)


def _of_tuple(
    method: Callable[[Floats, float], tuple[float, float]], shares: tuple[float, ...], n: float
) -> tuple[float, float]:
    return method(np.array(shares), n)


def print_shares_here() -> None:
    """Print how often the interval of a mean on these articles holds it."""
    print_head("articles", "questions", "correlation", *(f"em {p}" for p in (0.6, 0.9, 0.97)))
    kinds: tuple[int | Sizes, ...] = (46, 5, 1, "unequal")
    for size in kinds:
        for correlation in (0.0, 0.05, 0.3):
            print_row(
                5, size, correlation, *(_here_cell(size, p, correlation) for p in (0.6, 0.9, 0.97))
            )


def _here_cell(size: int | Sizes, mean: float, correlation: float) -> float:
    """Return the coverage where the articles stay and their questions are drawn again."""
    generator = np.random.default_rng(2)
    hits = []
    _, sizes = draw_shares(5, size, mean=mean, correlation=0.0, seed=2)
    for row in sizes:
        strength = 1 / correlation - 1 if correlation else np.inf
        chances = (
            generator.beta(mean * strength, (1 - mean) * strength, len(row))
            if correlation
            else np.full(len(row), mean)
        )
        shares = generator.binomial(row.astype(np.int64), chances) / row
        found = share_of_answers(float(shares.mean()), effective_size(row))
        hits.append(holds(found, float(chances.mean())))
    return float(np.mean(hits))


def print_graded() -> None:
    """Print the coverage of means of graded scores, and of scores that are mostly 0."""
    print_head("scores", "articles", "examples each", "t or bootstrap", "as evalkit does")
    for kind in ("equal", "unequal"):
        for n in (5, 20, 30, 100, 1_000):
            samples = over_seeds(draw_graded, n, kind)
            found = covered(score_interval, samples, MEAN)
            print_row("graded", n, "24" if kind == "equal" else "1 to 100", found, found)
    for share in (0.05, 0.15, 0.3, 0.6):
        for n_articles, n_questions in ((5, 2), (10, 2), (5, 8), (29, 1)):
            scores = draw_lumps(n_articles, n_questions, share=share, seed=3)[:N]
            ends = score_interval(scores.mean(axis=2))
            truth = share * 0.3
            ours = [estimate(EM, values_of(one)).general for one in scores]
            print_row(
                f"{share:.0%} not 0",
                n_articles,
                n_questions,
                float(np.mean((ends.low <= truth) & (ends.high >= truth))),
                float(np.mean([holds((i.low, i.high), truth) for i in ours])),
            )


def print_methods() -> None:
    """Print what t and the bootstrap cover; an interval of width 0 counts as a miss."""
    truths: dict[str, tuple[Callable[..., Floats], float]] = {
        "score 0.9": (partial(draw_near_the_edge, mean=0.9), 0.9),
        "equal, disagree on 20%": (partial(draw_disagreements, better=0.1, worse=0.1), 0.0),
        "equal, 24 questions": (
            lambda n, seed: np.subtract(*draw_equal_systems(2, n, "equal", seed)),
            0.0,
        ),
        "equal, rare losses": (draw_rare_losses, 0.0),
        "better on 8%, worse on 2%": (partial(draw_disagreements, better=0.08, worse=0.02), 0.06),
    }
    print_head("", "articles", "t", "bootstrap")
    for name, (draw, truth) in truths.items():
        for n in (30, 60, 200, 1_000):
            samples = over_seeds(draw, n)
            cells = [covered(method, samples, truth) for method in (t_interval, score_interval)]
            print_row(name, n, *cells)
    print_head("articles", "found by t", "found by the bootstrap")
    for n in (60, 200, 1_000):
        gap = 2.8 * 0.2**0.5 / n**0.5
        samples = over_seeds(draw_disagreements, n, better=0.1 + gap / 2, worse=0.1 - gap / 2)
        print_row(n, *(1 - covered(m, samples, 0.0) for m in (t_interval, score_interval)))
