"""One line a metric: who is best, and who is tied."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from evalkit.metrics import available, entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.results import Comparison, Role, Summary

_SIGNS = {
    "better": ">",
    "higher": ">",
    "worse": "<",
    "lower": "<",
    "tied": "=",
    "one article": "?",
}
_MIRROR = {">": "<", "<": ">"}
LEGEND = (
    "> better, = tied, ? one article cannot tell: paired test clustered by article, 5 % level, "
    "Holm over the pairs of a metric"
)


def verdicts(summary: Summary, metrics: Sequence[str]) -> list[str]:
    """Return a line for each metric that ranks its systems, such as `em: qwen > lead = tiny`.

    A sign stands between neighbours; where two that are further apart relate otherwise than the
    signs between them say, the line adds it: `a = b = c, yet a > c`. Roof and ceiling stand beside
    the ranking, not in it.
    """
    return [line for metric in metrics if (line := _line(summary, metric))]


def means_of(summary: Summary, metric: str, roles: set[Role]) -> dict[str, float]:
    """Return the means on a metric of all systems of some roles, by name.

    People who wrote no second reference for some of the examples did not do what the systems did:
    their mean stands beside nobody's.
    """
    return {
        system.name: estimate.mean
        for system in summary.systems
        if system.role in roles
        for estimate in system.estimates
        if estimate.metric == metric
        and (system.role != "ceiling" or estimate.n == estimate.n_planned)
    }


def _line(summary: Summary, metric: str) -> str:
    means = means_of(summary, metric, {"contestant", "floor"})
    if not means:
        return ""
    falls = metric not in available() or entry(metric).better != "lower"
    ranked = sorted(means, key=lambda name: means[name], reverse=falls)
    signs = _signs(c for c in summary.comparisons if c.metric == metric)
    chain = ranked[0] + "".join(f" {signs.get(pair, '?')} {pair[1]}" for pair in pairwise(ranked))
    return f"{metric}: {chain}{_exceptions(ranked, signs)}{_bounds(summary, metric)}"


def _signs(comparisons: Iterable[Comparison]) -> dict[tuple[str, str], str]:
    """Return the sign between any two systems, both ways round."""
    found: dict[tuple[str, str], str] = {}
    for comparison in comparisons:
        sign = _SIGNS[comparison.verdict]
        found[comparison.a, comparison.b] = sign
        found[comparison.b, comparison.a] = _MIRROR.get(sign, sign)
    return found


def _exceptions(ranked: Sequence[str], signs: Mapping[tuple[str, str], str]) -> str:
    """Return what the chain of neighbours does not say, or says wrongly."""
    found = []
    for i, j in combinations(range(len(ranked)), 2):
        between = {signs.get(pair, "?") for pair in pairwise(ranked[i : j + 1])}
        implied = next(sign for sign in ("?", ">", "<", "=") if sign in between)
        actual = signs.get((ranked[i], ranked[j]), "?")
        if actual != implied:
            found.append(f"{ranked[i]} {actual} {ranked[j]}")
    return f", yet {', '.join(found)}" if found else ""


def _bounds(summary: Summary, metric: str) -> str:
    roof = means_of(summary, metric, {"roof"})
    ceiling = means_of(summary, metric, {"ceiling"})
    named = [f"roof {name} {mean:.3f}" for name, mean in roof.items()]
    named += [f"{name} {mean:.3f}" for name, mean in ceiling.items()]
    return f"   ({'; '.join(named)})" if named else ""
