"""Writes the index of a folder of articles, as far as the texts tell what belongs into it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from evalkit.config.strict import LETTERS
from evalkit.data import encoding
from evalkit.errors import InputError, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.errors import Problem

NAME = "index.yaml"
_LONGEST_ID = 64


def index_of(folder: Path) -> str:
    """Return the text of an index of the `*.txt` files of a folder, in the order of their names.

    Raises:
        InputError: there are none, or some cannot be read; with every problem.
    """
    files = sorted(folder.glob("*.txt"))
    if not files:
        what = "holds no .txt file" if folder.is_dir() else "is not a folder"
        raise refusal(folder, "empty", what, "give a folder of articles, a .txt file each")
    entries = ["articles:\n"]
    problems: list[Problem] = []
    taken: set[str] = set()
    for number, file in enumerate(files, start=1):
        id_ = article_id(file)
        if not id_ or id_ in taken:
            id_ = f"{number:03d}-{id_}".strip("-")[:_LONGEST_ID]
        taken.add(id_)
        try:
            text, *_ = encoding.read(file)
        except InputError as error:
            problems += error.problems
            continue
        entries.append(index_entry(id_, file, text))
    if problems:
        raise InputError(problems)
    return "".join(entries)


def article_id(file: Path) -> str:
    """Return the id that the name of an article's file gives; empty where it gives none."""
    return re.sub(rf"[^{LETTERS}._-]+", "-", file.stem).strip("-._")[:_LONGEST_ID]


def index_entry(id_: str, file: Path, text: str) -> str:
    """Return the entry of an article in the index, its title being its first line."""
    title = text.strip().splitlines()[0].strip()
    return f"""\
  - id: {json.dumps(id_, ensure_ascii=False)}
    file: {json.dumps(file.name, ensure_ascii=False)}
    title: {json.dumps(title, ensure_ascii=False)}
    source: not stated
    date: not stated
    kind: news  # in your own words
    flaws: []  # misprints, broken lines and the like; the article itself is never repaired
"""
