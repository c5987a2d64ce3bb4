"""`compare` prints what finished runs hold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli import main
from evalkit.records import Generation
from evalkit.store.folder import RunFolder
from evalkit.store.jsonl import read_all, write_all
from tests.support.runs import EXAMPLES, METRICS, SYSTEMS, qwen_leads, reseal, system, write_run

if TYPE_CHECKING:
    from pathlib import Path


PAIR = SYSTEMS[:2]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of two models."""
    return write_run(tmp_path_factory.mktemp("runs") / "first", systems=PAIR, value=qwen_leads)


@pytest.fixture(scope="module")
def second(first: Path) -> Path:
    """Return a run of one of them with the oracle."""
    systems = (SYSTEMS[0], system("oracle", "oracle"))
    return write_run(first.parent / "second", systems=systems, value=qwen_leads)


def compare_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    """Return what `compare --json` prints."""
    assert main(["compare", *map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_two_systems_are_shown_from_table_to_examples(
    first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run of two systems prints ranking, differences, parts and the examples furthest apart."""
    assert main(["compare", str(first)]) == 0
    out = capsys.readouterr().out
    for expected in (
        "em: qwen >> llama",
        "f1: qwen >> llama",
        "differences, a − b",
        "type: number",
        "evidence: end",
    ):
        assert expected in out
    assert "difficulty: 1" in out
    assert "no table by type" not in out
    assert "reference: 上海书展8月15日 | 书展开幕" in out
    assert "qwen (1.00): 上海书展8月15日" in out
    assert "qwen (1.00, rule: text): " in out


def test_runs_on_the_same_examples_show_how_each_system_went(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a table, and in JSON; one run alone has no trend."""
    again = write_run(tmp_path / "again", systems=PAIR)
    assert compare_json(capsys, first)["trends"] == []
    trends = compare_json(capsys, first, again, "--metric", "em")["trends"]
    assert [run["run"] for run in trends[0]["runs"]] == ["first", "again"]
    assert [line["system"] for line in trends[0]["lines"]] == ["qwen", "llama"]
    assert main(["compare", str(first), str(again)]) == 0
    out = capsys.readouterr().out
    assert "means over time" in out
    qwen = trends[0]["lines"][0]["means"]
    (row,) = (line for line in out.splitlines() if "em · qwen" in line)
    assert row.split("│")[2:4] == [f"{mean:>17.3f} " for mean in qwen]


def test_questions_without_types_say_why_there_is_no_table_by_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Data sets such as CMRC 2018 have none; a run of summaries alone is not told so."""
    for kind, expected in (("answer", True), ("summary", False)):
        examples = [replace(each, type=None) for each in EXAMPLES if each.kind == kind]
        run = write_run(tmp_path / kind, systems=PAIR, examples=examples)
        metrics = "em" if kind == "answer" else "rougeLsum"
        assert main(["compare", str(run), "--metric", metrics]) == 0
        said = "No question has a type, so there is no table by type." in capsys.readouterr().out
        assert said == expected


def test_json_has_summary_parts_examples_and_notes(
    first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary as in summary.json, the parts by the way of dividing, all examples by metric."""
    found = compare_json(capsys, first, "--metric", "f1,rouge1")
    assert set(found) == {"summary", "parts", "examples", "notes", "trends"}
    assert [facts["name"] for facts in found["summary"]["metrics"]] == ["f1", "rouge1"]
    assert {example["metric"] for example in found["examples"]} == {"f1", "rouge1"}
    assert found["notes"] == []


def test_a_metric_given_twice_is_compared_once(
    first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It counts once among the tests that p is adjusted for."""
    once = compare_json(capsys, first, "--metric", "em")
    assert compare_json(capsys, first, "--metric", "em,em") == once


def test_systems_of_two_runs_are_told_apart_by_run(
    first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A system that both runs have is named with its run; the others keep their names."""
    found = compare_json(capsys, first, second)
    names = [system["name"] for system in found["summary"]["systems"]]
    assert names == ["first/qwen", "llama", "second/qwen", "oracle"]
    assert found["parts"] == {}
    same = next(c for c in found["summary"]["comparisons"] if c["b"] == "second/qwen")
    assert (same["a"], same["difference"]) == ("first/qwen", 0)
    assert (same["here"]["verdict"], same["general"]["verdict"]) == ("tied", "tied")


def test_more_than_two_systems_ask_for_two(
    first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With three systems the details are left out, and a line says how to get them."""
    assert main(["compare", str(first), str(second), "--models", "llama,qwen"]) == 0
    out = capsys.readouterr().out
    assert "Name two systems with --models" in out
    assert "type: number" not in out


def test_the_oracle_is_apart_from_the_differences(
    first: Path, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Models are compared among themselves; with the oracle only where it is all there is."""
    assert main(["compare", str(first), str(second)]) == 0
    table = capsys.readouterr().out.partition("differences, a − b")[2]
    rows, _, notes = table.partition("here: had other questions")
    assert "qwen is better" in rows
    assert "oracle" not in rows
    assert "not ranked" in notes
    assert main(["compare", str(second)]) == 0
    assert "oracle" in capsys.readouterr().out.partition("differences, a − b")[2]


def test_one_article_says_nothing_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of one article is shown, and says nothing about articles in general."""
    single = [example for example in EXAMPLES if example.article_id == "bridge"]
    path = write_run(tmp_path / "run", systems=PAIR, examples=single, value=qwen_leads)
    assert main(["compare", str(path)]) == 0
    out = capsys.readouterr().out
    assert "em: qwen ~ llama" in out
    assert "no interval" in out


def edit_manifest(path: Path, **changes: object) -> None:
    """Change keys of a run's manifest."""
    file = path / "manifest.json"
    manifest = json.loads(file.read_bytes()) | changes
    file.write_text(json.dumps(manifest), encoding="utf-8")


def test_what_may_not_be_compared_is_exit_code_2(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs on other references, and all folders that hold no run, are named with the reason."""
    other = write_run(tmp_path / "other", systems=PAIR)
    edit_manifest(other, references={"bridge": "0", "rain": "1", "fair": "2"})
    assert main(["compare", str(first), str(other)]) == 2
    assert f"{other}: references: not those of" in capsys.readouterr().err
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 2
    err = capsys.readouterr().err
    assert f"{tmp_path / 'a'}/manifest.json: does not exist" in err
    assert f"{tmp_path / 'b'}/manifest.json: does not exist" in err


def test_runs_with_other_metrics_are_offered_what_both_score(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To score again gives no metric that a config does not name; the offered option works."""
    fewer = [facts for facts in METRICS if facts.name != "em"]
    other = write_run(tmp_path / "other", systems=PAIR, metrics=fewer)
    assert main(["compare", str(first), str(other)]) == 2
    line = capsys.readouterr().err.strip()
    assert "signatures.em: not scored here" in line
    assert "add it to `metrics` of the config that lacks it" in line
    assert "rescore" not in line
    option = line.rpartition("or compare what all score: ")[2].split()
    assert main(["compare", str(first), str(other), *option]) == 0


def test_another_wording_is_noted_and_compared(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be what the comparison is about."""
    other = write_run(tmp_path / "other", systems=PAIR)
    edit_manifest(other, prompts={"answer/terse": "3" * 64})
    assert main(["compare", str(first), str(other), "--models", "qwen"]) == 0
    assert f"{other}: templates: not as in {first}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["--models", "qwem,llama"], "--models"),
        (["--models", "qwen"], "--models"),
        (["--metric", "rouge9"], "--metric"),
    ],
)
def test_bad_names_are_exit_code_2(
    first: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], option: str
) -> None:
    """A name that no run has, or one alone."""
    assert main(["compare", str(first), *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"{option}: ")


def test_hostile_text_is_shown_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup in a prediction neither formats the terminal's output nor breaks it."""
    path = write_run(tmp_path / "run", systems=PAIR, value=qwen_leads)
    file = RunFolder(path=path).generations_file
    hostile = "[/bold]\n[red]红[/red]"
    generations = [replace(g, text=hostile) for g in read_all(file, Generation)]
    write_all(file, generations)
    reseal(path)
    assert main(["compare", str(path)]) == 0
    assert "[/bold] [red]红[/red]" in capsys.readouterr().out
