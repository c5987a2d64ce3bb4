"""The comparisons of a run in the order that a reader needs, those with the oracle apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.results import MIRROR
from evalkit.stats.families import AVERAGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.results import Comparison, Finding, Summary


_FEWEST_SIGNS = 6  # of which a p below 0.05 is possible


@dataclass(frozen=True, kw_only=True, slots=True)
class Differences:
    """Comparisons, each turned so that its first system is the better or higher one.

    Attributes:
        headline: of models and baselines, on the headline metrics.
        others: the same on all other metrics.
        oracle: with the oracle, which is made from the references: how far copying could get.
    """

    headline: tuple[Comparison, ...]
    others: tuple[Comparison, ...]
    oracle: tuple[Comparison, ...]


def arrange(summary: Summary, headline: Sequence[str]) -> Differences:
    """Return the comparisons of a run in three groups, each in its order."""
    oracles = {system.name for system in summary.systems if system.role == "oracle"}
    turned = [turn(comparison) for comparison in summary.comparisons]
    among = [comparison for comparison in turned if not {comparison.a, comparison.b} & oracles]
    return Differences(
        headline=tuple(comparison for comparison in among if comparison.metric in headline),
        others=tuple(comparison for comparison in among if comparison.metric not in headline),
        oracle=tuple(c for c in turned if {c.a, c.b} & oracles),
    )


def few_signs(comparison: Comparison) -> bool:
    """Return whether p is smaller in general than here, because too few examples differ for signs.

    Flips of five signs have a p of 0.06 at least, whatever the size of the differences; t over the
    articles goes by their size.
    """
    here, general = comparison.here.p, comparison.general.p
    n_differing = comparison.wins + comparison.losses
    is_few = 0 < n_differing < _FEWEST_SIGNS
    return is_few and here is not None and general is not None and here > general


def is_averaged(comparison: Comparison) -> bool:
    """Return whether two models are compared by their means over the conditions they share."""
    return comparison.family.endswith(AVERAGED)


def turn(comparison: Comparison) -> Comparison:
    """Return a comparison with its systems exchanged where the first is the worse or lower one."""
    if comparison.verdict not in {"worse", "lower"}:
        return comparison
    least, most, effect = map(_negative, (comparison.most, comparison.least, comparison.effect))
    return replace(
        comparison,
        a=comparison.b,
        b=comparison.a,
        difference=-comparison.difference,
        here=_turned(comparison.here),
        general=_turned(comparison.general),
        least=least,
        most=most,
        effect=effect,
        wins=comparison.losses,
        losses=comparison.wins,
    )


def _turned(finding: Finding) -> Finding:
    return replace(
        finding,
        verdict=MIRROR.get(finding.verdict, finding.verdict),
        low=_negative(finding.high),
        high=_negative(finding.low),
    )


def _negative(number: float | None) -> float | None:
    return None if number is None else -number
