"""What metrics read, and what they return."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - validated when read back
from dataclasses import dataclass, field

from evalkit.records.data import Example, QuestionType  # noqa: TC001 - as above


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One prediction beside its references: all that a metric may read."""

    id: str
    prediction: str
    references: tuple[str, ...]
    question: str = ""
    type: QuestionType | None = None
    unit: str | None = None
    ordered: bool = False
    article: str = ""

    @classmethod
    def of(cls, example: Example, prediction: str, article: str) -> Case:
        """Return the case of an example, with the text of its article."""
        return cls(
            id=example.id,
            prediction=prediction,
            references=example.references,
            question=example.question,
            type=example.type,
            unit=example.unit,
            ordered=example.ordered,
            article=article,
        )


# Score and NothingToScore have no slots: processes send them, and pickling frozen ones with slots
# takes several times as long.
@dataclass(frozen=True, kw_only=True)
class Score:
    """One metric's score of one case.

    `value` is the headline number; `parts` the numbers it is made of (precision, recall, fmeasure);
    `rule` the rule that decided an answer; `compared` what was compared, in canonical form, so that
    a person can see why.
    """

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)
    rule: str = ""
    compared: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NothingToScore:
    """What a metric returns for an output without anything that it compares.

    A summary without numbers has no number precision: that is neither a failure nor 0, and no mean
    counts it. The fields are those of a `Score`, so that both can be read alike.
    """

    compared: Mapping[str, object] = field(default_factory=dict)
    value: None = field(default=None, init=False)
    parts: Mapping[str, float] = field(default_factory=dict, init=False)
    rule: str = field(default="nothing to score", init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreLine:
    """One value: a line of scores.jsonl, flat; `article` and `example` are ids.

    `value` is None where there was nothing to score; `rule` says so.
    """

    system: str
    article: str
    example: str
    metric: str
    value: float | None
    rule: str = ""
    sample: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """What a score was made of: a line of details.jsonl, beside the line of scores.jsonl."""

    system: str
    example: str
    metric: str
    parts: Mapping[str, float]
    compared: Mapping[str, object]
    sample: int = 0
