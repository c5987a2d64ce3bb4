"""The charts: their numbers, their words in both languages, and the files they are written to."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.report import chart_data as parts
from evalkit.report import charts, palette

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.findings import Findings


def test_charts_carry_labels_and_named_colours(findings: Findings) -> None:
    """In the page a chart takes its words and colours from it; alone it has its own."""
    drawn = {picture.name: picture for picture in charts.draw(findings)}
    assert {"scores-em", "scores-rougeLsum", "type-em", "difficulty-em", "evidence-em"} <= set(
        drawn
    )
    assert {"length-rougeLsum", "faithfulness", "copying", "characters-rougeLsum"} <= set(drawn)
    inside, alone = drawn["type-em"].embedded(), drawn["type-em"].svg()
    assert 'data-t="type.number">number</text>' in inside
    assert "var(--floor)" in inside
    assert not re.search("#[0-9a-f]{6}", inside)
    assert palette.OTHERS["floor"] in alone
    assert "data-t" not in alone
    assert palette.MARK not in inside + alone


def test_people_are_in_the_charts(findings: Findings) -> None:
    """The human ceiling has its row, its name in the page's language, and its dashed line."""
    drawn = {picture.name: picture.embedded() for picture in charts.draw(findings)}
    assert 'data-t="role.ceiling">human ceiling</text>' in drawn["scores-rougeLsum"]
    assert "stroke-dasharray" in drawn["characters-rougeLsum"]
    assert "human ceiling" not in drawn["scores-em"]


def test_no_word_in_a_chart_is_left_in_english(findings: Findings) -> None:
    """In the page every word but names carries its label; metrics stand with their meaning."""
    names = {s.name for s in findings.summary.systems} | set(findings.summary.signatures)
    for picture in charts.draw(findings):
        svg = picture.embedded()
        assert not re.search("aria-|role=", svg)
        for tag, attributes, words in re.findall("<(text|tspan)([^>]*)>([^<]+)<", svg):
            labelled = "data-t=" in attributes
            assert labelled or words in names or re.fullmatch("[-0-9.]+", words), (tag, words)
        if picture.metric:
            assert f'data-t="metric.{picture.metric}"' in svg


def test_exported_charts_follow_the_language(findings: Findings) -> None:
    """Alone a chart is titled and worded in English or Chinese throughout."""
    drawn = {picture.name: picture for picture in charts.draw(findings)}
    chinese = drawn["type-em"].svg("zh")
    assert "<title>按题型：em</title>" in chinese
    assert ">数字</text>" in chinese
    assert ">按题型：em</text>" in chinese
    assert "number" not in re.sub("<[^>]*>", "", chinese)
    assert "<title>By question type: em</title>" in drawn["type-em"].svg("en")
    assert "人类水平" in drawn["scores-rougeLsum"].svg("zh")
    assert drawn["type-em"].png("zh") != drawn["type-em"].png("en")


def test_parts_add_up(findings: Findings) -> None:
    """The groups of a way hold every example with a score once, and their means are its means."""
    bars = parts.by_group(findings, "difficulty", "em")
    scores = [s for s in findings.scores if s.metric == "em" and s.model == "textrank"]
    mine = [bar for bar in bars if bar.system == "textrank"]
    assert sum(bar.n for bar in mine) == len(scores)
    of_article: dict[str, list[float]] = {}
    for score in scores:
        if findings.groups["difficulty"][score.example_id] == "1":
            of_article.setdefault(score.article_id, []).append(score.value)
    means = [sum(values) / len(values) for values in of_article.values()]
    assert mine[0].group == "1"
    assert mine[0].mean == pytest.approx(sum(means) / len(means))


def test_speed_is_of_what_was_generated_here(findings: Findings) -> None:
    """Outputs from the cache took no time, so the seconds are shared out among the others."""
    speed = {"generate_s": 8.0}
    n = findings.summary.systems[0].counts.n_generated
    timed = {"speed": speed, "n_from_cache": n - 4}
    facts = {"lead": timed, "textrank": {"speed": {}, "n_from_cache": n}}
    dots = parts.by_speed(replace(findings, facts=facts), "em")
    assert [(dot.system, dot.x) for dot in dots] == [("lead", 2.0)]


def test_many_dots_are_thinned_and_said_so(
    findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cloud has more points than can be told apart; the axis says how many were passed over."""
    monkeypatch.setattr(parts, "SHOWN_POINTS", 3)
    dots, step = parts.by_length(findings, "rougeLsum")
    assert len(dots) <= 3
    assert step == 3
    picture = next(p for p in charts.draw(findings) if p.kind == "characters")
    assert (
        """data-t="axis.sample" data-v='{"step": "3"}'>one point of 3 drawn<"""
        in picture.embedded()
    )


def test_charts_are_written_as_files(
    baseline_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every chart as SVG and PNG, each listed; a folder that cannot be is an error of its own."""
    folder = tmp_path / "charts"
    out = ["--out", str(tmp_path / "report.md")]
    assert main(["report", str(baseline_run), *out, "--charts", str(folder)]) == 0
    listed = capsys.readouterr().out.splitlines()[1:]
    assert sorted(listed) == sorted(map(str, folder.iterdir()))
    pictures = {file.stem for file in folder.iterdir()}
    assert len(listed) == 2 * len(pictures)
    assert (folder / "scores-em.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (folder / "scores-em.png").read_bytes().startswith(b"\x89PNG")
    assert main(["report", str(baseline_run), *out, "--charts", str(folder), "--lang", "zh"]) == 0
    assert "得分：em" in (folder / "scores-em.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["report", str(baseline_run), *out, "--charts", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err
