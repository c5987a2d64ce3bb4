"""Converts public data sets into articles and references."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from evalkit.config.sources import Columns, HubData, SquadData, TableData
from evalkit.data import tables
from evalkit.data.references import ABSTENTION
from evalkit.errors import InputError, Problem
from evalkit.records import Article, Corpus, Question, References, ReferenceSummary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.data.tables import Row
    from evalkit.errors import Code

_IMPOSSIBLE = "is_impossible"  # SQuAD 2.0's column: the article has no answer
_FLAT_SQUAD = Columns(article="context", id="id", question="question", answers="answers")
_TEXT_ONLY = (".csv", ".tsv")  # formats whose cells can hold a list only as its JSON


def load(data: SquadData | TableData | HubData, limit: int | None) -> Corpus:
    """Return the first `limit` articles of a public data set, with all their references.

    Rows with the same article text are one article with several questions. Questions without an id
    are numbered: `q01`, `q02`, …

    Raises:
        InputError: the file or data set cannot be read, or a row lacks what the columns promise.
    """
    if isinstance(data, SquadData):
        return _gather(str(data.squad), tables.of_squad(data.squad), _FLAT_SQUAD, limit)
    if isinstance(data, HubData):
        columns = data.columns or _FLAT_SQUAD
        return _gather(data.hub_dataset, tables.of_hub(data), columns, limit)
    rows = tables.of_table(data.table)
    if data.table.suffix.lower() in _TEXT_ONLY:
        rows = ({name: _decode_list(cell) for name, cell in row.items()} for row in rows)
    return _gather(str(data.table), rows, data.columns, limit)


def _decode_list(cell: str) -> str | list[str]:
    """Return the texts of a cell that is a JSON list of texts; any other cell as it is."""
    if cell.startswith("[") and cell.endswith("]"):
        with suppress(ValueError, RecursionError):
            found = json.loads(cell)
            if all(isinstance(item, str) for item in found):
                return list(found)
    return cell


@dataclass(kw_only=True, slots=True)
class _Draft:
    """An article and its references so far; questions without an id in the data have none yet."""

    article: Article
    summaries: dict[str, None] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def _gather(name: str, rows: Iterable[Row], columns: Columns, limit: int | None) -> Corpus:
    drafts: dict[str, _Draft] = {}
    problems: list[Problem] = []
    seen: dict[str, None] = {}
    for number, row in enumerate(rows, start=1):
        seen |= dict.fromkeys(row)
        article = _article(row, columns)
        if article.id not in drafts and len(drafts) == limit:
            continue  # rows of the first articles may follow yet
        draft = drafts.get(article.id) or _Draft(article=article)
        if flaw := _flaw(row, columns) or _extend(draft, row, columns):
            code, what, remedy = flaw
            place = f"{name}:row {number}"
            problems.append(Problem(code=code, file=place, what=what, remedy=remedy))
        else:
            drafts[article.id] = draft
    if not seen:
        remedy = "give it some"
        problems.append(Problem(code="empty", file=name, what="has no rows", remedy=remedy))
    if problems := tables.missing_columns(name, columns, seen) or problems:
        raise InputError(problems)
    has_references = columns.summary is not None or columns.answers is not None
    return Corpus(
        articles=tuple(draft.article for draft in drafts.values()),
        references={id_: _references(draft) for id_, draft in drafts.items()}
        if has_references
        else {},
    )


def _flaw(row: Row, columns: Columns) -> tuple[Code, str, str] | None:
    """Return what a row lacks, and what to do; columns that are not named are not needed."""
    if not _text(row.get(columns.article)).strip():
        return "empty", f"has no text in column {columns.article}", "fill it in, or drop the row"
    asks = columns.question is not None and any(_texts(row.get(columns.question)))
    answers = columns.answers is not None and any(_texts(row.get(columns.answers)))
    if asks and not answers and _text(row.get(_IMPOSSIBLE)).lower() != "true":
        what = f"has a question, and no text in column {columns.answers}"
        return "empty", what, f"fill it in; if the article has no answer, set {_IMPOSSIBLE}: true"
    if answers and not asks:
        what = f"has an answer, and no text in column {columns.question}"
        return "empty", what, "fill it in"
    return None


def _article(row: Row, columns: Columns) -> Article:
    text = _text(row.get(columns.article))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Article(id=sha256[:16], title="", text=text, sha256=sha256)


def _extend(draft: _Draft, row: Row, columns: Columns) -> tuple[Code, str, str] | None:
    """Add a row to its article, or return what is wrong with it, and what to do."""
    asked = _text(row.get(columns.question)) if columns.question else ""
    if asked and columns.answers is not None:
        given = _text(row.get(columns.id)) if columns.id else ""
        if given in draft.ids:
            return "duplicate", f"duplicate id `{given}` in one article", "give each its own id"
        draft.ids |= {given} - {""}
        answers = tuple(filter(None, _texts(row.get(columns.answers))))
        draft.questions.append(
            Question(
                id=given,
                question=asked,
                type=None if answers else "unanswerable",
                answers=answers or (ABSTENTION,),
            )
        )
    summaries = _texts(row.get(columns.summary)) if columns.summary else ()
    draft.summaries |= dict.fromkeys(filter(None, summaries))  # every row may repeat them
    return None


def _references(draft: _Draft) -> References:
    return References(
        summaries=tuple(
            ReferenceSummary(id=f"s{number:02d}", task="short", text=text)
            for number, text in enumerate(draft.summaries, start=1)
        ),
        questions=_numbered(draft.questions, draft.ids),
    )


def _numbered(questions: Sequence[Question], given: set[str]) -> tuple[Question, ...]:
    """Give each question without an id its number, or the next number that is not taken."""
    taken = set(given)
    numbered: list[Question] = []
    for position, question in enumerate(questions, start=1):
        ids = (f"q{number:02d}" for number in count(position))
        id_ = question.id or next(id_ for id_ in ids if id_ not in taken)
        taken.add(id_)
        numbered.append(replace(question, id=id_))
    return tuple(numbered)


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
