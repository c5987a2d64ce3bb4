"""A small finished run, and what a report shows of it."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.report import gather, write
from evalkit.store.folder import RunFolder, summary_text
from evalkit.store.jsonl import write_all
from tests.support.progress import Said
from tests.support.runs import METRICS, draw_value, system, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Example
    from evalkit.report.material import Material

MORE = tuple(
    replace(METRICS[0], name=name, headline=False, signature=f"{name}|v1")
    for name in ("number_precision", "coverage", "novel_bigrams")
)


def _draw(name: str, example: Example, metric: str) -> float:
    """Return better values for TextRank than for lead, so that a difference is significant."""
    if metric == "em":
        return float(name == "textrank" and example.id != "fair/q2")
    return draw_value(name, example, metric)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of lead and TextRank, with human references; read it only."""
    path = write_run(
        tmp_path_factory.mktemp("runs") / "smoke",
        systems=(
            system("lead", "baseline"),
            system("textrank", "baseline"),
            system("human", "human"),
        ),
        metrics=(*METRICS, *MORE),
        value=_draw,
    )
    folder = RunFolder(path=path)
    summary = folder.summary()
    lead = summary.systems[0]
    estimates = tuple(
        replace(e, mean=fmean((e.mean, 1.0)), plain_mean=fmean((e.plain_mean, 1.0)))
        for e in lead.estimates
        if summary.metric(e.metric).kind == "summary"
    )
    human = replace(summary.systems[-1], estimates=estimates)
    changed = replace(summary, systems=(*summary.systems[:-1], human))
    (path / "summary.json").write_text(summary_text(changed), encoding="utf-8")
    chosen = {estimate.metric for estimate in estimates}
    scores = folder.scores()
    people = [
        replace(score, system="human", value=fmean((score.value or 0.0, 1.0)))
        for score in scores
        if score.system == "lead" and score.metric in chosen
    ]
    others = [score for score in scores if score.system != "human"]
    write_all(path / "scores.jsonl", [*others, *people])
    manifest = folder.manifest()
    assert manifest
    manifest.config["models"] = [{"name": name, "baseline": name} for name in ("lead", "textrank")]
    folder.seal(manifest)
    assert write(folder, load(path), Said()) == []
    return path


@pytest.fixture(scope="session")
def material(run_folder: Path) -> Material:
    """Return what a report of that run shows."""
    return gather([load(run_folder)])
