"""Writes the index of a folder of articles, as far as the texts tell what belongs into it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from evalkit.config.strict import LETTERS
from evalkit.data.documents import ARTICLE_SUFFIXES, is_article, read_article
from evalkit.errors import InputError, refusal
from evalkit.language import localise

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.errors import Problem

NAME = "index.yaml"
PAGE = "references.html"
"""What `annotate references` writes into a folder of articles."""
_LONGEST_ID = 64


def index_of(folder: Path) -> str:
    """Return the text of an index of the articles in a folder, in the order of their names.

    Raises:
        InputError: there are none, or some cannot be read; with every problem.
    """
    if not folder.is_dir():
        raise refusal(folder, "empty", "is not a folder", "give a folder of articles, a file each")
    files = [file for file in _visible(folder) if file.is_file() and is_article(file)]
    if not files:
        what = f"holds no article, which ends in {', '.join(ARTICLE_SUFFIXES)}"
        raise refusal(folder, "empty", what, "give a folder of articles, a file each")
    entries = ["articles:\n"]
    problems: list[Problem] = []
    taken: set[str] = set()
    for number, file in enumerate(files, start=1):
        id_ = article_id(file)
        if not id_ or id_ in taken:
            id_ = f"{number:03d}-{id_}".strip("-")[:_LONGEST_ID]
        taken.add(id_)
        try:
            text, _ = read_article(file)
        except InputError as error:
            problems += error.problems
            continue
        entries.append(index_entry(id_, file, text))
    if problems:
        raise InputError(problems)
    return "".join(entries)


def unlisted(folder: Path) -> list[str]:
    """Return the names in a folder of articles that its index leaves out, folders with a slash."""
    others = [
        file
        for file in _visible(folder)
        if not (file.is_file() and (is_article(file) or file.name == NAME))
    ]
    return [f"{file.name}/" if file.is_dir() else file.name for file in others]


def _visible(folder: Path) -> list[Path]:
    """Return what a folder shows, without the page on which references are written."""
    hidden = (".", "~")
    found = (file for file in sorted(folder.iterdir()) if not file.name.startswith(hidden))
    return [file for file in found if file.name != PAGE]


def write_index(folder: Path) -> tuple[Path, int]:
    """Write the index of a folder of articles beside them; return it, and how many it lists.

    Raises:
        InputError: there is an index already, there are no articles, or some cannot be read.
    """
    index = folder / NAME
    text = index_of(folder)
    try:
        with index.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        what = "exists already" if index.exists() else f"cannot be written ({error.strerror})"
        raise refusal(index, "unwritable", what, "edit it, or choose another folder") from None
    return index, text.count("\n  - id: ")


def article_id(file: Path) -> str:
    """Return the id that the name of an article's file gives; empty where it gives none."""
    return re.sub(rf"[^{LETTERS}._-]+", "-", file.stem).strip("-._")[:_LONGEST_ID]


def index_entry(id_: str, file: Path, text: str) -> str:
    """Return the entry of an article in the index, its title being its first line.

    What a person is to fill in is in the language in use.
    """
    first, *_ = text.strip().splitlines()
    title = first.lstrip("#").strip() if file.suffix.lower() == ".md" else first.strip()
    unknown, words = localise("not stated"), localise("in your own words")
    flaws = localise("misprints, broken lines and the like; the article itself is never repaired")
    return f"""\
  - id: {json.dumps(id_, ensure_ascii=False)}
    file: {json.dumps(file.name, ensure_ascii=False)}
    title: {json.dumps(title, ensure_ascii=False)}
    source: {unknown}
    date: {unknown}
    kind: {localise("news")}  # {words}
    flaws: []  # {flaws}
"""
