"""A run folder of format 1 becomes one of this format, and loses nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.analysis.comparison import compare_runs
from evalkit.analysis.gate import check_no_worse
from evalkit.analysis.run import load
from evalkit.cli import main
from evalkit.errors import StoreError
from evalkit.runner.upgrade import upgrade
from tests.support.paths import ROOT
from tests.support.problems import problems_of
from tests.support.runs import write_run

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = ROOT / "tests/golden/run-format-1"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a run of an earlier evalkit, in its project."""
    shutil.copytree(PROJECT, tmp_path / "project")
    return tmp_path / "project/results/old"


def lines_of(file: Path) -> list[dict[str, Any]]:
    """Return the records of a file, as they are written."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_every_score_and_mean_is_kept(old: Path) -> None:
    """What scores are made of moves to the details; intervals and p are those of this version."""
    scores = lines_of(old / "scores.jsonl")
    summary = json.loads((old / "summary.json").read_bytes())
    assert upgrade(old) == ["upgraded to format 3"]
    run = load(old)
    assert [score.value for score in run.scores] == [score["value"] for score in scores]
    assert [detail.compared for detail in run.details] == [score["compared"] for score in scores]
    means = [e.mean for s in run.summary.systems for e in s.estimates]
    before = [e["mean"] for s in summary["systems"] for e in s["estimates"]]
    assert means == pytest.approx(before, abs=1e-12)
    assert {(c.a, c.b, c.metric): c.difference for c in run.summary.comparisons} == {
        (c["a"], c["b"], c["metric"]): pytest.approx(c["difference"], abs=1e-12)
        for c in summary["comparisons"]
    }
    em = [e for s in run.summary.systems for e in s.estimates if e.metric == "em"]
    assert {(e.here.method, e.general.method) for e in em} == {
        ("Jeffreys over 3 examples", "beta-binomial over 2 articles")
    }


def test_every_generation_is_kept(old: Path) -> None:
    """In its order, with its key and text; systems find theirs."""
    before = lines_of(old / "generations.jsonl")
    upgrade(old)
    after = lines_of(old / "generations.jsonl")
    assert [(g["key"], g["text"], g["seconds"]) for g in after] == [
        (g["key"], g["text"], g["latency_s"]) for g in before
    ]
    assert len(load(old).generations) == len(before)


def test_words_are_those_of_this_version(old: Path) -> None:
    """Roles, steps, signatures without the package's version, the config's schema."""
    upgrade(old)
    run = load(old)
    assert {row.name: row.role for row in run.summary.systems} == {
        "lead": "baseline", "textrank": "baseline", "oracle": "oracle", "human": "human",
    }  # fmt: skip
    assert {e.step for e in run.examples.values()} == {"article", "summary_qa", "closed_book"}
    assert "bridge/q1@closed_book" in run.examples
    assert run.manifest.signatures["em"] == "em|v2"
    assert run.manifest.signatures["rouge2"] == "rouge2|seg:zhmix-1|refs:max|v1"
    assert run.summary.metric("em_closed_book").step == "closed_book"
    assert run.summary.metric("repetition").better == "lower"
    assert set(run.manifest.config["tasks"]) == {"short", "answer"}
    assert run.manifest.config["prompts"]["wordings"] == ["default"]
    assert set(run.manifest.prompts) == {"summary/default", "answer/default"}


def test_articles_and_references_come_from_the_project(old: Path) -> None:
    """Where they are what the run was made of, the folder describes itself from then on."""
    upgrade(old)
    run = load(old)
    question = run.examples["bridge/q1"]
    assert (question.references, question.type, question.unit) == (("3公里",), "number", "公里")
    assert len(run.examples["bridge/short"].references) == 2
    assert run.articles["rain"].text.startswith("武汉昨天下了大雨")
    assert set(compare_runs([run], ("lead", "textrank")).parts) >= {"type", "evidence"}


def test_an_upgraded_run_is_compared_gated_and_scored_again(old: Path) -> None:
    """With the same values."""
    upgrade(old)
    run = load(old)
    assert all(result.passed for result in check_no_worse(run, run))
    before = run.scores
    assert main(["rescore", str(old)]) == 0
    after = {(s.system, s.example, s.metric): s.value for s in load(old).scores}
    assert after == {(s.system, s.example, s.metric): s.value for s in before}


def test_what_has_changed_since_is_left_out_and_said(old: Path) -> None:
    """Of an edited article only what the run recorded is known; the others are complete."""
    article = old.parents[1] / "seeds/rain.txt"
    article.write_text("武汉今天放晴。", encoding="utf-8")
    first, missing, *_ = upgrade(old)
    assert first == "upgraded to format 3"
    assert "rain" in missing
    run = load(old)
    assert run.articles["rain"].text == ""
    assert run.examples["rain/q1"].question == "雨量是多少？"
    assert run.examples["rain/q1"].references == ()
    assert run.examples["bridge/q1"].references == ("3公里",)


def test_a_run_without_its_project_is_read_and_never_scored_empty(
    old: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Comparing works; scoring again needs the references, and refuses without them."""
    monkeypatch.chdir(tmp_path)
    alone = tmp_path / "alone"
    shutil.copytree(old, alone)
    assert len(upgrade(alone)) == 3
    run = load(alone)
    assert compare_runs([run], ("lead", "oracle")).summary.comparisons
    assert main(["rescore", str(alone)]) == 2
    assert "index.yaml" in capsys.readouterr().err
    assert load(alone).scores == run.scores


