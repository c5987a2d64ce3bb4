"""What kind of example each one is: by length, type, difficulty, and place of the evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit import data as corpus
from evalkit.config.document import Document
from evalkit.config.schema import Config
from evalkit.errors import InputError, Problem
from evalkit.prompts.examples import examples
from evalkit.runner.job import other_sources
from evalkit.runner.provenance import config_of, hash_references

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.analysis.runs import Run
    from evalkit.records import Corpus, Example

_THIRDS = ("beginning", "middle", "end")
_ORDER = (*_THIRDS, "several", "none", "short", "long")


def read_examples(run: Run) -> tuple[dict[str, Example], Corpus]:
    """Return a run's examples by id, and its corpus, from the files that its config names.

    Raises:
        InputError: they cannot be read any more, or have changed since the run was scored.
    """
    file = str(run.path / "manifest.json")
    written = config_of(run.manifest, run.path)
    config = Document(file, json.dumps(written)).parse(Config)
    found = corpus.load(config.data, config.limit)
    now = {article.id: article.sha256 for article in found.articles}
    if run.manifest["articles"] != now or run.manifest["references"] != hash_references(found):
        what = "its articles or references have changed since it was scored"
        raise InputError([Problem(file=file, what=what, remedy="score it again: rescore")])
    known = examples(found, config.tasks, other_sources(config))
    return {example.id: example for example in known}, found


def groups_of(by_id: Mapping[str, Example], found: Corpus) -> dict[str, dict[str, str]]:
    """Return the ways to divide examples: way → example id → group."""
    texts = {article.id: article.text for article in found.articles}
    ways: dict[str, dict[str, str]] = {"length": {}, "type": {}, "difficulty": {}, "evidence": {}}
    for id_, example in by_id.items():
        question = example.question
        if question is None:
            ways["length"][id_] = example.length or "?"
            continue
        ways["type"][id_] = question.type or "unknown"
        ways["difficulty"][id_] = str(question.difficulty)
        ways["evidence"][id_] = place(question.evidence, texts[example.article_id])
    return {
        way: dict(sorted(group_of.items(), key=lambda item: _rank(item[1])))
        for way, group_of in ways.items()
    }


def _rank(group: str) -> tuple[int, str]:
    return (_ORDER.index(group) if group in _ORDER else 0, group)


def place(evidence: Sequence[str], article: str) -> str:
    """Return in which third of the article the evidence begins.

    `several` where it is scattered over more than one, `none` where there is no evidence, or none
    that is in the article word for word.
    """
    starts = [article.find(quote) for quote in evidence]
    thirds = {_THIRDS[3 * start // len(article)] for start in starts if start >= 0}
    if len(thirds) > 1:
        return "several"
    return thirds.pop() if thirds else "none"
