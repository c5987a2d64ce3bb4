"""What a reader takes along: the filtered examples as files."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

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
