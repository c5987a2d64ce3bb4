"""Predictions of other programs: read as they were written, or refused row by row."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Literal

import pandas as pd
import pytest

from evalkit.config.schema import PredictionColumns
from evalkit.data.predictions import read_predictions
from tests.support.problems import problems_of

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.errors import Problem

COLUMNS = PredictionColumns()
ANSWERS = {"a/q1": "007", "a/q2": "", "a/short": '["不是", "列表"]', "q3": "0.50"}


def read(file: Path, content: str, columns: PredictionColumns = COLUMNS) -> dict[str, str]:
    """Write a file and return its predictions."""
    file.write_text(content, encoding="utf-8")
    return read_predictions(file, columns)


def refused(file: Path, content: str) -> tuple[Problem, ...]:
    """Return the problems of a file."""
    return problems_of(lambda: read(file, content))


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".tsv", ".parquet"])
def test_every_format_gives_the_text_that_was_written(tmp_path: Path, suffix: str) -> None:
    """No leading zero is lost, nothing counts as missing, and a list of texts stays one text."""
    frame = pd.DataFrame({"id": list(ANSWERS), "prediction": list(ANSWERS.values()), "more": 1})
    file = tmp_path / f"p{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(file)
    elif suffix in {".json", ".jsonl"}:
        frame.to_json(file, orient="records", lines=suffix == ".jsonl", force_ascii=False)
    else:
        frame.to_csv(file, index=False, sep="\t" if suffix == ".tsv" else ",")
    assert read_predictions(file, COLUMNS) == ANSWERS


def test_one_object_by_id_is_read_as_the_scripts_of_squad_write_it(tmp_path: Path) -> None:
    """Numbers stay as they are written; the columns do not matter."""
    text = '{\n "DEV_1_QUERY_0": 0.50,\n "DEV_1_QUERY_1": "",\n "prediction": "王"\n}'
    columns = PredictionColumns(id="qid", prediction="answer")
    found = read(tmp_path / "p.json", text, columns)
    assert found == {"DEV_1_QUERY_0": "0.50", "DEV_1_QUERY_1": "", "prediction": "王"}


def test_what_is_no_text_in_one_object_is_named_by_its_id(tmp_path: Path) -> None:
    """Such a file has no rows and no columns."""
    file = tmp_path / "p.json"
    found = refused(file, '{"q1": "王", "q2": null, "q3": ["王"], "": "王"}')
    assert [(problem.file, problem.code, problem.key) for problem in found] == [
        (str(file), "invalid", "q2"),
        (str(file), "invalid", "q3"),
        (str(file), "empty", ""),
    ]


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    """The config names them."""
    columns = PredictionColumns(id="题号", prediction="回答")
    assert read(tmp_path / "p.csv", "题号,回答\nq1,襄阳\n", columns) == {"q1": "襄阳"}


def test_every_row_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Null is not an empty answer, and neither a list nor true is text."""
    rows = [
        {"id": "q1", "prediction": None},
        {"id": "q2", "prediction": ["王"]},
        {"id": "q3", "prediction": True},
        {"id": "", "prediction": "王"},
        {"id": "q4"},
        {"id": "q5", "prediction": 5},
        {"id": "q5", "prediction": "五"},
    ]
    file = tmp_path / "p.jsonl"
    found = refused(file, "".join(f"{json.dumps(row)}\n" for row in rows))
    assert [(problem.file, problem.code, problem.key) for problem in found] == [
        (f"{file}:row 1", "invalid", "prediction"),
        (f"{file}:row 2", "invalid", "prediction"),
        (f"{file}:row 3", "invalid", "prediction"),
        (f"{file}:row 4", "empty", "id"),
        (f"{file}:row 5", "missing", "prediction"),
        (f"{file}:row 7", "duplicate", "id"),
    ]
    assert "first in row 6" in found[-1].what


def test_a_missing_column_is_reported_once(tmp_path: Path) -> None:
    """With the key of the config, however many rows follow."""
    (problem,) = refused(tmp_path / "p.jsonl", '{"id": "q1", "answer": "王"}\n' * 300)
    assert (problem.code, problem.key) == ("missing", "columns.prediction")
    assert problem.remedy == ("rename one of id, answer, or in a config name it under `columns`")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("p.json", '{"q1": "王", "q1": "李"}', "duplicate"),
        ("p.json", '{"q1": "王"', "malformed"),
        ("p.json", "{}", "empty"),
        ("p.csv", "id,prediction\n", "empty"),
        ("p.csv", " ", "empty"),
        ("p.xlsx", "x", "invalid"),
    ],
)
def test_a_file_without_predictions_is_refused(
    tmp_path: Path, name: str, content: str, code: str
) -> None:
    """One problem that names the file."""
    (problem,) = refused(tmp_path / name, content)
    assert (problem.code, problem.file) == (code, str(tmp_path / name))


def test_parquet_without_its_library_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy is the one command that installs what is missing."""
    file = tmp_path / "p.parquet"
    pd.DataFrame({"id": ["q1"], "prediction": ["王"]}).to_parquet(file)
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as Python marks what cannot be imported
    (problem,) = problems_of(lambda: read_predictions(file, COLUMNS))
    assert (problem.code, problem.file) == ("missing-extra", str(file))
    assert problem.extra == "hub"


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    """Duplicates are found without comparing each row with all before it."""
    answers = {f"article/q{i}": f"答{i}" for i in range(100_000)}
    assert read(tmp_path / "p.json", json.dumps(answers)) == answers
    lines = (f'{{"id": "{id_}", "prediction": "{text}"}}\n' for id_, text in answers.items())
    assert read(tmp_path / "p.jsonl", "".join(lines)) == answers


@pytest.mark.parametrize("orient", ["columns", "index", "split", "table"])
def test_json_may_hold_what_pandas_writes(
    tmp_path: Path, orient: Literal["columns", "index", "split", "table"]
) -> None:
    """Such a table is not taken for predictions by id."""
    frame = pd.DataFrame({"id": list(ANSWERS), "prediction": list(ANSWERS.values())})
    file = tmp_path / "p.json"
    frame.to_json(file, orient=orient, force_ascii=False)
    assert read_predictions(file, COLUMNS) == ANSWERS
