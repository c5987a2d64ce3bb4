"""Public data sets, read like articles with their references."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit import data as corpus
from evalkit.config.sources import Columns, HubData, SquadData
from tests.support.paths import ROOT
from tests.support.problems import corpus_problems

if TYPE_CHECKING:
    from pathlib import Path


def test_a_squad_file_gives_contexts_questions_and_all_answers() -> None:
    """Two contexts, three questions, repeated answers once: CMRC 2018 and DRCD read so."""
    loaded = corpus.load(SquadData(squad=ROOT / "tests" / "golden" / "squad-sample.json"))
    bridge, library = loaded.articles
    assert bridge.text.startswith("青石桥建于1873年")
    first, second = loaded.references[bridge.id].questions
    assert (first.id, first.answers) == ("BRIDGE_1", ("周福生", "石匠周福生"))
    assert second.answers == ("85万元",)
    assert [q.id for q in loaded.references[library.id].questions] == ["LIBRARY_1"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ([], "malformed"),
        ([{"context_text": "甲文。", "qas": []}, 1], "malformed"),
        (None, "malformed"),
        ({"paragraphs": []}, "malformed"),
        ({"data": [1]}, "malformed"),
        ({"data": [{"paragraphs": 1}]}, "malformed"),
        ({"data": [{"paragraphs": [{"qas": [{"id": "1"}]}]}]}, "malformed"),
        ({"data": []}, "empty"),
    ],
)
def test_a_file_in_another_layout_than_squad_s_is_refused(
    tmp_path: Path, content: object, code: str
) -> None:
    """One problem, wherever the layout ends."""
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    (problem,) = corpus_problems(SquadData(squad=file))
    assert (problem.code, problem.file) == (code, str(file))


def test_a_question_id_is_unique_within_an_article(tmp_path: Path) -> None:
    """Two examples of one name would be taken for one another."""
    asked = [{"id": "1", "question": text, "answers": {"text": 3}} for text in ("几？", "谁？")]
    content = {"data": [{"paragraphs": [{"context": "甲文。", "qas": asked}]}]}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    (problem,) = corpus_problems(SquadData(squad=file))
    assert (problem.code, problem.file) == ("duplicate", f"{file}:row 2")


def test_a_public_question_has_no_difficulty() -> None:
    """Nobody rated it."""
    loaded = corpus.load(SquadData(squad=ROOT / "tests" / "golden" / "squad-sample.json"))
    questions = [q for found in loaded.references.values() for q in found.questions]
    assert {question.difficulty for question in questions} == {None}


def test_answers_of_squad_are_the_text_of_the_file(tmp_path: Path) -> None:
    """Numbers and dates, quoted or not."""
    asked = {"id": "1", "question": "几？", "answers": [{"text": "2019-11-08"}, {"text": "00"}]}
    content = {"data": [{"paragraphs": [{"context": "甲文。", "qas": [asked]}]}]}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(content).replace('"00"', "0.50"), encoding="utf-8")
    (references,) = corpus.load(SquadData(squad=file)).references.values()
    assert references.questions[0].answers == ("2019-11-08", "0.50")


def test_a_question_that_squad_calls_impossible_is_unanswerable(tmp_path: Path) -> None:
    """SQuAD 2.0: the right answer is that the article does not say."""
    asked = {"id": "1", "question": "谁？", "answers": [], "is_impossible": True}
    content = {"data": [{"paragraphs": [{"context": "甲文。", "qas": [asked]}]}]}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    (references,) = corpus.load(SquadData(squad=file)).references.values()
    (question,) = references.questions
    assert (question.type, question.answers) == ("unanswerable", ("文中未提及",))


def test_a_hub_data_set_without_a_hub_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, the data set is named in one line."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # read at import
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    hub = HubData(hub_dataset="someone/data", revision="0" * 40, split="train")
    (problem,) = corpus_problems(hub)
    assert (problem.file, problem.code) == ("someone/data", "unreadable")
    assert "\n" not in str(problem)


def test_a_hub_data_set_without_its_library_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The remedy is the one command that installs what is missing."""
    monkeypatch.setitem(sys.modules, "datasets", None)  # as Python marks what cannot be imported
    hub = HubData(hub_dataset="someone/data", revision="0" * 40, split="train")
    (problem,) = corpus_problems(hub)
    assert (problem.file, problem.code) == ("someone/data", "missing-extra")
    assert problem.extra == "hub"


