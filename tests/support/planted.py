"""Summaries with one planted error each, and right ones, labelled by reading the articles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from evalkit.data import articles
from evalkit.metrics.facts.check import fact_check
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.metrics.facts.findings import Flag

GOLDEN = ROOT / "tests" / "golden" / "planted_errors.jsonl"
ARTICLES = GOLDEN.with_name("planted_articles.jsonl")
_MARKS = "，；。\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A summary and what a person says of it.

    Attributes:
        article: the first three characters of the article's id.
        half: `development`, or `held out` for those written once the rules stood.
        kind: of the error, or of the right rewrite.
        faithful: whether nothing in it is wrong.
        note: `before→after` for each words that were put in, or in words what is wrong.
    """

    article: str
    half: str
    kind: str
    faithful: bool
    note: str
    prediction: str

    def flags(self) -> tuple[Flag, ...]:
        """Return what the fact check flags."""
        return fact_check(texts()[self.article]).check(self.prediction).flags

    def is_seen(self) -> bool:
        """Return whether a flag is in a clause with the planted words; any, where none are told."""
        text = self.prediction
        edits = (edit.partition("→")[2] for edit in self.note.split("；"))
        places = [(at, at + len(edit)) for edit in edits if edit and (at := text.find(edit)) >= 0]
        return any(not places or _overlaps(flag, text, places) for flag in self.flags())


def flags_in(summary: str, article: str) -> list[tuple[str, str]]:
    """Return the text and the reason of each flag, whose place is that of its text."""
    found = fact_check(article).check(summary).flags
    assert [summary[flag.start : flag.end] for flag in found] == [flag.text for flag in found]
    return [(flag.text, flag.reason) for flag in found]


def read_labelled(file: Path = GOLDEN) -> list[Labelled]:
    """Return the labelled summaries of a file of JSON lines."""
    return [
        Labelled(
            article=row["article_id"],
            half=row.get("half", "all"),
            kind=row["kind"],
            faithful=row["faithful"],
            note=row["note"],
            prediction=row["prediction"],
        )
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    ]


@cache
def texts() -> dict[str, str]:
    """Return the articles by the first three characters of their ids, and those of the tests."""
    found = articles.load(ROOT / "seeds" / "index.yaml")
    own = map(json.loads, ARTICLES.read_text(encoding="utf-8").splitlines())
    return {article.id[:3]: article.text for article in found} | {
        article["id"]: article["text"] for article in own
    }


def _overlaps(flag: Flag, text: str, places: list[tuple[int, int]]) -> bool:
    start = max(text.rfind(mark, 0, flag.start) for mark in _MARKS) + 1
    end = min((text + mark).find(mark, flag.end) for mark in _MARKS)
    return any(first < end and start < last for first, last in places)
