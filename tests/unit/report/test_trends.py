"""How systems went over several runs: what a report and its charts show of it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from evalkit.analysis.run import load_all
from evalkit.analysis.trends import Line, Moment, Trend
from evalkit.report import gather, render
from evalkit.report.trends import draw_trend, table_of
from tests.support.runs import write_run

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
RUNS = tuple(Moment(run=f"run-{i}", started=f"2026-01-0{i} 09:00") for i in (1, 2, 3))


def trend(*means: tuple[float | None, ...]) -> Trend:
    """Return a trend of as many models, over the three runs."""
    lines = (Line(system=f"m{i}<b>", role="model", means=each) for i, each in enumerate(means))
    return Trend(metric="em", runs=RUNS, lines=tuple(lines))


def test_names_at_the_ends_of_lines_never_cover_each_other() -> None:
    """Of equal systems too; each has its last mean beside it, and room at the top."""
    chart = draw_trend(trend(*[(0.1, 0.2, 1.0)] * 9))
    inner = ET.fromstring(chart).find(f"{SVG}svg")  # noqa: S314 - our own
    assert inner is not None
    names = [text for text in inner.iter(f"{SVG}text") if "m" in "".join(text.itertext())]
    heights = sorted(float(name.attrib["y"]) for name in names)
    assert len(names) == 9
    assert all(b - a >= 15 for a, b in pairwise(heights))
    assert heights[0] + float(inner.attrib["y"]) >= 13
    assert "".join(names[0].itertext()) == "● m0<b> 1.000"


def test_a_line_has_a_gap_where_a_run_has_no_mean() -> None:
    """Nothing is drawn across it; the table has a dash."""
    gap = trend((0.5, None, 0.7), (0.1, 0.2, 0.3))
    groups = re.findall("<g>.*?</g>", draw_trend(gap), re.DOTALL)
    assert [(g.count("<line"), g.count("<circle")) for g in groups] == [(0, 2), (2, 3)]
    first, *_ = table_of([gap]).rows
    assert [cell.number for cell in first] == ["em · m0<b>", "0.500", "–", "0.700"]


def test_a_report_of_several_runs_has_a_chart_and_a_table_for_each_headline_metric(
    tmp_path: Path,
) -> None:
    """In the page and in Markdown; the report of one run has neither."""
    paths = [write_run(tmp_path / name) for name in ("one", "two")]
    several, alone = gather(load_all(paths)), gather(load_all(paths[:1]))
    page, text = (render(suffix, several) for suffix in (".html", ".md"))
    section = page.partition('<section id="trends"')[2].partition("</section>")[0]
    assert section.count('role="img"') == section.count("<table>") == 3
    assert '<a href="#trends">' in page
    assert re.search(r"## Over time\n\n\| metric · system \| one .+ \| two .+ \|", text)
    assert "| em · qwen | " in text
    assert 'href="#trends"' not in render(".html", alone)
    assert "Over time" not in render(".md", alone)
