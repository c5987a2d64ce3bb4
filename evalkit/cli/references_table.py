"""Prints what the linter found, and statistics of the references."""

from __future__ import annotations

import sys
from math import fsum
from typing import TYPE_CHECKING

from evalkit.cli.grid import Grid, open_console, print_grid
from evalkit.cli.terminal_text import say, show_line
from evalkit.language import counted, localise
from evalkit.lint.statistics import ROUGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.lint import Findings
    from evalkit.lint.statistics import Statistics

BARS = " ▁▂▃▄▅▆▇█"
HEADINGS = {"organization": "org", "unanswerable": "none", "phrase": "phr", "number": "num"}
ABOUT_QUESTIONS = (
    "d1 read off, d2 found among similar facts, d3 from two places or computed, d4 in two steps, "
    "d5 in three or with a trap; evidence: how many quotes each tenth of the article gives."
)
ABOUT_SUMMARIES = (
    "F against the best of the other short and long summaries: of each summary (human), "
    "and of the article's first sentences in its place (lead). A run keeps tasks apart."
)


def print_findings(findings: Findings) -> None:
    """Print the tables, what they mean and the counts; what is found goes to standard error."""
    console = open_console()
    if findings.articles:
        print_grid(console, _questions(findings.articles))
        show_line(console, ABOUT_QUESTIONS, style="dim")
        print_grid(console, _summaries(findings.articles))
        show_line(console, ABOUT_SUMMARIES, style="dim")
    for title, problems in (
        ("Wrong (a run uses it as it is, unless it cannot read it)", findings.wrong),
        ("Not written yet (a run leaves it out)", findings.unwritten),
        ("Few (a run takes them; its intervals are wide)", findings.few),
        ("Warnings", findings.warnings),
    ):
        if problems:
            say(f"{title}:", *problems, sep="\n", file=sys.stderr)
    n_questions = sum(article.n_questions for article in findings.articles)
    n_summaries = sum(article.n_summaries for article in findings.articles)
    say(
        f"{counted(len(findings.articles), 'article')}, "
        f"{counted(n_summaries, 'summary', 'summaries')}, {counted(n_questions, 'question')}: "
        f"{len(findings.wrong)} wrong, {len(findings.unwritten)} not written, "
        f"{len(findings.few)} few, {counted(len(findings.warnings), 'warning')}."
    )


def _questions(articles: Sequence[Statistics]) -> Grid:
    kinds, levels = articles[0].types, articles[0].difficulties
    headings = [*(HEADINGS.get(kind, kind) for kind in kinds), *(f"d{level}" for level in levels)]
    rows = []
    for article in articles:
        counts = [*article.types.values(), *article.difficulties.values(), article.n_questions]
        rows.append((article.article, *map(str, counts), _bars(article.evidence)))
    columns = ("article", *headings, "all", "evidence")
    return Grid(title="Questions", columns=columns, rows=tuple(rows))


def _summaries(articles: Sequence[Statistics]) -> Grid:
    means = (_mean([article.human for article in articles]), _mean([a.lead for a in articles]))
    named = [(article.article, article.human, article.lead) for article in articles]
    rows = [
        (name, *(_pair(human, lead, metric) for metric in ROUGE))
        for name, human, lead in (*named, (localise("mean"), *means))
    ]
    columns = ("article", *ROUGE)
    return Grid(title="Summaries: human / lead", columns=columns, rows=tuple(rows))


def _pair(human: Mapping[str, float], lead: Mapping[str, float], name: str) -> str:
    return f"{human[name]:.3f} / {lead[name]:.3f}" if name in human else "–"


def _mean(each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    known = [values for values in each if values]
    return {name: fsum(values[name] for values in known) / len(known) for name in ROUGE if known}


def _bars(counts: Sequence[int]) -> str:
    top = max(*counts, 1)
    return "".join(BARS[-(-count * (len(BARS) - 1) // top)] for count in counts)
