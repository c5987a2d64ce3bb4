"""Makes articles and their references of data sets that others made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from evalkit.config.schema import Columns, HubData, SquadData, TableData
from evalkit.data import tables as rows
from evalkit.data.references import ABSTENTION
from evalkit.errors import InputError, Problem
from evalkit.records import Article, Corpus, Question, References, ReferenceSummary

if TYPE_CHECKING:
    from evalkit.data.tables import Row

_IMPOSSIBLE = "is_impossible"  # SQuAD 2.0's column: the article does not tell
FLAT_SQUAD = Columns(article="context", id="id", question="question", answers="answers")


def load(data: SquadData | TableData | HubData, limit: int | None) -> Corpus:
    """Return the first `limit` articles of a public data set, with all their references.

    Rows with the same article text are one article with several questions.

    Raises:
        InputError: the file or data set cannot be read, or a row lacks what the columns promise.
    """
    if isinstance(data, SquadData):
        return _gather(str(data.squad), rows.of_squad(data.squad), FLAT_SQUAD, limit)
    if isinstance(data, TableData):
        return _gather(str(data.table), rows.of_table(data.table), data.columns, limit)
    return _gather(data.hub_dataset, rows.of_hub(data), data.columns or FLAT_SQUAD, limit)


def _gather(name: str, found: Iterable[Row], columns: Columns, limit: int | None) -> Corpus:
    articles: dict[str, Article] = {}
    references: dict[str, References] = {}
    problems: list[Problem] = []
    there: dict[str, None] = {}
    for number, row in enumerate(found, start=1):
        there |= dict.fromkeys(row)
        article = _article(row, columns)
        if article.id not in articles and len(articles) == limit:
            continue  # rows of the first articles may follow yet
        if flaw := _flaw(row, columns):
            what, remedy = flaw
            problems.append(Problem(file=f"{name}:row {number}", what=what, remedy=remedy))
            continue
        extended = _extend(references.get(article.id, References()), row, columns)
        ids = [question.id for question in extended.questions]
        if len(set(ids)) < len(ids):
            what, remedy = f"`{ids[-1]}` stands twice in one article", "give each its own id"
            problems.append(Problem(file=f"{name}:row {number}", what=what, remedy=remedy))
            continue
        articles[article.id], references[article.id] = article, extended
    if not there:
        problems.append(Problem(file=name, what="holds no rows", remedy="give it some"))
    if problems := _lost_columns(name, columns, there) or problems:
        raise InputError(problems)
    return Corpus(articles=tuple(articles.values()), references=references)


def _lost_columns(name: str, columns: Columns, there: Collection[str]) -> list[Problem]:
    """Return a problem for each column that no row has; none of a source without rows."""
    wanted = columns.model_dump(exclude_none=True).items()
    return [
        Problem(
            file=name,
            key=f"columns.{key}",
            what=f"no row has a column `{column}`",
            remedy=f"choose from {', '.join(there)}",
        )
        for key, column in wanted
        if there and column not in there
    ]


def _flaw(row: Row, columns: Columns) -> tuple[str, str] | None:
    """Return what a row lacks, and what to do; what is left empty is not asked for."""
    if not _text(row.get(columns.article)).strip():
        return f"has no text in column {columns.article}", "fill it in, or drop the row"
    asks = columns.question is not None and any(_texts(row.get(columns.question)))
    told = columns.answers is not None and any(_texts(row.get(columns.answers)))
    if asks and not told and _text(row.get(_IMPOSSIBLE)).lower() != "true":
        what = f"has a question, and no text in column {columns.answers}"
        return what, f"fill it in; if the article does not tell, set {_IMPOSSIBLE}: true"
    if told and not asks:
        return f"has an answer, and no text in column {columns.question}", "fill it in"
    return None


def _article(row: Row, columns: Columns) -> Article:
    text = _text(row.get(columns.article))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Article(id=sha256[:16], title="", text=text, sha256=sha256)


def _extend(known: References, row: Row, columns: Columns) -> References:
    summaries, questions = known.summaries, known.questions
    written = _texts(row.get(columns.summary)) if columns.summary else ()
    for text in written:
        if text and text not in {summary.text for summary in summaries}:  # may stand in every row
            number = f"s{len(summaries) + 1:02d}"
            summaries = (*summaries, ReferenceSummary(id=number, length="short", text=text))
    asked = _text(row.get(columns.question)) if columns.question else ""
    if asked and columns.answers is not None:
        number = f"q{len(questions) + 1:02d}"
        given = _text(row.get(columns.id)) if columns.id else ""
        answers = tuple(filter(None, _texts(row.get(columns.answers))))
        questions = (
            *questions,
            Question(
                id=given or number,
                question=asked,
                type=None if answers else "unanswerable",
                answers=answers or (ABSTENTION,),
            ),
        )
    return References(summaries=summaries, questions=questions)


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever the data set holds
    """Return the texts, without repeats, of SQuAD's answers or a plain column's value."""
    if isinstance(value, Mapping):
        value = value.get("text")
    if isinstance(value, str) or not isinstance(value, Iterable):
        return () if value is None else (_text(value),)
    items = [item.get("text") if isinstance(item, Mapping) else item for item in value]
    return tuple(dict.fromkeys(_text(item) for item in items if item is not None))


def _text(value: Any) -> str:  # noqa: ANN401 - as above
    """Return a value as its text, true and false as JSON writes them; empty where it is missing."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
