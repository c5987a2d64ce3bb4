"""Groups examples by task, type, difficulty and position of the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.data.evidence import find_evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Article, Example

_THIRDS = ("beginning", "middle", "end")
_ORDER = (*_THIRDS, "several", "none")


def groups_of(
    examples: Mapping[str, Example], articles: Mapping[str, Article]
) -> dict[str, dict[str, str]]:
    """Return the ways to divide examples that the data allows: way → example id → group.

    Summaries are divided by `task`; answers by `type`, `difficulty` and position of the `evidence`,
    each only where the data has it.

    Args:
        examples: by id.
        articles: by id; those whose text is not known have no places.
    """
    summaries = {id_: e for id_, e in examples.items() if e.kind == "summary"}
    answers = {id_: e for id_, e in examples.items() if e.kind == "answer"}
    ways: dict[str, dict[str, str]] = {
        "task": {id_: example.task for id_, example in summaries.items()},
        "type": {id_: e.type for id_, e in answers.items() if e.type is not None},
        "difficulty": {
            id_: str(e.difficulty) for id_, e in answers.items() if e.difficulty is not None
        },
        "evidence": _places(answers, articles),
    }
    return {
        way: dict(sorted(group_of.items(), key=lambda item: _rank(item[1])))
        for way, group_of in ways.items()
        if group_of
    }


def _places(answers: Mapping[str, Example], articles: Mapping[str, Article]) -> dict[str, str]:
    if not any(example.evidence for example in answers.values()):
        return {}
    return {
        id_: place(example.evidence, article.text)
        for id_, example in answers.items()
        if (article := articles.get(example.article_id)) and article.text
    }


def place(evidence: Sequence[str], article: str) -> str:
    """Return in which third of the article the evidence begins.

    `several` where it is scattered over more than one, `none` where there is no evidence, or none
    that is in the article.
    """
    found = [find_evidence(quote, article) for quote in evidence]
    thirds = {_THIRDS[3 * span[0] // len(article)] for span in found if span}
    if len(thirds) > 1:
        return "several"
    return thirds.pop() if thirds else "none"


def _rank(group: str) -> tuple[int, str]:
    return (_ORDER.index(group) if group in _ORDER else 0, group)
