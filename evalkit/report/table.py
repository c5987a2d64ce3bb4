"""The table of a run: a row a system, a column a headline metric, intervals and odd counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Comparison, Counts, Estimate, Summary, SystemSummary

HEADLINE = ("rouge2", "rougeLsum", "em", "f1")
ALPHA = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A number and the interval around it, or what else there is to say."""

    number: str
    interval: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Plain text in rows; whoever shows it escapes it for its medium."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def headline_metrics(summary: Summary) -> tuple[str, ...]:
    """Return the headline metrics that the run has; all it has where none is among them."""
    return tuple(name for name in HEADLINE if name in summary.signatures) or tuple(
        summary.signatures
    )


def build(summary: Summary, manifest: Mapping[str, Any], metrics: Sequence[str]) -> Table:
    """Return a row for each system: scores with intervals, seconds, tokens per second, odd things."""
    sizes = {e.metric: e for system in summary.systems for e in system.estimates}
    columns = [
        f"{name}\nn={sizes[name].n_planned}, {sizes[name].n_articles} articles" if name in sizes else name
        for name in metrics
    ]
    return Table(
        columns=("system", *columns, "seconds", "tokens/s", "odd"),
        rows=tuple(_row(system, manifest, metrics) for system in summary.systems),
    )


def _row(
    system: SystemSummary, manifest: Mapping[str, Any], metrics: Sequence[str]
) -> tuple[Cell, ...]:
    estimates = {estimate.metric: estimate for estimate in system.estimates}
    speed = manifest["systems"].get(system.name, {}).get("speed", {})
    seconds, n_new = speed.get("generate_s", 0.0), speed.get("n_new_tokens", 0)
    return (
        Cell(number=system.name),
        *(_cell(estimates.get(name)) for name in metrics),
        Cell(number=f"{seconds:.1f}"),
        Cell(number=f"{n_new / seconds:.0f}" if n_new else "–"),
        Cell(number=odd(system.counts, system.failure)),
    )


def _cell(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell(number="–")
    missing = estimate.n_planned - estimate.n
    number = f"{estimate.mean:.3f}" + (f" ({estimate.n} of {estimate.n_planned})" if missing else "")
    if estimate.low is None or estimate.high is None:
        return Cell(number=number, interval="one article")
    return Cell(number=number, interval=f"[{estimate.low:.2f}, {estimate.high:.2f}]")


def odd(counts: Counts, failure: str) -> str:
    """Return everything odd about a system's generations; `none` where nothing is."""
    if failure:
        return failure
    named = {
        "failed": counts.n_failed,
        "empty": counts.n_empty,
        "cut off": counts.n_cut_off,
        "article shortened": counts.n_shortened,
        "thinking unclosed": counts.n_unclosed_thinking,
    }
    return ", ".join(f"{count} {name}" for name, count in named.items() if count) or "none"


def verdicts(summary: Summary, metrics: Sequence[str]) -> list[str]:
    """Return a line for each two systems and metric: which is better, or that they are tied."""
    return [
        _verdict(comparison) for comparison in summary.comparisons if comparison.metric in metrics
    ]


def _verdict(comparison: Comparison) -> str:
    a, b = comparison.a, comparison.b
    if comparison.p_holm is None or comparison.low is None or comparison.high is None:
        return f"{comparison.metric}: {a} and {b} cannot be told apart: one article has no spread"
    better, worse = (a, b) if comparison.difference > 0 else (b, a)
    numbers = (
        f"difference {abs(comparison.difference):.3f}, "
        f"95 % interval of {a} − {b} [{comparison.low:.2f}, {comparison.high:.2f}], "
        f"p (Holm) {comparison.p_holm:.3f}"
    )
    if comparison.p_holm < ALPHA:
        return f"{comparison.metric}: {better} is better than {worse} ({numbers})"
    return f"{comparison.metric}: {a} and {b} are tied ({numbers})"
