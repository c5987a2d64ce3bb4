"""The charts: their numbers, their words in both languages, and the files they are written to."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.report import chart_data, charts, palette
from evalkit.store.manifest import Speed
from tests.support.results import value_of

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.material import Material

pytestmark = pytest.mark.slow


def test_charts_carry_labels_and_named_colours(material: Material) -> None:
    """In the page a chart takes its words and colours from it; alone it has its own."""
    drawn = {picture.name: picture for picture in charts.draw(material)}
    assert {"scores-em", "scores-rougeLsum", "type-em", "difficulty-em", "evidence-em"} <= set(
        drawn
    )
    assert {"task-rougeLsum", "faithfulness", "copying", "characters-rougeLsum"} <= set(drawn)
    inside, alone = drawn["type-em"].embedded(), drawn["type-em"].svg()
    assert 'data-t="type.number">number</text>' in inside
    assert "var(--baseline)" in inside
    assert not re.search("#[0-9a-f]{6}", inside)
    assert palette.ROLE_COLORS["baseline"] in alone
    assert "data-t" not in alone
    assert palette.MARK not in inside + alone


def test_people_are_in_the_charts(material: Material) -> None:
    """The human references have a row, a name in the page's language, and a dashed line."""
    drawn = {picture.name: picture.embedded() for picture in charts.draw(material)}
    assert 'data-t="role.human">human references</text>' in drawn["scores-rougeLsum"]
    assert "stroke-dasharray" in drawn["characters-rougeLsum"]
    assert "human references" not in drawn["scores-em"]


def test_no_word_in_a_chart_is_left_in_english(material: Material) -> None:
    """In the page every word but names carries its label; metrics are shown with their meaning."""
    names = {s.name for s in material.summary.systems} | {m.name for m in material.summary.metrics}
    for picture in charts.draw(material):
        svg = picture.embedded()
        assert not re.search("aria-|role=", svg)
        for tag, attributes, words in re.findall("<(text|tspan)([^>]*)>([^<]+)<", svg):
            labelled = "data-t=" in attributes
            assert labelled or words in names or re.fullmatch("[-0-9.]+", words), (tag, words)
        if picture.metric:
            assert f'data-t="metric.{picture.metric}"' in svg


def test_exported_charts_follow_the_language(material: Material) -> None:
    """Alone a chart is titled and worded in English or Chinese throughout."""
    drawn = {picture.name: picture for picture in charts.draw(material)}
    chinese = drawn["type-em"].svg("zh")
    assert "<title>按题型：em</title>" in chinese
    assert ">数字</text>" in chinese
    assert ">按题型：em</text>" in chinese
    assert "number" not in re.sub("<[^>]*>", "", chinese)
    assert "<title>By question type: em</title>" in drawn["type-em"].svg("en")
    assert "人工参考" in drawn["scores-rougeLsum"].svg("zh")
    assert drawn["type-em"].png("zh") != drawn["type-em"].png("en")


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


def test_a_task_without_words_is_shown_by_its_name(material: Material) -> None:
    """A task that the labels do not know has its group in the chart as any other."""
    groups = {**material.groups, "task": dict.fromkeys(material.groups["task"], "brief")}
    drawn = {p.name: p.embedded() for p in charts.draw(replace(material, groups=groups))}
    assert ">brief</text>" in drawn["task-rougeLsum"]


def test_speed_is_over_what_was_timed(material: Material) -> None:
    """The seconds are divided by the generations that they were measured on, cached ones aside."""
    speeds = {"lead": Speed(generate_s=8.0, n_generated=4), "textrank": Speed()}
    dots = chart_data.dots_by_speed(replace(material, speeds=speeds), "em")
    assert [(dot.system, dot.x) for dot in dots] == [("lead", 2.0)]


def test_many_dots_are_thinned_and_said_so(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cloud has too many points to see them; the axis says how many were left out."""
    monkeypatch.setattr(chart_data, "SHOWN_POINTS", 2)
    dots, step = chart_data.dots_by_length(material, "rougeLsum")
    assert len(dots) <= 2
    assert step == 3
    picture = next(p for p in charts.draw(material) if p.kind == "characters")
    assert (
        """data-t="axis.sample" data-v='{"step": "3"}'>one point of 3 drawn<"""
        in picture.embedded()
    )


def test_charts_are_written_as_files(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every chart as SVG and PNG, each listed; a folder that cannot be made is an error."""
    folder = tmp_path / "charts"
    out = ["--out", str(tmp_path / "report.md")]
    assert main(["report", str(run_folder), *out, "--charts", str(folder)]) == 0
    listed = capsys.readouterr().out.splitlines()[1:]
    assert sorted(listed) == sorted(map(str, folder.iterdir()))
    pictures = {file.stem for file in folder.iterdir()}
    assert len(listed) == 2 * len(pictures)
    assert (folder / "scores-em.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (folder / "scores-em.png").read_bytes().startswith(b"\x89PNG")
    assert main(["report", str(run_folder), *out, "--charts", str(folder), "--lang", "zh"]) == 0
    assert "得分：em" in (folder / "scores-em.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["report", str(run_folder), *out, "--charts", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err
