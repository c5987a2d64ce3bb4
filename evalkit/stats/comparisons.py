"""Compares two systems example by example, and tests whether the difference is significant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from evalkit.results import Comparison
from evalkit.stats.estimate import article_means, flatten, mean, upper_end
from evalkit.stats.findings import find_general, find_here, judge
from evalkit.stats.intervals import ROUNDING, standard_error
from evalkit.stats.missing import completed, is_missing, leave_out, to_score, union
from evalkit.stats.multiplicity import possible_numbers
from evalkit.stats.sign_flips import exact_sign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.results import Finding, MetricFacts
    from evalkit.stats.estimate import Examples, Values
    from evalkit.stats.intervals import Floats

Pair = tuple[str, str]
NONE: Mapping[Pair, Examples] = MappingProxyType({})
"""Where every example has something to score."""


def compare_pairs(
    pairs: Sequence[Pair],
    values: Mapping[tuple[str, str], Values],
    metrics: Sequence[MetricFacts],
    *,
    among: str,
    empty: Mapping[tuple[str, str], Examples] = NONE,
) -> tuple[Comparison, ...]:
    """Return the comparison of each pair on each metric that both have, a family for each metric.

    Args:
        pairs: names of systems, two by two.
        values: those of all systems, from `values_by_system`.
        metrics: those to compare on.
        among: what the pairs are, in words; with the metric it names the family.
        empty: the examples in which a system has nothing to score, from `without_value`.
    """
    return tuple(
        comparison
        for metric in metrics
        for comparison in compare_family(
            metric,
            {pair: tuple(values.get((name, metric.name), {}) for name in pair) for pair in pairs},
            among=among,
            empty={
                pair: union(empty.get((name, metric.name), {}) for name in pair) for pair in pairs
            },
        )
    )


def compare_family(
    metric: MetricFacts,
    sides: Mapping[Pair, tuple[Values, ...]],
    *,
    among: str,
    empty: Mapping[Pair, Examples] = NONE,
) -> list[Comparison]:
    """Return the comparison of each pair on the examples that both have, adjusted as a family.

    That equality is transitive counts only where all pairs are compared on the same examples.

    Args:
        metric: what the values are of.
        sides: the values of the two of each pair; pairs without a common example are left out.
        among: what the pairs are, in words; with the metric it names the family.
        empty: the examples in which either of a pair has nothing to score: they are left out.
    """
    common = {pair: shared(*values)[0] for pair, values in sides.items()}
    pairs = [pair for pair, values in common.items() if values]
    same = len({frozenset(id_ for ids in common[p].values() for id_ in ids) for p in pairs}) == 1
    possible = possible_numbers(pairs) if same else None
    found = [
        replace(
            _compare(
                to_score(metric, empty.get(pair, {})),
                *(leave_out(side, empty.get(pair, {})) for side in sides[pair]),
                n_family=len(pairs),
            ),
            a=pair[0],
            b=pair[1],
            family=f"{metric.name}, {among}",
        )
        for pair in pairs
    ]
    differences = [comparison.difference for comparison in found]
    here, general = (
        judge(findings, differences, metric, possible)
        for findings in ([c.here for c in found], [c.general for c in found])
    )
    return [
        replace(comparison, here=one, general=other)
        for comparison, one, other in zip(found, here, general, strict=True)
    ]


def shared(*sides: Values) -> tuple[Values, ...]:
    """Return the values of the examples that all sides have, article by article."""
    first, *others = sides
    common = {
        article: [
            example
            for example in by_example
            if all(example in other.get(article, {}) for other in others)
        ]
        for article, by_example in first.items()
    }
    return tuple(
        {
            article: {id_: side[article][id_] for id_ in ids}
            for article, ids in common.items()
            if ids
        }
        for side in sides
    )


def averaged(sides: Sequence[Values]) -> Values:
    """Return the mean over all sides of each example that all of them have."""
    common = shared(*sides)
    return {
        article: {example: mean([side[article][example] for side in common]) for example in ids}
        for article, ids in common[0].items()
    }


def _compare(metric: MetricFacts, a: Values, b: Values, *, n_family: int) -> Comparison:
    """Return the paired difference of two systems on one metric, without verdicts."""
    left, right = shared(a, b)
    right_or_wrong = set(np.concatenate([flatten(left), flatten(right)])) <= {0.0, 1.0}
    test = _Test(metric=metric, n_family=n_family, right_or_wrong=right_or_wrong)
    differences = _differences(left, right)
    means, flat = article_means(differences), flatten(differences)
    wins, losses, ties = tally(flat, metric)
    difference = _without_rounding(float(means.mean()))
    here, general = test.findings(differences)
    found = Comparison(
        metric=metric.name,
        a="",
        b="",
        difference=difference,
        here=here,
        general=general,
        effect=_effect(difference, means),
        p_sign=exact_sign(wins, losses) if right_or_wrong else None,
        family=metric.name,
        n_family=n_family,
        n=len(flat),
        n_articles=len(means),
        wins=wins,
        losses=losses,
        ties=ties,
    )
    return test.bounded(found, a, b) if is_missing(metric.n_by_article, a, b) else found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Test:
    """How differences on a metric are tested, with others of a family."""

    metric: MetricFacts
    n_family: int
    right_or_wrong: bool

    def findings(self, differences: Values) -> tuple[Finding, Finding]:
        """Return what is found on these articles, and on articles like these."""
        maximum = upper_end(self.metric)
        here = find_here(differences, maximum=maximum, n_family=self.n_family)
        general = find_general(
            differences,
            here,
            maximum=maximum,
            n_family=self.n_family,
            right_or_wrong=self.right_or_wrong,
        )
        return here, general

    def bounded(self, found: Comparison, a: Values, b: Values) -> Comparison:
        """Return a comparison with what the outputs that are missing could make of it.

        They are counted against the system that has the better of it: its own as the worst
        values, those of the other as the best.
        """
        maximum = self.metric.maximum
        if maximum is None:
            return self._unsupported(found)
        planned = self.metric.n_by_article
        least, most = (
            _differences(*completed(planned, (a, b), fills))
            for fills in ((0.0, maximum), (maximum, 0.0))
        )
        low, high = (float(article_means(ends).mean()) for ends in (least, most))
        found = replace(found, least=low, most=high)
        if low <= 0 <= high:
            return self._unsupported(found)
        here, general = self.findings(least if low > 0 else most)
        return replace(
            found,
            here=replace(found.here, p_bound=here.p),
            general=replace(found.general, p_bound=general.p),
        )

    @staticmethod
    def _unsupported(found: Comparison) -> Comparison:
        return replace(
            found,
            here=replace(found.here, p_bound=1.0),
            general=replace(found.general, p_bound=1.0),
        )


def _differences(a: Values, b: Values) -> Values:
    return {
        article: {
            example: _without_rounding(value - b[article][example])
            for example, value in by_example.items()
        }
        for article, by_example in a.items()
    }


def tally(differences: Floats, metric: MetricFacts) -> tuple[int, int, int]:
    """Return on how many examples a is better, worse, and neither."""
    signed = -differences if metric.better == "lower" else differences
    return int(np.sum(signed > 0)), int(np.sum(signed < 0)), int(np.sum(signed == 0))


def _without_rounding(difference: float) -> float:
    """Return a difference, 0 where it is nothing but rounding error."""
    return difference if abs(difference) > ROUNDING else 0.0


def _effect(difference: float, means: Floats) -> float | None:
    error = float(standard_error(means)) if len(means) > 1 else 0.0
    return difference / (error * len(means) ** 0.5) if error else None
