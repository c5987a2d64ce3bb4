"""The charts: their numbers, their words in both languages, and the files they are written to."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.cli import main
from evalkit.report import chart_data, charts, palette
from tests.support.results import value_of

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.material import Material


def chart_of(material: Material, metric: str) -> charts.Chart:
    """Return the chart of a metric."""
    return next(chart for chart in charts.draw(material) if chart.metric == metric)


def test_a_chart_in_the_page_takes_words_and_colours_from_it(material: Material) -> None:
    """Inside the page colours have names and words their labels; a file has its own of both."""
    chart = chart_of(material, "rougeLsum")
    inside, alone = (charts.svg(chart, material.summary, where) for where in (None, "en"))
    assert 'data-t="plot.human"' in inside
    assert "var(--baseline)" in inside
    assert not re.search("#[0-9a-f]{6}", inside)
    assert palette.COLORS["baseline"] in alone
    assert "data-t" not in alone
    assert "var(" not in alone


def test_a_file_is_whole_and_in_one_language(material: Material) -> None:
    """Alone a chart is well-formed, titled and worded in English or Chinese throughout."""
    grouped = next(c for c in charts.draw_groups(material) if c.kind == "type")
    for chart in (chart_of(material, "rougeLsum"), grouped):
        for language in ("en", "zh"):
            root = ET.fromstring(charts.svg(chart, material.summary, language))  # noqa: S314 - ours
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
    chinese = charts.svg(grouped, material.summary, "zh")
    assert "<title>按题型：em</title>" in chinese
    assert "数量 · lead" in chinese
    assert "By question type: em" in charts.svg(grouped, material.summary, "en")


def test_every_number_has_its_place(material: Material) -> None:
    """Each system's point is where its mean is on the axis, and is written beside its name."""
    chart = chart_of(material, "em")
    svg = charts.svg(chart, material.summary)
    end = float(re.findall(r">([0-9.]+)</text>", svg)[len(charts.ticks(1.0)) - 1])
    places = [float(x) for x in re.findall(r'<circle cx="([0-9.]+)%"', svg)]
    assert len(places) == len(chart.bars)
    for place, bar in zip(places, chart.bars, strict=True):
        assert place == pytest.approx(1.5 + 96 * bar.mean / end)
        assert f"{bar.system}: {bar.mean:.2f}" in svg
        assert f"n={bar.n}" in svg


def test_people_and_the_oracle_are_lines(material: Material) -> None:
    """What systems are beside is no row among them."""
    chart = chart_of(material, "rougeLsum")
    assert {bar.system for bar in chart.bars} == {"lead", "textrank"}
    assert [line.role for line in chart.lines] == ["human"]
    assert chart_of(material, "em").lines == []


def test_a_chart_says_who_is_ahead(material: Material) -> None:
    """The winner is named; where none is shown, that is what it says; flat ones are recognised."""
    chart = chart_of(material, "em")
    assert (chart.message, chart.leader) == ("best", "textrank")
    assert chart_of(material, "rougeLsum").message == "tied"
    assert not chart.is_flat
    assert replace(chart, bars=[replace(bar, mean=1.0) for bar in chart.bars]).is_flat


@given(st.floats(min_value=1e-4, max_value=1e4))
def test_ticks_are_few_round_and_reach_the_end(most: float) -> None:
    """From 0 in equal steps of 1, 2 or 5 to the first that is no smaller than the largest value."""
    found = charts.ticks(most)
    assert found[0] == 0
    assert len(found) <= 6
    assert found[-1] >= most * (1 - 1e-6)
    assert found[-2] < most
    assert f"{found[1]:e}"[0] in "125"


def test_an_axis_of_zeros_has_a_length() -> None:
    """Where all systems are at 0 the axis goes to 1."""
    assert charts.ticks(0.0)[-1] == 1.0


def test_groups_add_up(material: Material) -> None:
    """The groups hold every example with a score once, and their means are over articles."""
    bars = chart_data.bars_by_group(material, "difficulty", "em")
    scores = [s for s in material.scores if s.metric == "em" and s.system == "textrank"]
    mine = [bar for bar in bars if bar.system == "textrank"]
    assert sum(bar.n for bar in mine) == len(scores)
    of_article: dict[str, list[float]] = {}
    for score in scores:
        if material.groups["difficulty"][score.example] == "1":
            of_article.setdefault(score.article, []).append(value_of(score))
    means = [sum(values) / len(values) for values in of_article.values()]
    assert mine[0].group == "1"
    assert mine[0].mean == pytest.approx(sum(means) / len(means))


def test_hostile_names_show_as_text(material: Material) -> None:
    """No name of a system or a group ends a tag of the picture."""
    evil = "<script>alert(1)</script>"
    systems = tuple(replace(s, name=evil) for s in material.summary.systems[:1])
    summary = replace(material.summary, systems=systems, comparisons=())
    for chart in charts.draw(replace(material, summary=summary)):
        assert evil not in charts.svg(chart, summary)
        assert evil not in charts.svg(chart, summary, "en")


def test_charts_are_written_as_files(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every chart is listed, and of the language asked for."""
    folder = tmp_path / "charts"
    out = ["--out", str(tmp_path / "report.md")]
    assert main(["report", str(run_folder), *out, "--charts", str(folder)]) == 0
    listed = capsys.readouterr().out.splitlines()[1:]
    assert sorted(listed) == sorted(map(str, folder.iterdir()))
    names = {file.name for file in folder.iterdir()}
    assert {"scores-em.svg", "scores-coverage.svg", "type-em.svg", "task-rougeLsum.svg"} <= names
    assert main(["report", str(run_folder), *out, "--charts", str(folder), "--lang", "zh"]) == 0
    assert "得分：em" in (folder / "scores-em.svg").read_text(encoding="utf-8")
