"""Frozen records of what is wrong with outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalkit.records import Kind, StepName  # noqa: TC001 - validated when read

Status = Literal[
    "failed",
    "missing",
    "refused",
    "empty",
    "truncated",
    "shortened",
    "prompt_cut",
    "unclosed_thinking",
]
"""What is wrong with an output and shows in how its generation ended."""
Issue = Literal[
    Status,
    "invented",
    "declined",
    "wrong_value",
    "wrong_other",
    "in_sentence",
    "repeats",
    "same_text",
    "off_length",
    "copied",
    "other_language",
]
"""What is wrong with an output. `evalkit.stats.output_issues` finds those that show in how its
generation ended, `evalkit.analysis.issues` those that show in its text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputCounts:
    """How many outputs of a system have which issue; `n_missing` never came.

    Failed are those with an error and those that could not be asked; refused those that a content
    filter stopped; truncated those that used up their `max_new_tokens`; shortened those whose
    article did not fit whole into the context; of those with a cut prompt the server read a part.
    """

    n_generated: int
    n_failed: int
    n_missing: int
    n_empty: int
    n_truncated: int
    n_shortened: int
    n_unclosed_thinking: int
    n_refused: int = 0
    n_prompt_cut: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueCount:
    """How many of a system's outputs for one task have an issue: `n` of the `n_of` that could."""

    system: str
    kind: Kind
    step: StepName
    task: str
    issue: Issue
    n: int
    n_of: int
