"""What a run does from config to report, on a real smoke run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli import main
from evalkit.prompts.sent import put_together
from evalkit.records.hashing import hash_messages
from evalkit.store.folder import RunFolder
from tests.support.paths import ROOT
from tests.support.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Evalkit


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Evalkit:
    """Return a function that runs the command line in this process."""
    monkeypatch.chdir(ROOT)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        code = main(list(map(str, arguments)))
        said = capsys.readouterr()
        return subprocess.CompletedProcess([], code, said.out, said.err)

    return run


def lines(file: Path) -> list[dict[str, Any]]:
    """Return the records of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_run_leaves_its_files_and_they_agree(smoke_run: Path) -> None:
    """Manifest, requests, generations, scores, summary and report are there, and agree."""
    manifest = json.loads((smoke_run / "manifest.json").read_text(encoding="utf-8"))
    summary = json.loads((smoke_run / "summary.json").read_text(encoding="utf-8"))
    assert manifest["status"] == summary["status"] == "complete"
    requests, generations = (
        lines(smoke_run / "requests.jsonl"),
        lines(smoke_run / "generations.jsonl"),
    )
    assert {r["key"] for r in requests} == {g["key"] for g in generations}
    assert len(requests) == len(generations) == 4 * 66
    assert (smoke_run / "report.md").read_text(encoding="utf-8").startswith("# smoke")


def test_every_prompt_is_kept_as_it_was_sent(smoke_run: Path) -> None:
    """Each request of a model names its messages, which hold article and question, once each."""
    folder = RunFolder(path=smoke_run)
    articles = {article.id: article.text for article in folder.articles()}
    examples = {example.id: example for example in folder.examples()}
    prompts = {prompt.sha256: prompt for prompt in folder.prompts()}
    for request in folder.requests():
        if request.system != "tiny":
            assert not request.prompt
            continue
        messages = put_together(prompts[request.prompt], articles)
        assert hash_messages(messages) == request.prompt
        example = examples[request.example]
        assert articles[example.article_id] in messages[-1].content
        assert example.question in messages[-1].content
    written = (smoke_run / "prompts.jsonl").read_text(encoding="utf-8")
    assert not any(text in written for text in articles.values())


def test_every_planned_example_is_scored_by_every_metric_of_its_task(smoke_run: Path) -> None:
    """Nothing drops out between generation and score."""
    scores = lines(smoke_run / "scores.jsonl")
    summary = json.loads((smoke_run / "summary.json").read_text(encoding="utf-8"))
    counted = {(s["system"], s["example"], s["metric"]) for s in scores}
    assert len(counted) == len(scores)
    systems = [system for system in summary["systems"] if system["role"] != "human"]
    for system in systems:
        for estimate in system["estimates"]:
            assert estimate["n"] == estimate["n_planned"]


def test_the_oracle_answers_everything_and_the_tiny_model_nothing(smoke_run: Path) -> None:
    """The upper bound of the table is at 1, and the random model at 0."""
    summary = json.loads((smoke_run / "summary.json").read_text(encoding="utf-8"))
    em = {
        system["name"]: estimate["mean"]
        for system in summary["systems"]
        for estimate in system["estimates"]
        if estimate["metric"] == "em"
    }
    assert em["oracle"] == 1.0
    assert em["tiny"] < 0.1


def test_reading_is_shared_and_the_manifest_says_so(smoke_run: Path) -> None:
    """Of the tiny model's prompt tokens, the article is computed once."""
    manifest = json.loads((smoke_run / "manifest.json").read_text(encoding="utf-8"))
    record = manifest["providers"]["tiny"]
    assert record["facts"]["attention"] == "shared"
    assert record["speed"]["n_computed_tokens"] < record["speed"]["n_prompt_tokens"] / 10


def test_a_second_run_does_nothing_twice(here: Evalkit, smoke_run: Path, tmp_path: Path) -> None:
    """The same command on a finished folder generates nothing and ends the same."""
    copy = tmp_path / "smoke"
    shutil.copytree(smoke_run, copy)
    before = {name: (copy / name).read_bytes() for name in ("generations.jsonl", "summary.json")}
    done = here(
        "run", "configs/smoke.yaml", "--set", f"output={tmp_path}", "--set", "limit=1", "--adopt"
    )
    assert done.returncode == 0, done.stderr
    assert "tiny: 66 kept" in done.stderr
    assert {name: (copy / name).read_bytes() for name in before} == before