def test_the_original_layout_of_cmrc_reads_like_squad_s(tmp_path: Path) -> None:
    """Same articles, ids, questions and answers; a number among the answers is its text."""
    asked: list[tuple[str, str, list[object]]] = [
        ("D_0_Q_0", "谁？", ["王", "小王"]),
        ("D_0_Q_1", "几？", [0.5]),
    ]
    original = [{
        "context_id": "D_0", "context_text": "甲文。", "title": "甲",
        "qas": [{"query_id": i, "query_text": q, "answers": a} for i, q, a in asked],
    }]  # fmt: skip
    squad = {"version": "v1.0", "data": [{"title": "甲", "id": "D_0", "paragraphs": [{
        "id": "D_0", "context": "甲文。",
        "qas": [{"id": i, "question": q, "answers": [{"text": t, "answer_start": 1} for t in a]}
                for i, q, a in asked],
    }]}]}  # fmt: skip
    found = []
    for name, content in (("original", original), ("squad", squad)):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        found.append(corpus.load(SquadData(squad=file)))
    same = [replace(one, articles=tuple(one.articles)) for one in found]
    assert same[0] == same[1]
    assert [article.id for article in found[0].articles] == ["D_0"]
    (references,) = found[0].references.values()
    assert [(q.id, q.answers) for q in references.questions] == [
        ("D_0_Q_0", ("王", "小王")),
        ("D_0_Q_1", ("0.5",)),
    ]


def test_blank_questions_and_hidden_answers_are_left_out_with_their_ids(tmp_path: Path) -> None:
    """A question without words, one without an answer, and one that CLUE keeps to itself."""
    asked = [
        {"id": "1", "question": "谁？", "answers": [{"text": "王"}, {"text": " "}]},
        {"id": "2", "question": " ", "answers": [{"text": "王"}]},
        {"id": "3", "question": "", "answers": []},
        {"id": "4", "question": "几？", "answers": [{"text": ""}]},
        {"id": "5", "question": "哪？", "answers": [{"text": f"FAKE_ANSWER_{n}"} for n in (1, 2)]},
    ]
    content = {"data": [{"paragraphs": [{"context": "甲文。", "qas": asked}]}]}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    loaded = corpus.load(SquadData(squad=file))
    (references,) = loaded.references.values()
    assert [(q.id, q.answers) for q in references.questions] == [("1", ("王",))]
    assert [(problem.key, problem.what) for problem in loaded.left_out] == [
        ("2", "has no question"),
        ("3", "has no question"),
        ("4", "has a question and no answer"),
        ("5", "has an answer that is not published"),
    ]


def test_a_data_set_of_several_configs_is_read_by_name(tmp_path: Path) -> None:
    """Without the name the message says how to give it."""
    (tmp_path / "README.md").write_text(
        "---\nconfigs:\n- config_name: one\n  data_files: one.csv\n"
        "- config_name: two\n  data_files: two.csv\n---\n",
        encoding="utf-8",
    )
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(f"a,s\n{name}文,{name}\n", encoding="utf-8")
    columns = Columns(article="a", summary="s")
    hub = HubData(
        hub_dataset=str(tmp_path), config="two", revision="0" * 40, split="train", columns=columns
    )
    assert [article.text for article in corpus.load(hub).articles] == ["two文"]
    (problem,) = corpus_problems(hub.model_copy(update={"config": None}))
    assert problem.remedy == "set `config`"
