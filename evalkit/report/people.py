"""What people said of a run's outputs, as `annotate import` wrote it beside the run."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import TypeAdapter, ValidationError

from evalkit.errors import refusal
from evalkit.results import Comparison, Estimate  # noqa: TC001 - as above
from evalkit.stats.agreement import Alpha  # noqa: TC001 - as above
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from evalkit.analysis.run import Run


Choice = Literal["a", "b", "both good", "both bad"]
"""What a person says of a pair, as it was shown."""
Reason = Literal["facts", "coverage", "wording", "length"]
"""What made the better output better."""
_STALE = "what people preferred is of other outputs, so it is not shown; let them judge these"


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
class Judged:
    """A judgement joined with its systems; `better` is empty where neither is."""

    person: str
    article: str
    example: str
    a: str
    b: str
    choice: Choice
    better: str
    is_repeat: bool
    reasons: tuple[Reason, ...]
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """What several people said of one package: the content of `preferences.json`.

    Attributes:
        package: what they judged.
        outputs: the SHA-256 of the generations that it is made of; reports show no others.
        kind: of its outputs.
        comparisons: of each pair of systems. An output's value on an example is the mean over
            people: 1 preferred, 0.5 as good or as bad, 0 not preferred.
        answers: how often each choice was made between two systems: a, b, choice or system → count.
        people: one each.
        alpha: between people, on what they said of each pair as it was shown.
        metrics: agreement of each metric of the run with people.
        n_identical: pairs with equal texts, not shown and in no comparison.
        n_unanswered: pairs of which one output failed, likewise.
        judgements: all of them, with the names of the systems.
    """

    format: Literal[1] = 1
    package: str
    outputs: str
    kind: str
    comparisons: tuple[Comparison, ...]
    answers: tuple[tuple[str, str, Mapping[str, int]], ...]
    people: tuple[Person, ...]
    alpha: Alpha | None
    metrics: tuple[MetricAgreement, ...]
    n_identical: int
    n_unanswered: int
    judgements: tuple[Judged, ...]


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
