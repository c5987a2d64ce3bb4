"""Measures intervals and tests on simulated evaluations, as docs/statistics.md shows it.

PYTHONPATH=. python benchmarks/simulation.py [TABLE…]

The truth of each evaluation is known. Numbers are of 300 evaluations where an interval or a test
takes long, else of 2,000 to 20,000: in the third digit they are noise.
"""

from __future__ import annotations

import sys
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, stdtrit

from evalkit.results import MIRROR
from evalkit.stats.comparisons import compare_family
from evalkit.stats.estimate import estimate
from evalkit.stats.findings import find_general, find_here
from evalkit.stats.intervals import score_interval, t_interval, t_test
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
    draw_rare_losses,
    draw_shares,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from evalkit.results import Comparison, Finding
    from evalkit.stats.intervals import Ends, Floats
    from tests.support.simulated import Sizes

SEEDS = range(5)
N = 300
EM = metric_facts()


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
    print_head("articles", "questions", "correlation", *(f"em {p}" for p in (0.9, 0.95, 0.99)))
    kinds: tuple[int | Sizes, ...] = (46, 5, 1, "unequal")
    for size in kinds:
        for n_articles in (5, 10, 15, 60):
            for correlation in (0.05, 0.3) if size != 1 else (0.0,):
                cells = [
                    _share_cell(n_articles, size, mean, correlation) for mean in (0.9, 0.95, 0.99)
                ]
                print_row(n_articles, size, correlation, *cells)


def _share_cell(n_articles: int, size: int | Sizes, mean: float, correlation: float) -> str:
    shares, sizes = draw_shares(n_articles, size, mean=mean, correlation=correlation, seed=1)
    rows = list(zip(shares[:N], sizes[:N], strict=True))
    cells = [np.mean([bool(e.low <= mean <= e.high) for e in map(score_interval, shares[:N])])]
    for method in (korn_graubard, share_of_articles):
        found = [method(row, effective_size(n)) for row, n in rows]
        cells.append(np.mean([holds(ends, mean) for ends in found]))
    return " / ".join(f"{cell:.3f}" for cell in cells)


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


def print_differences() -> None:
    """Print how often a difference is found, and its intervals hold the truth, for both scopes."""
    print_head(
        "articles", "questions", "em", "own articles", "found here", "found in general",
        "here covers", "general covers",
    )  # fmt: skip
    sizes = ((5, 46), (10, 24), (5, 2), (30, 5))
    for n_articles, n_questions in sizes:
        for chances in ((0.65, 0.65), (0.95, 0.95), (0.99, 0.99), (0.65, 0.55)):
            for own in (0.0, 0.5):
                cells = _difference_cells(chances, n_articles, n_questions, own)
                shown = " / ".join(map(str, chances))
                print_row(n_articles, n_questions, shown, own, *cells)


def _difference_cells(
    chances: tuple[float, ...], n_articles: int, n_questions: int, own: float
) -> list[object]:
    drawn = draw_answers(chances, n_articles, n_questions, own=own, seed=4)
    truth = float(np.mean(drawn[:, 0] - drawn[:, 1]))
    found = [_findings(a - b) for a, b in drawn[:N]]
    cells: list[object] = [
        float(np.mean([_significant(each[i]) for each in found])) for i in (0, 1)
    ]
    for i in (0, 1):  # where systems find other articles easy, each sample has a truth of its own
        hits = [holds((each[i].low, each[i].high), truth) for each in found]
        cells.append("–" if own and i == 0 else float(np.mean(hits)))
    return cells


def _findings(differences: Floats) -> tuple[Finding, Finding]:
    values = values_of(differences)
    here = find_here(values, maximum=1.0, n_family=1)
    general = find_general(values, here, maximum=1.0, n_family=1, right_or_wrong=True)
    return here, general


def _significant(found: Finding) -> bool:
    return found.p is not None and found.p < ALPHA


