"""Names the issues of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from evalkit.records import Generation

Issue = Literal["failed", "missing", "empty", "truncated", "shortened", "unclosed_thinking"]


def output_issues(generation: Generation | None, *, problem: str = "") -> list[Issue]:
    """Return the issues of an output.

    Empty is one of which nothing is left without its thinking, truncated one that used up its
    `max_new_tokens`, shortened one whose article did not fit whole into the context.

    Args:
        generation: None where there is none.
        problem: of the planned request, where it could not be asked; this is a failure.
    """
    if problem:
        return ["failed"]
    if generation is None:
        return ["missing"]
    if generation.finish_reason == "error":
        return ["failed"]
    found: dict[Issue, bool] = {
        "empty": not generation.prediction.strip(),
        "truncated": generation.finish_reason == "length",
        "shortened": generation.n_article_tokens_dropped > 0,
        "unclosed_thinking": generation.unclosed_thinking,
    }
    return [name for name, holds in found.items() if holds]
