"""Reads hand-written references: `references/<article id>.yaml`, one file per article."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import AliasChoices, Field

from evalkit.config import document as strict_yaml
from evalkit.config.strict import Name, Strict, matching
from evalkit.errors import InputError, Problem, refusal
from evalkit.records import Question, QuestionType, References, ReferenceSummary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from evalkit.config.keys import Key

TO_DO = "待写"
"""What `references new` puts where the author still has to write."""
ABSTENTION = "文中未提及"  # the answer to a question that the article leaves open
HEADLINE = "headline"
"""The task, and the id, of the reference that a file holds as `headline:`."""
FOCUSED = "focused"
"""The task of the references that a file holds as `focused:`."""
Text = Annotated[str, *matching(r"[\s\S]*\S[\s\S]*", "text that is not blank")]


Difficulty = Literal[1, 2, 3, 4, 5]
DIFFICULTIES: tuple[Difficulty, ...] = get_args(Difficulty)


class SummaryEntry(Strict):
    """One reference summary, for the task of that name: `short`, `long` or another.

    Files written for the first version call the task `length`.
    """

    id: Name
    task: Annotated[Name, Field(validation_alias=AliasChoices("task", "length"))]
    text: Text


class FocusedReference(Strict):
    """What the article says about one focus, and the words of the article that it rests on."""

    text: Text
    evidence: Annotated[tuple[Text, ...], Field(min_length=1)]


class FocusedEntry(Strict):
    """One focus, such as 社区减负, and its reference summaries for the task `focused`."""

    id: Name
    focus: Text
    references: Annotated[tuple[FocusedReference, ...], Field(min_length=1)]


class QuestionEntry(Strict):
    """One question, its accepted answers and the words of the article that prove them."""

    id: Name
    type: QuestionType
    difficulty: Difficulty
    question: Text
    answers: Annotated[tuple[Text, ...], Field(min_length=1)]
    unit: Text | None = None
    ordered: bool = False
    evidence: tuple[Text, ...] = ()
    note: str = ""


class ReferencesFile(Strict):
    """The references of one article, as its file has them.

    `lacks` names the question types that the article has too little material for; the linter does
    not demand them.
    """

    article: Name
    lacks: tuple[Literal["date"], ...] = ()
    headline: Text
    summaries: tuple[SummaryEntry, ...]
    focused: tuple[FocusedEntry, ...] = ()
    questions: tuple[QuestionEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedReferences:
    """The references of one article as its file has them, and the document with their lines."""

    references: References
    document: strict_yaml.Document
    lacks: tuple[QuestionType, ...] = ()

    def summaries(self) -> Iterator[tuple[Key, ReferenceSummary]]:
        """Yield every reference summary with the key of its entry; the headline's is empty."""
        foci = list(dict.fromkeys(found.id for found in self.references.summaries if found.focus))
        n_before = Counter[str]()
        for i, summary in enumerate(self.references.summaries):
            if summary.focus:
                yield (FOCUSED, foci.index(summary.id), "references", n_before[summary.id]), summary
                n_before[summary.id] += 1
            elif summary.id == HEADLINE:
                yield (), summary
            else:
                yield ("summaries", i), summary

    def written(self) -> References:
        """Return the references without those that hold a placeholder."""
        return References(
            summaries=tuple(filter(is_written, self.references.summaries)),
            questions=tuple(filter(is_written, self.references.questions)),
        )

    def unwritten(self) -> Iterator[Problem]:
        """Yield a problem for each reference that holds a placeholder."""
        entries: list[tuple[Key, ReferenceSummary | Question]] = [
            *((key or (HEADLINE,), summary) for key, summary in self.summaries()),
            *((("questions", i), asked) for i, asked in enumerate(self.references.questions)),
        ]
        remedy = f"replace each {TO_DO} with your words"
        for key, entry in entries:
            if not is_written(entry):
                yield self.document.problem(key, "is not written yet", remedy, code="missing")


def is_written(entry: ReferenceSummary | Question) -> bool:
    """Return whether none of a reference's words is a placeholder."""
    words = (
        (entry.text, entry.focus, *entry.evidence)
        if isinstance(entry, ReferenceSummary)
        else (entry.question, entry.unit, entry.note, *entry.answers, *entry.evidence)
    )
    return TO_DO not in (word.strip() for word in words if word)


