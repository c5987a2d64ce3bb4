"""What may stand in the place of a file, and is none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("folder", "pipe", "device")


def make_special(file: Path, kind: str) -> None:
    """Make a folder, a pipe, or a link to an endless device."""
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.mkdir()
