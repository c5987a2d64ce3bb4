"""Replaces several files of a folder together: all of them, or none.

They are written into a folder beside the old ones, whose renaming decides. A process that is killed
before has changed nothing; after it, whoever locks the run's folder next ends the switch.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from evalkit.store.files import cannot_write, encode, replace, sync_folder
from evalkit.store.own_files import BOUND, DRAFT, SWITCH, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def replace_together(folder: Path, texts: Mapping[str, str], drop: Iterable[Path] = ()) -> None:
    """Replace files by texts.

    Args:
        folder: the run's, which is locked.
        texts: by name; names of `BOUND`, and manifest.json.
        drop: files that are deleted just before: made of the old ones, and to be made again.

    Raises:
        StoreError: the disk is full, say; then everything is as before.
    """
    draft = folder / DRAFT
    try:
        empty(draft)
        draft.mkdir()
        for name, text in texts.items():
            _write(draft / name, text, folder)
        for file in drop:
            file.unlink(missing_ok=True)
        draft.rename(folder / SWITCH)
        sync_folder(folder)
        _end(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        with suppress(OSError):
            empty(draft)


def _write(file: Path, text: str, folder: Path) -> None:
    try:
        replace(file, encode(text))
    except OSError as error:
        raise cannot_write(folder / file.name, error) from error


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
