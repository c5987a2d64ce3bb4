"""Laws of the doors to each output: whatever a name holds, nothing but a name comes out."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import example, given
from hypothesis import strategies as st

from evalkit.analysis.gate import GateResult
from evalkit.cli.gate import _case, _write_junit
from evalkit.cli.terminal_text import say
from evalkit.report.markdown import escape
from evalkit.report.spreadsheet import _cell

HOSTILE = [
    "\x1b[2J\x1b[31m红", "\x9b31m", "\u202e反", "<script>alert(1)</script>",
    "<img src=x onerror=x>",
    "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "]]>", "&#0;", "\x00", "\ufffe",
    "javascript:alert(1)", "`x`", "| a |", "[x](javascript:x)", "&lt;b&gt;", "\ud800", "{{7*7}}",
]  # fmt: skip
NAMES = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(HOSTILE)


@given(NAMES)
@example("".join(HOSTILE))
def test_a_terminal_gets_text_alone(name: str) -> None:
    """No control character but the end of a line and tabs, nothing that turns a line round."""
    stream = io.StringIO()
    say(name, file=stream)
    for char in stream.getvalue().replace("\n", "").replace("\t", ""):
        assert unicodedata.category(char) not in {"Cc", "Cs"}
        assert unicodedata.bidirectional(char) not in {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI"}


@given(st.dictionaries(NAMES, NAMES, max_size=3))
def test_json_for_a_terminal_is_the_same_json(content: dict[str, str]) -> None:
    """What is escaped for the eye reads back as what it was."""
    stream = io.StringIO()
    say(json.dumps(content, ensure_ascii=False), file=stream)
    assert json.loads(stream.getvalue()) == content


@given(NAMES, NAMES, st.booleans())
@example("".join(HOSTILE), "]]>", True)  # noqa: FBT003 - whether a rule has passed
def test_junit_xml_is_well_formed(system: str, rule: str, passed: bool) -> None:  # noqa: FBT001 - as above
    """Any parser reads it, and finds one test case."""
    result = GateResult(rule=rule, system=system, passed=passed, why=f"{system}: {rule}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "junit.xml"
        _write_junit(file, [_case(result)], 0.1)
        (case,) = ET.fromstring(file.read_bytes()).iter("testcase")  # noqa: S314 - our own file
    assert len(case) == 1


@given(NAMES)
@example("=1")
def test_a_csv_cell_is_no_formula(name: str) -> None:
    """A spreadsheet shows it; it keeps its place in its row."""
    text = io.StringIO()
    csv.writer(text).writerow(["run", _cell(name), 0.5])
    ((_, cell, number),) = csv.reader(io.StringIO(text.getvalue(), newline=""))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert number == "0.5"


@given(NAMES)
@example("".join(HOSTILE))
def test_markdown_shows_what_is_written(name: str) -> None:
    """One line, in which no tag, link, entity, code or table cell begins."""
    shown = escape(name)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(\\\\)*[<>\[\]`|&]", shown)
    assert not shown.startswith(("=", "+", "-", "@", "#"))
