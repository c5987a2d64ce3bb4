"""Conditions and predictions on real runs: systems of their own, compared factor by factor."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from evalkit import Config, run
from tests.support.paths import PROMPTS, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def config(output: Path, **changes: object) -> Config:
    """Return a config of the project's own articles, two of them, and its own references."""
    settings: dict[str, object] = {
        "name": "run",
        "output": str(output),
        "data": {
            "articles": str(ROOT / "seeds/index.yaml"),
            "references": str(ROOT / "references"),
        },
        "prompts": {"folder": str(PROMPTS)},
        "tasks": {"headline": {}, "answer": {}},
        "metrics": {"summary": ["rouge1"], "answer": ["em", "f1"]},
        "limit": 2,
        "cache": False,
    }
    return Config(**(settings | changes))


def test_noise_is_a_condition_that_is_scored_against_clean_references(tmp_path: Path) -> None:
    """Two systems of each baseline, compared with each other; altered evidence is recorded."""
    models = [{"name": "lead", "baseline": "lead"}, {"name": "textrank", "baseline": "textrank"}]
    finished = run(config(tmp_path, models=models, noise=[{}, {"full_width": 1.0, "ocr": 0.3}]))
    names = [row.name for row in finished.summary.systems]
    assert names[:4] == [
        "lead@clean", "lead@full_width1-ocr0.3", "textrank@clean", "textrank@full_width1-ocr0.3",
    ]  # fmt: skip
    pairs = {(c.a, c.b) for c in finished.summary.comparisons if c.metric == "f1"}
    assert ("lead@clean", "lead@full_width1-ocr0.3") in pairs
    assert ("lead@clean", "textrank@clean") in pairs
    assert ("lead@clean", "textrank@full_width1-ocr0.3") not in pairs
    requests = (tmp_path / "run/requests.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in requests]
    altered = {row["system"] for row in rows if row["evidence_altered"]}
    assert altered == {"lead@full_width1-ocr0.3", "textrank@full_width1-ocr0.3"}
    outputs = finished.generations().set_index(["system", "example"])["text"]
    clean, noisy = outputs["textrank@clean"], outputs[names[3]]
    assert (clean != noisy).any()


def test_headlines_are_a_task_like_any_other(tmp_path: Path) -> None:
    """Their reference is the headline that a person wrote."""
    models = [{"name": "oracle", "baseline": "oracle"}]
    finished = run(config(tmp_path, models=models, tasks={"headline": {}}))
    examples = finished.examples()
    assert set(examples["task"]) == {"headline"}
    assert examples["references"].iloc[0] == ("2019汉江流域创客英雄汇在襄阳举行，13名代表登台讲述",)
    assert finished.scores()["metric"].unique().tolist() == ["rouge1"]


def test_a_task_of_ones_own_is_a_folder_of_prompts_and_a_few_lines(tmp_path: Path) -> None:
    """References name it; nothing in the program does."""
    project = tmp_path / "project"
    for source in (PROMPTS, ROOT / "seeds", ROOT / "references"):
        shutil.copytree(source, project / source.name)
    (project / PROMPTS.name).rename(project / "prompts")
    (project / "prompts/bullets").mkdir()
    shutil.copy(project / "prompts/summary/default.jinja", project / "prompts/bullets")
    for file in (project / "references").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("task: long", "task: bullets"), encoding="utf-8")
    finished = run(
        config(
            tmp_path / "runs",
            models=[{"name": "lead", "baseline": "lead"}],
            data={
                "articles": str(project / "seeds/index.yaml"),
                "references": str(project / "references"),
            },
            prompts={"folder": str(project / "prompts")},
            tasks={"bullets": {"n_characters": 200}},
        )
    )
    assert set(finished.examples()["task"]) == {"bullets"}
    assert set(finished.examples()["n_characters"]) == {200}
    assert finished.summary.status == "complete"


def test_two_files_of_predictions_are_compared_without_a_model(tmp_path: Path) -> None:
    """With scores, a paired test and a report; what has no prediction is failed, not wrong."""
    finished = run(config(tmp_path / "first", models=[{"name": "oracle", "baseline": "oracle"}]))
    outputs = finished.generations()
    answers = dict(zip(outputs["example"], outputs["text"], strict=True))
    (tmp_path / "good.json").write_text(json.dumps(answers), encoding="utf-8")
    with (tmp_path / "bad.csv").open("w", encoding="utf-8") as file:
        file.write("id,prediction\n")
        file.writelines(f"{id_},不知道\n" for id_ in list(answers)[:-1])
    models = [
        {"name": "good", "predictions": str(tmp_path / "good.json")},
        {"name": "bad", "predictions": str(tmp_path / "bad.csv")},
    ]
    compared = run(config(tmp_path / "second", models=models))
    assert compared.summary.status == "incomplete"
    rows = {row.name: row for row in compared.summary.systems}
    assert rows["bad"].counts.n_failed == 1
    assert rows["good"].counts.n_failed == 0
    found = compared.compare("good", "bad", metric="em")
    assert found.difference > 0.8
    assert found.n == rows["bad"].estimates[1].n
    assert (tmp_path / "second/run/report.html").stat().st_size > 100_000


def test_wordings_and_samples_of_a_language_model(tmp_path: Path) -> None:
    """Each wording is a system, samples are averaged, and the prefix of an article is shared."""
    project = tmp_path / "prompts"
    shutil.copytree(PROMPTS, project)
    text = (project / "answer/default.jinja").read_text(encoding="utf-8")
    (project / "answer/terse.jinja").write_text(text.replace("最简短的", ""), encoding="utf-8")
    tiny = {
        "name": "tiny",
        "weights": {"tiny": 0},
        "device": "cpu",
        "dtype": "float32",
        "generation": {
            "temperature": 0.8, "samples": 2, "seed": 7, "max_new_tokens": {"answer": 4},
        },
    }  # fmt: skip
    finished = run(
        config(
            tmp_path / "runs",
            models=[tiny],
            prompts={"folder": str(project), "wordings": ["default", "terse"]},
            tasks={"answer": {}},
            limit=1,
        )
    )
    assert [row.name for row in finished.summary.systems] == ["tiny@default", "tiny@terse"]
    scores = finished.scores()
    assert set(scores["sample"]) == {0, 1}
    (f1,) = (e for e in finished.summary.systems[0].estimates if e.metric == "f1")
    assert f1.n == f1.n_planned == 64
    assert f1.sample_sd is not None
    assert {s.n_wordings for s in finished.summary.spreads} == {2}
    speed = finished.manifest.providers["tiny"].speed
    assert speed.n_generated == 2 * 2 * 64
    assert speed.n_computed_tokens < speed.n_prompt_tokens / 20
