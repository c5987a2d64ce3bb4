"""Prints what people preferred."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from evalkit.cli.grid import Grid, open_console, print_grid
from evalkit.cli.terminal_text import show_line
from evalkit.language import counted

if TYPE_CHECKING:
    from evalkit.report.people import Preferences
    from evalkit.results import Comparison, Finding, Interval

WINS = ("a, b", "a better", "b better", "both good", "both bad", "pairs", "difference", "shown")
METRICS = ("metric", "agrees", "pairs", "here", "in general")
ABOUT_WINS = (
    "difference: the share of pairs in which a is preferred minus that of b; a mean over articles. "
    "Below it 95% intervals: on these articles, and on articles like these."
)
ABOUT_METRICS = (
    "agrees: how often the metric prefers the output that a person prefers, equal values as half; "
    "0.5 is chance. Pairs of which a person preferred neither are left out."
)


def print_preferences(found: Preferences) -> None:
    """Print wins, agreement between people and with themselves, and that of the metrics."""
    console = open_console()
    print_grid(console, _wins(found))
    show_line(console, ABOUT_WINS, style="dim")
    if found.metrics:
        print_grid(console, _metrics(found))
        show_line(console, ABOUT_METRICS, style="dim")
    for line in _lines(found):
        show_line(console, line)


def _wins(found: Preferences) -> Grid:
    rows = [
        (
            f"{a}\n{b}",
            *map(str, counts.values()),
            str(comparison.n),
            _difference(comparison),
            _verdict(comparison),
        )
        for (a, b, counts), comparison in zip(found.answers, found.comparisons, strict=True)
    ]
    return Grid(
        title="What people preferred", columns=WINS, rows=tuple(rows), words=("a, b", "shown")
    )


def _difference(found: Comparison) -> str:
    return f"{found.difference:+.2f}\n{_ends(found.here)}\n{_ends(found.general)}"


def _verdict(found: Comparison) -> str:
    if found.scope is None:
        return "not shown"
    better = found.a if found.difference > 0 else found.b
    if found.scope == "general":
        return f"{better} is better\non articles like these"
    return f"{better} is better\non these articles;\nnot shown for others"


def _metrics(found: Preferences) -> Grid:
    rows = []
    for metric in found.metrics:
        of = metric.estimate
        ends = (_ends(of.here), _ends(of.general))
        rows.append((metric.metric, f"{of.mean:.2f}", str(of.n), *ends))
    return Grid(title="How metrics agree with people", columns=METRICS, rows=tuple(rows))


def _ends(found: Finding | Interval) -> str:
    if found.low is None or found.high is None:
        return "no interval"
    return f"[{found.low:.2f}, {found.high:.2f}]"


def _lines(found: Preferences) -> list[str]:
    lines = [_alpha(found)]
    for person in found.people:
        repeated = f"the same on {person.n_same} of {person.n_repeated} that came twice"
        lines.append(f"{person.name}: {person.n} judged; {repeated}")
    reasons = Counter(r for one in found.judgements if not one.is_repeat for r in one.reasons)
    if reasons:
        counts = (f"{reason} {n}" for reason, n in reasons.most_common())
        lines.append(f"Why the better output was better: {', '.join(counts)}")
    if found.n_identical:
        lines.append(f"Not shown, as both sides had the same text: {found.n_identical}")
    if found.n_unanswered:
        lines.append(f"Not shown, as an output failed or was refused: {found.n_unanswered}")
    return lines


def _alpha(found: Preferences) -> str:
    alpha = found.alpha
    if alpha is None:
        return "Krippendorff's alpha between people: none, as no pair was judged by two"
    if alpha.value is None:
        return "Krippendorff's alpha between people: none, as everybody always said the same"
    separator = " " if alpha.general.low is not None else ", "
    value = f"{alpha.value:.2f}{separator}{_ends(alpha.general)}"
    pairs = f"{counted(alpha.n_units, 'pair')} of {counted(alpha.n_articles, 'article')}"
    return f"Krippendorff's alpha between people: {value}, {pairs}; 1 is agreement, 0 is chance"
