"""Trends: which runs make one, and what its lines hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import Run, load_all
from evalkit.analysis.trends import find_trends, same_examples
from evalkit.store.folder import RunFolder
from tests.support.runs import EXAMPLES, METRICS, SYSTEMS, draw_value, system, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Example

LATER = (2, 1, 3)
"""The days on which runs began, in the order in which they are named."""


def _write(path: Path, day: int, **changes: object) -> Path:
    def value(name: str, example: Example, metric: str) -> float:
        return day / 4 if name == "qwen" else draw_value(name, example, metric)

    write_run(path, **{"value": value, **changes})  # type: ignore[arg-type]
    folder = RunFolder(path=path)
    manifest = folder.manifest()
    assert manifest
    manifest.started = f"2026-01-0{day}T09:30:00+00:00"
    folder.seal(manifest)
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """Return three runs of one config on three days."""
    folder = tmp_path_factory.mktemp("runs")
    return load_all(_write(folder / f"day-{day}", day) for day in LATER)


def test_a_line_for_each_system_oldest_run_first(runs: list[Run]) -> None:
    """Models and baselines by their own names; not the oracle, which is the same in every run."""
    (same,) = same_examples(runs)
    trends = find_trends(same)
    assert [trend.metric for trend in trends] == ["rougeLsum", "em", "f1"]
    for trend in trends:
        assert [(run.run, run.started) for run in trend.runs] == [
            (f"day-{day}", f"2026-01-0{day} 09:30") for day in (1, 2, 3)
        ]
        assert [line.system for line in trend.lines] == ["qwen", "llama", "lead"]
        assert trend.lines[0].means == (0.25, 0.5, 0.75)
        assert len(set(trend.lines[1].means)) == 1


def test_metrics_and_systems_can_be_chosen(runs: list[Run]) -> None:
    """A system by what it is called among several runs."""
    (same,) = same_examples(runs)
    (trend,) = find_trends(same, ["rouge1"], {"day-1/qwen", "day-3/qwen", "day-2/llama"})
    (line,) = trend.lines
    assert (line.system, line.means) == ("qwen", (0.25, None, 0.75))


def test_other_questions_or_another_version_of_a_metric_make_no_trend(
    runs: list[Run], tmp_path: Path
) -> None:
    """A mean over other examples, or counted differently, is no later value of the same thing."""
    fewer = _write(tmp_path / "fewer", 4, examples=EXAMPLES[:-1])
    assert same_examples(load_all([runs[0].path, fewer])) == []
    newer = tuple(replace(m, signature=f"{m.name}|v2") if m.name == "em" else m for m in METRICS)
    changed = _write(tmp_path / "changed", 4, metrics=newer)
    (same,) = same_examples(load_all([runs[0].path, changed]))
    assert [trend.metric for trend in find_trends(same)] == ["rougeLsum", "f1"]


def test_baselines_alone_make_no_trend_beside_models(runs: list[Run], tmp_path: Path) -> None:
    """Two runs of different models share a baseline, which never changes."""
    other = _write(tmp_path / "other", 4, systems=(system("phi"), SYSTEMS[2]))
    (same,) = same_examples(load_all([runs[0].path, other]))
    assert find_trends(same) == []


def test_a_mean_that_lacks_examples_is_left_out(runs: list[Run]) -> None:
    """What failed in one run would look like a change of the system."""
    (same,) = same_examples(runs)
    first, *others = same
    row, *rows = first.summary.systems
    partial = replace(row, estimates=tuple(replace(e, n=e.n - 1) for e in row.estimates))
    summary = replace(first.summary, systems=(partial, *rows))
    trend, *_ = find_trends([replace(first, summary=summary), *others])
    assert {line.system: line.means for line in trend.lines}["qwen"] == (None, 0.5, 0.75)