def test_rescoring_needs_no_torch(smoke_run: Path, tmp_path: Path) -> None:
    """`rescore` comes to the same scores, and imports neither torch nor transformers."""
    copy = tmp_path / "smoke"
    shutil.copytree(smoke_run, copy)
    (copy / "scores.jsonl").unlink()
    code = (
        "import sys; from evalkit.cli import main; "
        "assert main(['rescore', sys.argv[1], '--json']) == 0; "
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code, copy], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (copy / "scores.jsonl").read_bytes() == (smoke_run / "scores.jsonl").read_bytes()
    assert json.loads(done.stdout) == json.loads((smoke_run / "summary.json").read_text("utf-8"))


def test_rescoring_a_folder_that_is_not_a_run_is_an_error_in_one_line(
    here: Evalkit, tmp_path: Path
) -> None:
    """The folder is named."""
    done = here("rescore", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path}: has no manifest.json")


def test_a_squad_file_runs_the_whole_way(here: Evalkit, tmp_path: Path) -> None:
    """configs/cmrc2018.yaml on its sample, with the tiny model in the real one's place."""
    done = here(
        "run",
        "configs/cmrc2018.yaml",
        "--set",
        f"output={tmp_path}",
        "--set",
        "models.1={name: tiny, weights: {tiny: 0}, dtype: float32}",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    metrics = {e["metric"] for s in json.loads(done.stdout)["systems"] for e in s["estimates"]}
    assert metrics == {"em", "f1", "em_cmrc", "f1_cmrc"}


def test_two_prediction_files_are_compared_without_a_model(here: Evalkit, tmp_path: Path) -> None:
    """configs/predictions.yaml on its samples."""
    done = here("run", "configs/predictions.yaml", "--set", f"output={tmp_path}", "--json")
    assert done.returncode == 0, done.stderr
    (em, *_) = json.loads(done.stdout)["comparisons"]
    assert (em["a"], em["b"], em["metric"], em["n"], em["wins"]) == ("one", "other", "em", 3, 1)


def test_few_shot_runs_and_costs_one_reading(here: Evalkit, tmp_path: Path) -> None:
    """Two shots from other articles, still shared by all questions of an article."""
    done = here(
        "run", "configs/smoke.yaml", "--set", f"output={tmp_path}", "--set", "limit=2",
        "--set", "few_shot=1", "--set", "models=[{name: tiny, weights: {tiny: 0}, dtype: float32}]",
        "--set", "tasks={answer: {}}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "smoke" / "manifest.json").read_text(encoding="utf-8"))
    speed = manifest["providers"]["tiny"]["speed"]
    assert speed["n_computed_tokens"] < speed["n_prompt_tokens"] / 10


def test_answerability_asks_the_same_questions_of_the_summary_and_of_nothing(
    here: Evalkit, tmp_path: Path
) -> None:
    """One line turns it on; the summary that was written is what is read."""
    done = here(
        "run", "configs/smoke.yaml", "--set", f"output={tmp_path}", "--set", "limit=1",
        "--set", "metrics.answer=[em, em_from_summary, em_closed_book]", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = {s["name"]: s["estimates"] for s in json.loads(done.stdout)["systems"]}
    planned = {e["metric"]: (e["n"], e["n_planned"]) for e in rows["tiny"]}
    assert planned["em"] == planned["em_from_summary"] == planned["em_closed_book"] == (64, 64)
    written = {
        (g["system"], g["example"]): g["text"] for g in lines(tmp_path / "smoke/generations.jsonl")
    }
    lead = written["lead", "000-xiangyang-makers/long"]
    assert lead.startswith(written["lead", "000-xiangyang-makers/q01@summary_qa"])
    assert written["lead", "000-xiangyang-makers/q01@closed_book"] == ""


def test_answerability_needs_no_reference_summaries(here: Evalkit, tmp_path: Path) -> None:
    """Summaries without a reference are asked about, and scored by what reads no reference."""
    project = Project(tmp_path)
    for name in ("a", "b"):
        file = tmp_path / f"references/{name}.yaml"
        written = json.loads(file.read_bytes()) | {"summaries": []}
        project.write(f"references/{name}.yaml", written)
    project.config["models"] = project.config["models"][:2]
    project.config["metrics"] = {"answer": ["em", "em_from_summary"]}
    with chdir(tmp_path):
        project.run()
        assert here("check", "config.yaml").returncode == 0
        assert here("gate", "runs/run", "--no-worse-than", "runs/run").returncode == 0
    summary = json.loads((tmp_path / "runs/run/summary.json").read_bytes())
    assert summary["status"] == "complete"
    planned = {e["metric"]: (e["n"], e["n_planned"]) for e in summary["systems"][0]["estimates"]}
    assert planned.items() >= {"em": (5, 5), "em_from_summary": (5, 5), "coverage": (2, 2)}.items()
    assert not any(metric.startswith("rouge") for metric in planned)


def test_questions_alone_are_a_run_that_is_gated(here: Evalkit, tmp_path: Path) -> None:
    """Headline metrics of summaries, which none was asked for, fail nothing."""
    project = Project(tmp_path)
    project.config["models"] = project.config["models"][:2]
    project.config["tasks"] = {"answer": {}}
    with chdir(tmp_path):
        project.run()
        assert here("gate", "runs/run", "--no-worse-than", "runs/run").returncode == 0


def test_check_counts_no_article_for_closed_book_questions(here: Evalkit) -> None:
    """Each adds the tokens of its question and its instructions alone."""
    counted = []
    for metrics in ("[em]", "[em, em_closed_book]"):
        done = here(
            "check", "configs/smoke.yaml", "--set", "limit=1",
            "--set", f"metrics.answer={metrics}",
        )  # fmt: skip
        found = re.search(r"tiny: (\d+) requests, ([\d,]+) prompt tokens", done.stdout)
        assert found is not None
        counted.append([int(number.replace(",", "")) for number in found.groups()])
    (n_before, tokens_before), (n_after, tokens_after) = counted
    assert n_after - n_before == 64
    assert tokens_after - tokens_before < 64 * tokens_before / n_before / 10


@pytest.mark.parametrize("tasks", ["{answer: {}}", "{focused: {}, answer: {}}"])
def test_answerability_needs_summaries(here: Evalkit, tasks: str) -> None:
    """Asking for it without summaries of whole articles is a problem of the config."""
    done = here(
        "check", "configs/smoke.yaml", "--set", f"tasks={tasks}",
        "--set", "metrics.answer=[em_from_summary]",
    )  # fmt: skip
    assert done.returncode == 2
    assert "metrics.answer.0: `em_from_summary` reads summaries" in done.stderr


def test_check_shows_what_is_wrong_in_the_references(here: Evalkit, tmp_path: Path) -> None:
    """An answer that its article does not hold is not an error of the config, but is reported."""
    shutil.copytree(ROOT / "references", tmp_path / "references")
    file = tmp_path / "references/000-xiangyang-makers.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("answers: [文中未提及]", "answers: [林小峰]", 1), encoding="utf-8")
    models = "models=[{name: lead, baseline: lead}]"
    for folder, n_wrong in ((ROOT / "references", 0), (tmp_path / "references", 1)):
        changes = (f"data.references={folder}", models)
        options = [word for change in changes for word in ("--set", change)]
        done = here("check", "configs/smoke.yaml", *options)
        assert done.returncode == 0
        assert ("Wrong in the references (1):" in done.stderr) == bool(n_wrong)
        assert done.stderr.count(f"{folder}/000-xiangyang-makers.yaml:") == n_wrong


def test_check_says_which_model_cannot_run_and_describes_the_others(
    here: Evalkit, tmp_path: Path
) -> None:
    """File, line and key of the device that is not there; the exit code is 1."""
    text = (ROOT / "configs/smoke.yaml").read_text(encoding="utf-8").replace("../", f"{ROOT}/")
    config = tmp_path / "two.yaml"
    config.write_text(
        f"{text}  - name: far\n    weights: {{tiny: 0}}\n    device: cuda:7\n", encoding="utf-8"
    )
    n_lines = len(config.read_text(encoding="utf-8").splitlines())
    done = here("check", config, "--set", "limit=1")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{config}:{n_lines}: models.4.device: cannot run: ")
    assert "\ntiny: 66 requests" in done.stdout


def test_the_report_is_what_the_readme_says_can_be_pasted(smoke_run: Path) -> None:
    """report.md has a row for each system, with intervals and signatures."""
    text = (smoke_run / "report.md").read_text(encoding="utf-8")
    for row in ("| lead |", "| textrank |", "| oracle |", "| tiny |"):
        assert row in text
    assert "`em|v10`" in text


@pytest.mark.parametrize("command", [[], ["run"], ["check"], ["score", "answers"], ["references"]])
def test_help_is_quick_and_complete(evalkit: Evalkit, command: list[str]) -> None:
    """Every command explains itself."""
    done = evalkit(*command, "--help")
    assert done.returncode == 0
    assert "usage: evalkit" in done.stdout


def test_help_loads_nothing_heavy() -> None:
    """`--help` must come at once: no torch, transformers, pydantic, scipy or rich."""
    code = (
        "import sys, evalkit.cli; print(sorted({'torch', 'transformers', 'datasets', "
        "'scipy', 'pydantic', 'rich', 'numpy', 'yaml'} & set(sys.modules)))"
    )
    found = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
