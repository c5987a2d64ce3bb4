"""What people said of a run's outputs, as `annotate import` wrote it beside the run."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from evalkit.errors import refusal
from evalkit.results import Comparison, Estimate  # noqa: TC001 - as above
from evalkit.stats.agreement import Alpha  # noqa: TC001 - as above
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from evalkit.analysis.run import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """How much one person judged, and on how many of the repeated pairs they said the same."""

    name: str
    n: int
    n_repeated: int
    n_same: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricAgreement:
    """How often a metric prefers the output that a person prefers; equal values count as half."""

    metric: str
    estimate: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """Those parts of preferences.json that a report shows; `outputs` binds them to a run."""

    outputs: str
    comparisons: tuple[Comparison, ...]
    answers: tuple[tuple[str, str, Mapping[str, int]], ...]
    people: tuple[Person, ...]
    alpha: Alpha | None
    metrics: tuple[MetricAgreement, ...]


_STALE = "what people preferred is of other outputs, so it is not shown; let them judge these"


def read_preferences(run: Run) -> tuple[Preferences | None, tuple[str, ...]]:
    """Return what people said of a run's outputs, and a note where it is of outputs before these.

    Raises:
        InputError: the file is none of evalkit's.
    """
    content = RunFolder(path=run.path).preferences()
    if content is None:
        return None, ()
    try:
        found = TypeAdapter(Preferences).validate_json(content)
    except ValidationError as error:
        what = f"does not hold what people preferred ({error.errors()[0]['msg']})"
        remedy = "run `annotate import` again, or delete it"
        raise refusal(run.path / "preferences.json", "malformed", what, remedy) from None
    if found.outputs != run.manifest.files.get("generations.jsonl"):
        return None, (_STALE,)
    return found, ()
