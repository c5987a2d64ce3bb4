"""The table of a run: a row for each system, scores with intervals, speed, issues of the output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from evalkit.language import amount, fill
from evalkit.records import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from evalkit.results import (
        Estimate,
        Interval,
        MetricFacts,
        OutputCounts,
        Summary,
        SystemSummary,
    )
    from evalkit.store.manifest import Speed

_LEAST_S: Final = 0.05  # what is rounded to a tenth of a second, and not to none
_COUNT: Final = re.compile(r"(?<=over )(\d+) examples?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A number with what belongs below it: intervals, bounds, spread between samples; or a text."""

    number: str
    below: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """All that there is, each on a line of its own."""
        return [self.number, *self.below]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Plain text in rows; whoever shows it escapes it for its medium."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def in_order(summary: Summary) -> list[SystemSummary]:
    """Return the systems by role: models, baselines, oracle, human references."""
    roles = get_args(Role)
    return sorted(summary.systems, key=lambda system: roles.index(system.role))


def build(summary: Summary, speeds: Mapping[str, Speed], metrics: Sequence[str]) -> Table:
    """Return a row for each system: scores with intervals, speed, and issues of the output.

    Of time, tokens and cost there is a column where a system took any.
    """
    facts = {
        "seconds": (takes_time, _seconds),
        "tokens/s": (tokens_per_second, _tokens_per_second),
        "cost": (cost_of, cost_of),
    }
    more = {
        name: of for name, (takes_any, of) in facts.items() if any(map(takes_any, speeds.values()))
    }
    return Table(
        columns=("system", *(_heading(summary, name) for name in metrics), *more, "issues"),
        rows=tuple(
            (
                *_row(summary, system, metrics),
                *(Cell(number=of(speeds.get(system.name)) or "–") for of in more.values()),
                Cell(number=_issues(system)),
            )
            for system in in_order(summary)
        ),
    )


def methods_of(intervals: Iterable[Interval]) -> list[str]:
    """Return how intervals were found, methods that differ in their numbers alone as one."""
    counts: dict[str, set[int]] = {}
    for interval in intervals:
        found = counts.setdefault(_COUNT.sub("{n|example|examples}", interval.method), set())
        found.update(map(int, _COUNT.findall(interval.method)))
    return [
        fill(method, {"n": "–".join(str(n) for n in sorted({min(ns), max(ns)}))}) if ns else method
        for method, ns in counts.items()
    ]


def about_means(summary: Summary) -> list[str]:
    """Return what the means of a table are over, a sentence each."""
    published = ", ".join(facts.name for facts in summary.metrics if facts.per_example)
    over_examples = f"{published}: over examples, as it is published; then over articles."
    return [
        "Each mean is over articles, an article's examples averaged first.",
        *([over_examples] * bool(published)),
    ]


def footnotes(summary: Summary, columns: Collection[str] = ()) -> list[str]:
    """Return what a reader must know of a table's numbers, a sentence each.

    Args:
        summary: of the run.
        columns: what the table has beside metrics, as `build` names it.
    """
    estimates = [e for system in summary.systems for e in system.estimates]
    here = "; ".join(methods_of(estimate.here for estimate in estimates))
    general = "; ".join(methods_of(estimate.general for estimate in estimates))
    how = f"on these articles, had other questions been asked ({here}), and on other articles"
    notes = about_means(summary)
    if estimates:
        notes.append(f"Below each mean are two 95% intervals: {how} like these ({general}).")
    if "tokens/s" in columns:
        notes.append(
            "tokens/s: tokens read (each shared one once) and written, over the seconds of both."
        )
    if any(interval.is_rough for e in estimates for interval in (e.here, e.general)):
        notes.append(
            "≈: rough, from fewer than 30 answers, or five an article; of 100 such intervals 89 to "
            "99 hold the truth, not 95."
        )
    if any(estimate.mean_with_refusals is not None for estimate in estimates):
        notes.append(
            "Means, intervals and differences are of what was answered; below a mean, the mean "
            "with each refusal of a content filter as a wrong answer."
        )
    if any(estimate.least is not None for estimate in estimates):
        notes.append("missing: the mean if every missing output were the worst, or the best.")
    if any(estimate.sample_sd is not None for estimate in estimates):
        notes.append("±: standard deviation between the samples of an example, over examples.")
    if any(estimate.n_without_value for estimate in estimates):
        notes.append(
            "n of N: the mean is over n outputs. Where there is nothing to score, an output has no "
            "value: a summary without numbers has no number_precision."
        )
    notes += [_BLIND[label] for label in blind_spots(summary)]
    if any(system.role == "human" for system in summary.systems):
        notes.append(
            "human: each reference summary against the others, so with one reference less than a "
            "system has, unless `metrics.references` is `jackknife`; compared with the systems "
            "only where every example has several references."
        )
    return notes


