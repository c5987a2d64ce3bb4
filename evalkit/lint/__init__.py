"""Checks the references against the rules that a program can check, and counts them."""

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

    from evalkit.data.references import LoadedReferences
    from evalkit.errors import Problem
    from evalkit.lint.subject import Subject

__all__ = ["Findings", "check"]

MAX_IN_ONE_HALF = 0.7


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What the linter found; `articles` are those whose references could be read."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    articles: tuple[Statistics, ...]


def check(index: Path, folder: Path) -> Findings:
    """Return every error and warning of a folder of references, and statistics of each article.

    Raises:
        InputError: the index or an article cannot be read.
    """
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
    errors += references.find_unpaired(loaded, wanted, folder)
    subjects = [subject(item, loaded[item.id]) for item in listed if item.id in loaded]
    for one in subjects:
        errors += [*summaries.errors(one), *questions.errors(one)]
    return Findings(
        errors=tuple(sorted(errors, key=lambda problem: (problem.file, problem.line or 0))),
        warnings=tuple(warning for one in subjects for warning in _warnings(one)),
        articles=tuple(map(statistics, subjects)),
    )


def _warnings(one: Subject) -> Iterator[Problem]:
    yield from summaries.warnings(one)
    places = list(questions.evidence_places(one))
    first = sum(place < len(one.article.text) / 2 for place in places)
    for half, count in (("first", first), ("second", len(places) - first)):
        if count > MAX_IN_ONE_HALF * len(places):
            what = f"{count} of {len(places)} quotes are in the {half} half of the article"
            yield one.problem(("questions",), what, "ask about the other half too")