def load_folder(folder: Path) -> dict[str, LoadedReferences]:
    """Return the references of every file in a folder, by article id.

    Raises:
        InputError: with every problem of every file.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        what = "holds no references" if folder.is_dir() else "is not a folder"
        remedy = "add <article id>.yaml files, or run without references: leave the key out"
        raise refusal(folder, "missing", what, remedy)
    problems: list[Problem] = []
    loaded: dict[str, LoadedReferences] = {}
    for file in files:
        try:
            loaded[file.stem], found = read_file(file)
        except InputError as error:
            found = list(error.problems)
        problems += found
    if problems:
        raise InputError(problems)
    return loaded


def read_file(file: Path) -> tuple[LoadedReferences, list[Problem]]:
    """Return a file's references, with a problem for each id that is wrong or a duplicate.

    Summaries come in the file's order, after them the focused ones and the headline.

    Raises:
        InputError: the file is not YAML, or its values do not fit; with every problem.
    """
    document = strict_yaml.read(file)
    entry = document.parse(ReferencesFile)
    problems = [
        *_duplicate_ids(document, "summaries", entry.summaries, taken={HEADLINE}),
        *_duplicate_ids(document, "focused", entry.focused),
        *_duplicate_ids(document, "questions", entry.questions),
    ]
    if entry.article != file.stem:
        what, remedy = (
            f"`{entry.article}` is not the name of this file",
            f"write `article: {file.stem}`",
        )
        problems.append(document.problem(("article",), what, remedy, code="mismatch"))
    headline = ReferenceSummary(id=HEADLINE, task=HEADLINE, text=entry.headline)
    references = References(
        summaries=(
            *(ReferenceSummary(**dict(summary)) for summary in entry.summaries),
            *_focused(entry.focused),
            headline,
        ),
        questions=tuple(Question(**dict(question)) for question in entry.questions),
    )
    loaded = LoadedReferences(references=references, document=document, lacks=entry.lacks)
    return loaded, problems


def _focused(entries: Iterable[FocusedEntry]) -> Iterator[ReferenceSummary]:
    for entry in entries:
        for reference in entry.references:
            yield ReferenceSummary(id=entry.id, task=FOCUSED, focus=entry.focus, **dict(reference))


def _duplicate_ids(
    document: strict_yaml.Document,
    key: str,
    entries: Iterable[SummaryEntry | FocusedEntry | QuestionEntry],
    *,
    taken: Iterable[str] = (),
) -> list[Problem]:
    seen = set(taken)
    problems: list[Problem] = []
    for i, entry in enumerate(entries):
        if entry.id in seen:
            place: Key = (key, i, "id")
            what, remedy = f"duplicate id `{entry.id}`", "give each its own id"
            problems.append(document.problem(place, what, remedy, code="duplicate"))
        seen.add(entry.id)
    return problems


def command(words: str, index: Path, folder: Path) -> str:
    """Return a command of `evalkit references` for an index and a folder of references."""
    places = shlex.join(["--articles", str(index), "--references", str(folder)])
    return f"python -m evalkit references {words} {places}"


def find_articles_without(
    loaded: Mapping[str, LoadedReferences], article_ids: Iterable[str], index: Path, folder: Path
) -> list[Problem]:
    """Return a problem for each article of an index that has no file of references."""
    return [
        Problem(
            code="missing",
            file=str(folder / f"{article_id}.yaml"),
            what="is missing",
            remedy=f"write it: {command('new ARTICLE.txt', index, folder)}",
        )
        for article_id in article_ids
        if article_id not in loaded
    ]


def find_unknown_articles(
    loaded: Mapping[str, LoadedReferences], article_ids: Collection[str]
) -> list[Problem]:
    """Return a problem for each file of references whose article the index does not list."""
    what, remedy = "no such article in the index", "add it, or remove this file"
    return [
        found.document.problem(("article",), what, remedy, code="unknown")
        for article_id, found in loaded.items()
        if article_id not in article_ids
    ]
