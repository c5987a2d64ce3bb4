"""Progress that keeps what is said."""

from __future__ import annotations


class Said:
    """The stages that began, and every line."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.stages: list[tuple[str, int, int]] = []
        self.lines: list[str] = []

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Keep the name and the number of steps."""
        self.stages.append((name, total, n_kept))

    def advance(self, n_new_tokens: int = 0) -> None:
        """Count nothing."""

    def say(self, line: str) -> None:
        """Keep the line."""
        self.lines.append(line)
