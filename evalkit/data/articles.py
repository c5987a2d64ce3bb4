"""Reads the index of articles and the articles themselves, never repairing them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.config import document as strict_yaml
from evalkit.config.strict import FileName, Name, Strict
from evalkit.data.documents import read_article
from evalkit.data.kept import KeptArticles
from evalkit.errors import InputError, Problem
from evalkit.records import Article
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from pathlib import Path


class IndexEntry(Strict):
    """One article in the index."""

    id: Name
    file: FileName
    title: str
    source: str
    date: str
    kind: str
    flaws: tuple[str, ...] = ()


class Index(Strict):
    """The articles in the order in which they are read."""

    articles: tuple[IndexEntry, ...]


def load(index_file: Path) -> KeptArticles:
    """Return the articles that an index lists.

    Raises:
        InputError: with every problem of the index and of the files it names.
    """
    document = strict_yaml.read(index_file)
    index = document.parse(Index)
    problems: list[Problem] = []
    loaded = KeptArticles()
    if not index.articles:
        remedy = "list at least one article"
        problems.append(document.problem(("articles",), "is empty", remedy, code="empty"))
    ids: set[str] = set()
    for i, entry in enumerate(index.articles):
        key = ("articles", i)
        if entry.id in ids:
            what, remedy = f"duplicate id `{entry.id}`", "give each article its own id"
            problems.append(document.problem((*key, "id"), what, remedy, code="duplicate"))
        ids.add(entry.id)
        file = index_file.parent / entry.file
        if not file.resolve().is_relative_to(index_file.parent.resolve()):
            what, remedy = (
                f"{entry.file!r} leaves the folder of the index",
                "keep articles beside it",
            )
            problems.append(document.problem((*key, "file"), what, remedy, code="unsafe"))
            continue
        try:
            loaded.append(_article(entry, file))
        except InputError as error:
            problems += [
                replace(
                    document.problem(
                        (*key, "file"), f"{entry.file} {found.what}", found.remedy, code=found.code
                    ),
                    extra=found.extra,
                )
                for found in error.problems
            ]
    if problems:
        raise InputError(problems)
    return loaded


def _article(entry: IndexEntry, file: Path) -> Article:
    text, name = read_article(file)
    return Article(
        id=entry.id,
        title=entry.title,
        text=text,
        sha256=hash_text(text),
        encoding=name,
    )
