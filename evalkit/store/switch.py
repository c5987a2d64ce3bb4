"""Replaces several files of a folder together: all of them, or none.

They are written into a folder beside the old ones, whose renaming decides. A process that is killed
before has changed nothing; after it, whoever locks the run's folder next ends the switch.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from itertools import chain
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from evalkit.store.files import cannot_write, encode, replace, sync_folder
from evalkit.store.own_files import BOUND, DRAFT, SWITCH, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import Self


class Draft:
    """New files of a run's folder, which is locked, that are to replace the old ones together.

    Until `take_place` has returned, everything is as before; what was written is deleted at the end
    of the block.
    """

    def __init__(self, folder: Path) -> None:
        """Begin the draft.

        Raises:
            StoreError: the folder cannot be written.
        """
        self._folder = folder
        self._draft = folder / DRAFT
        try:
            empty(self._draft)
            self._draft.mkdir()
        except OSError as error:
            raise cannot_write(folder, error) from error

    def write(self, name: str, texts: Iterable[str]) -> None:
        """Write a file, piece by piece: nothing but the piece at hand is held.

        Args:
            name: one of `BOUND`, or manifest.json.
            texts: its parts, such as lines.

        Raises:
            StoreError: the disk is full, say.
        """
        try:
            replace(self._draft / name, map(encode, texts))
        except OSError as error:
            raise cannot_write(self._folder / name, error) from error

    def write_in_parts(
        self, name: str, parts: Sequence[str], texts: Iterable[tuple[str, str]]
    ) -> None:
        """Write a file part after part, whatever the order of its texts; none of them is held.

        Args:
            name: one of `BOUND`.
            parts: their names, in order.
            texts: each with the part that it belongs to, in the order of that part.

        Raises:
            StoreError: the disk is full, say.
        """
        try:
            with ExitStack() as opened:
                files = {
                    part: opened.enter_context(TemporaryFile(dir=self._draft)) for part in parts
                }
                for part, text in texts:
                    files[part].write(encode(text))
                for file in files.values():
                    file.seek(0)
                replace(self._draft / name, chain.from_iterable(files.values()))
        except OSError as error:
            raise cannot_write(self._folder / name, error) from error

    def file(self, name: str) -> Path:
        """Return where the content of a file is: the new one, where it has been written."""
        new = self._draft / name
        return new if new.exists() else self._folder / name

    def take_place(self, drop: Iterable[Path] = ()) -> None:
        """Have the new files replace the old ones.

        Args:
            drop: files that are deleted just before: made of the old ones, and to be made again.

        Raises:
            StoreError: the folder cannot be written.
        """
        try:
            for file in drop:
                file.unlink(missing_ok=True)
            self._draft.rename(self._folder / SWITCH)
            sync_folder(self._folder)
            _end(self._folder)
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete what has not taken its place."""
        with suppress(OSError):
            empty(self._draft)


def recover(folder: Path) -> None:
    """End a switch that was interrupted; forget one that had not been decided.

    Raises:
        OSError: the folder cannot be written.
    """
    empty(folder / DRAFT)
    if (folder / SWITCH).is_dir():
        _end(folder)


def _end(folder: Path) -> None:
    """Put the new files into their places, the manifest last."""
    for name in (*BOUND, "manifest.json"):
        if (folder / SWITCH / name).exists():
            (folder / SWITCH / name).replace(folder / name)
    sync_folder(folder)
    (folder / SWITCH).rmdir()
