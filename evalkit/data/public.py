"""Converts public data sets into articles and references."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Final, get_args

from evalkit.config.sources import Columns, HubData, SquadData, TableData
from evalkit.data import tables
from evalkit.data.cells import UnclearCellError, answers_of, is_withheld, summaries_of, text_of
from evalkit.data.documents import unify_line_ends
from evalkit.data.evidence import find_evidence
from evalkit.data.kept import KeptArticles
from evalkit.data.references import ABSTENTION, DIFFICULTIES
from evalkit.errors import InputError, Problem, suggestion
from evalkit.records import (
    Article,
    Corpus,
    Question,
    QuestionType,
    References,
    ReferenceSummary,
)
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.data.cells import Cell
    from evalkit.data.tables import Row
    from evalkit.errors import Code

_TYPES: Final[dict[str, QuestionType]] = {type_: type_ for type_ in get_args(QuestionType)}
_SHOWN = 40  # characters of a quote
_N_DIGITS = 16  # of the hash that is the id of an article without one
_IMPOSSIBLE = "is_impossible"  # SQuAD 2.0's column: the article has no answer
_FLAT_SQUAD = Columns(article="context", id="id", question="question", answers="answers")
_NESTED_SQUAD = _FLAT_SQUAD.model_copy(update={"article_id": tables.ARTICLE_ID})


def load(data: SquadData | TableData | HubData, limit: int | None) -> Corpus:
    """Return the first `limit` articles of a public data set, with all their references.

    Rows with the same article text are one article with several questions. Ids of the data set are
    kept; questions without one are numbered: `q01`, `q02`, … Questions without text or without an
    answer are left out, and named.

    Raises:
        InputError: the file or data set cannot be read, or a row lacks what the columns promise.
    """
    if isinstance(data, SquadData):
        return _gather(str(data.squad), tables.of_squad(data.squad), _NESTED_SQUAD, limit)
    if isinstance(data, HubData):
        columns = data.columns or _FLAT_SQUAD
        return _gather(data.hub_dataset, tables.of_hub(data), columns, limit)
    return _gather(str(data.table), tables.of_table(data.table), data.columns, limit)


class _RowError(Exception):
    """What is wrong with a row, and what to do."""

    def __init__(self, *, code: Code, what: str, remedy: str) -> None:
        super().__init__(what)
        self.code, self.what, self.remedy = code, what, remedy


@dataclass(kw_only=True, slots=True)
class _Draft:
    """The references of an article so far; questions without an id in the data have none yet."""

    article: str
    summaries: dict[str, None] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def _gather(name: str, rows: Iterable[Row], columns: Columns, limit: int | None) -> Corpus:
    reader = _Reader(name, columns, limit)
    for row in rows:
        reader.add(row)
    if not reader.columns_seen:
        remedy = "give it some"
        reader.problems.append(Problem(code="empty", file=name, what="has no rows", remedy=remedy))
    if missing := tables.missing_columns(name, columns, reader.columns_seen):
        raise InputError(missing)
    if reader.problems:
        raise InputError(reader.problems)
    return reader.corpus()


class _Reader:
    """Collects the articles, the problems and what is left out, row by row."""

    def __init__(self, name: str, columns: Columns, limit: int | None) -> None:
        self.columns_seen: dict[str, None] = {}
        self.problems: list[Problem] = []
        self._left_out: list[Problem] = []
        self._articles = KeptArticles()
        self._drafts: dict[str, _Draft] = {}  # by the hash of the article's text
        self._name, self._columns, self._limit = name, columns, limit
        self._n_rows = 0

    def add(self, row: Row) -> None:
        """Keep what a row holds, or its problem."""
        self._n_rows += 1
        self.columns_seen |= dict.fromkeys(row)
        try:
            article = self._article(row)
            if article.sha256 not in self._drafts and len(self._drafts) == self._limit:
                return  # rows of the first articles may follow yet
            draft = self._drafts.get(article.sha256) or _Draft(article=article.id)
            self._extend(draft, row, article.text)
            if article.id not in {draft.article, article.sha256[:_N_DIGITS]}:
                self._left_out.append(self._second_id(article.id, draft.article))
            if article.sha256 not in self._drafts:
                self._drafts[article.sha256] = draft
                self._articles.append(article)
        except _RowError as error:
            self.problems.append(self._problem(error.code, error.what, error.remedy))

    def corpus(self) -> Corpus:
        """Return all articles with their references."""
        drafts = list(self._drafts.values())
        ids = Counter(draft.article for draft in drafts)
        if repeated := [id_ for id_, n in ids.items() if n > 1]:
            what, remedy = "is the id of two articles", "give each its own id"
            raise InputError(
                [
                    Problem(code="duplicate", file=self._name, key=id_, what=what, remedy=remedy)
                    for id_ in repeated
                ]
            )
        references = {draft.article: _references(draft) for draft in drafts}
        columns = self._columns
        given = [asked.id for draft in drafts for asked in draft.questions]
        return Corpus(
            articles=self._articles,
            references=references if columns.summary or columns.answers else {},
            left_out=tuple(self._left_out),
            unique_questions=all(given) and len(set(given)) == len(given),
        )

    def _problem(self, code: Code, what: str, remedy: str, key: str = "") -> Problem:
        place = f"{self._name}:row {self._n_rows}"
        return Problem(code=code, file=place, key=key, what=what, remedy=remedy)

    def _second_id(self, id_: str, first: str) -> Problem:
        what = f"this id is dropped: the text is that of `{first}`"
        return self._problem("duplicate", what, "one article has one id", key=id_)

    def _article(self, row: Row) -> Article:
        columns = self._columns
        text = unify_line_ends(self._text(row, columns.article))
        if not text.strip():
            what = f"has no text in column {columns.article}"
            raise _RowError(code="empty", what=what, remedy="fill it in, or drop the row")
        sha256 = hash_text(text)
        id_column = columns.article_id or (None if columns.question else columns.id)
        given = self._text(row, id_column)
        return Article(id=given or sha256[:_N_DIGITS], title="", text=text, sha256=sha256)

    def _extend(self, draft: _Draft, row: Row, article: str) -> None:
        """Add a row to its article."""
        columns = self._columns
        if columns.question and columns.answers:
            self._add_question(draft, row, self._text(row, columns.question), article)
        if columns.summary:
            try:
                found = summaries_of(row.get(columns.summary))
            except UnclearCellError as error:
                raise _unclear(columns.summary, error) from None
            draft.summaries |= dict.fromkeys(found)  # every row may repeat them

    def _add_question(self, draft: _Draft, row: Row, asked: str, article: str) -> None:
        columns = self._columns
        id_ = self._text(row, columns.id)
        try:
            answers = answers_of(row.get(columns.answers or ""))
        except UnclearCellError as error:
            raise _unclear(columns.answers or "", error) from None
        known = tuple(answer for answer in answers if not is_withheld(answer))
        impossible = self._text(row, _IMPOSSIBLE).lower() == "true"
        if not asked.strip() and not answers and (columns.summary or not id_):
            return  # a row for the summary alone
        if id_ in draft.ids:
            what = f"duplicate id `{id_}` in one article"
            raise _RowError(code="duplicate", what=what, remedy="give each its own id")
        if flaw := _flaw(asked, answers, known, impossible=impossible):
            self._left_out.append(self._problem("empty", *flaw, key=id_))
            return
        draft.ids |= {id_} - {""}
        draft.questions.append(
            Question(
                id=id_,
                question=asked,
                type=self._type(row) if known else "unanswerable",
                answers=known or (ABSTENTION,),
                difficulty=self._difficulty(row),
                evidence=tuple(self._evidence(row, article, key=id_)),
            )
        )

    def _type(self, row: Row) -> QuestionType | None:
        written = self._text(row, self._columns.type).strip()
        if written and written not in _TYPES:
            remedy = suggestion(written, _TYPES, f"write one of {', '.join(_TYPES)}")
            what = f"{written!r} is not a question type"
            raise _RowError(code="invalid", what=what, remedy=remedy)
        return _TYPES.get(written)

    def _difficulty(self, row: Row) -> int | None:
        written = self._text(row, self._columns.difficulty).strip().removesuffix(".0")
        found = {str(level): level for level in DIFFICULTIES}
        if written and written not in found:
            what = f"{written!r} is not a difficulty"
            raise _RowError(code="invalid", what=what, remedy="write a number from 1 to 5")
        return found.get(written)

    def _evidence(self, row: Row, article: str, *, key: str) -> Iterator[str]:
        """Yield the quotes of a row that its article has; the others are left out, and named."""
        column = self._columns.evidence
        try:
            quotes = answers_of(row.get(column)) if column else ()
        except UnclearCellError as error:
            raise _unclear(column or "", error) from None
        for quote in quotes:
            if find_evidence(quote, article):
                yield quote
            else:
                what = f"this evidence is not in its article: {quote[:_SHOWN]}"
                self._left_out.append(self._problem("mismatch", what, "copy it word for word", key))

    def _text(self, row: Row, column: str | None) -> str:
        if column is None:
            return ""
        try:
            return text_of(row.get(column))
        except UnclearCellError as error:
            raise _unclear(column, error) from None


def _unclear(column: str, error: UnclearCellError) -> _RowError:
    what = f"column {column} {error.what}"
    return _RowError(code="invalid", what=what, remedy=error.remedy)


def _flaw(
    asked: str, answers: Sequence[Cell], known: Sequence[str], *, impossible: bool
) -> tuple[str, str] | None:
    """Return why a question cannot be scored, and what to do."""
    if not asked.strip():
        return "has no question", "fill it in"
    if answers and not known:
        return "has an answer that is not published", "take a part of the data set that has answers"
    if not answers and not impossible:
        remedy = f"fill it in; if the article has no answer, set {_IMPOSSIBLE}: true"
        return "has a question and no answer", remedy
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
