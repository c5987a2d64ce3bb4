"""Promises of `evalkit score` and `evalkit metrics`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from evalkit.cli import main
from evalkit.metrics import available, entry, metric
from evalkit.records import Case
from evalkit.runner import parallel
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GOLDEN = ROOT / "tests" / "golden" / "rouge.jsonl"
GOOD = {"id": "1", "prediction": "襄阳", "references": ["襄阳市"], "question": "在哪？"}
BAD = GOOD | {"id": "2", "prediction": "荆州市"}


def evalkit(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "evalkit", *map(str, arguments)]
    return subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, capture_output=True, check=False, text=True, encoding="utf-8"
    )


def lines_of(text: str) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines text."""
    return [json.loads(line) for line in text.splitlines()]


def write(file: Path, *rows: Mapping[str, object] | str) -> Path:
    """Write rows as JSON Lines; a string is written as it is."""
    texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8", newline="")
    return file


def test_golden_file_in_a_process(tmp_path: Path) -> None:
    """The golden file goes in as it is, and its values come out in order, one object per line."""
    out = tmp_path / "out.jsonl"
    options = ("--metrics", "rouge1,rougeLsum", "--references", "mean", "--out", out)
    done = evalkit("score", "summaries", GOLDEN, *options)
    assert (done.returncode, done.stdout) == (0, "")
    assert "rougeLsum|seg:zhmix-1|sent:marks|refs:mean|" in done.stderr
    assert "scored 25: 3 empty" in done.stderr
    rows = lines_of(GOLDEN.read_text(encoding="utf-8"))[1:]
    for row, line in zip(rows, lines_of(out.read_text(encoding="utf-8")), strict=True):
        assert line["id"] == row["id"]
        for name, parts in line["scores"].items():
            expected = row["expected"]["char"]["mean"][name]
            assert list(parts) == ["precision", "recall", "fmeasure"]
            assert list(parts.values()) == pytest.approx(list(expected.values()), abs=1e-12)


def test_bad_file_in_a_process(tmp_path: Path) -> None:
    """A bad file gives one line per problem, exit code 2 and no traceback."""
    done = evalkit("score", "summaries", write(tmp_path / "bad.jsonl", GOOD, "{", {"id": 2}))
    assert done.returncode == 2
    assert done.stdout == ""
    not_json, *others = [line.partition("bad.jsonl:")[2] for line in done.stderr.splitlines()]
    assert not_json.startswith("2: is not JSON (")
    assert not_json.endswith(" at column 2); write one object per line")
    assert others == [
        "3: prediction: is missing; add it",
        "3: references: is missing; add it, or name the data set that has it with --data",
    ]


def test_metrics_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each metric is listed with signature, task, range, direction and one sentence."""
    assert main(["metrics"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * len(available())
    for name, first, second in zip(available(), lines[::2], lines[1::2], strict=True):
        assert first.startswith(f"{metric(name).signature}  ({entry(name).kind}; 0 ")
        assert second.startswith("    ")
        assert second.endswith(".")


def score(
    capsys: pytest.CaptureFixture[str], kind: str, *arguments: str | Path
) -> tuple[int, str, str]:
    """Run `evalkit score KIND` here; return its code and what it printed."""
    code = main(["score", kind, *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers come out with one number per metric, and with the rule that decided."""
    file = write(tmp_path / "a.jsonl", GOOD | {"prediction": "襄阳市。"}, BAD)
    code, out, _ = score(capsys, "answers", file)
    first, second = lines_of(out)
    assert code == 0
    assert first["scores"] == {"em": 1.0, "em_strict": 0.0, "f1": 1.0}
    assert first["decided_by"] == "normalised"
    assert second["scores"] == {"em": 0.0, "em_strict": 0.0, "f1": pytest.approx(1 / 3)}


