"""What a report says of served models: tokens, cost, and how their servers behaved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.errors import first_few
from evalkit.records import model_of
from evalkit.report.table import Cell, Table, cost_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.analysis.run import Run
    from evalkit.records import Generation
    from evalkit.results import Summary
    from evalkit.store.manifest import Speed

COLUMNS = ("model", "requests", "read", "cached", "written", "thinking", "cost", "server")


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A model on a server: the tokens of its generations in this run, and what it runs on."""

    model: str
    speed: Speed
    server: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns of `COLUMNS`."""
        speed = self.speed
        n_cached = speed.n_prompt_tokens - speed.n_computed_tokens
        counts = (
            speed.n_generated,
            speed.n_prompt_tokens,
            n_cached,
            speed.n_new_tokens,
            speed.n_reasoning_tokens,
        )
        return (self.model, *(f"{n:,}" for n in counts), cost_of(speed) or "–", self.server)


def served_models(runs: Sequence[Run]) -> tuple[Served, ...]:
    """Return the served models of some runs, in their order."""
    return tuple(
        Served(model=name, speed=record.speed, server=_server(record.facts))
        for run in runs
        for name, record in run.manifest.providers.items()
        if "endpoint" in record.facts
    )


def table_of(models: Iterable[Served]) -> Table:
    """Return a row for each served model."""
    return Table(
        columns=COLUMNS,
        rows=tuple(tuple(Cell(number=cell) for cell in each.cells) for each in models),
    )


def notes_on_servers(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return what a reader must know of the servers, a sentence each."""
    return tuple(
        note
        for run in runs
        for name, record in run.manifest.providers.items()
        if "endpoint" in record.facts
        for note in _notes(name, record.facts, run.generations.values())
    )


def refusal_lines(summary: Summary, metrics: Sequence[str]) -> list[str]:
    """Return how each difference changes if refusals count as the worst score."""
    answered = {(c.metric, c.a, c.b, c.family): c for c in summary.comparisons}
    lines = []
    for bound in summary.with_refusals:
        found = answered.get((bound.metric, bound.a, bound.b, bound.family))
        if bound.metric not in metrics:
            continue
        first = "nothing" if found is None else f"{found.difference:+.3f}"
        lines.append(
            f"{bound.metric}: {bound.a} minus {bound.b} is {first} on what both answered, "
            f"{bound.difference:+.3f} with refusals as wrong"
        )
    return lines


def _server(facts: dict[str, Any]) -> str:
    words = (facts.get("server"), facts.get("server_version"), facts.get("api"))
    return " ".join(str(word) for word in words if word)


def _notes(name: str, facts: dict[str, Any], generations: Iterable[Generation]) -> Iterator[str]:
    seen = dict.fromkeys(
        generation.server
        for generation in generations
        if model_of(generation.system).rpartition("/")[2] == name and generation.server
    )
    if len(seen) > 1:
        yield f"{name}: the server changed within the run: {first_few(list(seen))}"
    if refused := facts.get("refused_fields"):
        yield f"{name}: the server refuses {', '.join(refused)}, so its own defaults apply"
    if ignored := facts.get("ignored_fields"):
        yield f"{name}: the server ignores {', '.join(ignored)}"
