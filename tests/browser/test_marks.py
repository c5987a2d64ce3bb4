"""Marks on evidence and on what noise did to it, and the samples of one output."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.report import gather, page
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
    file.write_text(page.render(material), encoding="utf-8")
    return file


def test_evidence_behind_an_emoji_is_marked_exactly(watched: Watched, tmp_path: Path) -> None:
    """Characters outside the BMP before the evidence do not shift its mark."""
    material = gather([load(write_run(tmp_path / "run"))])
    articles = {id_: replace(a, text=f"𠮷野🎉。{a.text}") for id_, a in material.articles.items()}
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


@pytest.mark.parametrize(
    ("text", "reference", "marked"),
    [
        ("大桥长3公里", "全长3公里的大桥", ["长3公里"]),
        ("投资13亿元", "投资3亿元", []),
        ("共有1200人", "共有120人", []),
        ("共有120人参加", "来了120人参加", ["120人参加"]),
        ("增长六十二点五", "增长六十", []),
        ("李明", "李明", ["李明"]),
        ("李明", "李明参加", []),
        ("市长和李明", "李明和市长", []),
        ("𠮷野大桥通车了", "昨天𠮷野大桥", ["𠮷野大桥"]),
    ],
)
def test_agreement_is_marked_where_it_means_something(
    watched: Watched, report: Path, text: str, reference: str, marked: list[str]
) -> None:
    """Three characters or more in one piece of both texts, no number cut; or the whole text."""
    page = watched.open(report)
    found = page.evaluate(
        "([text, reference]) => shared(text, reference).map(({start, end}) =>"
        " Array.from(text).slice(start, end).join(''))",
        [text, reference],
    )
    assert found == marked


def test_every_mark_of_agreement_is_in_a_reference(watched: Watched, report: Path) -> None:
    """In all outputs of a run a marked run is three characters or more and in a reference."""
    page = watched.open(report)
    wrong = page.evaluate(
        """data.outputs.flatMap((column) => column.flatMap(({text}, i) => {
          const {references, kind} = data.examples[i];
          const runs = against(text, references, kind).filter((mark) => mark.kind === "same")
            .map(({start, end}) => Array.from(text).slice(start, end).join(""));
          const fits = (run) => references.some((reference) => reference.includes(run));
          return runs.filter((run) => !fits(run) || (run.length < 3 && run !== text));
        }))"""
    )
    assert wrong == []


def test_what_repeats_is_marked_as_a_repeat(watched: Watched, tmp_path: Path) -> None:
    """The second time round a sentence is no agreement, though the reference has it."""
    material = gather([load(write_run(tmp_path / "run"))])
    place = ("qwen", "bridge/short", 0)
    text = "襄阳大桥今天通车。襄阳大桥今天通车。"
    written = replace(material.generations[place], prediction=text, text=text)
    changed = replace(material, generations={**material.generations, place: written})
    opened = watched.open(write_page(changed, tmp_path), "#?example=bridge/short&show=qwen")
    card = opened.locator("#detail .card").first
    assert card.locator("mark.repeat").all_inner_texts() == [text[9:]]
    assert card.locator("mark.same").all_inner_texts() == [text[:9]]