def test_summary_measures_are_plain_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A measure without parts comes out as its value."""
    file = write(tmp_path / "a.jsonl", GOOD | {"article": "襄阳市"})
    _, out, _ = score(capsys, "summaries", file, "--metrics", "coverage,rouge1")
    assert lines_of(out)[0]["scores"]["coverage"] == 1.0
    assert lines_of(out)[0]["scores"]["rouge1"]["precision"] == 1.0


def test_thinking_is_stripped_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Thinking is not part of a prediction; if it never ended, the prediction is empty."""
    rows = [
        GOOD | {"id": str(i), "prediction": prediction}
        for i, prediction in enumerate(["<think>荆州</think>襄阳市", "<think>襄阳市"])
    ]
    _, out, err = score(capsys, "summaries", write(tmp_path / "a.jsonl", *rows))
    assert [row["scores"]["rouge1"]["fmeasure"] for row in lines_of(out)] == [1.0, 0.0]
    assert "scored 2: 1 empty, 2 with thinking stripped (1 unclosed)" in err


def test_explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One case is explained: aligned tokens for ROUGE, both sides in canonical form for answers."""
    file = write(tmp_path / "a.jsonl", GOOD)
    code, out, _ = score(capsys, "summaries", file, "--metrics", "rougeL", "--explain", "1")
    assert code == 0
    assert "  reference:  [襄] [阳] 市" in out.splitlines()
    _, out, _ = score(capsys, "answers", file, "--metrics", "em_strict", "--explain", "1")
    assert out.splitlines()[0].endswith("  0.0000  decided by none")
    assert "  prediction: 襄阳" in out.splitlines()


def test_nothing_to_score_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A summary without numbers has no value in the output, and none in the mean."""
    rows = [
        {"id": id_, "prediction": text, "references": ["13名。"], "article": "有13名代表。"}
        for id_, text in (("1", "有13名代表。"), ("2", "有代表。"))
    ]
    file, options = write(tmp_path / "in.jsonl", *rows), ("--metrics", "number_precision")
    _, out, err = score(capsys, "summaries", file, *options)
    assert [line["scores"]["number_precision"] for line in lines_of(out)] == [1.0, None]
    assert "number_precision|v3  mean over predictions 1.0000  n 1  nothing to score in 1" in err
    _, out, _ = score(
        capsys, "summaries", file, *options, "--explain", "2", "--out", file.with_name("o.jsonl")
    )
    assert out.startswith("number_precision|v3  nothing to score\n")
    empty = write(tmp_path / "empty.jsonl", rows[1])
    assert "no mean  n 0  nothing to score in 1" in score(capsys, "summaries", empty, *options)[2]


def test_explain_beside_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --out, the explanation is printed and the file is written too."""
    file, out = write(tmp_path / "a.jsonl", GOOD), tmp_path / "out.jsonl"
    score(capsys, "summaries", file, "--explain", "1", "--out", out)
    assert [row["id"] for row in lines_of(out.read_text(encoding="utf-8"))] == ["1"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b'{"id": "1", "prediction": NaN}', "1: holds NaN, which is not JSON; write a number"),
        (b"{", "1: is not JSON (Expecting property name"),
        (b"[]", '1: is a list, not an object; write {"id": '),
        (b"{}", "1: is an empty object; give it an id"),
        (b"\xff", ": holds bytes that are not text; save it as UTF-8"),
        (b'{"id": "1", "id": "2"}', "1: id: duplicate key `id`; keep one of the two"),
        (b"[" * 100_000, "1: is nested too deeply or holds too long a number; write it simpler"),
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


def test_wrong_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every wrong option is named at once, with the nearest right word."""
    file = write(tmp_path / "a.jsonl", GOOD)
    options = ["--metrics", "rouge-2,em,rougeL,rougeL", "--segmenter", "zhmix"]
    code, _, err = score(
        capsys, "summaries", file, *options, "--references", "first", "--out", file
    )
    assert code == 2
    assert err.splitlines()[0] == "--metrics: unknown name `rouge-2`; did you mean `rouge2`?"
    assert "--metrics: unknown name `em`" in err
    assert "--metrics: duplicate `rougeL`; name it once" in err
    assert "--segmenter: unknown name `zhmix`; did you mean `zhmix-1`?" in err
    assert "--references: unknown name `first`; choose from max, mean, jackknife" in err
    assert "--out: is also an input file; name another" in err


