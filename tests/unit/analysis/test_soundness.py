"""What a run folder claims is checked: by the manifest's digests, and by what metrics can be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from tests.support.problems import problems_of
from tests.support.runs import reseal, write_run

if TYPE_CHECKING:
    from pathlib import Path


def test_an_edited_summary_passes_no_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor is it compared, reported or shown; the file is named."""
    run = write_run(tmp_path / "run")
    file = run / "summary.json"
    content = json.loads(file.read_bytes())
    content["systems"][0]["estimates"][0]["mean"] = 0.99
    file.write_text(json.dumps(content), encoding="utf-8")
    metric = content["systems"][0]["estimates"][0]["metric"]
    for command in (["gate", "--min", f"qwen:{metric}=0.98"], ["compare"], ["report"]):
        assert main([command[0], str(run), *command[1:]]) == 2
        assert "summary.json: is not what the run wrote" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["scores.jsonl", "details.jsonl", "generations.jsonl", "examples.jsonl"]
)
def test_an_edited_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    """A line more is enough; other ends of line, as Git may make them, are not."""
    run = write_run(tmp_path / "run")
    file = run / name
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"\n", b"\r\n"))
    assert list(getattr(load(run), name.partition(".")[0]))
    file.write_bytes(whole + whole.splitlines(keepends=True)[0])
    (problem,) = problems_of(lambda: list(getattr(load(run), name.partition(".")[0])))
    assert (problem.code, problem.file) == ("changed", str(file))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "7", "-0.5", "1e300"])
def test_a_value_that_a_metric_cannot_have_is_refused(tmp_path: Path, value: str) -> None:
    """Though the manifest vouches for the file."""
    run = write_run(tmp_path / "run")
    file = run / "scores.jsonl"
    first, *others = file.read_text(encoding="utf-8").splitlines()
    changed = json.dumps(json.loads(first) | {"value": "?"}).replace('"?"', value)
    file.write_text("\n".join([changed, *others, ""]), encoding="utf-8")
    reseal(run)
    (problem,) = problems_of(lambda: load(run).scores)
    assert problem.file == str(file)
    assert "values that their metric cannot have" in problem.what


def test_a_value_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """It would count twice."""
    run = write_run(tmp_path / "run")
    file = run / "scores.jsonl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + text.splitlines(keepends=True)[0], encoding="utf-8")
    reseal(run)
    (problem,) = problems_of(lambda: load(run).scores)
    assert "values twice" in problem.what


def test_a_mean_that_is_not_that_of_the_scores_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though the manifest vouches for both files."""
    run = write_run(tmp_path / "run")
    file = run / "summary.json"
    content = json.loads(file.read_bytes())
    estimate = content["systems"][0]["estimates"][0]
    estimate["mean"] = 0.99
    file.write_text(json.dumps(content), encoding="utf-8")
    reseal(run)
    for command in (["gate", "--min", f"qwen:{estimate['metric']}=0.98"], ["compare"], ["report"]):
        assert main([command[0], str(run), *command[1:]]) == 2
        said = capsys.readouterr().err
        assert f"means that are not those of scores.jsonl: qwen: {estimate['metric']}" in said


@pytest.mark.parametrize("name", ["scores.jsonl", "generations.jsonl", "articles.jsonl"])
def test_a_gate_needs_all_files_that_are_there_as_they_were(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also those that the rule itself does not read."""
    run = write_run(tmp_path / "run")
    with (run / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert main(["gate", str(run), "--min", "qwen:em=0"]) == 2
    assert f"{name}: is not what the run wrote" in capsys.readouterr().err


def test_a_name_of_several_lines_is_refused(tmp_path: Path) -> None:
    """It could show a line of a gate that is none."""
    run = write_run(tmp_path / "run")
    file = run / "summary.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"llama"', r'"x\npass  llama"'), encoding="utf-8")
    reseal(run)
    (problem,) = problems_of(lambda: load(run))
    assert "names of several lines" in problem.what


@pytest.mark.parametrize("name", ["generations.jsonl", "scores.jsonl"])
def test_the_remedy_of_a_changed_file_is_the_command_that_makes_it_again(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scoring makes scores, and cannot make generations: a rescore refuses these itself."""
    run = write_run(tmp_path / "run")
    with (run / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    scores = name == "scores.jsonl"
    again = "score the run again: python -m evalkit rescore" if scores else "run the config again"
    assert main(["compare" if scores else "rescore", str(run)]) == 2
    assert f"{name}: is not what the run wrote" in (said := capsys.readouterr().err)
    assert said.rstrip().endswith(f"restore it, or {again}")
