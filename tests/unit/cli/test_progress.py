"""What the terminal shows while a run goes on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from evalkit.cli import main
from evalkit.cli.progress import LiveProgress, PlainProgress
from evalkit.runner.new_project import write_project

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_was_kept_is_said() -> None:
    """As a count, with what is left to do."""
    file = io.StringIO()
    progress = PlainProgress(Console(file=file))
    progress.stage("qwen", 1074, 240)
    progress.stage("other", 0, 314)
    progress.stage("none", 0)
    assert file.getvalue().splitlines() == [
        "qwen: 240 kept, 1,074 to do",
        "other: 314 kept",
        "none: 0 to do",
    ]


def test_the_clock_of_a_stage_that_ended_stands_still() -> None:
    """Also of one that had nothing to do, or was given up."""
    now = 0.0
    bar = Progress(console=Console(file=io.StringIO()), get_time=lambda: now, disable=True)
    progress = LiveProgress(bar)
    progress.stage("kept", 0, 240)
    progress.stage("given up", 5)
    now = 10.0
    progress.stage("scoring", 2)
    now = 20.0
    assert [task.description for task in bar.tasks] == ["kept (240 kept)", "given up", "scoring"]
    assert [task.finished_time or task.elapsed for task in bar.tasks] == [0.0, 10.0, 10.0]


def test_every_phase_has_a_name_and_a_count_and_the_report_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From loading to the report, whose path is the last line; a run again says what it kept."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    write_project(tmp_path / "mine")
    run = ["run", str(tmp_path / "mine/config.yaml")]
    report = tmp_path / "mine/runs/mine/report.html"
    assert main([*run, "--open"]) == 0
    assert opened == [report.as_uri()]
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == str(report)
    lines = shown.err.splitlines()
    for phase, n in (
        ("lead: loading", 1),
        ("lead", 3),
        ("scoring", 6),
        ("statistics", 2),
        ("writing the report", 4),
    ):
        begins = lines.index(f"{phase}: {n} to do")
        assert lines[begins + 1].startswith(f"{phase}: {n} of {n} done")
    assert main(run) == 0
    assert "lead: 3 kept" in capsys.readouterr().err.splitlines()
