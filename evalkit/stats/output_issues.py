"""Names the issues of an output that show in how its generation ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.records import Generation
    from evalkit.results import Issue


def output_issues(generation: Generation | None, *, problem: str = "") -> list[Issue]:
    """Return the issues of an output.

    Refused is one that a content filter stopped, empty one of which nothing is left without its
    thinking, truncated one that used up its `max_new_tokens`, shortened one whose article did not
    fit whole into the context, and prompt_cut one of whose prompt the server read only a part.

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
    if generation.finish_reason == "refused":
        return ["refused"]
    cut_in_thinking = generation.finish_reason == "length" and bool(generation.reasoning)
    found: dict[Issue, bool] = {
        "empty": not generation.prediction.strip(),
        "truncated": generation.finish_reason == "length",
        "shortened": generation.n_article_tokens_dropped > 0,
        "prompt_cut": generation.n_prompt_tokens_cut > 0,
        "unclosed_thinking": generation.unclosed_thinking
        or (cut_in_thinking and not generation.text.strip()),
    }
    return [name for name, holds in found.items() if holds]
