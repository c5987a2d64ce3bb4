"""Reads data sets that others made, through the `datasets` library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from evalkit.config import Columns, HubData, SquadData, TableData
from evalkit.corpus import encoding
from evalkit.errors import InputError, Problem
from evalkit.records import Article, Corpus, Question, References, ReferenceSummary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = Mapping[str, Any]
FLAT_SQUAD = Columns(article="context", id="id", question="question", answers="answers")
LOADERS = {".jsonl": "json", ".json": "json", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}


def load(data: SquadData | TableData | HubData, limit: int | None) -> Corpus:
    """Return the first `limit` articles of a public data set, with their references.

    Rows with the same article text are one article with several questions.

    Raises:
        InputError: the file or data set cannot be read, or a row lacks what the columns promise.
    """
    if isinstance(data, SquadData):
        return _gather(str(data.squad), _squad_rows(data.squad), FLAT_SQUAD, limit)
    if isinstance(data, TableData):
        return _gather(str(data.table), _table_rows(data.table), data.columns, limit)
    return _gather(data.hub_dataset, _hub_rows(data), data.columns or FLAT_SQUAD, limit)


def _squad_rows(file: Path) -> Iterator[Row]:
    try:
        for entry in _load_dataset(file, "json", field="data"):
            for paragraph in entry["paragraphs"]:
                for question in paragraph["qas"]:
                    yield {"context": paragraph["context"], **question}
    except (KeyError, TypeError):
        what, remedy = "is not in SQuAD's layout", "give data, paragraphs, context and qas"
        raise _unreadable(str(file), what, remedy) from None


def _table_rows(file: Path) -> Iterable[Row]:
    loader = LOADERS.get(file.suffix.lower())
    if loader is None:
        raise _unreadable(str(file), f"has the ending {file.suffix!r}", f"use {', '.join(LOADERS)}")
    options = {"sep": "\t"} if file.suffix.lower() == ".tsv" else {}
    return _load_dataset(file, loader, **options)


def _hub_rows(data: HubData) -> Iterable[Row]:
    from datasets import load_dataset  # noqa: PLC0415 - seconds to import, needed for few runs

    try:
        rows: Iterable[Row] = load_dataset(
            data.hub_dataset, split=data.split, revision=data.revision, streaming=True
        )
    except (OSError, ValueError) as error:
        raise _unreadable(data.hub_dataset, _first_line(error), "check id and network") from None
    return rows


def _load_dataset(file: Path, loader: str, **options: str) -> Iterable[Row]:
    """Yield the rows of a local file, without a copy in the library's cache."""
    from datasets import load_dataset  # noqa: PLC0415 - seconds to import, needed for few runs

    if not file.is_file():
        raise _unreadable(str(file), "cannot be read (no such file)", "check the path")
    if loader != "parquet":
        options["encoding"] = encoding.read(file)[1]
    try:
        yield from load_dataset(
            loader, data_files=str(file), split="train", streaming=True, **options
        )
    except (OSError, ValueError, KeyError, TypeError) as error:  # what the library's readers raise
        raise _unreadable(str(file), f"is not valid ({_first_line(error)})", "mend it") from None


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _unreadable(name: str, what: str, remedy: str) -> InputError:
    return InputError([Problem(file=name, what=what, remedy=remedy)])


def _gather(name: str, rows: Iterable[Row], columns: Columns, limit: int | None) -> Corpus:
    articles: dict[str, Article] = {}
    references: dict[str, References] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        absent = _absent(row, columns)
        if absent:
            place = f"{name}:row {number}"
            what = f"has no text in column {', '.join(absent)}"
            problems.append(Problem(file=place, what=what, remedy="name the right columns"))
            continue
        article = _article(row, columns)
        if article.id not in articles:
            if len(articles) == limit:
                break
            articles[article.id] = article
            references[article.id] = References()
        extended = _extend(references[article.id], row, columns)
        ids = [question.id for question in extended.questions]
        if len(set(ids)) < len(ids):
            what, remedy = f"`{ids[-1]}` stands twice in one article", "give each its own id"
            problems.append(Problem(file=f"{name}:row {number}", what=what, remedy=remedy))
            continue
        references[article.id] = extended
    if not articles and not problems:
        problems.append(Problem(file=name, what="holds no rows", remedy="give it some"))
    if problems:
        raise InputError(problems)
    return Corpus(articles=tuple(articles.values()), references=references)


def _absent(row: Row, columns: Columns) -> list[str]:
    wanted = [columns.article, columns.summary, columns.question, columns.answers]
    return [column for column in wanted if column is not None and not row.get(column)]


def _article(row: Row, columns: Columns) -> Article:
    text = str(row[columns.article])
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Article(id=sha256[:16], title="", text=text, sha256=sha256)


def _extend(known: References, row: Row, columns: Columns) -> References:
    summaries, questions = known.summaries, known.questions
    if columns.summary is not None:
        number = f"s{len(summaries) + 1:02d}"
        text = str(row[columns.summary])
        summaries = (*summaries, ReferenceSummary(id=number, length="short", text=text))
    if columns.question is not None and columns.answers is not None:
        number = f"q{len(questions) + 1:02d}"
        given = row.get(columns.id) if columns.id else None
        questions = (
            *questions,
            Question(
                id=str(given or number),
                question=str(row[columns.question]),
                type=None,
                answers=_answers(row[columns.answers]),
            ),
        )
    return References(summaries=summaries, questions=questions)


def _answers(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever the data set holds
    """Return the accepted answers, without repeats, of SQuAD's or a plain column's value."""
    if isinstance(value, Mapping):
        value = value.get("text", ())
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (str(value),)
    texts = [item.get("text", "") if isinstance(item, Mapping) else item for item in value]
    return tuple(dict.fromkeys(map(str, texts)))
