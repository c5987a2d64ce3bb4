"""`gate` on real runs of the baselines over the first articles."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from evalkit.cli import main
from evalkit.store.folder import RunFolder
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.records import ExampleScore

MODELS = "[{name: lead, baseline: lead}, {name: textrank, baseline: textrank}]"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that runs the baselines and returns the run's folder."""
    folder = tmp_path_factory.mktemp("runs")

    def make(name: str, *more: str) -> Path:
        changes = [f"output={folder}", f"name={name}", f"models={MODELS}", "limit=3", *more]
        options = [word for change in changes for word in ("--set", change)]
        assert main(["run", str(ROOT / "configs/smoke.yaml"), *options, "--json"]) == 0
        return folder / name

    return make


@pytest.fixture(scope="module")
def first(made: Callable[..., Path]) -> Path:
    """Return a run of lead and TextRank on three articles."""
    return made("first")


def change_scores(
    run: Path, folder: Path, change: Callable[[ExampleScore], ExampleScore | None]
) -> Path:
    """Return a copy of a run whose scores are changed, or left out where the change is None."""
    shutil.copytree(run, folder)
    store = RunFolder(path=folder)
    store.write_scores([new for score in store.scores() if (new := change(score)) is not None])
    return folder


def f1_falls(score: ExampleScore) -> ExampleScore:
    """Return a score of a TextRank that lost four fifths of its f1."""
    hit = score.model == "textrank" and score.metric == "f1"
    return replace(score, value=score.value / 5) if hit else score


