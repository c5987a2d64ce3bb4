"""References that a person wrote on the page: what the page needs, and what becomes of its file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

import yaml

from evalkit.annotate.saved import read_saved
from evalkit.config.strict import Strict
from evalkit.data.references import ReferencesFile  # noqa: TC001 - a field of a model
from evalkit.errors import InputError, Problem
from evalkit.lint import MAX_IN_ONE_HALF, questions, summaries
from evalkit.store.files import write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Draft(Strict):
    """What the page saved: an entry for each article that was begun, as its file will hold it."""

    format: Literal["evalkit references 1"]
    articles: tuple[ReferencesFile, ...]


def rules() -> dict[str, Any]:
    """Return the numbers and names of the rules of `references check`, by name in `rules.js`."""
    return {
        "bounds": summaries.BOUNDS,
        "minOfTask": summaries.MIN_OF_TASK,
        "minOfFocus": summaries.MIN_OF_FOCUS,
        "maxOverlap": summaries.MAX_OVERLAP,
        "maxCopied": summaries.MAX_COPIED,
        "minQuestions": questions.MIN_QUESTIONS,
        "minJoined": questions.MIN_JOINED,
        "joined": questions.JOINED,
        "hard": questions.HARD,
        "minOfTypes": questions.MIN_OF_TYPES,
        "canonical": questions.CANONICAL,
        "quoted": sorted(questions.QUOTED_TYPES),
        "maxInOneHalf": MAX_IN_ONE_HALF,
    }


def unpack(drafts: Sequence[Path], folder: Path) -> list[Path]:
    """Write `<article id>.yaml` into a folder for each article of some drafts; return the files.

    Raises:
        InputError: a draft is none, holds nothing, or an article's file exists already or is in
            two drafts; with every problem, and nothing is written.
        StoreError: a file cannot be written.
    """
    problems: list[Problem] = []
    texts: dict[Path, str] = {}
    for _, document, found in read_saved(drafts, Draft, problems):
        if not found.articles:
            remedy = "write something on the page first"
            problems.append(document.problem(("articles",), "is empty", remedy, code="empty"))
        for i, entry in enumerate(found.articles):
            file = folder / f"{entry.article}.yaml"
            if file in texts or os.path.lexists(file):
                what = f"{file} {'is in another draft' if file in texts else 'exists already'}"
                remedy = "unpack into another folder"
                place = ("articles", i, "article")
                problems.append(document.problem(place, what, remedy, code="duplicate"))
            texts[file] = yaml_of(entry)
    if problems:
        raise InputError(problems)
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        write(file, text)
    return list(texts)


def yaml_of(entry: ReferencesFile) -> str:
    """Return the text of a references file, keys that are as usual left out."""
    content = entry.model_dump(mode="json", exclude_defaults=True)
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=4096)
    return text