def print_methods() -> None:
    """Print what t and the bootstrap cover; an interval of width 0 counts as a miss."""
    truths: dict[str, tuple[Callable[..., Floats], float]] = {
        "score 0.9": (partial(draw_near_the_edge, mean=0.9), 0.9),
        "equal, disagree on 20 %": (partial(draw_disagreements, better=0.1, worse=0.1), 0.0),
        "equal, 24 questions": (
            lambda n, seed: np.subtract(*draw_equal_systems(2, n, "equal", seed)),
            0.0,
        ),
        "equal, rare losses": (draw_rare_losses, 0.0),
        "better on 8 %, worse on 2 %": (partial(draw_disagreements, better=0.08, worse=0.02), 0.06),
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


def print_families() -> None:
    """Print what adjusting for the number of comparisons costs; four models and three baselines."""
    print_head("four models", "procedure", "any wrong", "differences found")
    for name, chances in {
        "all equal": (0.6, 0.6, 0.6, 0.6),
        "two equal pairs": (0.7, 0.7, 0.6, 0.6),
        "one better": (0.7, 0.6, 0.6, 0.6),
        "all different": (0.75, 0.68, 0.61, 0.54),
    }.items():
        drawn = draw_answers((*chances, 0.05, 0.1, 0.1), 20, 24, own=0.3, seed=6).mean(axis=3)
        for procedure in ("Holm with the baselines", "Holm", "Shaffer"):
            print_row(name, procedure, *_family_cells(drawn, chances, procedure))


def _family_cells(drawn: Floats, chances: tuple[float, ...], procedure: str) -> list[float]:
    n = 7 if procedure == "Holm with the baselines" else 4
    pairs = list(combinations(range(n), 2))
    p_values = np.stack([t_test(drawn[:, i] - drawn[:, j]) for i, j in pairs])
    names = [(str(i), str(j)) for i, j in pairs]
    possible = possible_numbers(names) if procedure == "Shaffer" else None
    among = [k for k, (i, j) in enumerate(pairs) if max(i, j) < 4]  # noqa: PLR2004 - the models
    real = np.array([chances[i] != chances[j] for i, j in (pairs[k] for k in among)])
    adjusted = np.array([adjust(list(row), possible) for row in p_values.T], dtype=float)
    found = adjusted[:, among] < ALPHA
    wrong = found[:, ~real].any(axis=1).mean() if (~real).any() else 0.0
    return [float(wrong), float(found[:, real].mean()) if real.any() else 0.0]


def print_metrics() -> None:
    """Print how often any of five metrics of one report calls equal systems different."""
    print_head("scores of the five metrics", "any wrong, in general")
    generator = np.random.default_rng(7)
    for correlation in (0.0, 0.5, 0.9):
        cause = generator.normal(0, 1, (20_000, 1, 5))
        noise = generator.normal(0, 1, (20_000, 5, 5))
        scores = correlation**0.5 * cause + (1 - correlation) ** 0.5 * noise
        wrong = (t_test(scores) < ALPHA).any(axis=1).mean()
        print_row(f"correlated {correlation}", float(wrong))


def print_detectable() -> None:
    """Print how often the difference that is said to be detectable is found: 0.80 is promised."""
    print_head(
        "articles", "scope", "median", "a tenth below", "a tenth above", "found at the median"
    )
    for n in (5, 10, 30):
        for scope in (0, 1):
            print_row(n, ("here", "in general")[scope], *_detectable_cells(n, scope))


def _detectable_cells(n_articles: int, scope: int) -> list[float]:
    generator = np.random.default_rng(8)
    articles = generator.normal(0, 0.1, (N, n_articles, 1)) * scope
    drawn = articles + generator.normal(0, 0.4, (N, n_articles, 24))

    def finding(differences: Floats) -> Finding:
        values = values_of(differences)
        here = find_here(values, maximum=np.inf, n_family=1)
        if scope == 0:
            return here
        return find_general(values, here, maximum=np.inf, n_family=1, right_or_wrong=False)

    told = np.array([finding(row).detectable for row in drawn], dtype=float)
    middle = float(np.median(told))
    found = [_significant(finding(row + middle)) for row in drawn]
    return [middle, *np.quantile(told, [0.1, 0.9]).tolist(), float(np.mean(found))]


def print_missing() -> None:
    """Print how often equal systems are called different where outputs of one are missing."""
    print_head("missing", "where", "on what both have", "as evalkit does")
    drawn = draw_answers((0.65, 0.65), 5, 46, own=0.0, seed=9)[:N]
    generator = np.random.default_rng(9)
    facts = metric_facts(n_by_article={f"a{i}": 46 for i in range(5)})
    for share in (0.02, 0.05, 0.1):
        for where in ("anywhere", "where wrong"):
            found = [_compare_with_gaps(one, share, where, generator, facts) for one in drawn]
            print_row(
                f"{share:.0%}",
                where,
                float(np.mean([_significant(c.here) for c in found])),
                float(np.mean([c.here.verdict in MIRROR for c in found])),
            )


def _compare_with_gaps(
    answers: Floats, share: float, where: str, generator: np.random.Generator, facts: object
) -> Comparison:
    wrong = np.flatnonzero(answers[0] == 0) if where == "where wrong" else np.arange(230)
    n_missing = min(len(wrong), round(share * 230))
    gone = {f"a{k // 46}/q{k % 46}" for k in generator.choice(wrong, n_missing, replace=False)}
    a, b = map(values_of, answers)
    a = {article: {q: v for q, v in ids.items() if q not in gone} for article, ids in a.items()}
    (found,) = compare_family(facts, {("a", "b"): (a, b)}, among="two")  # type: ignore[arg-type]
    return found


TABLES = {
    "shares": print_shares,
    "here": print_shares_here,
    "graded": print_graded,
    "differences": print_differences,
    "methods": print_methods,
    "families": print_families,
    "metrics": print_metrics,
    "detectable": print_detectable,
    "missing": print_missing,
}

if __name__ == "__main__":
    for table in sys.argv[1:] or TABLES:
        TABLES[table]()
