"""What the page shows of systems side by side: who beats whom, and where each one is good."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from evalkit.report import chart_data
from evalkit.report.charts import WAYS
from evalkit.report.ranking import ABOVE, by_condition, rank, signs_of
from evalkit.report.table import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.report.chart_data import Bar
    from evalkit.report.material import Material
    from evalkit.results import Summary

N_SHADES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Wins:
    """A matrix of one metric: `signs` has what the row's system is beside the column's.

    `>>` better on articles like these, `>` on these articles only, `<<` and `<` worse, `~` no
    significant difference, `?` no verdict; nothing for two that are not compared. Best first.
    """

    metric: str
    systems: Sequence[str]
    signs: Mapping[tuple[str, str], str]


def win_matrices(summary: Summary) -> list[Wins]:
    """Return a matrix for each headline metric on which some system is shown to be better."""
    names = list(dict.fromkeys(n for _, ranked in by_condition(summary) for n in ranked))
    found = [
        Wins(metric=metric, systems=rank(summary, metric, names), signs=signs_of(summary, metric))
        for metric in summary.headline()
        if summary.metric(metric).better != "neither"
    ]
    return [wins for wins in found if ABOVE & {wins.signs.get(p) for p in permutations(names, 2)}]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatMap:
    """The mean of each system in each group of examples.

    Attributes:
        metric: of the means.
        family: of the labels that name the groups, and the filter of examples by them.
        groups: each with its number of examples.
        systems: in the order of tables; the oracle is left out.
        cells: by (group, system), where there is a mean.
        shades: how near each is to the metric's best value, 0 to `N_SHADES`.
    """

    metric: str
    family: str
    groups: Mapping[str, int]
    systems: Sequence[str]
    cells: Mapping[tuple[str, str], Bar]
    shades: Mapping[tuple[str, str], int]


def heat_maps(material: Material) -> list[HeatMap]:
    """Return a map for each way to divide the examples that makes more than one group."""
    summary = material.summary
    found = []
    for way, groups in material.groups.items():
        for metric in material.headline("summary" if way == "task" else "answer")[:1]:
            bars = chart_data.bars_by_group(material, way, metric)
            cells = {(bar.group, bar.system): bar for bar in bars}
            names = list(dict.fromkeys(groups.values()))
            shown = [s.name for s in in_order(summary) if s.role != "oracle"]
            if cells and len(names) > 1:
                most = summary.metric(metric).maximum or max(bar.mean for bar in bars) or 1.0
                found.append(
                    HeatMap(
                        metric=metric,
                        family=WAYS[way],
                        groups={name: list(groups.values()).count(name) for name in names},
                        systems=[s for s in shown if any((g, s) in cells for g in names)],
                        cells=cells,
                        shades={
                            place: min(N_SHADES, int(N_SHADES * bar.mean / most + 0.5))
                            for place, bar in cells.items()
                        },
                    )
                )
    return found
