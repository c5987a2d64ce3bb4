"""The comparisons of a run, as a reader asks for them: contestants first, bounds apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.results import Comparison, Summary, Verdict

MIRROR: dict[Verdict, Verdict] = {
    "better": "worse",
    "worse": "better",
    "higher": "lower",
    "lower": "higher",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Differences:
    """Comparisons by weight, each turned so that its first system is the better or higher one.

    Attributes:
        headline: of models and honest baselines, on the headline metrics.
        others: the same on all other metrics.
        bounds: with the roof, which quotes the references: how far there is to go, not who wins.
    """

    headline: tuple[Comparison, ...]
    others: tuple[Comparison, ...]
    bounds: tuple[Comparison, ...]


def arrange(summary: Summary, headline: Sequence[str]) -> Differences:
    """Return the comparisons of a run, those of each weight in their order."""
    roofs = {system.name for system in summary.systems if system.role == "roof"}
    turned = [turn(comparison) for comparison in summary.comparisons]
    bounds = [comparison for comparison in turned if {comparison.a, comparison.b} & roofs]
    among = [comparison for comparison in turned if not {comparison.a, comparison.b} & roofs]
    return Differences(
        headline=tuple(comparison for comparison in among if comparison.metric in headline),
        others=tuple(comparison for comparison in among if comparison.metric not in headline),
        bounds=tuple(bounds),
    )


def is_real(comparison: Comparison) -> bool:
    """Return whether the two systems can be told apart."""
    return comparison.verdict in MIRROR


def turn(comparison: Comparison) -> Comparison:
    """Return a comparison the other way round where its first system is the worse or lower."""
    if comparison.verdict not in {"worse", "lower"}:
        return comparison
    low, high, effect = (
        None if number is None else -number
        for number in (comparison.high, comparison.low, comparison.effect)
    )
    return replace(
        comparison,
        a=comparison.b,
        b=comparison.a,
        verdict=MIRROR[comparison.verdict],
        difference=-comparison.difference,
        low=low,
        high=high,
        effect=effect,
        wins=comparison.losses,
        losses=comparison.wins,
    )
