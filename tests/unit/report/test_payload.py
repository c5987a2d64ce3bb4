"""What the page carries for its script: every example, output and value."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit import report
from evalkit.analysis.run import load
from evalkit.prompts.sent import take_apart
from evalkit.records import Detail, Message
from evalkit.report import payload
from evalkit.store.folder import RunFolder
from tests.support.pages import read_data
from tests.support.runs import EXAMPLES, reseal, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Place
    from evalkit.report.material import Material
    from evalkit.results import Issue


def output_of(material: Material, system: str, example: str) -> Any:  # noqa: ANN401 - JSON
    """Return one output as the page has it."""
    data = payload.build(material)
    names = [found["name"] for found in data["systems"]]
    ids = [found["id"] for found in data["examples"]]
    return data["outputs"][names.index(system)][ids.index(example)]


def test_every_example_and_output_is_on_the_page(run_folder: Path, material: Material) -> None:
    """The data hold each planned example, and of each system what it wrote and its values."""
    data = read_data((run_folder / "report.html").read_text(encoding="utf-8"))
    ids = [example["id"] for example in data["examples"]]
    assert ids == [e.id for e in material.examples]
    names = [system["name"] for system in data["systems"]]
    assert names == ["lead", "textrank"]
    for score in (score for score in material.scores if score.system in names):
        system, i = names.index(score.system), ids.index(score.example)
        output = data["outputs"][system][i]
        written = material.generations[score.system, score.example, 0]
        assert output["text"] == written.prediction
        assert data["values"][score.metric][system][i] == pytest.approx(score.value, abs=5e-5)
        if score.metric == "em":
            assert output["rule"] == score.rule


def test_prompts_are_shown_without_the_article_and_kept_once(material: Material) -> None:
    """Prompts that differ in the question alone are one, with a place for it; their texts too."""
    asked = [example for example in material.examples if example.article_id == "bridge"]
    articles = {id_: article.text for id_, article in material.articles.items()}
    prompts = {}
    for e in asked:
        content = f"文章：{articles['bridge']}\n要求：{e.question}。"
        message = (Message(role="user", content=content),)
        prompts["lead", e.id] = take_apart(message, {"bridge": articles["bridge"]}, articles)
    data = payload.build(replace(material, prompts=prompts))["prompts"]
    read = ["bridge", len(articles["bridge"]), False]
    assert data["texts"] == ["文章：", "\n要求：。", "\n要求：", "。"]
    assert data["messages"] == [[["user", 0, read, 1]], [["user", 0, read, 2, -1, 3]]]
    assert output_of(replace(material, prompts=prompts), "lead", "bridge/q2")["prompt"] == 1
    assert "prompt" not in output_of(material, "lead", "bridge/q2")


def test_data_cannot_end_their_script() -> None:
    """Whatever a string holds, no tag, comment or line break of scripts is in the JSON."""
    hostile = {"</script><!--": "\u2028\u2029&<", "half": "\ud800"}
    text = payload.embed(hostile)
    assert not re.search("[<>&\u2028\u2029\ud800]", text)
    assert json.loads(text) == hostile


def test_outputs_carry_what_is_unusual(material: Material) -> None:
    """A failed, a truncated and a thinking output carry error, issues, raw text."""
    places = list(material.generations)[:3]
    failed, truncated, thinking = (material.generations[place] for place in places)
    reason = "out of memory: <all>"
    changed = dict(
        zip(
            places,
            (
                replace(failed, finish_reason="error", error=reason, text="", prediction=""),
                replace(truncated, finish_reason="length", n_article_tokens_dropped=7),
                replace(thinking, text="<think>想</think>答案", prediction="答案"),
            ),
            strict=True,
        )
    )
    issues: dict[Place, tuple[Issue, ...]] = {
        places[0]: ("failed",),
        places[1]: ("truncated", "shortened"),
    }
    material = replace(
        material,
        generations={**material.generations, **changed},
        issues={**material.issues, **issues},
    )
    found = [output_of(material, system, example) for system, example, _ in places]
    assert found[0]["issues"] == ("failed",)
    assert found[0]["error"][:2] == [reason, "内存不足：<all>"]
    assert found[1]["issues"] == ("truncated", "shortened")
    assert found[1]["dropped"] == 7
    assert (found[2]["text"], found[2]["raw"]) == ("答案", "<think>想</think>答案")


def test_several_samples_are_shown_with_their_mean(material: Material) -> None:
    """The first sample is the output, all are listed, and the value is their mean."""
    example = "bridge/q1"
    first = material.generations["lead", example, 0]
    second = replace(first, sample=1, prediction="3公里")
    (score,) = (
        s for s in material.scores if (s.system, s.example, s.metric) == ("lead", example, "em")
    )
    changed = replace(
        material,
        generations={**material.generations, ("lead", example, 1): second},
        scores=[*material.scores, replace(score, sample=1, value=1.0)],
    )
    output = output_of(changed, "lead", example)
    assert output["text"] == first.prediction
    assert output["samples"] == [first.prediction, "3公里"]
    data = payload.build(changed)
    assert data["values"]["em"][0][[e["id"] for e in data["examples"]].index(example)] == 0.5


def test_altered_evidence_is_marked(material: Material) -> None:
    """An output whose evidence was changed by noise says so; no other does."""
    changed = replace(material, altered=frozenset({("lead", "bridge/q1")}))
    assert output_of(changed, "lead", "bridge/q1")["altered"]
    assert "altered" not in output_of(changed, "textrank", "bridge/q1")
    assert "altered" not in output_of(material, "lead", "bridge/q1")


def test_evidence_is_marked_by_characters(material: Material) -> None:
    """Its place counts characters of the text that is shown, those outside the BMP as one."""
    text = "\n  𠮷野🏞️的大桥长3公里。"
    bridge = replace(material.articles["bridge"], text=text)
    articles = {**material.articles, "bridge": bridge}
    data = payload.build(replace(material, articles=articles))
    shown = next(article["text"] for article in data["articles"] if article["id"] == "bridge")
    found = next(example for example in data["examples"] if example["id"] == "bridge/q1")
    ((start, end),) = found["spans"]
    assert shown == text.strip()
    assert shown[start:end] == "大桥长3公里"
    assert json.loads(payload.embed(data))["articles"][0]["text"] == shown


def test_unsupported_numbers_have_their_places(material: Material) -> None:
    """What number_precision misses in the article is marked at its place in the summary."""
    missing = [{"text": "99％", "value": "99%", "start": 2, "end": 5}]
    place = ("lead", "bridge/short", "number_precision")
    detail = Detail(
        system="lead", example="bridge/short", metric="number_precision", parts={},
        compared={"numbers": missing, "not in the article": missing},
    )  # fmt: skip
    changed = replace(material, details={**material.details, place: detail})
    assert output_of(changed, "lead", "bridge/short")["numbers"] == missing


def test_flags_of_the_fact_check_have_their_places(material: Material) -> None:
    """What fact_precision flags comes with its reason and the article's sentence."""
    flags = [
        {"text": "3公里", "start": 5, "end": 8, "reason": "other figure", "stated": "2公里",
         "article": "大桥长2公里"},
    ]  # fmt: skip
    place = ("lead", "bridge/short", "fact_precision")
    detail = Detail(
        system="lead", example="bridge/short", metric="fact_precision", parts={},
        compared={"statements": 2, "flags": flags, "derived": []},
    )  # fmt: skip
    changed = replace(material, details={**material.details, place: detail})
    assert output_of(changed, "lead", "bridge/short")["facts"] == flags