@pytest.mark.parametrize(
    ("out", "problem"),
    [
        ("", "is a folder; name a file"),
        ("none/out.jsonl", "there is no folder "),
        ("out.xlsx", "has the ending '.xlsx'; use .jsonl, .csv, .parquet"),
    ],
)
def test_wrong_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, problem: str
) -> None:
    """A place that cannot be written is named before anything is scored."""
    file = write(tmp_path / "a.jsonl", GOOD)
    code, _, err = score(capsys, "summaries", file, "--out", tmp_path / out)
    assert code == 2
    assert problem in err


def test_an_output_that_cannot_be_written_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name too long for the file that is written beside it, or for any file."""
    file = write(tmp_path / "a.jsonl", GOOD)
    for length in (245, 300):
        out = tmp_path / ("x" * length + ".csv")
        code, _, err = score(capsys, "answers", file, "--out", out)
        assert code == 1
        assert err.startswith(f"{out}: cannot be ")
        assert "(File name too long)" in err
        assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == [file]


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


@pytest.fixture(name="squad")
def fixture_squad(tmp_path: Path) -> Path:
    """Return 2 articles with 6 questions each, beside right answers and mostly wrong ones."""
    data = [
        {
            "paragraphs": [
                {
                    "context": f"第{i}篇：来了{i}3名代表。",
                    "qas": [
                        {
                            "id": f"Q{i}{j}",
                            "question": "来了多少名代表？",
                            "answers": [{"text": f"{i}3名", "answer_start": 6}],
                        }
                        for j in range(6)
                    ],
                }
            ]
        }
        for i in range(1, 3)
    ]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": data}), encoding="utf-8")
    ids = [f"Q{i}{j}" for i in range(1, 3) for j in range(6)]
    right = {id_: f"{id_[1]}3名" for id_ in ids}
    (tmp_path / "right.json").write_text(json.dumps(right), encoding="utf-8")
    wrong = "".join(f"{id_},{right[id_] if id_.endswith('0') else '荆州'}\n" for id_ in ids)
    (tmp_path / "wrong.csv").write_text(f"id,prediction\n{wrong}", encoding="utf-8")
    return file


def test_answers_are_joined_to_a_data_set(squad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of ids and answers is scored against the questions of a data set."""
    answers = squad.with_name("right.json")
    code, out, err = score(capsys, "answers", answers, "--data", squad, "--metrics", "em")
    assert code == 0
    assert [line["scores"] for line in lines_of(out)] == [{"em": 1.0}] * 12
    assert "em|v5  mean over predictions 1.0000  n 12" in err
    config = squad.with_name("config.yaml")
    config.write_text(
        "{name: x, output: runs, data: {squad: squad.json}, tasks: {answer: {}}, limit: 1, "
        "models: [{name: lead, baseline: lead}]}",
        encoding="utf-8",
    )
    _, out, err = score(capsys, "answers", answers, "--data", config)
    assert len(lines_of(out)) == 6
    assert "right: 6 ids that the data set lacks: Q20, Q21, Q22 and 3 more" in err


