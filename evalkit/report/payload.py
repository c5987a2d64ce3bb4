"""What report.html carries for its script: the examples that it shows, as JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from math import fsum
from statistics import fmean
from typing import TYPE_CHECKING, Any, get_args

from evalkit.analysis.issues import ANSWER_ERRORS, find_repeats
from evalkit.data.evidence import find_evidence
from evalkit.language import LANGUAGES, translate
from evalkit.records import Kind
from evalkit.report.labels import labels
from evalkit.report.prompts import PromptTable
from evalkit.report.table import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Detail, Example, Generation
    from evalkit.report.material import Material

_KINDS: tuple[Kind, ...] = get_args(Kind)
_DIGITS = 4  # of a value that is shown; all means are made before
MARKED = {
    "fact_precision": ("facts", "flags"),
    "number_precision": ("numbers", "not in the article"),
    "name_precision": ("names", "not in the article"),
}
"""What outputs have marked, by the metric that found it and its name in `compared`."""
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def embed(data: object) -> str:
    r"""Return JSON that is safe between script tags, whatever its strings hold.

    >>> embed({"答案": "</script>"})
    '{"答案":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPES).encode("utf-8", "backslashreplace").decode()


def build(material: Material) -> dict[str, Any]:
    """Return everything that the page shows on request."""
    summary, examples = material.summary, material.shown
    systems = [system for system in in_order(summary) if system.role != "human"]
    asked_about = {example.article_id for example in examples}
    articles = [material.articles[id_] for id_ in material.articles if id_ in asked_about]
    texts = {article.id: article.text.strip() for article in articles}
    values, notes, samples = _values(material), _notes(material), _samples(material)
    places, prompts = material.groups.get("evidence", {}), PromptTable(material)
    return {
        "run": summary.run,
        "started": material.manifests[0].started,
        "languages": list(LANGUAGES),
        "labels": labels(),
        "systems": [{"name": system.name, "role": system.role} for system in systems],
        "metrics": [{"name": m.name, "kind": m.kind, "step": m.step} for m in summary.metrics],
        "headline": {kind: material.headline(kind) for kind in _KINDS},
        "judges": {kind: material.judges(kind) for kind in _KINDS},
        "articles": [{"id": a.id, "title": a.title, "text": texts[a.id]} for a in articles],
        "people": _people(material),
        "answer_errors": ANSWER_ERRORS,
        "examples": [
            _example(example, texts[example.article_id], places.get(example.id))
            for example in examples
        ],
        "outputs": [
            [
                _output(
                    samples.get((system.name, e.id), ()),
                    notes.get((system.name, e.id), {}),
                    prompts.place(system.name, e.id),
                )
                for e in examples
            ]
            for system in systems
        ],
        "prompts": {"texts": prompts.texts, "messages": prompts.prompts},
        "values": {
            m.name: [values.get((m.name, system.name), []) for system in systems]
            for m in summary.metrics
        },
    }


def _values(material: Material) -> dict[tuple[str, str], list[float | None]]:
    """Return the value of each example, the mean over samples, by (metric, system)."""
    place = {example.id: i for i, example in enumerate(material.shown)}
    samples: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for score in material.scores:
        if score.example in place and score.value is not None:
            samples[score.metric, score.system][place[score.example]].append(score.value)
    found = {}
    for column, by_place in samples.items():
        values: list[float | None] = [None] * len(place)
        for i, drawn in by_place.items():
            values[i] = round(fsum(drawn) / len(drawn), _DIGITS)
        found[column] = values
    return found


def _people(material: Material) -> dict[str, dict[str, float]]:
    """Return the mean of the human references on each metric and task, which scores are beside."""
    people = {system.name for system in material.summary.systems if system.role == "human"}
    tasks = {example.id: example.task for example in material.examples}
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for score in material.scores:
        if score.system in people and score.value is not None and score.example in tasks:
            found[score.metric][tasks[score.example]].append(score.value)
    return {
        metric: {task: round(fmean(values), _DIGITS) for task, values in by_task.items()}
        for metric, by_task in found.items()
    }


def _notes(material: Material) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what there is to say about outputs, by (system, example).

    Which rule decided and what it compared, what the article lacks, which issues it has, whether
    noise altered the evidence.
    """
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    judges = material.judges("answer").values()
    on_page = {example.id for example in material.shown}
    for score in material.scores:
        judged = score.rule and score.metric in judges and not score.sample
        if judged and score.example in on_page:
            detail = material.details.get((score.system, score.example, score.metric))
            found[score.system, score.example] |= {"rule": score.rule, "compared": _sides(detail)}
    for (system, example, metric), detail in material.details.items():
        if metric in MARKED:
            shown, name = MARKED[metric]
            if listed := detail.compared.get(name):
                found[system, example][shown] = listed
    for place in material.altered:
        found[place]["altered"] = True
    for (system, example, sample), issues in material.issues.items():
        if example in on_page and not sample:
            found[system, example]["issues"] = issues
    return found


def _sides(detail: Detail | None) -> list[object]:
    compared = detail.compared if detail else {}
    return [compared.get(side, "") for side in ("prediction", "reference")]


def _example(example: Example, article: str, place: str | None) -> dict[str, Any]:
    """Return an example; what the data does not have is left out."""
    found: dict[str, Any] = {
        "id": example.id,
        "article": example.article_id,
        "task": example.task,
        "kind": example.kind,
        "step": example.step,
        "question": example.question,
        "references": example.references,
        "characters": example.n_characters,
        "type": example.type,
        "difficulty": example.difficulty,
        "place": place,
        "evidence": example.evidence,
        "spans": [span for quote in example.evidence if (span := find_evidence(quote, article))],
        "note": example.note,
    }
    return {name: value for name, value in found.items() if value}


def _samples(material: Material) -> dict[tuple[str, str], list[Generation]]:
    """Return the generations of each (system, example), by the number of their sample."""
    found: dict[tuple[str, str], list[Generation]] = defaultdict(list)
    shown = {example.id for example in material.shown}
    for place in material.generations:
        system, example, _ = place
        if example in shown:
            found[system, example].append(material.generations[place])
    for samples in found.values():
        samples.sort(key=lambda generation: generation.sample)
    return found


def _output(
    samples: Sequence[Generation], note: Mapping[str, Any], prompt: int | None
) -> dict[str, Any] | None:
    """Return what a system wrote for an example; values that are as usual are left out."""
    if not samples:
        return None
    first = samples[0]
    found: dict[str, Any] = {"text": first.prediction, **note}
    if not first.is_answer:
        reason = first.error or "?"
        found["error"] = list(translate(reason))
    raw = f"{first.reasoning}\n\n{first.text}" if first.reasoning else first.text
    if raw.strip() != first.prediction.strip():
        found["raw"] = raw
    if repeats := find_repeats(first.prediction):
        found["repeats"] = repeats
    if first.n_article_tokens_dropped:
        found["dropped"] = first.n_article_tokens_dropped
    if prompt is not None:
        found["prompt"] = prompt
    if len(samples) > 1:
        found["samples"] = [generation.prediction for generation in samples]
    return found
