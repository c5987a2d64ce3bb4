"""Promises: Parquet is read in bounded memory, and damaged or immense files are one clear error."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow.parquet import ParquetWriter, write_table

from evalkit.config.schema import PredictionColumns
from evalkit.config.sources import Columns, TableData
from evalkit.data import parquet, public
from evalkit.data.predictions import read_predictions
from evalkit.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = Columns(article="text")
N_DAMAGES = 200


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a table."""
    return tmp_path / "data.parquet"


def problem_of(file: Path) -> str:
    """Return why a table is refused, of which one article is wanted; empty where it is read."""
    try:
        public.load(TableData(table=file, columns=COLUMNS), 1)
    except InputError as error:
        return "\n".join(map(str, error.problems))
    return ""


def test_one_text_repeated_by_a_dictionary_is_refused(file: Path) -> None:
    """27 GB in 50 kB: all that its metadata tell is the size of the dictionary."""
    text = pa.array(["襄阳市今年修路。" * 45_000])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 27_000, pa.int32()), text)
    write_table(pa.table({"text": column}), file)
    assert file.stat().st_size < 100_000
    assert "unfolds to more than 256 MB" in problem_of(file)


def test_what_the_metadata_say_is_too_large_is_not_unfolded(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row groups of one compressed text each, and none of them is opened."""
    monkeypatch.setattr(parquet, "_SMALL", 1 << 20)
    table = pa.table({"text": ["襄" * 100_000]})
    with ParquetWriter(file, table.schema, compression="zstd") as writer:
        for _ in range(30):
            writer.write_table(table)
    monkeypatch.setattr("pyarrow.parquet.ParquetFile.iter_batches", None)
    assert "unfolds to more than 1 MB" in problem_of(file)


def test_a_text_that_repeats_as_texts_do_is_read(file: Path) -> None:
    """A paragraph stands beside each of its questions."""
    texts = [f"第{i // 20}篇" + "襄阳市今年修路。" * 50 for i in range(2_000)]
    write_table(pa.table({"text": texts, "n": range(2_000)}), file)
    assert len(public.load(TableData(table=file, columns=COLUMNS), None).articles) == 100


def test_a_number_that_is_nan_is_no_prediction(file: Path) -> None:
    """As pandas writes a missing one: an answer that is not there has no score."""
    write_table(pa.table({"id": ["q1", "q2"], "prediction": [2.5, float("nan")]}), file)
    with pytest.raises(InputError) as caught:
        read_predictions(file, PredictionColumns())
    assert [str(problem) for problem in caught.value.problems] == [
        f"{file}:row 2: prediction: is null, not text; give text, or leave out the row"
    ]


def test_damaged_bytes_are_one_clear_error(file: Path) -> None:
    """Cut short, or with bytes changed; what is still readable is read."""
    write_table(pa.table({"text": [f"第{i}篇文章" for i in range(50)]}), file)
    whole, chance = file.read_bytes(), random.Random(5)
    n_refused = 0
    for _ in range(N_DAMAGES):
        damaged = bytearray(whole[: chance.choice((len(whole), chance.randrange(len(whole))))])
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged) or 1) : 0] = bytes([chance.randrange(256)])
        file.write_bytes(damaged)
        problem = problem_of(file)
        assert "\n" not in problem
        assert problem.startswith(f"{file}") or not problem
        n_refused += bool(problem)
    assert n_refused > N_DAMAGES / 2
