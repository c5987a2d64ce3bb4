"""Answers scored against a data set, and files of answers compared, by `evalkit score`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from tests.support.scoring import BAD, GOOD, lines_of, score, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="squad")
def fixture_squad(tmp_path: Path) -> Path:
    """Return 2 articles with 6 questions each, beside right answers and mostly wrong ones."""
    data = [
        {
            "paragraphs": [
                {
                    "context": f"第{i}篇：来了{i}3名代表。",
                    "qas": [
                        {
                            "id": f"Q{i}{j}",
                            "question": "来了多少名代表？",
                            "answers": [{"text": f"{i}3名", "answer_start": 6}],
                        }
                        for j in range(6)
                    ],
                }
            ]
        }
        for i in range(1, 3)
    ]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": data}), encoding="utf-8")
    ids = [f"Q{i}{j}" for i in range(1, 3) for j in range(6)]
    right = {id_: f"{id_[1]}3名" for id_ in ids}
    (tmp_path / "right.json").write_text(json.dumps(right), encoding="utf-8")
    wrong = "".join(f"{id_},{right[id_] if id_.endswith('0') else '荆州'}\n" for id_ in ids)
    (tmp_path / "wrong.csv").write_text(f"id,prediction\n{wrong}", encoding="utf-8")
    return file


def test_answers_are_joined_to_a_data_set(squad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of ids and answers is scored against the questions of a data set."""
    answers = squad.with_name("right.json")
    code, out, err = score(capsys, "answers", answers, "--data", squad, "--metrics", "em")
    assert code == 0
    assert [line["scores"] for line in lines_of(out)] == [{"em": 1.0}] * 12
    assert "em|v10  mean over predictions 1.0000  n 12" in err
    config = squad.with_name("config.yaml")
    config.write_text(
        "{name: x, output: runs, data: {squad: squad.json}, tasks: {answer: {}}, limit: 1, "
        "models: [{name: lead, baseline: lead}]}",
        encoding="utf-8",
    )
    _, out, err = score(capsys, "answers", answers, "--data", config)
    assert len(lines_of(out)) == 6
    assert "right: 6 of 12 ids not in the data set: Q20, Q21, Q22 and 3 more" in err


def test_a_question_without_a_prediction_is_told(
    squad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has no score, and the exit code says that not all was scored."""
    answers = squad.with_name("some.json")
    answers.write_text('{"Q10": "13名"}', encoding="utf-8")
    code, out, err = score(capsys, "answers", answers, "--data", squad)
    assert code == 1
    assert len(lines_of(out)) == 1
    assert "some: no prediction for 11 of 12 examples, not scored: " in err
    assert "on others no interval (one article has no spread); mean over articles 1" in err


def test_ids_alone_need_a_data_set(squad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without references the remedy is --data; ids of another data set are refused by name."""
    code, _, err = score(capsys, "answers", squad.with_name("right.json"))
    assert code == 2
    assert "holds predictions by id, without references; name the data set that has them" in err
    squad.with_name("other.json").write_text('{"DEV_0": "13名"}', encoding="utf-8")
    code, _, err = score(capsys, "answers", squad.with_name("other.json"), "--data", squad)
    assert code == 2
    assert "other.json: no id is one of the data set: DEV_0; its ids are such as " in err
    code, _, err = score(capsys, "summaries", squad.with_name("right.json"), "--data", squad)
    assert code == 2
    assert "squad.json: has no reference summaries; name another data set" in err
    table = squad.with_name("wrong.csv")
    code, _, err = score(capsys, "answers", squad, "--data", table)
    assert code == 2
    assert "wrong.csv: is neither JSON in SQuAD's layout nor a config; name a config" in err


def test_examples_without_an_article_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each counts as an article, which makes intervals too narrow where texts are shared."""
    article: dict[str, Any] = {"article": "襄阳市有45个项目。"}
    files = [write(tmp_path / f"{name}.jsonl", GOOD, {**BAD, **article}) for name in ("a", "b")]
    code, printed, _ = score(capsys, "answers", *files)
    assert code == 0
    assert "Examples without `article`: 1. Each counts as one of" in printed
    files = [
        write(tmp_path / f"{n}.jsonl", {**GOOD, **article}, {**BAD, **article}) for n in ("a", "b")
    ]
    assert "without `article`" not in score(capsys, "answers", *files)[1]


def test_one_file_has_intervals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For rows like these, or by the article that rows name; 34 of 40 as Jeffreys' interval has it.

    Source: scipy 1.17.1, beta.ppf((0.025, 0.975), 34 + 1/2, 6 + 1/2).
    """
    rows = [{**(GOOD if i < 34 else BAD), "id": str(i)} for i in range(40)]
    options = ("--metrics", "em", "--out", tmp_path / "out.jsonl")
    _, printed, err = score(capsys, "answers", write(tmp_path / "a.jsonl", *rows), *options)
    assert "em: 95% interval for rows like these [0.7167, 0.9349]" in err.splitlines()
    assert "Examples without `article`: 40." in err
    assert printed == ""
    for i, row in enumerate(rows):
        row["article"] = f"襄阳市有{i // 10}个项目。"
    _, _, err = score(capsys, "answers", write(tmp_path / "a.jsonl", *rows), *options)
    assert "em: 95% interval on these articles [" in err
    assert err.endswith("; mean over articles 0.8500\n")
    assert "without `article`" not in err


def test_rows_without_an_article_are_compared_row_by_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One interval each, and no word of articles, which nothing tells apart."""
    rows = [{**GOOD, "id": str(i)} for i in range(20)]
    wrong = [{**row, "prediction": BAD["prediction"]} for row in rows]
    files = write(tmp_path / "a.jsonl", *rows), write(tmp_path / "b.jsonl", *wrong)
    _, printed, _ = score(capsys, "answers", *files, "--metrics", "em")
    assert "a is better" in printed
    assert "on rows like these" in printed
    table, _, note = printed.partition("Examples without `article`: 20.")
    assert note
    assert "articles" not in table


def test_two_files_are_compared(squad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Means and the difference come with intervals and p, and the rows of both go to one file."""
    files, out = (
        [squad.with_name(name) for name in ("right.json", "wrong.csv")],
        squad.with_name("scores.csv"),
    )
    options = ("--data", squad, "--metrics", "em", "--out", out)
    code, printed, err = score(capsys, "answers", *files, *options)
    assert code == 0
    assert "em: right >> wrong" in printed.splitlines()
    assert "Each mean is over articles, an article's examples averaged first." in printed
    assert "without `article`" not in printed
    assert "+0.833" in printed
    assert "wrong: em|v10  mean over predictions 0.1667  n 12" in err
    table = pd.read_csv(out)
    assert list(table.columns) == ["file", "id", "em", "decided_by"]
    assert table.groupby("file")["em"].sum().to_dict() == {"right": 12.0, "wrong": 2.0}


def test_files_with_other_references_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores against other references say nothing about the two."""
    one = write(tmp_path / "one.jsonl", GOOD)
    two = write(tmp_path / "two.jsonl", GOOD | {"references": ["荆州"]})
    code, _, err = score(capsys, "answers", one, two)
    assert code == 2
    assert err.startswith(f"{two}: 1: has another question or other references than in {one};")


def test_a_file_given_twice_is_not_compared_with_itself(
    squad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both would have one name, and be taken for two samples of one system."""
    file = squad.with_name("right.json")
    again = file.parent / "." / ".." / file.parent.name / file.name
    code, _, err = score(capsys, "answers", file, again, "--data", squad)
    assert code == 2
    assert err == f"{file}: is given 2 times; name each file once\n"
