"""Draws the worked examples that a prompt shows before its task."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.records import Example, StepName


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A worked example: another article, with the reference of its example as the answer."""

    article: str
    example: Example


def shots_by_task(examples: Iterable[Example]) -> dict[tuple[str, StepName], list[Example]]:
    """Return the examples that have a reference to show, by task and step."""
    found: dict[tuple[str, StepName], list[Example]] = defaultdict(list)
    for example in examples:
        if example.references:
            found[example.task, example.step].append(example)
    return found


def draw_shots(
    example: Example, among: Sequence[Example], texts: Mapping[str, str], *, n: int, seed: int
) -> tuple[Shot, ...]:
    """Return up to `n` worked examples from other articles; takes no longer where there are many.

    The choice depends on the seed, the article and the task alone: all questions about an article
    share their worked examples, and so the prefix of their prompts.

    Args:
        example: the example that is asked.
        among: those of its task and step, to draw from.
        texts: of all articles by id, as they are in the corpus: noise does not change them.
        n: how many to draw; fewer are returned where there are fewer.
        seed: draws them.
    """
    generator = random.Random(f"{seed}/{example.article_id}/{example.task}")  # noqa: S311 - a seeded draw, not a secret
    others = (
        other
        for other in _in_random_order(among, generator)
        if other.article_id != example.article_id
    )
    return tuple(Shot(article=texts[o.article_id], example=o) for o in islice(others, n))


def _in_random_order(examples: Sequence[Example], generator: random.Random) -> Iterator[Example]:
    """Yield examples in random order: a Fisher-Yates shuffle, no further than it is read."""
    moved: dict[int, int] = {}
    for i in range(len(examples)):
        j = generator.randrange(i, len(examples))
        yield examples[moved.get(j, j)]
        moved[j] = moved.get(i, i)
