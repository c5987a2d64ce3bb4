"""What a reader takes along: examples as files, tables and the citation copied, notes, paper."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Watched


def saved(page: Page, button: str) -> str:
    """Return the text of the file that a click on a button saves."""
    with page.expect_download() as found:
        page.click(button)
    return found.value.path().read_text(encoding="utf-8")


def test_filtered_examples_are_saved(watched: Watched, report: Path) -> None:
    """JSONL and CSV hold each listed example once for each shown system, outputs whole."""
    page = watched.open(report, "#?show=lead,oracle&system=lead&right=wrong&type=number")
    records = [json.loads(line) for line in saved(page, "#save-jsonl").splitlines()]
    n = page.evaluate("chosen().length")
    assert n > 0
    assert len(records) == 2 * n
    assert {(r["type"], r["system"]) for r in records} == {("number", "lead"), ("number", "oracle")}
    assert all(r["em"] == 0 for r in records if r["system"] == "lead")
    rows = list(csv.DictReader(io.StringIO(saved(page, "#save-csv").removeprefix("\ufeff"))))
    assert [row["output"] for row in rows] == [record["output"] for record in records]
    assert [row["id"] for row in rows] == [record["id"] for record in records]


def test_no_cell_is_a_formula(watched: Watched, report: Path) -> None:
    """What a spreadsheet would compute is text, numbers are numbers, and quotes are whole."""
    page = watched.open(report)
    cells = '["=1+1", "@x", "＋1", -1.5, "a\\"b,c", null].map(csvCell)'
    assert page.evaluate(cells) == ["'=1+1", "'@x", "'＋1", "-1.5", '"a""b,c"', ""]


def test_a_table_is_copied_in_three_ways(watched: Watched, report: Path) -> None:
    """All have its head and every row; what a format would read as marks is escaped."""
    page = watched.open(report)
    for name in ("Markdown", "LaTeX", "CSV"):
        page.locator("#method .copies button", has_text=name).click()
        expect(page.locator("#told")).to_have_text("Copied")
    rows = page.evaluate("rowsOf(document.querySelector('#method table'))")
    markdown = page.evaluate("asMarkdown(rowsOf(document.querySelector('#method table')))")
    assert markdown.splitlines()[1] == "| --- | --- | --- |"
    assert len(markdown.splitlines()) == len(rows) + 1
    latex = page.evaluate("asLatex([['a_b', '50 %'], ['x & y', '\\\\~']])")
    assert "a\\_b & 50 \\% \\\\" in latex
    assert "x \\& y & \\textbackslash{}\\textasciitilde{} \\\\" in latex


def test_a_table_is_sorted_by_a_click_and_back(watched: Watched, report: Path) -> None:
    """Numbers by size, what is no number last; a second click turns it round."""
    page = watched.open(report)
    page.evaluate("document.querySelector('#differences details').open = true")
    head = page.locator("#differences details th", has_text="difference").first
    column = (
        "[...document.querySelectorAll('#differences details tbody tr')]"
        ".map((row) => Number.parseFloat(row.cells[2].innerText))"
    )
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    rising = page.evaluate(column)
    assert rising == sorted(rising)
    head.locator("button").click()
    assert page.evaluate(column) == sorted(rising, reverse=True)


def test_a_run_of_baselines_is_cited_in_five_lines(watched: Watched, report: Path) -> None:
    """Run, systems, data, metrics, machine, and no prompts; one click copies them."""
    page = watched.open(report)
    lines = page.inner_text("#cite-1").splitlines()
    words = [line.partition(":")[0] for line in lines[1:]]
    assert words == ["Systems", "Data", "Metrics", "Machine"]
    assert lines[0].startswith("evalkit 0")
    page.locator("button[data-copies]").click()
    expect(page.locator("#told")).to_have_text("Copied")
    page.select_option("#language", "zh")
    assert "数据：2 篇文章 [" in page.inner_text("#cite-1")


def test_notes_are_kept_exported_and_imported(
    watched: Watched, report: Path, tmp_path: Path
) -> None:
    """A note stays when the page is opened again; a file of notes adds to it, no other does."""
    page = watched.open(report)
    page.locator("#list tbody a").nth(1).click()
    page.fill(".reader textarea", "wrong year?")
    page = watched.open(report)
    exported = json.loads(saved(page, "#save-notes"))
    first, second = page.evaluate("data.examples.slice(0, 2).map((e) => e.id)")
    assert exported["notes"] == {second: "wrong year?"}
    file = tmp_path / "notes.json"
    file.write_text(json.dumps({**exported, "notes": {first: "<b>good</b>", "no such": "x"}}))
    page.set_input_files("#notes-file", file)
    expect(page.locator("#told")).to_have_text("1 note imported")
    page.evaluate("(example) => change({example})", first)
    assert page.input_value(".reader textarea") == "<b>good</b>"
    assert page.locator("#list .sign", has_text="✎").count() == 2
    file.write_text("[1]")
    page.set_input_files("#notes-file", file)
    expect(page.locator("#told")).to_contain_text("does not hold notes")
    page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_paper_has_two_pages(watched: Watched, report: Path, language: str) -> None:
    """Scores, how to read them, the matrix and the charts; nothing is folded or to click."""
    page = watched.open(report, f"#?lang={language}")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type ?/Page\b", pdf)) <= 2
    page.emulate_media(media="print")
    assert page.locator("#charts .plot").first.is_visible()
    assert page.locator("#scores ul.note li", has_text="95%").first.is_visible()
    assert not page.locator("#manifest, button:not(.sort)").locator("visible=true").count()