def test_all_rules_kept_is_exit_code_0(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is as good as asked, and as the baseline, passes; one line a rule."""
    rules = ["--min", "textrank:f1=0.05", "--min", "lead:rouge2=0"]
    assert main(["gate", str(first), *rules, "--no-worse-than", str(first)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 2 * 5
    assert all(line.startswith("pass  ") for line in lines)
    assert "95 % interval [" in lines[0]
    assert any(line.startswith("pass  textrank: f1 no worse: tied, +0.0000") for line in lines)


def test_mean_below_the_least_is_exit_code_1(
    first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One broken rule fails the gate, and the others are still told."""
    rules = ["--min", "textrank:em=0.9", "--min", "textrank:f1=0.05"]
    assert main(["gate", str(first), *rules]) == 1
    failed, passed = capsys.readouterr().out.splitlines()
    assert failed.startswith("FAIL  textrank: em ≥ 0.9: 0.0")
    assert passed.startswith("pass  textrank: f1 ≥ 0.05: 0.1")


def test_worse_than_the_baseline_fails(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A drop that the paired test sees fails; the metrics that did not move pass."""
    worse = change_scores(first, tmp_path / "worse", f1_falls)
    assert main(["gate", str(worse), "--no-worse-than", str(first)]) == 1
    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 1
    assert failed[0].startswith("FAIL  textrank: f1 no worse: worse, -0.1")


def test_lower_by_chance_is_not_worse(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mean that is a little lower, on one example, is no proof, and passes."""
    victim = "000-xiangyang-makers/short"

    def dip(score: ExampleScore) -> ExampleScore:
        return replace(score, value=score.value / 2) if score.example_id == victim else score

    lower = change_scores(first, tmp_path / "lower", dip)
    assert main(["gate", str(lower), "--no-worse-than", str(first)]) == 0
    assert "lead: rouge2 no worse: tied, -0.0" in capsys.readouterr().out


def test_better_than_the_baseline_passes(first: Path, tmp_path: Path) -> None:
    """An improvement passes, however large."""
    worse = change_scores(first, tmp_path / "worse", f1_falls)
    assert main(["gate", str(first), "--no-worse-than", str(worse)]) == 0


def test_examples_that_are_not_scored_fail_the_gate(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Leaving out examples, or all of them, never helps a system past the gate."""

    def lose(score: ExampleScore) -> ExampleScore | None:
        if score.model == "lead" and score.example_id.endswith("/short"):
            return None
        return None if score.model == "textrank" and score.metric == "em" else score

    partial = change_scores(first, tmp_path / "partial", lose)
    assert main(["gate", str(partial), "--no-worse-than", str(first)]) == 1
    out = capsys.readouterr().out
    assert "FAIL  lead: rouge2 no worse: tied, +0.0000" in out
    assert "but only 3 of 6 are scored" in out
    assert "FAIL  textrank: em no worse: 0 examples are scored, " in out


def test_partly_scored_mean_fails_its_rule(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mean over some of the planned examples is not the mean that was asked for."""
    partial = tmp_path / "partial"
    shutil.copytree(first, partial)
    folder = RunFolder(path=partial)
    summary = folder.summary()
    systems = tuple(
        replace(
            system,
            estimates=tuple(
                replace(e, n=e.n - 1) for e in system.estimates if e.metric != "rouge1"
            ),
        )
        for system in summary.systems
    )
    folder.write_summary(replace(summary, systems=systems))
    assert main(["gate", str(partial), "--min", "lead:f1=0", "--min", "lead:rouge1=0"]) == 1
    out = capsys.readouterr().out
    assert "FAIL  lead: f1 ≥ 0" in out
    assert "examples are scored" in out
    assert "FAIL  lead: rouge1 ≥ 0: has no score" in out


def test_one_article_cannot_be_tested(
    made: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """With a single article there is no paired test, and no test is no pass."""
    single = made("single", "limit=1")
    assert main(["gate", str(single), "--no-worse-than", str(single)]) == 1
    out = capsys.readouterr().out
    assert "which cannot be tested: one article has no spread" in out
    assert main(["gate", str(single), "--min", "lead:rouge2=0"]) == 0
    assert "interval" not in capsys.readouterr().out


def test_junit_holds_every_rule(first: Path, tmp_path: Path) -> None:
    """The XML has a case a rule, a failure for each that fails, and counts that add up."""
    file = tmp_path / "gate.xml"
    rules = ["--min", "lead:f1=0.9", "--min", "textrank:f1=0"]
    assert main(["gate", str(first), *rules, "--junit", str(file)]) == 1
    suite = ET.parse(file).getroot().find("testsuite")  # noqa: S314 - our own file
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failed, passed = suite.findall("testcase")
    assert (failed.get("classname"), failed.get("name")) == ("gate.lead", "lead: f1 ≥ 0.9")
    failure = failed.find("failure")
    assert failure is not None
    assert "95 % interval" in (failure.get("message") or "")
    assert passed.find("failure") is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "gate: has no rule; give --min"),
        (["--min", "lead=0.4"], "--min: `lead=0.4` is no rule; write SYSTEM:METRIC=VALUE"),
        (["--min", "leed:em=0.4"], "--min: `leed` is not in these runs; did you mean `lead`?"),
        (["--min", "lead:emm=0.4"], "--min: `emm` is not in these runs; did you mean `em`?"),
        (["--min", "lead:em=90"], "--min: `em=90`: its values end at 1; write 0.4 for 40 %"),
        (
            ["--min", "lead:repetition=0.1"],
            "--min: `repetition` is better the lower it is; use --max",
        ),
        (["--max", "lead:em=0.1"], "--max: `em` is better the higher it is; use --min"),
        (["--no-worse-than", "nowhere"], "nowhere: holds no finished run"),
        (["--min", "lead:em=0", "--junit", "no/such/folder.xml"], "folder.xml: cannot be written"),
    ],
)
def test_bad_input_is_exit_code_2(
    first: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    """What the user can mend is told, and is neither a pass nor a fail."""
    assert main(["gate", str(first), *arguments]) == 2
    assert reason in capsys.readouterr().err


def test_other_references_are_no_baseline(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that was scored with other references is refused, not compared."""
    other = tmp_path / "other"
    shutil.copytree(first, other)
    folder = RunFolder(path=other)
    manifest = folder.manifest()
    manifest["references"] = dict.fromkeys(manifest["references"], "0")
    folder.write_manifest(manifest)
    assert main(["gate", str(first), "--no-worse-than", str(other)]) == 2
    assert "references: not those of" in capsys.readouterr().err


def test_baseline_must_share_a_system(
    first: Path, made: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A baseline run of other systems says nothing about these."""
    strangers = made("strangers", "models=[{name: first-lines, baseline: lead}]")
    assert main(["gate", str(first), "--no-worse-than", str(strangers)]) == 2
    assert "has no system of" in capsys.readouterr().err
