"""What is odd about an output: the same for those who count and for those who list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from evalkit.records import Generation

Oddity = Literal["failed", "missing", "empty", "cut_off", "shortened", "unclosed"]


def oddities(generation: Generation | None) -> list[Oddity]:
    """Return in which ways an output is odd; None stands for one that never came.

    Empty is one of which nothing is left without its thinking, cut off one that had used up its
    `max_new_tokens`, shortened one whose article did not fit whole into the context.
    """
    if generation is None:
        return ["missing"]
    if generation.finish_reason == "error":
        return ["failed"]
    spoken = strip_thinking(generation.text)
    found: dict[Oddity, bool] = {
        "empty": not spoken.prediction,
        "cut_off": generation.finish_reason == "length",
        "shortened": generation.n_article_tokens_dropped > 0,
        "unclosed": spoken.unclosed,
    }
    return [name for name, holds in found.items() if holds]
