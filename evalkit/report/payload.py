"""What report.html carries for its script: examples, outputs and scores, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalkit.metrics import available, entry
from evalkit.report.labels import labels
from evalkit.report.table import in_order
from evalkit.report.translate import in_chinese
from evalkit.stats.output_issues import oddities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.records import Example, ExampleScore, Generation
    from evalkit.report.findings import Findings

_DIGITS = 4  # of a value that is shown; all means are made before
_LACKING = "not in the article"  # what metrics of faithfulness call it in `compared`
_MARKED = {"number_precision": "numbers", "name_precision": "names"}
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def embed(data: object) -> str:
    r"""Return JSON that may stand between script tags, whatever its strings hold.

    >>> embed({"答案": "</script>"})
    '{"答案":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPES).encode("utf-8", "backslashreplace").decode()


def build(findings: Findings) -> dict[str, Any]:
    """Return everything that the page shows on request."""
    summary = findings.summary
    systems = [system for system in in_order(summary) if system.role != "ceiling"]
    place = {example.id: i for i, example in enumerate(findings.examples)}
    values, notes = _judged(findings, place)
    texts = {(s.model, s.example_id): s.prediction for s in findings.scores}
    return {
        "labels": labels(),
        "systems": [{"name": system.name, "role": system.role} for system in systems],
        "metrics": [_metric(name) for name in summary.signatures],
        "headline": {task: findings.headline(task) for task in ("answer", "summary")},
        "articles": [{"id": a.id, "title": a.title, "text": a.text} for a in findings.articles],
        "examples": [_example(example, findings) for example in findings.examples],
        "outputs": [
            [
                _output(
                    findings.generations.get((system.name, example.id)),
                    texts.get((system.name, example.id)),
                    notes.get((system.name, example.id), {}),
                )
                for example in findings.examples
            ]
            for system in systems
        ],
        "values": {
            name: [values.get((name, system.name), []) for system in systems]
            for name in summary.signatures
        },
    }


def _metric(name: str) -> dict[str, str]:
    task = entry(name).task if name in available() else "answer"
    return {"name": name, "task": task}


def _judged(
    findings: Findings, place: Mapping[str, int]
) -> tuple[dict[tuple[str, str], list[float | None]], dict[tuple[str, str], dict[str, Any]]]:
    """Return values by (metric, system), and what was compared by (system, example)."""
    values: dict[tuple[str, str], list[float | None]] = {}
    notes: dict[tuple[str, str], dict[str, Any]] = {}
    for score in findings.scores:
        if score.example_id in place:
            column = (score.metric, score.model)
            if column not in values:
                values[column] = [None] * len(place)
            values[column][place[score.example_id]] = round(score.value, _DIGITS)
            if found := _note(score):
                notes.setdefault((score.model, score.example_id), {}).update(found)
    return values, notes


def _note(score: ExampleScore) -> dict[str, Any]:
    if score.metric in _MARKED:
        missing = score.compared.get(_LACKING)
        return {_MARKED[score.metric]: missing} if missing else {}
    if score.metric != "em":
        return {}
    sides = [score.compared.get(side, "") for side in ("prediction", "reference")]
    return {"rule": score.decided_by, "compared": sides}


def _example(example: Example, findings: Findings) -> dict[str, Any]:
    question = example.question
    found: dict[str, Any] = {
        "id": example.id,
        "article": example.article_id,
        "task": example.task,
        "references": example.references,
    }
    if question is None:
        return found | {"length": example.length, "characters": example.n_characters}
    return found | {
        "question": question.question,
        "type": question.type or "unknown",
        "difficulty": question.difficulty,
        "place": findings.groups.get("evidence", {}).get(example.id, "none"),
        "evidence": question.evidence,
        "note": question.note,
    }


def _output(
    generation: Generation | None, prediction: str | None, note: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return one output; what is as usual is left out."""
    if generation is None and prediction is None:
        return None
    found: dict[str, Any] = {"text": prediction or "", **note}
    if generation is None:
        return found
    if generation.finish_reason == "error":
        reason = generation.error or "?"
        found["error"] = [reason, in_chinese(reason)]
    if generation.text.strip() != found["text"].strip():
        found["raw"] = generation.text
    if odd := oddities(generation):
        found["odd"] = odd
    if generation.n_article_tokens_dropped:
        found["dropped"] = generation.n_article_tokens_dropped
    return found
