"""Measures the intervals and the test on simulated evaluations, as docs/statistics.md shows it.

PYTHONPATH=. python benchmarks/simulation.py

Five seeds of 2,000 experiments per number; one minute on two cores.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from evalkit.stats.intervals import score_interval, t_interval, t_test
from evalkit.stats.paired import ALPHA
from tests.support.simulated import (
    MEAN,
    draw_disagreements,
    draw_equal_systems,
    draw_graded,
    draw_near_the_edge,
    draw_rare_losses,
    draw_right_or_wrong,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from evalkit.stats.intervals import Floats, Interval

SEEDS = range(5)


def covered(interval: Callable[[Floats], Interval], samples: Iterable[Floats], truth: float) -> str:
    """Return the share of experiments whose interval holds the truth."""
    found = [interval(means) for means in samples]
    return f"{np.mean([(ends.low <= truth) & (ends.high >= truth) for ends in found]):.3f}"


def over_seeds(draw: Callable[..., Floats], *args: object, **fixed: float) -> list[Floats]:
    """Return the samples of every seed."""
    return [draw(*args, **fixed, seed=seed) for seed in SEEDS]


def print_row(*cells: object) -> None:
    """Print one row of a Markdown table."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def print_scores() -> None:
    """Print how often the interval of a mean holds the truth, and how often equals differ."""
    for kind in ("equal", "unequal"):
        for n in (5, 20, 30, 100, 1_000):
            pairs = over_seeds(partial(draw_equal_systems, 2), n, kind)
            wrong = np.mean([t_test(a - b) < ALPHA for a, b in pairs])
            print_row(
                n,
                kind,
                covered(score_interval, over_seeds(draw_right_or_wrong, n, kind), MEAN),
                covered(score_interval, over_seeds(draw_graded, n, kind), MEAN),
                f"{wrong:.3f}",
            )


def print_methods() -> None:
    """Print what t and the bootstrap cover; an interval of width 0 counts as a miss."""
    truths: dict[str, tuple[Callable[..., Floats], float]] = {
        "score 0.9": (partial(draw_near_the_edge, mean=0.9), 0.9),
        "score 0.97": (partial(draw_near_the_edge, mean=0.97), 0.97),
        "equal, disagree on 20 %": (partial(draw_disagreements, better=0.1, worse=0.1), 0.0),
        "equal, 24 questions": (
            lambda n, seed: np.subtract(*draw_equal_systems(2, n, "equal", seed)),
            0.0,
        ),
        "equal, rare losses": (draw_rare_losses, 0.0),
        "better on 8 %, worse on 2 %": (partial(draw_disagreements, better=0.08, worse=0.02), 0.06),
    }
    for name, (draw, truth) in truths.items():
        for n in (30, 60, 200, 1_000):
            samples = over_seeds(draw, n)
            cells = [covered(method, samples, truth) for method in (t_interval, score_interval)]
            print_row(name, n, *cells)


def print_power() -> None:
    """Print how often a difference of 2.8 standard errors of equal systems is found."""
    for n in (60, 200, 1_000):
        gap = 2.8 * 0.2**0.5 / n**0.5
        samples = over_seeds(draw_disagreements, n, better=0.1 + gap / 2, worse=0.1 - gap / 2)
        cells = [
            f"{1 - float(covered(method, samples, 0.0)):.3f}"
            for method in (t_interval, score_interval)
        ]
        print_row(n, *cells)


if __name__ == "__main__":
    print_scores()
    print()
    print_methods()
    print()
    print_power()
