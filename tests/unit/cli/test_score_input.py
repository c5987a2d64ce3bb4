"""What `evalkit score` reads: every layout alike; what is wrong, by file, line and key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.support.scoring import GOOD, lines_of, score, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b'{"id": "1", "prediction": NaN}', "1: holds NaN, which is not JSON; write a number"),
        (b"{", "1: is not JSON (Expecting property name"),
        (b"[]", '1: is a list, not an object; write {"id": '),
        (b"{}", "1: is an empty object; give it an id"),
        (b"\xff", ": holds bytes that are not text; save it as UTF-8"),
        (b'{"id": "1", "id": "2"}', "1: id: duplicate key `id`; keep one of the two"),
        (b"[" * 100_000, "1: is nested too deeply; write it simpler"),
        (b'{"_meta": 1}', ": holds no prediction; add one per row"),
        (b"\n \n", ": is empty; give it text"),
        (b"", ": is empty; give it text"),
    ],
)
def test_lines_that_are_not_objects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, problem: str
) -> None:
    """Whatever a line holds, what is wrong with it is said in one line."""
    file = tmp_path / "a.jsonl"
    file.write_bytes(text)
    code, _, err = score(capsys, "summaries", file)
    assert code == 2
    assert err.startswith(f"{file}:{problem}" if problem[0].isdigit() else f"{file}{problem}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": ""}, "id: is empty; give each row an id of its own"),
        ({"id": None}, "id: is null, not text; write text"),
        ({"prediction": True}, "prediction: is true or false, not text; write text"),
        ({"prediction": "\ud800"}, "prediction: holds half of a surrogate pair; write the"),
        ({"references": "襄阳"}, 'references: is a string, not a list; write ["…"]'),
        ({"references": []}, "references: is empty; add at least one reference"),
        ({"references": ["襄阳", " "]}, "references.1: is empty; give it text"),
        ({"references": ["襄阳", {}]}, "references.1: is an object, not text; write text"),
        ({"question": []}, "question: is a list, not text; write text"),
        ({"type": "numbr"}, "type: 'numbr' is not a question type; did you mean `number`?"),
        ({"type": ["x"]}, "type: ['x'] is not a question type; write one of number, date"),
        ({"ordered": "1"}, "ordered: is a string, not true or false; write true or false"),
    ],
)
def test_wrong_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], problem: str
) -> None:
    """Each wrong value is named with file, line, key and remedy."""
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(GOOD | change), encoding="utf-8")
    code, _, err = score(capsys, "answers", file)
    assert code == 2
    assert err.startswith(f"{file}:1: {problem}")
    assert err.count("\n") == 1


def test_repeated_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An id that comes twice is named with both lines."""
    _, _, err = score(capsys, "summaries", write(tmp_path / "a.jsonl", GOOD, "", GOOD))
    assert ":3: id: duplicate id `1`, first on line 1;" in err


def test_unusual_but_valid_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A byte order mark, CRLF, blank lines, nulls, unknown keys and U+2028 are all fine."""
    nulls = dict.fromkeys(("type", "unit", "ordered", "article", "mine"))
    row = json.dumps(GOOD | nulls | {"prediction": "襄\u2028阳"}, ensure_ascii=False)
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + f"{row}\r\n\r\n".encode())
    code, out, _ = score(capsys, "answers", file, "--metrics", "f1")
    assert code == 0
    assert lines_of(out)[0]["scores"] == {"f1": pytest.approx(0.8)}


def test_missing_things(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file, a missing article and an unknown id are named."""
    _, _, err = score(capsys, "summaries", tmp_path / "none.jsonl")
    assert "none.jsonl: cannot be read (No such file or directory); check the path" in err
    file = write(tmp_path / "a.jsonl", GOOD, GOOD | {"id": "2", "article": " "})
    _, _, err = score(capsys, "summaries", file, "--metrics", "density")
    assert ":1: article: is missing; add it" in err
    assert ":2: article: is empty; give the text that the summary is of" in err
    _, _, err = score(capsys, "summaries", file, "--explain", "3")
    assert err.startswith("--explain: no case `3`; name an id of ")


