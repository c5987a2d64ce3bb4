"""What the fact check finds in a summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.metrics.facts.wording import Difference

if TYPE_CHECKING:
    from evalkit.metrics.facts.support import How

Reason = (
    Literal[
        "not stated",  # the article has no such figure, not even rounded or as a sum
        "other figure",  # the article has another figure for this
        "unknown name",  # the article has no such name
        "other name",  # the article has another name for this
    ]
    | Difference
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """A statement that the article does not bear out.

    Attributes:
        text: the figure, name or clause, as the summary has it.
        start: its place in the summary, in code points.
        end: where it ends.
        reason: why it is flagged.
        stated: the figure or name that the article has in its place; empty where there is none.
        article: the sentence of the article that this rests on; empty where there is none.
    """

    text: str
    start: int
    end: int
    reason: Reason
    stated: str = ""
    article: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Derived:
    """A figure that the article has in another form: rounded, or as the terms of a sum."""

    text: str
    how: How
    stated: tuple[str, ...]
    article: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What was found in a summary; a statement is a clause that could be checked."""

    n_statements: int
    n_flagged: int
    flags: tuple[Flag, ...]
    derived: tuple[Derived, ...]
