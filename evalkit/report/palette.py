"""The colours and words that charts share with the page around them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from evalkit.report.labels import fill, label, label_in, labels, pattern

if TYPE_CHECKING:
    import re

    from evalkit.report.labels import Language

INK, MUTED, GRID, CARD = "#1c2431", "#5a6473", "#dde2e9", "#fdfeff"
MODEL_COLORS = ("#0b62b8", "#c94f00", "#00825e", "#a8458a", "#9a6a00", "#3f7f93", "#7a4fd0")
ROLE_COLORS = {"baseline": "#808a98", "oracle": "#2f3947", "human": "#101722"}
TOKENS = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    CARD: "card",
    **{color: f"c{i}" for i, color in enumerate(MODEL_COLORS)},
    **{color: role for role, color in ROLE_COLORS.items()},
}
"""What the page's style sheet calls each colour."""

MARK = "\u2060"  # before words of our own: of no width, and no system's name can hold it
_FAMILIES = ("axis.", "type.", "place.", "task.", "role.", "metric.")


def ours(key: str, **values: object) -> str:
    """Return words of our own, marked so that they can be put in another language."""
    return MARK + fill(label(key)[0], values)


def name_group(family: str, group: str) -> str:
    """Return the words for a group, such as a question type; its own name where there are none."""
    key = f"{family}.{group}"
    return ours(key) if key in labels() else group


def name_metric(metric: str) -> list[str]:
    """Return a metric's name and, where the labels have it, what it means: a line each."""
    return [metric, ours(f"metric.{metric}")] if f"metric.{metric}" in labels() else [metric]


def recognise(words: str) -> tuple[str, dict[str, str]]:
    """Return the label of words that a chart shows, and what its placeholders are filled with.

    >>> recognise("one point of 3 drawn")
    ('axis.sample', {'step': '3'})
    """
    for key, found in chart_words().items():
        if match := found.fullmatch(words):
            return key, match.groupdict()
    raise KeyError(words)


def in_language(words: str, language: Language) -> str:
    """Return words that a chart shows in another language."""
    key, values = recognise(words)
    return fill(label_in(language, key), values)


@cache
def chart_words() -> dict[str, re.Pattern[str]]:
    """Return the label of all words of our own that a chart may show, with what finds them."""
    return {key: pattern(words[0]) for key, words in labels().items() if key.startswith(_FAMILIES)}
