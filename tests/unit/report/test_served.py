"""What reports say of served models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.run import load
from evalkit.language import translate
from evalkit.records import Generation
from evalkit.report import markdown, page
from evalkit.report.gather import gather
from evalkit.report.served import refusal_lines
from evalkit.store.folder import RunFolder
from evalkit.store.jsonl import read_all, write_all
from evalkit.store.manifest import Speed
from tests.support.runs import reseal, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.analysis.run import Run

FACTS = {
    "endpoint": ["http://127.0.0.1:8000/v1"],
    "server": "vllm",
    "server_version": "0.32.0",
    "api": "chat",
    "refused_fields": ["top_k"],
    "ignored_fields": ["stop"],
}
SPEED = Speed(
    n_generated=9,
    n_prompt_tokens=12_000,
    n_computed_tokens=4_000,
    n_new_tokens=900,
    n_reasoning_tokens=300,
    cost=3.2,
    currency="CNY",
)


def served_run(path: Path) -> Run:
    """Return a run whose first model is served, by a server that changed."""
    folder = RunFolder(path=write_run(path))
    manifest = folder.manifest()
    assert manifest is not None
    manifest.providers["qwen"].facts = dict(FACTS)
    manifest.providers["qwen"].speed = SPEED
    folder.write_manifest(manifest)
    found = read_all(folder.generations_file, Generation)
    changed = [replace(g, server=f"fp_{i % 2}") for i, g in enumerate(found)]
    write_all(folder.generations_file, changed)
    reseal(path)
    return load(path)


def test_tokens_cost_and_server_are_in_both_reports(tmp_path: Path) -> None:
    """Read, of them cached, written, of them thought; what it cost; what it ran on."""
    material = gather([served_run(tmp_path / "run")])
    text = markdown.render(material)
    assert "| qwen | 9 | 12,000 | 8,000 | 900 | 300 | 3.20 CNY | vllm 0.32.0 chat |" in text
    html = page.render(material)
    assert '<td class="number">8,000</td>' in html
    assert "3.20 CNY" in html


def test_how_a_server_behaved_is_noted(tmp_path: Path) -> None:
    """That it changed, refuses or ignores something; in both languages of the page."""
    notes = gather([served_run(tmp_path / "run")]).notes
    assert notes == (
        "qwen: the server changed within the run: fp_0, fp_1",
        "qwen: the server refuses top_k, so its own defaults apply",
        "qwen: the server ignores stop",
    )
    assert all(translate(note)[1] != note for note in notes)


def test_runs_without_served_models_say_nothing_of_servers(tmp_path: Path) -> None:
    """No table, and no notes."""
    material = gather([load(write_run(tmp_path / "run"))])
    assert (material.served, material.notes) == ((), ())
    assert "Served models" not in markdown.render(material)


def test_refusals_are_shown_with_both_differences(tmp_path: Path) -> None:
    """On what both answered, and with each refusal as wrong."""
    summary = load(write_run(tmp_path / "run")).summary
    first = next(c for c in summary.comparisons if c.metric == "em")
    bounded = replace(summary, with_refusals=(replace(first, difference=-0.125),))
    (line,) = refusal_lines(bounded, ["em"])
    assert line.endswith(
        f"is {first.difference:+.3f} on what both answered, -0.125 with refusals as wrong"
    )
    assert "拒答算错" in translate(line)[1]
    assert refusal_lines(bounded, ["f1"]) == []
