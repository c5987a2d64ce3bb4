"""One line a metric: who is best, and who is tied."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from evalkit.metrics import available, entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.results import Role, Summary

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
    order = ranked(summary, metric)
    if not order:
        return ""
    signs = signs_of(summary, metric)
    chain = order[0] + "".join(f" {signs.get(pair, '?')} {pair[1]}" for pair in pairwise(order))
    return f"{metric}: {chain}{_exceptions(order, signs)}{_bounds(summary, metric)}"


def ranked(summary: Summary, metric: str) -> list[str]:
    """Return the models and floors by their means, but nobody before one shown to be better.

    Means are over all that a system answered, comparisons over what two both did: where outputs
    are missing, the higher mean may be that of the system that loses.
    """
    means = means_of(summary, metric, {"contestant", "floor"})
    falls = metric not in available() or entry(metric).better != "lower"
    left = sorted(means, key=lambda name: means[name], reverse=falls)
    signs = signs_of(summary, metric)
    order: list[str] = []
    while left:
        order.append((unbeaten(left, signs) or left)[0])
        left.remove(order[-1])
    return order


def unbeaten(names: Sequence[str], signs: Mapping[tuple[str, str], str]) -> list[str]:
    """Return those of some systems that none of the others is shown to be better than."""
    return [name for name in names if all(signs.get((other, name)) != ">" for other in names)]


def signs_of(summary: Summary, metric: str) -> dict[tuple[str, str], str]:
    """Return the sign between any two systems on a metric, both ways round."""
    found: dict[tuple[str, str], str] = {}
    for comparison in summary.comparisons:
        if comparison.metric != metric:
            continue
        sign = _SIGNS[comparison.verdict]
        found[comparison.a, comparison.b] = sign
        found[comparison.b, comparison.a] = _MIRROR.get(sign, sign)
    return found


def _exceptions(order: Sequence[str], signs: Mapping[tuple[str, str], str]) -> str:
    """Return what the chain of neighbours does not say, or says wrongly."""
    found = []
    for i, j in combinations(range(len(order)), 2):
        between = {signs.get(pair, "?") for pair in pairwise(order[i : j + 1])}
        implied = next(sign for sign in ("?", ">", "<", "=") if sign in between)
        actual = signs.get((order[i], order[j]), "?")
        if actual != implied:
            found.append(f"{order[i]} {actual} {order[j]}")
    return f", yet {', '.join(found)}" if found else ""


def _bounds(summary: Summary, metric: str) -> str:
    roof = means_of(summary, metric, {"roof"})
    ceiling = means_of(summary, metric, {"ceiling"})
    named = [f"roof {name} {mean:.3f}" for name, mean in roof.items()]
    named += [f"{name} {mean:.3f}" for name, mean in ceiling.items()]
    return f"   ({'; '.join(named)})" if named else ""