def test_numbers_are_kept_as_they_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An id or an answer need not be in quotes: 1.50 is not 1.5."""
    file = tmp_path / "a.jsonl"
    file.write_text(
        '{"id": 7, "prediction": 1.50, "references": [1.5, 1.50], "question": "多少？"}\n',
        encoding="utf-8",
    )
    code, out, _ = score(capsys, "answers", file, "--metrics", "em_strict", "--explain", "7")
    assert code == 0
    assert "  prediction: 1.50" in out.splitlines()
    assert out.splitlines()[0].endswith("  1.0000  decided by strict")
    _, out, _ = score(capsys, "answers", file, "--explain", "7", "--lang", "zh")
    assert out.splitlines()[0].endswith("  1.0000  依据规则 strict")


CSV = """\
id,prediction,references,question,type,ordered
1,襄阳,"[""襄阳市"", ""襄阳""]",在哪？,,
2,,13,多少名？,number,TRUE
"""


def test_every_kind_of_table_scores_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON, JSON Lines, CSV, TSV and Parquet with the same rows give the same scores."""
    rows: list[dict[str, object]] = [
        {"id": "1", "prediction": "襄阳", "references": ["襄阳市", "襄阳"], "question": "在哪？"},
        {"id": "2", "prediction": "", "references": ["13"], "question": "多少名？"},
    ]
    typed = [rows[0], rows[1] | {"type": "number", "ordered": True}]
    (tmp_path / "a.csv").write_text(CSV, encoding="gb18030")
    (tmp_path / "a.tsv").write_text(
        "id\tprediction\treferences\tquestion\n"
        '1\t襄阳\t"[""襄阳市"", ""襄阳""]"\t在哪？\n2\t\t13\t多少名？\n',
        encoding="utf-8",
    )
    (tmp_path / "a.json").write_text(json.dumps(typed), encoding="utf-8")
    pd.DataFrame(rows).to_parquet(tmp_path / "a.parquet")
    _, expected, _ = score(capsys, "answers", write(tmp_path / "a.jsonl", *typed))
    assert [line["id"] for line in lines_of(expected)] == ["1", "2"]
    for suffix in ("csv", "tsv", "json", "parquet"):
        code, out, err = score(capsys, "answers", tmp_path / f"a.{suffix}")
        assert (code, out) == (0, expected), (suffix, err)


def test_a_list_that_another_program_wrote_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cell such as ['周福生', '石匠'] is neither one answer nor JSON."""
    file = tmp_path / "a.csv"
    file.write_text(
        "id,prediction,references,question\n1,石匠,\"['周福生', '石匠']\",谁？\n", "utf-8"
    )
    code, _, err = score(capsys, "answers", file)
    assert code == 2
    assert err.startswith(f"{file}:row 1: references: is not JSON")
    assert 'write a list as JSON: ["60辆", "60台"]' in err


def test_five_errors_of_a_kind_are_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are counted; errors of another kind are still shown."""
    rows = [{"id": str(i), "prediction": "襄阳", "question": "在哪？"} for i in range(3219)]
    file = write(tmp_path / "a.jsonl", *rows, GOOD | {"id": "x", "type": "place?"})
    code, _, err = score(capsys, "answers", file)
    lines = err.splitlines()
    assert code == 2
    assert [line.split(": ")[1] for line in lines[:5]] == ["references"] * 5
    assert lines[5] == f"{file}: 3,214 more like these"
    assert lines[6:] == [
        f"{file}:3220: type: 'place?' is not a question type; did you mean `place`?"
    ]


def test_references_are_asked_for_where_a_metric_reads_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Number precision reads the article alone, and so does a file without references."""
    row = {"id": "1", "prediction": "来了13名代表。", "article": "来了13名代表。"}
    file = write(tmp_path / "a.jsonl", row)
    code, out, _ = score(capsys, "summaries", file, "--metrics", "number_precision,repetition")
    assert code == 0
    assert lines_of(out)[0]["scores"] == {"number_precision": 1.0, "repetition": 0.0}
    code, _, err = score(capsys, "summaries", file, "--metrics", "number_recall")
    assert code == 2
    assert ":1: references: is missing; add it, or name the data set" in err
