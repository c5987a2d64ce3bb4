"""The colours that charts share with the page around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.results import Summary

COLORS = {
    "ink": "#1c2431",
    "muted": "#56606f",
    "grid": "#dde2e9",
    "card": "#ffffff",
    "baseline": "#6b7585",
    "oracle": "#2f3947",
    "human": "#101722",
    "c0": "#0b62b8",
    "c1": "#c94f00",
    "c2": "#00825e",
    "c3": "#a8458a",
    "c4": "#9a6a00",
    "c5": "#3f7f93",
    "c6": "#7a4fd0",
}
"""What the page's style sheet calls each colour, as it is on white; at least 3:1 but the grid."""
MODEL_COLORS = tuple(name for name in COLORS if name[1:].isdigit())
"""The colours of models, in turn."""


def colors_of(summary: Summary) -> dict[str, str]:
    """Return the name of each system's colour: models in colours, the rest in greys."""
    models = [system.name for system in summary.systems if system.role == "model"]
    return {
        system.name: MODEL_COLORS[models.index(system.name) % len(MODEL_COLORS)]
        if system.role == "model"
        else system.role
        for system in summary.systems
    }
