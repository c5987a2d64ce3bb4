"""Issues of an output: each has one name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.records import Generation
from evalkit.stats.output_issues import output_issues

if TYPE_CHECKING:
    from evalkit.records import FinishReason


def generation(
    text: str,
    *,
    prediction: str = "",
    unclosed: bool = False,
    finish_reason: FinishReason = "stop",
    n_dropped: int = 0,
) -> Generation:
    """Return a generation."""
    return Generation(
        key="k",
        system="qwen",
        example="a/1",
        text=text,
        prediction=prediction,
        unclosed_thinking=unclosed,
        finish_reason=finish_reason,
        n_article_tokens_dropped=n_dropped,
    )


SOUND = generation("襄阳", prediction="襄阳")


@pytest.mark.parametrize(
    ("found", "issues"),
    [
        (None, ["missing"]),
        (SOUND, []),
        (generation("", finish_reason="error"), ["failed"]),
        (generation(" ", prediction=" "), ["empty"]),
        (generation("<think>嗯</think>"), ["empty"]),
        (
            generation("<think>还没想完", unclosed=True, finish_reason="length"),
            ["empty", "truncated", "unclosed_thinking"],
        ),
        (generation("十堰", prediction="十堰", n_dropped=7), ["shortened"]),
        (generation("我不能", finish_reason="refused"), ["refused"]),
        (replace(SOUND, n_prompt_tokens_cut=9), ["prompt_cut"]),
        (replace(SOUND, reasoning="想"), []),
        (
            replace(generation("", finish_reason="length"), reasoning="还没想完"),
            ["empty", "truncated", "unclosed_thinking"],
        ),
    ],
)
def test_issues_of_an_output(found: Generation | None, issues: list[str]) -> None:
    """A failure or a refusal is only that; an answer may have several issues, or none."""
    assert output_issues(found) == issues


@pytest.mark.parametrize("found", [None, SOUND])
def test_what_cannot_be_asked_has_failed(found: Generation | None) -> None:
    """A planned request with a problem has failed, and is not missing."""
    assert output_issues(found, problem="does not fit into the context") == ["failed"]
