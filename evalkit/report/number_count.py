"""How many numbers of the articles and the references the summaries kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.records import Detail

    Counted = tuple[str, str]

_LACKING = {"number_precision": "not in the article", "number_recall": "not kept"}


class NumberCount:
    """Counts, detail by detail, how many numbers were kept, and of how many."""

    def __init__(self) -> None:
        """Begin with none."""
        self.found: dict[Counted, tuple[int, int]] = {}
        """By (system, metric)."""

    def add(self, detail: Detail) -> None:
        """Count what a detail lists."""
        if detail.metric in _LACKING:
            lacking = detail.compared.get(_LACKING[detail.metric])
            numbers = detail.compared.get("numbers")
            if isinstance(lacking, list) and isinstance(numbers, list) and numbers:
                place = (detail.system, detail.metric)
                kept, n = self.found.get(place, (0, 0))
                self.found[place] = (kept + len(numbers) - len(lacking), n + len(numbers))
