"""Checks the references against the rules that a program can check, and counts them.

A run uses what is wrong as it is, and says so; it leaves out what is not written; that there is too
little it cannot tell, but its intervals show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.data import articles, references
from evalkit.errors import InputError
from evalkit.lint import questions, summaries
from evalkit.lint.statistics import Statistics, statistics
from evalkit.lint.subject import subject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.config.keys import Key
    from evalkit.data.references import LoadedReferences
    from evalkit.errors import Problem
    from evalkit.lint.subject import Shortage, Subject

__all__ = ["Findings", "check", "wrong"]

MAX_IN_ONE_HALF = 0.7


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What the linter found.

    Attributes:
        wrong: what contradicts the article, or the form of the file; a run refuses what it cannot
            read, and uses the rest as it is.
        unwritten: articles without a file, and placeholders; a run leaves them out.
        few: articles with fewer references than a telling result needs; a run takes them.
        warnings: what a person should look at.
        articles: those whose references could be read.
    """

    wrong: tuple[Problem, ...]
    unwritten: tuple[Problem, ...]
    few: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    articles: tuple[Statistics, ...]


def check(index: Path, folder: Path) -> Findings:
    """Return all that the rules say about a folder of references, and statistics of each article.

    Raises:
        InputError: the index or an article cannot be read.
    """
    errors, unwritten, subjects = _read(index, folder)
    return Findings(
        wrong=errors,
        unwritten=unwritten,
        few=tuple(problem for one in subjects for problem in _few(one)),
        warnings=tuple(warning for one in subjects for warning in _warnings(one)),
        articles=tuple(map(statistics, subjects)),
    )


def wrong(index: Path, folder: Path) -> tuple[Problem, ...]:
    """Return the `wrong` of `check`, in half of its time.

    Raises:
        InputError: the index or an article cannot be read.
    """
    return _read(index, folder)[0]


def _read(
    index: Path, folder: Path
) -> tuple[tuple[Problem, ...], tuple[Problem, ...], list[Subject]]:
    """Return what is wrong, what is not written, and all that could be read."""
    listed = articles.load(index)
    errors: list[Problem] = []
    loaded: dict[str, LoadedReferences] = {}
    files = sorted(folder.glob("*.yaml"))
    for file in files:
        try:
            loaded[file.stem], found = references.read_file(file)
        except InputError as error:
            found = list(error.problems)
        errors += found
    unread = {file.stem for file in files} - loaded.keys()
    wanted = [article.id for article in listed if article.id not in unread]
    errors += references.find_unknown_articles(loaded, [article.id for article in listed])
    unwritten = references.find_articles_without(loaded, wanted, index, folder)
    subjects = [subject(item, loaded[item.id]) for item in listed if item.id in loaded]
    for one in subjects:
        errors += [*summaries.errors(one), *questions.errors(one)]
        unwritten += one.loaded.unwritten()
    return tuple(sorted(errors, key=_place)), tuple(sorted(unwritten, key=_place)), subjects


def _place(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line or 0


def _few(one: Subject) -> Iterator[Problem]:
    """Yield one problem for each place where references are few, with all that is short there."""
    short: dict[Key, list[Shortage]] = {}
    for found in (*summaries.shortages(one), *questions.shortages(one)):
        if found.n < found.least:
            short.setdefault(found.key, []).append(found)
    for key, of_key in short.items():
        counts = ", ".join(f"{found.n} of {found.of} (at least {found.least})" for found in of_key)
        remedy = "write more: little can be shown with few"
        if any(found.of == "date" for found in of_key):
            remedy = f"{remedy}; `lacks: [date]` where the article has none"
        yield one.problem(key, f"few: {counts}", remedy, code="few")


def _warnings(one: Subject) -> Iterator[Problem]:
    yield from summaries.warnings(one)
    yield from questions.warnings(one)
    places = list(questions.evidence_places(one))
    first = sum(place < len(one.article.text) / 2 for place in places)
    for half, count in (("first", first), ("second", len(places) - first)):
        if count > MAX_IN_ONE_HALF * len(places):
            what = f"{count} of {len(places)} quotes are in the {half} half of the article"
            yield one.problem(("questions",), what, "ask about the other half too")
