"""Tables of one's own, whose columns the config names: every cell is the text of the file."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from evalkit import data as corpus
from evalkit.config.known_tasks import KNOWN
from evalkit.config.sources import Columns, HubData, TableData
from evalkit.errors import InputError
from evalkit.prompts.examples import examples
from tests.support.problems import corpus_problems

if TYPE_CHECKING:
    from pathlib import Path


def test_a_generated_id_is_never_one_that_is_given(tmp_path: Path) -> None:
    """Questions without an id are numbered around those that have one, in whatever row."""
    file = tmp_path / "data.csv"
    file.write_text(
        "a,i,q,b\n甲,q02,问一,1\n甲,,问二,2\n甲,,问三,3\n甲,q03,问四,4\n乙,,问五,5\n",
        encoding="utf-8",
    )
    columns = Columns(article="a", id="i", question="q", answers="b")
    first, second = corpus.load(TableData(table=file, columns=columns)).references.values()
    assert [question.id for question in first.questions] == ["q02", "q04", "q05", "q03"]
    assert [question.id for question in second.questions] == ["q01"]


ASKED = Columns(article="a", question="q", answers="b")


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet"])
def test_a_table_with_named_columns_is_read(tmp_path: Path, suffix: str) -> None:
    """In-house data: the config names the columns; rows of one text are one article."""
    frame = pd.DataFrame(
        {
            "正文": ["甲文。", "甲文。", "乙文。"],
            "摘要": ["甲一", "甲二", "乙一"],
            "问": ["谁？", "哪？", "几？"],
            "答": ["王", "襄阳", "3名"],
        }
    )
    file = tmp_path / f"data{suffix}"
    if suffix == ".jsonl":
        frame.to_json(file, orient="records", lines=True, force_ascii=False)
    elif suffix == ".parquet":
        frame.to_parquet(file)
    else:
        frame.to_csv(file, index=False, sep="\t" if suffix == ".tsv" else ",", encoding="gb18030")
    columns = Columns(article="正文", summary="摘要", question="问", answers="答")
    loaded = corpus.load(TableData(table=file, columns=columns))
    limited = corpus.load(TableData(table=file, columns=columns), limit=1)
    assert [article.text for article in loaded.articles] == ["甲文。", "乙文。"]
    first = loaded.references[loaded.articles[0].id]
    assert [summary.text for summary in first.summaries] == ["甲一", "甲二"]
    assert [(q.id, q.question, q.answers) for q in first.questions] == [
        ("q01", "谁？", ("王",)),
        ("q02", "哪？", ("襄阳",)),
    ]
    assert len(limited.articles) == 1


CELLS = ("01062345678", "007", "0.50", "0", "NA", "2019-11-08", "1e5", "true", "nan", "9" * 40)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".csv", "a,q,b\n甲,谁,{}\n"),
        (".tsv", "a\tq\tb\n甲\t谁\t{}\n"),
        (".jsonl", '{{"a": "甲", "q": "谁", "b": "{}"}}\n'),
        (".json", '[{{"a": "甲", "q": "谁", "b": "{}"}}]'),
    ],
)
def test_a_cell_is_the_text_of_the_file(
    tmp_path: Path, suffix: str, content: str, cell: str
) -> None:
    """No telephone number loses its zero, no date gains a time, and nothing counts as missing."""
    file = tmp_path / f"data{suffix}"
    file.write_text(content.format(cell), encoding="utf-8")
    (references,) = corpus.load(TableData(table=file, columns=ASKED)).references.values()
    assert [question.answers for question in references.questions] == [(cell,)]


def test_a_value_of_json_is_its_text_and_a_list_of_answers_stays_one(tmp_path: Path) -> None:
    """Numbers as they are written; null is missing, 0 and false are not."""
    file = tmp_path / "data.jsonl"
    answers = ("0.50", "1e5", "0", "false", '["王", 0.10, null, "王"]', '{"text": ["襄阳"]}')
    lines = (f'{{"a": "甲", "q": 0, "n": 0, "b": {answer}}}\n' for answer in answers)
    file.write_text("".join(lines), encoding="utf-8")
    (references,) = corpus.load(TableData(table=file, columns=ASKED)).references.values()
    found = [question.answers for question in references.questions]
    assert found == [("0.50",), ("1e5",), ("0",), ("false",), ("王", "0.10"), ("襄阳",)]
    assert {question.question for question in references.questions} == {"0"}
    for missing in ("null", '""', "[]", "[null]", '{"text": []}'):
        file.write_text(f'{{"a": "甲", "q": "谁", "b": {missing}}}', encoding="utf-8")
        (problem,) = corpus.load(TableData(table=file, columns=ASKED)).left_out
        assert (problem.code, problem.file) == ("empty", f"{file}:row 1")


def test_a_row_of_an_earlier_article_counts_wherever_it_is(tmp_path: Path) -> None:
    """The first articles come with all their references, and what is left out is not judged."""
    file = tmp_path / "data.csv"
    file.write_text("a,q,b\n甲,谁,1\n乙,,\n甲,哪,3\n", encoding="utf-8")
    loaded = corpus.load(TableData(table=file, columns=ASKED), limit=1)
    assert [article.text for article in loaded.articles] == ["甲"]
    (references,) = loaded.references.values()
    assert [question.answers for question in references.questions] == [("1",), ("3",)]


def test_a_long_cell_with_line_ends_is_one_cell(tmp_path: Path) -> None:
    """A novel in a table, blank lines between the rows, and the empty columns of a spreadsheet."""
    novel = "甲\r\n乙，“丙”\u2028" * 20_000
    file = tmp_path / "data.csv"
    text = f'a,q,b,,\r\n\r\n"{novel}",谁,王,,\r\n\r\n'
    file.write_text(text, encoding="utf-8", newline="")
    (article,) = corpus.load(TableData(table=file, columns=ASKED)).articles
    assert article.text == novel.replace("\r\n", "\n")


def test_parquet_and_a_hub_give_text_as_it_is_and_other_values_as_text(tmp_path: Path) -> None:
    """Both have types of their own; a folder takes the place of the hub."""
    frame = pd.DataFrame({
        "a": ["甲", "甲", "甲"], "q": ["谁", "哪", "几"], "n": [0, 1, 2],
        "b": ["007", "NA", "2019-11-08"], "day": [dt.date(2019, 11, 8)] * 3,
        "c": [["王"], ["襄阳", "襄阳市"], ["0.50"]],
    })  # fmt: skip
    (tmp_path / "hub").mkdir()
    file = tmp_path / "hub/train.parquet"
    frame.to_parquet(file)
    for column, answers in (
        ("b", [("007",), ("NA",), ("2019-11-08",)]),
        ("n", [("0",), ("1",), ("2",)]),
        ("day", [("2019-11-08",)] * 3),
        ("c", [("王",), ("襄阳", "襄阳市"), ("0.50",)]),
    ):
        columns = Columns(article="a", id="n", question="q", answers=column)
        folder = str(file.parent)
        hub = HubData(hub_dataset=folder, revision="0" * 40, split="train", columns=columns)
        for data in (TableData(table=file, columns=columns), hub):
            (references,) = corpus.load(data).references.values()
            assert [question.answers for question in references.questions] == answers
            assert [question.id for question in references.questions] == ["0", "1", "2"]


def test_a_missing_column_is_reported_once(tmp_path: Path) -> None:
    """With the key of the config and the columns that there are, however many rows follow."""
    file = tmp_path / "data.jsonl"
    file.write_text('{"text": "甲", "sum": "乙"}\n' * 300, encoding="utf-8")
    table = TableData(table=file, columns=Columns(article="body", summary="sum", question="问"))
    found = corpus_problems(table)
    assert [(p.file, p.code, p.key) for p in found] == [
        (str(file), "missing", "columns.article"),
        (str(file), "missing", "columns.question"),
    ]
    (remedy,) = {problem.remedy for problem in found}
    assert remedy == "rename one of text, sum, or in a config name it under `columns`"


def test_what_a_row_leaves_empty_is_not_asked_for(tmp_path: Path) -> None:
    """Several questions beside one summary; half a question is left out and named."""
    file = tmp_path / "data.csv"
    columns = Columns(article="a", summary="s", question="q", answers="b")
    file.write_text("a,s,q,b\n甲,总,谁,1\n甲,,哪,3\n甲,总,,\n", encoding="utf-8")
    (references,) = corpus.load(TableData(table=file, columns=columns)).references.values()
    assert [summary.text for summary in references.summaries] == ["总"]
    assert [question.question for question in references.questions] == ["谁", "哪"]
    file.write_text("a,s,q,b\n甲,总,谁,\n甲,,,3\n", encoding="utf-8")
    loaded = corpus.load(TableData(table=file, columns=columns))
    (references,) = loaded.references.values()
    assert references.questions == ()
    found = [(p.file, p.code, p.what) for p in loaded.left_out]
    assert found == [
        (f"{file}:row 1", "empty", "has a question and no answer"),
        (f"{file}:row 2", "empty", "has no question"),
    ]


def test_rows_without_an_article_are_refused_a_few_by_number(tmp_path: Path) -> None:
    """Of many rows with the same problem, the first five and how many more there are."""
    file = tmp_path / "data.csv"
    file.write_text("a,s\n甲,总\n" + ",总\n" * 9, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        corpus.load(TableData(table=file, columns=Columns(article="a", summary="s")))
    what = "has no text in column a; fill it in, or drop the row"
    assert str(refused.value).splitlines() == [
        *(f"{file}:row {n}: {what}" for n in range(2, 7)),
        f"{file}: 4 more like these",
    ]


def test_a_cell_may_hold_several_answers_as_json(tmp_path: Path) -> None:
    """A list of texts is a list; anything else in brackets is the text itself."""
    file = tmp_path / "data.csv"
    answers = ['["60辆", "60台"]', "[1]", "[60辆、60台]"]
    quoted = [answer.replace('"', '""') for answer in answers]
    rows = "".join(f'甲,问{i},"{answer}"\n' for i, answer in enumerate(quoted))
    file.write_text(f"a,q,b\n{rows}", encoding="utf-8")
    (references,) = corpus.load(TableData(table=file, columns=ASKED)).references.values()
    found = [question.answers for question in references.questions]
    assert found == [("60辆", "60台"), ("[1]",), ("[60辆、60台]",)]


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("a.jsonl", '{"a": 1}\n{broken', "malformed", 2),
        ("a.json", '[{"a": 1},\n\n{broken', "malformed", 3),
        ("a.jsonl", "[" * 100_000, "malformed", 1),
        ("a.jsonl", '{"a": NaN}', "malformed", 1),
        ("a.jsonl", '{"a": 1, "a": 2}', "duplicate", 1),
        ("a.jsonl", r'{"a": "\ud800"}', "not-text", 1),
        ("a.json", "[3]", "malformed", None),
        ("a.xlsx", "x", "invalid", None),
        ("a.csv", " ", "empty", None),
        ("a.csv", 'a\n"甲', "malformed", 2),
        ("a.csv", "a\n甲,乙", "malformed", 2),
        ("a.csv", "a,a\n甲,乙", "duplicate", None),
        ("a.csv", "a\tb\n甲\t乙", "malformed", None),
        ("a.tsv", "a,b\n甲,乙", "malformed", None),
        ("a.parquet", "x", "malformed", None),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: str, code: str, line: int | None
) -> None:
    """It is named, with the line where there is one; nothing is guessed at."""
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    (problem,) = corpus_problems(TableData(table=file, columns=Columns(article="a")))
    assert (problem.file, problem.code, problem.line) == (str(file), code, line)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    """The path is named."""
    for suffix in ("csv", "jsonl", "parquet"):
        missing = tmp_path / f"none.{suffix}"
        (problem,) = corpus_problems(TableData(table=missing, columns=Columns(article="a")))
        assert (problem.file, problem.code) == (str(missing), "unreadable")


def test_ids_of_a_data_set_stay_as_they_are(tmp_path: Path) -> None:
    """An example is called as its question is, where no two questions share an id."""
    file = tmp_path / "data.csv"
    columns = Columns(article="a", id="i", question="q", answers="b")

    def names(second: str) -> list[str]:
        text = f"a,i,q,b\n甲,DEV_0_QUERY_0,问一,1\n乙,{second},问二,2\n"
        file.write_text(text, encoding="utf-8")
        loaded = corpus.load(TableData(table=file, columns=columns))
        first, other = (article.id for article in loaded.articles)
        ids = [example.id for example in examples(loaded, [KNOWN["answer"]])]
        return [id_.replace(first, "A").replace(other, "B") for id_ in ids]

    assert names("DEV_1_QUERY_0") == ["DEV_0_QUERY_0", "DEV_1_QUERY_0"]
    assert names("DEV_0_QUERY_0") == ["A/DEV_0_QUERY_0", "B/DEV_0_QUERY_0"]
    assert names("") == ["A/DEV_0_QUERY_0", "B/q01"]


def test_an_id_that_is_dropped_is_named(tmp_path: Path) -> None:
    """Rows of one text are one article: of two ids that they give it, the second has no example."""
    file = tmp_path / "data.csv"
    file.write_text("a,i,s\n甲文,1,甲\n乙文,2,乙\n甲文,3,丙\n甲文,,丁\n", encoding="utf-8")
    loaded = corpus.load(TableData(table=file, columns=Columns(article="a", id="i", summary="s")))
    assert [article.id for article in loaded.articles] == ["1", "2"]
    (dropped,) = loaded.left_out
    assert (dropped.file, dropped.code, dropped.key) == (f"{file}:row 3", "duplicate", "3")
    assert "the text is that of `1`" in dropped.what


FACTS = Columns(
    article="a", question="q", answers="b", type="kind", difficulty="level", evidence="proof"
)


def test_type_difficulty_and_evidence_of_a_table_are_those_of_its_questions(tmp_path: Path) -> None:
    """Blank where a row has none; a quote that is not in the article is left out, and named."""
    rows: list[dict[str, object]] = [
        {"q": "几个？", "b": "45个", "kind": "number", "level": 2, "proof": "45个项目"},
        {"q": "何地？", "b": "襄阳", "kind": "", "level": None, "proof": ["襄阳市", "武汉市"]},
        {"q": "谁？", "b": None, "kind": "person", "level": "3.0", "is_impossible": True},
    ]
    file = tmp_path / "data.jsonl"
    lines = [json.dumps({"a": "襄阳市有45个项目。", **row}) for row in rows]
    file.write_text("\n".join(lines), encoding="utf-8")
    loaded = corpus.load(TableData(table=file, columns=FACTS))
    (found,) = loaded.references.values()
    assert [(q.type, q.difficulty, q.evidence) for q in found.questions] == [
        ("number", 2, ("45个项目",)),
        (None, None, ("襄阳市",)),
        ("unanswerable", 3, ()),
    ]
    (left_out,) = loaded.left_out
    assert (left_out.code, left_out.file) == ("mismatch", f"{file}:row 2")
    assert left_out.what == "this evidence is not in its article: 武汉市"


@pytest.mark.parametrize(
    ("cells", "what", "remedy"),
    [
        ({"kind": "numbr"}, "'numbr' is not a question type", "did you mean `number`?"),
        ({"level": "6"}, "'6' is not a difficulty", "write a number from 1 to 5"),
    ],
)
def test_a_type_or_difficulty_that_is_none_is_refused(
    tmp_path: Path, cells: dict[str, str], what: str, remedy: str
) -> None:
    """With its row: metrics read the type, so a wrong one could change a score."""
    file = tmp_path / "data.jsonl"
    row = {"a": "甲文。", "q": "几？", "b": "1", "kind": "", "level": "", "proof": ""}
    file.write_text(json.dumps(row | cells), encoding="utf-8")
    (problem,) = corpus_problems(TableData(table=file, columns=FACTS))
    assert (problem.code, problem.file) == ("invalid", f"{file}:row 1")
    assert (problem.what, problem.remedy) == (what, remedy)
