"""What a server answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """The tokens of a reply as the server counts them; None where it does not."""

    n_prompt: int | None = None
    n_cached: int = 0
    n_new: int | None = None
    n_reasoning: int = 0

    def __bool__(self) -> bool:
        """Return whether the server counted anything."""
        return self != Usage()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a server answered; `model` and `fingerprint` are what it says of itself."""

    text: str
    reasoning: str = ""
    finish: Literal["stop", "length"] = "stop"
    usage: Usage = Usage()
    model: str = ""
    fingerprint: str = ""

    @property
    def server(self) -> str:
        """Which model and which state of the server answered, as far as it says."""
        return " ".join(filter(None, (self.model, self.fingerprint)))
