"""The public functions read predictions as the commands do, and say what argument is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import evalkit
from evalkit.errors import InputError
from tests.support.paths import ROOT
from tests.support.runs import write_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOLDEN = ROOT / "tests" / "golden"


def test_thinking_is_stripped_before_anything_is_scored(tmp_path: Path) -> None:
    """Of one prediction, and of those of a file."""
    prediction = "[THINK]想一想[/THINK]襄阳"
    assert evalkit.score(prediction, ["襄阳"]).value == 1.0
    row = {"id": "1", "question": "哪里？", "prediction": prediction, "references": ["襄阳"]}
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    scored = evalkit.score_file(file, "answer", metric=["em", "f1"])
    assert scored["value"].tolist() == [1.0, 1.0]


def test_a_file_of_predictions_takes_its_references_from_a_data_set() -> None:
    """As with `--data`; one metric needs no list."""
    scored = evalkit.score_file(
        GOLDEN / "predictions-one.json", "answer", metric="em", data=GOLDEN / "squad-sample.json"
    )
    assert set(scored["metric"]) == {"em"}
    assert scored["value"].isin([0.0, 1.0]).all()


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"references": "77500"}, ["references"]),
        ({"prediction": None, "references": [1], "question": 3},
         ["prediction", "question", "references.0"]),
        ({"references": []}, ["references"]),
        ({"metric": "number_precision"}, ["article"]),
        ({"type": "numbr"}, ["type"]),
        ({"metric": "rouge3"}, ["metric rouge3"]),
    ],
)  # fmt: skip
def test_what_cannot_be_scored_is_named(given: dict[str, Any], places: list[str]) -> None:
    """All arguments that are wrong at once; a string in place of a list scores nothing."""
    arguments = {"prediction": "7.75万", "references": ["77500"], **given}
    with pytest.raises(InputError) as refused:
        evalkit.score(**arguments)
    assert [problem.file for problem in refused.value.problems] == places


@pytest.mark.parametrize(
    ("function", "arguments", "place"),
    [
        (evalkit.run, {"config": {"name": "x"}}, "config"),
        (evalkit.score_file, {"file": "x.jsonl", "kind": "answers", "metric": "em"}, "kind"),
        (evalkit.score_file, {"file": "x.jsonl", "kind": "answer", "metric": "rouge1"}, "metric"),
    ],
)
def test_what_a_function_cannot_use_is_named(
    function: Callable[..., object], arguments: dict[str, Any], place: str
) -> None:
    """Before any file is read."""
    with pytest.raises(InputError) as refused:
        function(**arguments)
    assert [problem.file for problem in refused.value.problems] == [place]


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (("leed", "textrnk", "f2"), ["a", "b", "metric"]),
        (("lead", "lead", "f1"), ["b"]),
    ],
)
def test_what_cannot_be_compared_is_named(
    names: tuple[str, str, str], places: list[str], tmp_path: Path
) -> None:
    """By the parameter, not by an option of the command line; the run says what it has."""
    finished = evalkit.load(write_run(tmp_path / "run"))
    assert "lead" in repr(finished)
    with pytest.raises(InputError) as refused:
        finished.compare(*names)
    assert [problem.file for problem in refused.value.problems] == places
