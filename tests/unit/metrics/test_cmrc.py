"""Promises of the CMRC 2018 metrics: the official rules, row for row."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.metrics.cmrc import EmCmrc, F1Cmrc
from evalkit.records import Case
from tests.support.paths import GOLDEN

PAIRS = GOLDEN / "cmrc.jsonl"
TEXT = st.text("襄阳市２2018 .,-:，。·", max_size=12)


@pytest.mark.parametrize("line", PAIRS.read_text(encoding="utf-8").splitlines())
def test_golden(line: str) -> None:
    """Both metrics equal what the official script prints for the same pair, to 1e-12."""
    row = json.loads(line)
    case = Case(id="1", prediction=row["prediction"], references=tuple(row["references"]))
    assert EmCmrc().score(case).value == row["em"]
    assert F1Cmrc().score(case).value == pytest.approx(row["f1"], abs=1e-12)


@given(TEXT, TEXT)
def test_f1_is_the_longest_common_run(one: str, other: str) -> None:
    """F1 lies in [0, 1], is symmetrical, and is 1 only for equal token sequences."""
    case, back = (
        Case(id="1", prediction=pair[0], references=(pair[1],))
        for pair in ((one, other), (other, one))
    )
    assert 0 <= F1Cmrc().score(case).value <= 1
    assert F1Cmrc().score(case).value == pytest.approx(F1Cmrc().score(back).value)


def test_a_long_answer_is_scored_quickly() -> None:
    """Two thousand characters against themselves take well under a second and score 1."""
    text = "襄阳市创客" * 400
    assert F1Cmrc().score(Case(id="1", prediction=text, references=(text,))).value == 1.0


def test_signatures() -> None:
    """The signatures name the metrics and their versions."""
    assert EmCmrc().signature == "em_cmrc|v1"
    assert F1Cmrc().signature == "f1_cmrc|v1"
