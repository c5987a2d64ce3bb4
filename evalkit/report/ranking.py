"""One line for each metric: which system is best, and which are tied."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from evalkit.report.differences import is_averaged, turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Role
    from evalkit.results import Comparison, Estimate, Summary

_SIGNS = {"better": ">", "higher": ">", "worse": "<", "lower": "<", "tied": "~"}
_MIRROR = {">>": "<<", ">": "<", "<<": ">>", "<": ">"}
ABOVE = {">>", ">"}
MANY = 4
"""Systems beyond which letters say which of them are not shown to differ, instead of signs."""
_SIGNS_SAY = (
    ">> significantly better on articles like these, > on these articles only (not shown for "
    "others), ~ no significant difference, ? no verdict; paired tests at the 5% level of each "
    "family of comparisons"
)
_LETTERS_SAY = (
    "(a), (ab), (b): systems with a letter in common are not shown to differ on these articles; "
    "paired tests at the 5% level of each family of comparisons"
)


def verdicts(summary: Summary, metrics: Sequence[str]) -> list[str]:
    """Return a line for each metric that ranks its systems, such as `em: qwen > lead ~ tiny`.

    Of a metric of which more is neither better nor worse, such as the length, there is none.
    Models that are asked under several conditions have a line for each, then one for their means
    over the conditions they share. A sign relates neighbours (`legend` says what it claims); where
    two that are further apart differ from what the signs between them imply, the line adds it:
    `a ~ b ~ c, yet a > c`. Of more than `MANY` systems each has letters: `a (a), b (ab), c (b)`.
    Oracle and human references follow in brackets.
    """
    ranking = [metric for metric in metrics if summary.metric(metric).better != "neither"]
    found = [
        _line(summary, metric, condition, names)
        for metric in ranking
        for condition, names in by_condition(summary)
    ]
    averaged = [_averaged_line(summary, metric) for metric in ranking]
    return [line for line in (*found, *averaged) if line]


def legend(summary: Summary) -> str:
    """Return what the signs, or the letters, of the lines claim."""
    ranked = [len(names) for _, names in by_condition(summary)]
    return "; ".join(
        [_SIGNS_SAY] * any(n <= MANY for n in ranked)
        + [_LETTERS_SAY] * any(n > MANY for n in ranked)
    )


def by_condition(summary: Summary) -> list[tuple[str, tuple[str, ...]]]:
    """Return each condition that models are asked under, with the systems to rank under it.

    Where there is only one its name is empty, and all models and baselines are ranked. Else
    baselines are ranked wherever they are compared with one of the models.
    """
    models = [system for system in summary.systems if system.role == "model"]
    baselines = [system.name for system in summary.systems if system.role == "baseline"]
    conditions = list(dict.fromkeys(system.condition for system in models))
    if len(conditions) <= 1:
        return [("", (*(system.name for system in models), *baselines))]
    compared = {frozenset((c.a, c.b)) for c in summary.comparisons}
    found = []
    for condition in conditions:
        names = [system.name for system in models if system.condition == condition]
        label = next((name.rpartition("@")[2] for name in names if "@" in name), condition.wording)
        others = [b for b in baselines if any(frozenset((b, name)) in compared for name in names)]
        found.append((label, (*names, *others)))
    return found


def means_of(summary: Summary, metric: str, roles: set[Role]) -> dict[str, float]:
    """Return the means on a metric of all systems of some roles, by name.

    The human references are left out where only some of the examples have a second reference:
    their mean would not be of the examples that the systems were scored on.
    """
    role_of = summary.roles
    return {
        name: estimate.mean
        for name, estimate in summary.estimates(metric).items()
        if role_of[name] in roles and (role_of[name] != "human" or estimate.is_complete)
    }


def people_of(summary: Summary, metric: str) -> Estimate | None:
    """Return what people reach on a metric; None where fewer than half of the examples tell."""
    found = (
        estimate
        for name, estimate in summary.estimates(metric).items()
        if summary.roles[name] == "human" and 2 * estimate.n >= estimate.n_planned
    )
    return next(found, None)


def _line(summary: Summary, metric: str, condition: str, names: Sequence[str]) -> str:
    order = rank(summary, metric, names)
    if not order:
        return ""
    signs = signs_of(summary, metric)
    where = f"{metric} ({condition})" if condition else metric
    ranked = _lettered(order, signs) if len(order) > MANY else _chained(order, signs)
    return f"{where}: {ranked}{_oracle_and_human(summary, metric)}"


def _lettered(order: Sequence[str], signs: Mapping[tuple[str, str], str]) -> str:
    groups = letters(order, signs)
    return ", ".join(f"{name} ({groups[name]})" for name in order)


def _chained(order: Sequence[str], signs: Mapping[tuple[str, str], str]) -> str:
    chain = order[0] + "".join(f" {signs.get(pair, '?')} {pair[1]}" for pair in pairwise(order))
    return f"{chain}{_exceptions(order, signs)}"


def _averaged_line(summary: Summary, metric: str) -> str:
    pairs = [
        f"{found.a} {_sign(found)} {found.b}"
        for found in map(turn, summary.comparisons)
        if found.metric == metric and is_averaged(found)
    ]
    return f"{metric} (averaged over conditions): {', '.join(pairs)}" if pairs else ""


def rank(summary: Summary, metric: str, names: Sequence[str]) -> list[str]:
    """Return those of the systems that have a mean, best first.

    None comes before one shown to be better: means are over all that a system answered,
    comparisons over what two both did, so where outputs are missing the higher mean may be that of
    the system that loses.
    """
    means = means_of(summary, metric, {"model", "baseline"})
    falls = summary.metric(metric).better != "lower"
    left = sorted((n for n in names if n in means), key=lambda name: means[name], reverse=falls)
    signs = signs_of(summary, metric)
    order: list[str] = []
    while left:
        order.append((unbeaten(left, signs) or left)[0])
        left.remove(order[-1])
    return order


def unbeaten(names: Sequence[str], signs: Mapping[tuple[str, str], str]) -> list[str]:
    """Return those of some systems that none of the others is shown to be better than."""
    return [n for n in names if all(signs.get((other, n)) not in ABOVE for other in names)]


def signs_of(summary: Summary, metric: str) -> dict[tuple[str, str], str]:
    """Return the sign between any two systems on a metric, in both orders."""
    found: dict[tuple[str, str], str] = {}
    for comparison in summary.comparisons:
        if comparison.metric != metric:
            continue
        sign = _sign(comparison)
        found[comparison.a, comparison.b] = sign
        found[comparison.b, comparison.a] = _MIRROR.get(sign, sign)
    return found


def letters(order: Sequence[str], signs: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return letters for some systems: two that share one are not shown to differ.

    The compact letter display of multiple comparisons, with a letter for each largest group of
    systems of which no two differ, `a` for that of the best.

    Args:
        order: the systems, best first.
        signs: between any two of them, from `signs_of`.

    Source: Piepho 2004, J. Computational and Graphical Statistics 13, 456: insert and absorb.

    >>> letters("xyz", {("x", "z"): ">", ("z", "x"): "<"})
    {'x': 'a', 'y': 'ab', 'z': 'b'}
    """
    groups = [set(order)]
    for pair in combinations(order, 2):
        if signs.get(pair) not in {*_MIRROR}:
            continue
        split = [group - {name} for group in groups if group >= set(pair) for name in pair]
        groups = [group for group in groups if not group >= set(pair)]
        for group in split:
            if not any(group <= other for other in groups):
                groups = [other for other in groups if not other <= group] + [group]
    groups.sort(key=lambda group: [order.index(n) for n in order if n in group])
    return {
        name: "".join(chr(ord("a") + i) for i, group in enumerate(groups) if name in group)
        for name in order
    }


def _sign(comparison: Comparison) -> str:
    sign = _SIGNS.get(comparison.verdict, "?")
    return 2 * sign if comparison.scope == "general" else sign


def _exceptions(order: Sequence[str], signs: Mapping[tuple[str, str], str]) -> str:
    """Return what the signs between neighbours do not say, or say wrongly."""
    found = []
    for i, j in combinations(range(len(order)), 2):
        between = {signs.get(pair, "?") for pair in pairwise(order[i : j + 1])}
        implied = next(sign for sign in ("?", ">>", ">", "<<", "<", "~") if sign in between)
        actual = signs.get((order[i], order[j]), "?")
        if actual != implied:
            found.append(f"{order[i]} {actual} {order[j]}")
    return f", yet {', '.join(found)}" if found else ""


def _oracle_and_human(summary: Summary, metric: str) -> str:
    roles: tuple[Role, ...] = ("oracle", "human")
    named = [
        f"{name if name == role else f'{role} {name}'} {mean:.3f}"
        for role in roles
        for name, mean in means_of(summary, metric, {role}).items()
    ]
    return f"   ({'; '.join(named)})" if named else ""
