"""Measures intervals and tests on simulated evaluations, as docs/statistics.md shows it.

PYTHONPATH=. python benchmarks/simulation.py [TABLE…]

The truth of each evaluation is known. Numbers are of 1,000 evaluations where an interval or a test
takes long, else of 2,000 to 20,000: in the third digit they are noise.
"""

from __future__ import annotations

import sys
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from simulated_means import (
    N,
    holds,
    print_graded,
    print_head,
    print_methods,
    print_row,
    print_shares,
    print_shares_here,
)

from evalkit.results import MIRROR
from evalkit.stats.comparisons import compare_family
from evalkit.stats.findings import find_general, find_here
from evalkit.stats.intervals import t_test
from evalkit.stats.multiplicity import ALPHA, adjust, possible_numbers
from tests.support.results import metric_facts
from tests.support.simulated import draw_answers, findings, values_of

if TYPE_CHECKING:
    from evalkit.results import Comparison, Finding, MetricFacts
    from evalkit.stats.intervals import Floats


def print_differences() -> None:
    """Print how often a difference is found, and its intervals hold the truth, for both scopes."""
    print_head(
        "articles", "questions", "em", "own articles", "found here", "found in general",
        "here covers", "general covers",
    )  # fmt: skip
    sizes = ((5, 46), (10, 24), (5, 2), (30, 5))
    for n_articles, n_questions in sizes:
        for chances in ((0.65, 0.65), (0.95, 0.95), (0.99, 0.99), (0.65, 0.55)):
            for own in (0.0, 0.3):
                cells = _difference_cells(chances, n_articles, n_questions, own)
                shown = " / ".join(map(str, chances))
                print_row(n_articles, n_questions, shown, own, *cells)


def _difference_cells(
    chances: tuple[float, ...], n_articles: int, n_questions: int, own: float
) -> list[object]:
    drawn = draw_answers(chances, n_articles, n_questions, own=own, seed=4)
    truth = float(np.mean(drawn[:, 0] - drawn[:, 1]))
    found = [findings(a - b) for a, b in drawn[:N]]
    cells: list[object] = [
        float(np.mean([_significant(each[i]) for each in found])) for i in (0, 1)
    ]
    for i in (0, 1):  # where systems find other articles easy, each sample has a truth of its own
        hits = [holds((each[i].low, each[i].high), truth) for each in found]
        cells.append("–" if own and i == 0 else float(np.mean(hits)))
    return cells


def _significant(found: Finding) -> bool:
    return found.p is not None and found.p < ALPHA


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
    answers: Floats, share: float, where: str, generator: np.random.Generator, facts: MetricFacts
) -> Comparison:
    wrong = np.flatnonzero(answers[0] == 0) if where == "where wrong" else np.arange(230)
    n_missing = min(len(wrong), round(share * 230))
    gone = {f"a{k // 46}/q{k % 46}" for k in generator.choice(wrong, n_missing, replace=False)}
    a, b = map(values_of, answers)
    a = {article: {q: v for q, v in ids.items() if q not in gone} for article, ids in a.items()}
    (found,) = compare_family(facts, {("a", "b"): (a, b)}, among="two")
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
