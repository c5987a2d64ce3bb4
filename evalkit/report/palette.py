"""The colours and words that charts share with the page they stand in."""

from __future__ import annotations

from functools import cache

from evalkit.report.labels import label, labels

INK, MUTED, GRID, CARD = "#1c2431", "#5a6473", "#dde2e9", "#fdfeff"
CONTESTANTS = ("#0b62b8", "#c94f00", "#00825e", "#a8458a", "#9a6a00", "#3f7f93", "#7a4fd0")
OTHERS = {"floor": "#808a98", "roof": "#2f3947", "ceiling": "#101722"}
TOKENS = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    CARD: "card",
    **{color: f"c{i}" for i, color in enumerate(CONTESTANTS)},
    **{color: role for role, color in OTHERS.items()},
}
"""What the page's style sheet calls each colour."""

MARK = "\u2060"  # before words of our own: of no width, and no system's name can hold it
_FAMILIES = ("axis.", "type.", "place.", "length.", "role.")


def ours(key: str) -> str:
    """Return words of our own, marked so that a page can put them in its language."""
    return MARK + label(key)[0]


@cache
def keys() -> dict[str, str]:
    """Return the label of each word of our own that a chart may show."""
    return {words[0]: key for key, words in labels().items() if key.startswith(_FAMILIES)}
