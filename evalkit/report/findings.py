"""All that a report is made from: one run, or several that may be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.metrics import available, entry
from evalkit.report.table import headline_metrics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Article, Example, ExampleScore, Generation, Task
    from evalkit.results import Summary


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What was found, and what it was found on.

    Attributes:
        summary: the numbers, of one run or of several together.
        manifests: that of each run.
        facts: what the manifests know of each system, by its name in the summary.
        articles: empty where they cannot be read any more; `note` says why.
        examples: every example that has a score or an output, in the order of the articles.
        groups: ways to divide examples: way → example id → group.
        scores: of all systems, people among them.
        generations: one for each (system, example id) that has any.
        note: what a reader must know of what is missing here; empty for nothing.
    """

    summary: Summary
    manifests: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Mapping[str, Any]]
    articles: tuple[Article, ...]
    examples: tuple[Example, ...]
    groups: Mapping[str, Mapping[str, str]]
    scores: Sequence[ExampleScore]
    generations: Mapping[tuple[str, str], Generation]
    note: str = ""

    @property
    def manifest(self) -> dict[str, Any]:
        """The first run's manifest, with the systems of all."""
        return {**self.manifests[0], "systems": self.facts}

    def headline(self, task: Task) -> tuple[str, ...]:
        """Return the headline metrics of a task, the most telling first; empty for none."""
        found = [name for name in headline_metrics(self.summary) if _task(name) == task]
        return tuple(sorted(found, key=lambda name: name not in _FIRST))


_FIRST = {"rougeLsum", "em"}


def _task(metric: str) -> Task | None:
    return entry(metric).task if metric in available() else None