def test_details_that_the_page_does_not_have_are_not_held(
    run_folder: Path, material: Material
) -> None:
    """Of a metric that judges no single output, as f1 with its tokens, they may be many."""
    written = {detail.metric for detail in load(run_folder).details}
    held = {metric for _, _, metric in material.details}
    assert held == written & {"em", *payload.MARKED}
    assert held < written


def test_an_example_with_nothing_to_score_has_no_value(material: Material) -> None:
    """The page shows a dash, as for an output that is missing."""
    scores = [
        replace(score, value=None) if score.metric == "rougeLsum" else score
        for score in material.scores
    ]
    values = payload.build(replace(material, scores=scores))["values"]
    assert not any(value for column in values["rougeLsum"] for value in column)
    assert any(value for column in values["em"] for value in column)


def test_what_could_not_be_asked_is_a_failed_output(tmp_path: Path) -> None:
    """A request without a generation shows the reason that it was planned with."""
    path = write_run(tmp_path / "run", examples=EXAMPLES)
    folder = RunFolder(path=path)
    first, *others = folder.requests()
    problem = "the prompt without any article is 7 tokens over the context of 64"
    folder.write_requests([replace(first, key="", problem=problem), *others])
    reseal(path)
    output = output_of(report.gather([load(path)]), first.system, first.example)
    assert output["error"][0] == problem
    assert output["issues"] == ("failed",)