BlindSpot = Literal["references", "names"]
"""What no number of a table reads: reference summaries, or the names in a summary."""
_BLIND: Final[Mapping[BlindSpot, str]] = {
    "references": (
        "No metric here reads references: none tells whether a summary has what matters, or is "
        "well written."
    ),
    "names": (
        "Names in summaries are not compared with the article: name_precision, of the extra "
        "`names`, does that."
    ),
}


def blind_spots(summary: Summary) -> list[BlindSpot]:
    """Return what the metrics of a run that asked for summaries do not read."""
    found: list[BlindSpot] = []
    if not any(facts.reads_references for facts in summary.metrics):
        found.append("references")
    names = [facts.name for facts in summary.metrics if facts.kind == "summary"]
    if names and "name_precision" not in names:
        found.append("names")
    return found


def wording_lines(summary: Summary, metrics: Sequence[str]) -> list[str]:
    """Return how much the wording of the prompts matters, a line for each model and each pair."""
    spreads = [
        f"{s.metric}: {s.model} {s.mean:.3f} on average over {s.n_wordings} wordings, "
        f"from {s.minimum:.3f} to {s.maximum:.3f}"
        for s in summary.spreads
        if s.metric in metrics
    ]
    flips = [
        f"{f.metric}: of {f.n_conditions} conditions, {f.a} has the better mean in {f.n_a_better}, "
        f"{f.b} in {f.n_b_better}"
        for f in summary.flips
        if f.metric in metrics
    ]
    return spreads + flips


def _heading(summary: Summary, metric: str) -> str:
    return f"{metric}\nn={summary.metric(metric).n_planned}"


def _row(summary: Summary, system: SystemSummary, metrics: Sequence[str]) -> tuple[Cell, ...]:
    estimates = {estimate.metric: estimate for estimate in system.estimates}
    return (
        Cell(number=system.name),
        *(cell(estimates.get(facts.name), facts) for facts in map(summary.metric, metrics)),
    )


def _issues(system: SystemSummary) -> str:
    return "–" if system.role == "human" else describe_issues(system.counts, system.failure)


def _seconds(speed: Speed | None) -> str:
    return f"{speed.generate_s:.1f}" if speed and speed.generate_s else ""


def takes_time(speed: Speed | None) -> bool:
    """Return whether a system took a time that one decimal of a second shows."""
    return speed is not None and speed.generate_s >= _LEAST_S


def _tokens_per_second(speed: Speed | None) -> str:
    found = tokens_per_second(speed)
    return f"{found:.0f}" if found else ""


def tokens_per_second(speed: Speed | None) -> float:
    """Return how many tokens a model read and wrote in a second; 0 where nothing was timed."""
    if speed is None or not speed.generate_s:
        return 0.0
    return (speed.n_computed_tokens + speed.n_new_tokens) / speed.generate_s


def cost_of(speed: Speed | None) -> str:
    """Return what a model cost, with the currency; empty where it has no price."""
    return f"{amount(speed.cost)} {speed.currency}" if speed and speed.currency else ""


def cell(estimate: Estimate | None, facts: MetricFacts, *, by_row: bool = False) -> Cell:
    """Return a mean with its intervals, here and in general; a dash where there is no score.

    Of a metric that is published as a mean over examples, that one comes first. By row, an example
    is an article, so that there is one mean and one interval.
    """
    if estimate is None:
        return Cell(number="–")
    covers_all = estimate.n == estimate.n_planned
    coverage = "" if covers_all else f" ({estimate.n} of {estimate.n_planned})"
    below = [f"{estimate.mean:.3f} over articles"] if facts.per_example and not by_row else []
    below += [_interval(estimate.here), *([] if by_row else [_interval(estimate.general)])]
    if estimate.least is not None and estimate.most is not None:
        below.append(f"missing: {estimate.least:.2f} to {estimate.most:.2f}")
    if estimate.mean_with_refusals is not None:
        below.append(f"{estimate.mean_with_refusals:.3f} with refusals as wrong")
    if estimate.sample_sd is not None:
        below.append(f"± {estimate.sample_sd:.2f} between samples")
    return Cell(number=f"{facts.published(estimate):.3f}{coverage}", below=tuple(below))


def _interval(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return "no interval"
    return f"{'≈ ' * interval.is_rough}[{interval.low:.2f}, {interval.high:.2f}]"


def describe_issues(counts: OutputCounts, failure: str) -> str:
    """Return all issues of a system's output; `none` where there are none."""
    if failure:
        return failure
    named = {
        "failed": counts.n_failed,
        "missing": counts.n_missing,
        "refused": counts.n_refused,
        "empty": counts.n_empty,
        "truncated": counts.n_truncated,
        "article shortened": counts.n_shortened,
        "prompt cut by the server": counts.n_prompt_cut,
        "thinking unclosed": counts.n_unclosed_thinking,
    }
    return ", ".join(f"{count} {name}" for name, count in named.items() if count) or "none"
