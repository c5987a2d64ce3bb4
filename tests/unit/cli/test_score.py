"""Promises of `evalkit score` and `evalkit metrics`."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from evalkit.cli import main
from evalkit.metrics import available, entry, metric
from tests.support.paths import ROOT
from tests.support.runs import write_run
from tests.support.scoring import BAD, GOOD, lines_of, score, write

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN = ROOT / "tests" / "golden" / "rouge.jsonl"


def evalkit(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "evalkit", *map(str, arguments)]
    return subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, capture_output=True, check=False, text=True, encoding="utf-8"
    )


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


def test_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers come out with one number per metric, and with the rule that decided."""
    file = write(tmp_path / "a.jsonl", GOOD | {"prediction": "襄阳市。"}, BAD)
    code, out, _ = score(capsys, "answers", file)
    first, second = lines_of(out)
    assert code == 0
    assert first["scores"] == {"em": 1.0, "em_extracted": 1.0, "em_strict": 0.0, "f1": 1.0}
    assert first["decided_by"] == "normalised"
    assert second["scores"] == {
        "em": 0.0,
        "em_extracted": 0.0,
        "em_strict": 0.0,
        "f1": pytest.approx(1 / 3),
    }


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
    assert "number_precision|v4  mean over predictions 1.0000  n 1  nothing to score in 1" in err
    _, out, _ = score(
        capsys, "summaries", file, *options, "--explain", "2", "--out", file.with_name("o.jsonl")
    )
    assert out.startswith("number_precision|v4  nothing to score\n")
    empty = write(tmp_path / "empty.jsonl", rows[1])
    assert "no mean  n 0  nothing to score in 1" in score(capsys, "summaries", empty, *options)[2]


def test_explain_beside_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --out, the explanation is printed and the file is written too."""
    file, out = write(tmp_path / "a.jsonl", GOOD), tmp_path / "out.jsonl"
    score(capsys, "summaries", file, "--explain", "1", "--out", out)
    assert [row["id"] for row in lines_of(out.read_text(encoding="utf-8"))] == ["1"]


def test_wrong_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every wrong option is named at once, with the nearest right word."""
    file = write(tmp_path / "a.jsonl", GOOD)
    options = ["--metrics", "rouge-2,em,rougeL,rougeL", "--segmenter", "zhmix"]
    code, _, err = score(
        capsys, "summaries", file, *options, "--references", "first", "--out", file
    )
    assert code == 2
    assert (
        err.splitlines()[0]
        == "--metrics: `rouge-2` is not a metric for summary tasks; did you mean `rouge2`?"
    )
    assert "--metrics: `em` is not a metric for summary tasks" in err
    assert "--metrics: duplicate `rougeL`; name it once" in err
    assert "--segmenter: unknown name `zhmix`; did you mean `zhmix-1`?" in err
    assert "--references: unknown name `first`; choose from max, mean, jackknife" in err
    assert "--out: is also an input file; name another" in err


def test_scores_replace_no_file_of_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run has a file scores.jsonl too, and cannot be read without its own."""
    file, run = write(tmp_path / "a.jsonl", GOOD), write_run(tmp_path / "run")
    before = (run / "scores.jsonl").read_bytes()
    code, _, err = score(capsys, "summaries", file, "--out", run / "scores.jsonl")
    assert (code, err) == (2, "--out: is a file of a run; name another\n")
    assert (run / "scores.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("out", "problem"),
    [
        ("", "is a folder; name a file"),
        ("none/out.jsonl", "cannot be written (No such file or directory); name a file"),
        ("/sys/out.jsonl", "cannot be written ("),
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


def test_parquet_holds_the_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ending tells the format."""
    out = tmp_path / "scores.parquet"
    file = write(tmp_path / "a.jsonl", GOOD, BAD)
    assert score(capsys, "answers", file, "--metrics", "em", "--out", out)[0] == 0
    found = pd.read_parquet(out)
    assert found[["id", "em"]].to_dict("list") == {"id": ["1", "2"], "em": [1.0, 0.0]}