def test_the_three_files_of_a_baseline_are_enough(old: Path) -> None:
    """They are upgraded without the rest, which is not made up."""
    for name in ("generations.jsonl", "requests.jsonl"):
        (old / name).unlink()
    upgrade(old)
    run = load(old)
    assert all(result.passed for result in check_no_worse(run, run))
    assert not (old / "generations.jsonl").exists()
    assert run.examples["bridge/q1"].references == ("3公里",)


KILLED = """
    import os, signal, shutil, sys
    from pathlib import Path
    from evalkit.runner.upgrade import upgrade

    def run_killed_at(n, path):
        left = [n]
        def hook(event, _arguments):
            if event == "os.rename":
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        upgrade(path)
        os._exit(0)

    project, copies = map(Path, sys.argv[1:])
    for n in range(100):
        shutil.copytree(project, copies / str(n))
        if (child := os.fork()) == 0:
            run_killed_at(n, copies / str(n) / "results/old")
        if os.waitpid(child, 0)[1] == 0:
            break
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")
def test_an_upgrade_that_was_killed_can_be_repeated(old: Path, tmp_path: Path) -> None:
    """Killed before any of its renames, it ends with the same files; until then it is not a run."""
    script = [sys.executable, "-c", textwrap.dedent(KILLED), str(PROJECT), str(tmp_path / "copies")]
    subprocess.run(script, check=True, cwd=ROOT)  # noqa: S603 - this file's own text
    upgrade(old)
    expected = {file.name: file.read_bytes() for file in old.iterdir()}
    copies = sorted((tmp_path / "copies").iterdir(), key=lambda copy: int(copy.name))
    assert len(copies) > 2 * 8
    for copy in copies[:-1]:
        path = copy / "results/old"
        (problem,) = problems_of(partial(load, path))
        assert problem.code == "outdated"
        upgrade(path)
        assert {file.name: file.read_bytes() for file in path.iterdir()} == expected


def test_an_old_run_is_refused_with_the_command(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, whatever is wanted of it."""
    for command in ("compare", "gate", "report", "rescore", "repeat"):
        more = ["--min", "lead:em=0"] if command == "gate" else []
        assert main([command, str(old), *more]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.endswith(f"python -m evalkit runs upgrade {old}")


def test_what_is_not_an_old_run_is_left_as_it_is(old: Path, tmp_path: Path) -> None:
    """A run of this format, one of a later evalkit, and what is damaged or no run at all."""
    new = write_run(tmp_path / "new")
    before = {file.name: file.read_bytes() for file in new.iterdir()}
    assert upgrade(new) == ["has format 3 already"]
    assert {
        file.name: file.read_bytes() for file in new.iterdir() if file.name != ".lock"
    } == before
    (new / "manifest.json").write_text('{"format": 4}', encoding="utf-8")
    assert problems_of(lambda: upgrade(new))[0].code == "unreadable"
    assert problems_of(lambda: upgrade(tmp_path / "nowhere"))[0].code == "missing"
    (old / "scores.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(StoreError, match=r"scores\.jsonl:1"):
        upgrade(old)
    assert problems_of(lambda: load(old))[0].code == "outdated"
