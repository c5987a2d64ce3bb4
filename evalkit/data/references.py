"""Reads the references that people wrote: `references/<article id>.yaml`, one file an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from evalkit.config import document as strict_yaml
from evalkit.config.document import Strict, fitting
from evalkit.config.schema import Name  # noqa: TC001 - pydantic reads the annotation at run time
from evalkit.errors import InputError, Problem
from evalkit.records import Length, Question, QuestionType, References, ReferenceSummary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ABSTENTION = "文中未提及"  # the answer to a question that the article leaves open
Text = Annotated[str, *fitting(r"[\s\S]*\S[\s\S]*", "text that is not blank")]


class SummaryEntry(Strict):
    """One reference summary."""

    id: Name
    length: Length
    text: Text


class QuestionEntry(Strict):
    """One question, its accepted answers and the words of the article that prove them."""

    id: Name
    type: QuestionType
    difficulty: Literal[1, 2, 3]
    question: Text
    answers: Annotated[tuple[Text, ...], Field(min_length=1)]
    unit: Text | None = None
    ordered: bool = False
    evidence: tuple[Text, ...] = ()
    note: str = ""


class ReferencesFile(Strict):
    """All that people wrote about one article.

    `lacks` names the types of which the article has too few to ask about, so that the linter does
    not ask for them.
    """

    article: Name
    lacks: tuple[Literal["date"], ...] = ()
    headline: Text
    summaries: tuple[SummaryEntry, ...]
    questions: tuple[QuestionEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """The references of one article, and the document that tells where each thing stands."""

    references: References
    document: strict_yaml.Document
    lacks: tuple[QuestionType, ...] = ()


def load_folder(folder: Path) -> dict[str, Written]:
    """Return the references of every file in a folder, by article id.

    Raises:
        InputError: with every problem of every file.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        what = "holds no references" if folder.is_dir() else "is not a folder"
        raise InputError(
            [Problem(file=str(folder), what=what, remedy="add <article id>.yaml files")]
        )
    problems: list[Problem] = []
    loaded: dict[str, Written] = {}
    for file in files:
        try:
            loaded[file.stem], found = read_file(file)
        except InputError as error:
            found = list(error.problems)
        problems += found
    if problems:
        raise InputError(problems)
    return loaded


def read_file(file: Path) -> tuple[Written, list[Problem]]:
    """Return a file's references, with a problem for each id that is wrong or stands twice.

    Raises:
        InputError: the file is no YAML, or its values do not fit; with every problem.
    """
    document = strict_yaml.read(file)
    entry = document.parse(ReferencesFile)
    problems = _repeated_ids(document, entry)
    if entry.article != file.stem:
        what = f"`{entry.article}` is not the name of this file"
        problems.append(document.problem(("article",), what, f"write `article: {file.stem}`"))
    references = References(
        headline=entry.headline,
        summaries=tuple(ReferenceSummary(**dict(summary)) for summary in entry.summaries),
        questions=tuple(Question(**dict(question)) for question in entry.questions),
    )
    return Written(references=references, document=document, lacks=entry.lacks), problems


def _repeated_ids(document: strict_yaml.Document, entry: ReferencesFile) -> list[Problem]:
    kinds: dict[str, Sequence[SummaryEntry | QuestionEntry]] = {
        "summaries": entry.summaries,
        "questions": entry.questions,
    }
    return [
        document.problem((kind, i, "id"), f"`{item.id}` stands twice", "give each its own id")
        for kind, items in kinds.items()
        for i, item in enumerate(items)
        if item.id in {earlier.id for earlier in items[:i]}
    ]


def misplaced(
    written: Mapping[str, Written], article_ids: Sequence[str], folder: Path
) -> list[Problem]:
    """Return a problem for each article without references, and each references without article."""
    missing = [
        Problem(
            file=str(folder / f"{article_id}.yaml"),
            what="is missing",
            remedy="write it: python -m evalkit references new ARTICLE.txt",
        )
        for article_id in article_ids
        if article_id not in written
    ]
    strays = [
        found.document.problem(("article",), "no such article in the index", "add it, or remove")
        for article_id, found in written.items()
        if article_id not in article_ids
    ]
    return missing + strays
