"""Marks on evidence and on what noise did to it, and the samples of one output."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.run import load
from evalkit.report import gather, page
from evalkit.report.charts import Drawn
from tests.support.results import value_of
from tests.support.runs import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.material import Material
    from tests.browser.conftest import Watched

EXAMPLE = "bridge/q1"


def write_page(material: Material, folder: Path) -> Path:
    """Write a page without charts."""
    file = folder / "page.html"
    file.write_text(page.render(material, Drawn()), encoding="utf-8")
    return file


def test_evidence_behind_an_emoji_is_marked_exactly(watched: Watched, tmp_path: Path) -> None:
    """Characters outside the BMP before the evidence do not shift its mark."""
    material = gather([load(write_run(tmp_path / "run"))])
    articles = tuple(replace(a, text=f"𠮷野🎉。{a.text}") for a in material.articles)
    file = write_page(replace(material, articles=articles), tmp_path)
    opened = watched.open(file, f"#?example={EXAMPLE}")
    assert opened.locator(".article mark.evidence").all_inner_texts() == ["大桥长3公里"]


def test_altered_evidence_can_be_filtered_where_there_is_noise(
    watched: Watched, tmp_path: Path
) -> None:
    """The filter lists the outputs of the chosen system whose evidence noise altered."""
    material = gather([load(write_run(tmp_path / "run"))])
    plain = watched.open(write_page(material, tmp_path))
    assert not plain.locator("#altered").is_visible()
    altered = replace(material, altered=frozenset({("qwen", EXAMPLE)}))
    opened = watched.open(write_page(altered, tmp_path), "#?system=qwen")
    opened.select_option("#altered", "yes")
    assert opened.evaluate("chosen().map((i) => data.examples[i].id)") == [EXAMPLE]
    sign = opened.locator("#list tbody .sign")
    assert sign.evaluate_all("(all) => all.map((n) => n.ariaLabel)") == [
        "evidence altered by noise"
    ]


def test_several_samples_have_their_mean_and_all_texts(watched: Watched, tmp_path: Path) -> None:
    """An answer that is right in some samples only has a number, neither ✓ nor ✗."""
    material = gather([load(write_run(tmp_path / "run"))])
    place = ("qwen", EXAMPLE, 0)
    second = replace(material.generations[place], sample=1, prediction="3公里")
    (score,) = (
        s for s in material.scores if (s.system, s.example, s.metric) == ("qwen", EXAMPLE, "em")
    )
    changed = replace(
        material,
        generations={**material.generations, ("qwen", EXAMPLE, 1): second},
        scores=[*material.scores, replace(score, sample=1, value=1.0 - value_of(score))],
    )
    opened = watched.open(write_page(changed, tmp_path), f"#?example={EXAMPLE}")
    card = opened.locator("#detail .card").first
    assert card.locator(".chip").inner_text() == "0.50"
    card.get_by_text("All 2 samples").click()
    assert "3公里" in card.locator("details[open]").inner_text()