def test_a_question_without_a_prediction_is_told(
    squad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has no score, and the exit code says that not all was scored."""
    answers = squad.with_name("some.json")
    answers.write_text('{"Q10": "13名"}', encoding="utf-8")
    code, out, err = score(capsys, "answers", answers, "--data", squad)
    assert code == 1
    assert len(lines_of(out)) == 1
    assert "some: no prediction for 11 examples, which are not scored: " in err


def test_ids_alone_need_a_data_set(squad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without references the remedy is --data; ids of another data set are refused by name."""
    code, _, err = score(capsys, "answers", squad.with_name("right.json"))
    assert code == 2
    assert "holds predictions by id, without references; name the data set that has them" in err
    squad.with_name("other.json").write_text('{"DEV_0": "13名"}', encoding="utf-8")
    code, _, err = score(capsys, "answers", squad.with_name("other.json"), "--data", squad)
    assert code == 2
    assert "other.json: no id is one of the data set: DEV_0; its ids are such as " in err
    code, _, err = score(capsys, "summaries", squad.with_name("right.json"), "--data", squad)
    assert code == 2
    assert "squad.json: has no reference summaries; name another data set" in err
    table = squad.with_name("wrong.csv")
    code, _, err = score(capsys, "answers", squad, "--data", table)
    assert code == 2
    assert "wrong.csv: is neither JSON in SQuAD's layout nor a config; name a config" in err


def test_examples_without_an_article_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each counts as an article, which makes intervals too narrow where texts are shared."""
    article: dict[str, Any] = {"article": "襄阳市有45个项目。"}
    files = [write(tmp_path / f"{name}.jsonl", GOOD, {**BAD, **article}) for name in ("a", "b")]
    code, printed, _ = score(capsys, "answers", *files)
    assert code == 0
    assert "Examples without `article`: 1. Each counts as one of" in printed
    files = [
        write(tmp_path / f"{n}.jsonl", {**GOOD, **article}, {**BAD, **article}) for n in ("a", "b")
    ]
    assert "without `article`" not in score(capsys, "answers", *files)[1]


def test_two_files_are_compared(squad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Means and the difference come with intervals and p, and the rows of both go to one file."""
    files, out = (
        [squad.with_name(name) for name in ("right.json", "wrong.csv")],
        squad.with_name("scores.csv"),
    )
    options = ("--data", squad, "--metrics", "em", "--out", out)
    code, printed, err = score(capsys, "answers", *files, *options)
    assert code == 0
    assert "em: right >> wrong" in printed.splitlines()
    assert "Each mean is over articles, an article's examples averaged first." in printed
    assert "without `article`" not in printed
    assert "+0.833" in printed
    assert "wrong: em|v5  mean over predictions 0.1667  n 12" in err
    table = pd.read_csv(out)
    assert list(table.columns) == ["file", "id", "em", "decided_by"]
    assert table.groupby("file")["em"].sum().to_dict() == {"right": 12.0, "wrong": 2.0}


def test_files_with_other_references_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores against other references say nothing about the two."""
    one = write(tmp_path / "one.jsonl", GOOD)
    two = write(tmp_path / "two.jsonl", GOOD | {"references": ["荆州"]})
    code, _, err = score(capsys, "answers", one, two)
    assert code == 2
    assert err.startswith(f"{two}: 1: has another question or other references than in {one};")


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


def test_parquet_holds_the_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ending tells the format."""
    out = tmp_path / "scores.parquet"
    file = write(tmp_path / "a.jsonl", GOOD, BAD)
    assert score(capsys, "answers", file, "--metrics", "em", "--out", out)[0] == 0
    found = pd.read_parquet(out)
    assert found[["id", "em"]].to_dict("list") == {"id": ["1", "2"], "em": [1.0, 0.0]}


def test_processes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores from several processes are those from one, in the same order."""
    monkeypatch.setattr(parallel, "_WORTH_IT_S", 0)
    monkeypatch.setattr(parallel, "_CHUNK", 7)
    cases = [
        Case(id=str(i), prediction="襄阳创客" * (i % 5), references=("襄阳",)) for i in range(20)
    ]
    work = [(case, (metric("rougeLsum"), metric("rouge2"))) for case in cases]
    alone = list(parallel.score_all(work))
    assert list(parallel.score_all(work, processes=2)) == alone
    assert [len(scores) for scores in alone] == [2] * 20
