"""What the metrics of this package share: a signature that ends in their own version."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from evalkit.records import Kind


class Versioned:
    """A metric that is raised to another version whenever its numbers may change.

    Attributes:
        name: its name in the field.
        kind: the kind of output that it scores.
        version: raised by every change that can move a score.
    """

    __slots__ = ()
    name: ClassVar[str]
    kind: ClassVar[Kind]
    version: ClassVar[int]

    @property
    def signature(self) -> str:
        """All that changes its number: the name, what it is set to, the version."""
        return "|".join((self.name, *self._settings, f"v{self.version}"))

    @property
    def _settings(self) -> tuple[str, ...]:
        """What it is set to besides; each as `key:value`."""
        return ()
