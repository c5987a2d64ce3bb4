"""Promises of a run over articles that nobody has written references for, or not all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from tests.support.project import Project

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_REFERENCE = {
    "fact_precision",
    "number_precision",
    "coverage",
    "novel_bigrams",
    "repetition",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project of two articles with references, and be in its folder."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def bare(project: Project) -> Project:
    """Return a project with two articles, without references, and two baselines."""
    project.config["data"] = {"articles": "seeds/index.yaml"}
    project.config["models"] = [
        {"name": "lead", "baseline": "lead"},
        {"name": "textrank", "baseline": "textrank"},
    ]
    return project


def test_systems_are_shown_side_by_side(bare: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Each article is summarised in each length; what reads no reference scores the summaries."""
    done = bare.run()
    assert done["lead"] == done["textrank"] == ["a/short", "a/long", "b/short", "b/long"]
    run = load(bare.root / "runs/run")
    assert {facts.name for facts in run.summary.metrics} >= WITHOUT_REFERENCE
    assert not any(facts.reads_references for facts in run.summary.metrics)
    assert set(run.summary.headline()) >= WITHOUT_REFERENCE
    assert {system.name for system in run.summary.systems} == {"lead", "textrank"}
    assert all(example.references == () for example in run.examples.values())
    printed = capsys.readouterr().out
    assert "rouge" not in printed
    assert "No metric here reads references" in " ".join(printed.split())
    assert "let people judge them (python -m evalkit annotate preferences RUN)" in printed
    for report in ("report.html", "report.md"):
        assert "No metric here reads references" in (run.path / report).read_text(encoding="utf-8")


def test_the_run_can_be_read_scored_and_compared(bare: Project) -> None:
    """No command needs references either."""
    bare.run()
    before = (bare.root / "runs/run/summary.json").read_text(encoding="utf-8")
    assert main(["rescore", "runs/run"]) == 0
    assert (bare.root / "runs/run/summary.json").read_text(encoding="utf-8") == before
    assert main(["compare", "runs/run"]) == 0
    assert main(["report", "runs/run"]) == 0
    assert main(["check", "config.yaml"]) == 0


def test_a_run_of_which_nothing_can_be_scored_still_shows_its_outputs(bare: Project) -> None:
    """With ROUGE alone there is no number, and every summary can be read."""
    bare.config["metrics"] = {"summary": ["rouge1"]}
    bare.run()
    run = load(bare.root / "runs/run")
    assert run.summary.metrics == ()
    assert len(run.generations) == 8
    assert (run.path / "report.html").exists()


def test_an_oracle_has_nothing_to_copy_from(
    bare: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused by its place in the config before anything runs."""
    bare.config["models"].append({"name": "oracle", "baseline": "oracle"})
    bare.write("config.yaml", bare.config)
    assert main(["run", "config.yaml"]) == 2
    assert "models.2: needs references" in capsys.readouterr().err
    assert not (bare.root / "runs").exists()


def test_a_table_of_articles_alone_is_run(bare: Project) -> None:
    """Neither summaries nor answers are needed to compare what systems write."""
    rows = [{"content": f"襄阳市有{n}名代表。今天下雨。"} for n in (3, 4)]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (bare.root / "news.jsonl").write_text(lines, encoding="utf-8")
    bare.config["data"] = {"table": "news.jsonl", "columns": {"article": "content"}}
    bare.run()
    assert len(load(bare.root / "runs/run").examples) == 4


@pytest.mark.parametrize("command", ["check", "run"])
def test_placeholders_are_named_and_left_out(
    project: Project, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """No reference is 待写, no ranking is made of it, and no human ceiling."""
    project.config["models"] = [{"name": "lead", "baseline": "lead"}]
    text = (project.root / "references/a.yaml").read_text(encoding="utf-8")
    (project.root / "references/a.yaml").write_text(
        text.replace("今年修路。", "待写"), encoding="utf-8"
    )
    project.write("config.yaml", project.config)
    assert main([command, "config.yaml"]) == 0
    said = capsys.readouterr().err
    assert "Left out of the data (1):" in said
    assert "references/a.yaml:1: summaries.0: is not written yet; replace each 待写" in said
    if command == "run":
        examples = load(project.root / "runs/run").examples
        assert "a/short" not in examples
        assert "b/short" in examples
        assert "left out of the data" in (project.root / "runs/run/log.jsonl").read_text()


def test_references_that_are_all_placeholders_leave_nothing_to_score(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run is refused, with the way to compare without references."""
    for name in ("a", "b"):
        project.write_references(name, "待写")
        file = project.root / f"references/{name}.yaml"
        text = file.read_text(encoding="utf-8").replace("今年修路。", "待写")
        file.write_text(text, encoding="utf-8")
    project.config["models"] = [{"name": "lead", "baseline": "lead"}]
    project.write("config.yaml", project.config)
    assert main(["run", "config.yaml"]) == 2
    said = capsys.readouterr().err
    assert "leaves nothing to do" in said
    assert "leave references out of `data` to run without any" in said


def test_a_run_shows_what_the_check_calls_wrong(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first five and their number, with the command that has all of them."""
    project.config["models"] = [{"name": "lead", "baseline": "lead"}]
    file = project.root / "references/a.yaml"
    text = file.read_text(encoding="utf-8").replace('"修路"', '"9条路", "8条路"')
    file.write_text(text, encoding="utf-8")
    project.run()
    said = capsys.readouterr().err
    places = ["--articles", "seeds/index.yaml", "--references", "references"]
    assert main(["references", "check", "--json", *places]) == 2
    wrong = json.loads(capsys.readouterr().out)["wrong"]
    assert f"Wrong in the references ({len(wrong)}):" in said
    assert f"{wrong[0]['key']}: {wrong[0]['what']}" in said
    assert f"and {len(wrong) - 5} more: python -m evalkit references check {places[0]}" in said


def test_a_task_that_no_article_has_a_reference_for_is_told(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """A task that the config names is not left out without a word; those by default are."""
    project.config["models"] = [{"name": "lead", "baseline": "lead"}]
    project.config["tasks"] = {"answer": {}, "minutes": {"n_characters": 200}}
    project.run()
    told = "`minutes` is not asked: no article has a reference for it"
    assert told in capsys.readouterr().err.splitlines()
    project.config.pop("tasks")
    project.run("--adopt")
    assert "is not asked" not in capsys.readouterr().err
