"""`gate` prints a line for each rule, and its exit code is for continuous integration."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from evalkit.cli import main
from tests.support.runs import EXAMPLES, draw_value, system, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Example

SYSTEMS = (system("qwen"), system("lead", "baseline"))


def value(name: str, example: Example, metric: str) -> float:
    """Return values of at least one half."""
    return draw_value(name, example, metric) / 2 + 0.5


def fallen(name: str, example: Example, metric: str) -> float:
    """Return the values of a qwen that lost all of its f1."""
    return 0.0 if (name, metric) == ("qwen", "f1") else value(name, example, metric)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run."""
    return write_run(tmp_path_factory.mktemp("runs") / "first", systems=SYSTEMS, value=value)


def test_all_rules_kept_is_exit_code_0(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is as good as asked, and as the baseline, passes; both with their dates."""
    rules = ["--min", "qwen:f1=0.5", "--min", "lead:em=0"]
    assert main(["gate", str(first), *rules, "--no-worse-than", str(first)]) == 0
    lines = capsys.readouterr().out.splitlines()
    of_runs, lines = lines[:2], lines[2:]
    when = "ended 2026-01-01 00:01 UTC"
    assert of_runs == [f"run: {first}, {when}", f"baseline: {first}, {when}"]
    assert len(lines) == 2 + 2 * 3
    assert all(line.startswith("pass  ") for line in lines)
    assert "95% interval on these articles [" in lines[0]
    assert any(line.startswith("pass  qwen: f1 no worse: tied, +0.0000") for line in lines)


def test_one_broken_rule_is_exit_code_1(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other rules are printed as well."""
    rules = ["--min", "qwen:f1=0.99", "--min", "qwen:em=0.1"]
    assert main(["gate", str(first), *rules]) == 1
    _, failed, passed = capsys.readouterr().out.splitlines()
    assert failed.startswith("FAIL  qwen: f1 ≥ 0.99: 0.")
    assert passed.startswith("pass  qwen: em ≥ 0.1: 0.")


def test_worse_than_the_baseline_is_exit_code_1(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The metrics that did not move pass; the other way round everything does."""
    worse = write_run(tmp_path / "worse", systems=SYSTEMS, value=fallen)
    assert main(["gate", str(worse), "--no-worse-than", str(first)]) == 1
    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 1
    assert failed[0].startswith("FAIL  qwen: f1 no worse: worse, -0.")
    assert main(["gate", str(first), "--no-worse-than", str(worse)]) == 0


def test_questions_alone_are_no_worse_than_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Metrics of summaries, which neither run has, are not rules."""
    answers = [example for example in EXAMPLES if example.kind == "answer"]
    run = write_run(tmp_path / "run", systems=SYSTEMS, examples=answers)
    assert main(["gate", str(run), "--no-worse-than", str(run)]) == 0
    assert "rouge" not in capsys.readouterr().out


def test_three_files_are_enough_for_a_baseline(first: Path, tmp_path: Path) -> None:
    """As the documentation recommends to commit."""
    (tmp_path / "baseline").mkdir()
    for name in ("manifest.json", "summary.json", "scores.jsonl"):
        (tmp_path / "baseline" / name).write_bytes((first / name).read_bytes())
    assert main(["gate", str(first), "--no-worse-than", str(tmp_path / "baseline")]) == 0


def test_junit_holds_every_rule(first: Path, tmp_path: Path) -> None:
    """A case for each rule, a failure for each that fails, counts that add up, the run's date."""
    file = tmp_path / "gate.xml"
    rules = ["--min", "lead:f1=0.99", "--min", "qwen:f1=0"]
    assert main(["gate", str(first), *rules, "--junit", str(file)]) == 1
    suite = ET.parse(file).getroot().find("testsuite")  # noqa: S314 - our own file
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    (judged,) = suite.findall("properties/property")
    assert judged.attrib == {"name": "run", "value": f"{first}, ended 2026-01-01 00:01 UTC"}
    failed, passed = suite.findall("testcase")
    assert (failed.get("classname"), failed.get("name")) == ("gate.lead", "lead: f1 ≥ 0.99")
    failure = failed.find("failure")
    assert failure is not None
    assert "95% interval" in (failure.get("message") or "")
    assert passed.find("failure") is None


def test_bad_input_is_an_error_in_junit(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An older file of that name must not pass for the result; it holds every problem."""
    file = tmp_path / "gate.xml"
    file.write_text("<testsuites tests='1' failures='0'/>", encoding="utf-8")
    rules = ["--min", "leed:em=0.4", "--min", "lead:emm=0.4"]
    assert main(["gate", str(first), *rules, "--junit", str(file)]) == 2
    suite = ET.parse(file).getroot().find("testsuite")  # noqa: S314 - our own file
    assert suite is not None
    assert [suite.get(key) for key in ("tests", "failures", "errors")] == ["1", "0", "1"]
    error = suite.find("testcase/error")
    assert error is not None
    said = capsys.readouterr().err.strip()
    assert (error.get("message"), error.text) == (said.partition("\n")[0], said)


def test_the_results_replace_no_file_of_a_run(
    first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without its manifest the run could not be read again."""
    file = first / "manifest.json"
    before = file.read_bytes()
    assert main(["gate", str(first), "--min", "lead:em=0", "--junit", str(file)]) == 2
    assert capsys.readouterr().err == "--junit: is a file of a run; name another\n"
    assert file.read_bytes() == before


def test_control_characters_of_a_run_reach_neither_screen_nor_xml(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name in a folder from elsewhere is data."""
    run = write_run(tmp_path / "run", systems=(system("a\x1b[2J"), system("b")))
    file = tmp_path / "gate.xml"
    main(["gate", str(run), "--no-worse-than", str(run), "--junit", str(file)])
    assert "\x1b" not in capsys.readouterr().out
    assert ET.parse(file).getroot().find("testsuite") is not None  # noqa: S314 - our own file


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ([], "gate: has no rule"),
        (["--min", "lead=0.4"], "--min: `lead=0.4` is not a rule"),
        (["--min", "leed:em=0.4"], "--min: `leed` is not in the results"),
        (["--min", "lead:em=90"], "--min: `em=90`"),
        (["--max", "lead:em=0.1"], "--max: `em`"),
        (["--no-worse-than", "nowhere"], "nowhere/manifest.json: does not exist"),
        (["--min", "lead:em=0", "--junit", "no/such/folder.xml"], "no/such/folder.xml: cannot"),
    ],
)
def test_bad_input_is_exit_code_2(
    first: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], place: str
) -> None:
    """What the user can fix is named, and is neither a pass nor a fail."""
    assert main(["gate", str(first), *arguments]) == 2
    assert capsys.readouterr().err.startswith(place)
