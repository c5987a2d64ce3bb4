"""The table of a run: a row a system, a column a headline metric, intervals and odd counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from evalkit.results import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.results import Counts, Estimate, Summary, SystemSummary

HEADLINE = (
    "rouge2",
    "rougeLsum",
    "number_precision",
    "em",
    "f1",
    "em_from_summary",
    "em_closed_book",
)
MORE_COLUMNS = ("seconds", "tokens/s", "odd")


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


def in_order(summary: Summary) -> list[SystemSummary]:
    """Return the systems with the contestants first, and the bounds, roof and ceiling, last."""
    roles = get_args(Role)
    return sorted(summary.systems, key=lambda system: roles.index(system.role))


def build(summary: Summary, manifest: Mapping[str, Any], metrics: Sequence[str]) -> Table:
    """Return a row for each system: scores with intervals, speed, and everything odd."""
    return Table(
        columns=("system", *(_heading(summary, name) for name in metrics), *MORE_COLUMNS),
        rows=tuple(_row(system, manifest, metrics) for system in in_order(summary)),
    )


def footnotes(summary: Summary) -> list[str]:
    """Return what a reader must know of the table's numbers, a sentence each."""
    estimates = [e for system in summary.systems for e in system.estimates]
    methods = dict.fromkeys(estimate.method for estimate in estimates)
    how = f"below it its 95 % interval ({'; '.join(methods)})"
    notes = [
        f"Each mean is over articles, an article's examples averaged first; {how}.",
        "tokens/s: tokens read (each shared one once) and written, over the seconds of both.",
    ]
    if any(system.role == "ceiling" for system in summary.systems):
        notes.append(
            "Human ceiling: each reference summary against the others, so with one reference less "
            "than a system has, unless `metrics.references` is `jackknife`; only where there are "
            "several, and beside the systems only if that is everywhere."
        )
    return notes


def _heading(summary: Summary, metric: str) -> str:
    found = [e for system in summary.systems for e in system.estimates if e.metric == metric]
    if not found:
        return metric
    return f"{metric}\nn={found[0].n_planned}"


def _row(
    system: SystemSummary, manifest: Mapping[str, Any], metrics: Sequence[str]
) -> tuple[Cell, ...]:
    estimates = {estimate.metric: estimate for estimate in system.estimates}
    speed = manifest["systems"].get(system.name, {}).get("speed", {})
    seconds = speed.get("generate_s", 0.0)
    n_tokens = speed.get("n_computed_tokens", 0) + speed.get("n_new_tokens", 0)
    return (
        Cell(number=system.name),
        *(cell(estimates.get(name)) for name in metrics),
        Cell(number=f"{seconds:.1f}" if seconds else "–"),
        Cell(number=f"{n_tokens / seconds:.0f}" if n_tokens else "–"),
        Cell(number="–" if system.role == "ceiling" else odd(system.counts, system.failure)),
    )


def cell(estimate: Estimate | None) -> Cell:
    """Return a mean over its interval; a dash where there is no score."""
    if estimate is None:
        return Cell(number="–")
    missing = estimate.n_planned - estimate.n
    coverage = f" ({estimate.n} of {estimate.n_planned})" if missing else ""
    number = f"{estimate.mean:.3f}{coverage}"
    if estimate.low is None or estimate.high is None:
        return Cell(number=number, interval="no interval")
    return Cell(number=number, interval=f"[{estimate.low:.2f}, {estimate.high:.2f}]")


def odd(counts: Counts, failure: str) -> str:
    """Return everything odd about a system's generations; `none` where nothing is."""
    if failure:
        return failure
    named = {
        "failed": counts.n_failed,
        "missing": counts.n_missing,
        "empty": counts.n_empty,
        "cut off": counts.n_cut_off,
        "article shortened": counts.n_shortened,
        "thinking unclosed": counts.n_unclosed_thinking,
    }
    return ", ".join(f"{count} {name}" for name, count in named.items() if count) or "none"
