"""Which examples the page holds: all where they fit, else what tells most and a sample of all."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from evalkit.analysis.stored import Texts

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from evalkit.records import Example
    from evalkit.report.material import Material

ROOM: Final = 20_000_000
"""Bytes of examples, texts and outputs that a page holds; it stays below 30 MB with all else."""
_EACH: Final = 150  # bytes of an example, and of an output, besides its texts


def choose_examples(material: Material) -> tuple[Example, ...]:
    """Return the examples that the page holds, in their order.

    All, where they fit. Else those of the mistakes that the page shows; then, up to half of the
    room, examples on which an output has an issue or systems disagree, each kind of these in turn;
    then a sample of all, in proportion by task and type. Which they are depends on their ids alone.
    """
    outputs = _output_sizes(material)
    if sum(map(_Sizes(material, outputs).add, material.examples)) <= ROOM:
        return material.examples
    by_id = {example.id: example for example in material.examples}
    kept = {found.example.id: None for found in material.mistakes.values() if found}
    sizes = _Sizes(material, outputs)
    used = sum(sizes.add(by_id[id_]) for id_ in kept)
    strata = _grouped((f"{e.task}\n{e.type}", e.id) for e in material.examples)
    for order, room in ((_in_turn(_telling(material)), ROOM / 2), (_in_proportion(strata), ROOM)):
        for id_ in order:
            if used >= room:
                break
            if id_ not in kept:
                used += sizes.add(by_id[id_])
                kept[id_] = None
    return tuple(example for example in material.examples if example.id in kept)


class _Sizes:
    """About how many bytes examples add to a page, an article counted once."""

    def __init__(self, material: Material, outputs: Mapping[str, Sequence[int]]) -> None:
        self._articles = Texts(material.articles)
        self._counted: set[str] = set()
        self._outputs = outputs
        self._n_values = len(material.summary.metrics) * len(material.summary.systems)

    def add(self, example: Example) -> int:
        """Return what an example adds, with its outputs and its article if that is new."""
        article = example.article_id
        texts = (
            "" if article in self._counted else self._articles.get(article, ""),
            *(example.question, example.note, *example.references, *example.evidence),
        )
        self._counted.add(article)
        outputs = self._outputs.get(example.id, ())
        n_records = 1 + len(outputs) + self._n_values / 10
        return sum(map(_n_bytes, texts)) + sum(outputs) + int(_EACH * n_records)


def _output_sizes(material: Material) -> dict[str, list[int]]:
    """Return the bytes of each output's texts, by the id of its example."""
    found: dict[str, list[int]] = defaultdict(list)
    for (_, id_, _), output in material.generations.items():
        thinking = output.text if output.text != output.prediction else ""
        texts = (output.prediction, thinking, output.reasoning)
        found[id_].append(sum(map(_n_bytes, texts)))
    return found


def _n_bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _telling(material: Material) -> dict[Hashable, list[str]]:
    """Return the ids of the examples with an issue, by system and issue, and of disagreements."""
    issues = (
        ((system, issue), id_)
        for (system, id_, _), found in material.issues.items()
        for issue in found
    )
    judges = set(material.judges("answer").values())
    roles = material.summary.roles
    values: dict[str, set[float | None]] = defaultdict(set)
    for score in material.scores:
        if score.metric in judges and roles.get(score.system) in {"model", "baseline"}:
            values[score.example].add(score.value)
    differing = (("disagreement", id_) for id_, found in values.items() if len(found) > 1)
    return _grouped([*issues, *differing])


def _grouped(pairs: Iterable[tuple[Hashable, str]]) -> dict[Hashable, list[str]]:
    """Return the ids of each group, as if drawn."""
    found: dict[Hashable, dict[str, None]] = defaultdict(dict)
    for group, id_ in pairs:
        found[group][id_] = None
    return {group: sorted(ids, key=_draw) for group, ids in found.items()}


def _draw(id_: str) -> bytes:
    return hashlib.blake2b(id_.encode("utf-8", "replace"), digest_size=8).digest()


def _in_turn(groups: Mapping[Hashable, Sequence[str]]) -> Iterator[str]:
    """Yield the first of each group, then the second of each."""
    for i in range(max(map(len, groups.values()), default=0)):
        yield from (ids[i] for ids in groups.values() if i < len(ids))


def _in_proportion(groups: Mapping[Hashable, Sequence[str]]) -> list[str]:
    """Return all ids so that any beginning has of each group its share."""
    placed = [((i + 0.5) / len(ids), id_) for ids in groups.values() for i, id_ in enumerate(ids)]
    return [id_ for _, id_ in sorted(placed)]
