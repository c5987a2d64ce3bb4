"""The generations of all runs in one SQLite file: what was generated once is not generated again.

A generation's key is a hash of the model, the messages and the settings, so no entry becomes wrong
with time; each is checked against its own hash when it is read. Under a secret, that hash is an
HMAC: nobody else can write what is believed.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import stat
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from evalkit.errors import DamagedError, LockedError, StoreError
from evalkit.records import Generation
from evalkit.store.files import sync_folder
from evalkit.store.jsonl import line
from evalkit.store.locks import Lock, Timeout
from evalkit.store.network import network_file_system

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NAME: Final = "generations.sqlite3"
MAX_BYTES: Final = 256 << 20
_TIMEOUT_S: Final = 10.0  # for another process that is writing
_ELSEWHERE: Final = "name a folder that can be written in EVALKIT_CACHE"
_ADAPTER: Final = TypeAdapter(Generation)
_TABLE: Final = """\
CREATE TABLE IF NOT EXISTS generations (
  key TEXT PRIMARY KEY, record TEXT NOT NULL, sha256 TEXT NOT NULL,
  n_bytes INTEGER NOT NULL, used REAL NOT NULL
) WITHOUT ROWID"""


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheInfo:
    """What the cache holds: entries, their bytes, and when the oldest was last used (Unix time)."""

    n: int
    n_bytes: int
    oldest: float | None


class Cache:
    """The cache, open; several processes may have it open at once."""

    def __init__(self, file: Path, max_bytes: int = MAX_BYTES, *, secret: bytes = b"") -> None:
        """Open the file, making it if there is none.

        Args:
            file: that of `file_in`.
            max_bytes: what `trim` leaves.
            secret: what its entries are signed with; empty where they are not.

        Raises:
            StoreError: it cannot be made, or is not such a file.
        """
        self._file = file
        self._max_bytes = max_bytes
        self._secret = secret
        with self._errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._require_regular()
            self._require_place()
            # SQLite does not wait when two processes make a file a WAL file at once
            with (
                Lock(file.with_name(f"{file.name}.lock")).acquire(_TIMEOUT_S),
                ExitStack() as opened,
            ):
                self._database = sqlite3.connect(file, timeout=_TIMEOUT_S, isolation_level=None)
                opened.callback(self._database.close)
                self._database.execute("PRAGMA auto_vacuum = FULL")
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = NORMAL")
                self._database.execute(_TABLE)
                self._require_schema()
                opened.pop_all()

    def _require_regular(self) -> None:
        """Raise where a folder, a pipe or a device has the file's name, or that of one beside it.

        Raises:
            DatabaseError: it does.
        """
        for ending in ("", "-wal", "-shm", ".lock"):
            file = self._file.with_name(self._file.name + ending)
            if file.exists() and not stat.S_ISREG(file.stat().st_mode):
                message = f"{file.name} is not a regular file"
                raise sqlite3.DatabaseError(message)

    def _require_place(self) -> None:
        """Raise where SQLite cannot rely on the file system.

        Raises:
            StoreError: several machines that write the file would damage it; or it cannot be
                synced, of which SQLite would say "disk I/O error".
        """
        why = ""
        if kind := network_file_system(self._file.parent):
            why = f"on a network file system ({kind}), where SQLite cannot lock it"
        elif not sync_folder(self._file.parent):
            why = "on a file system that cannot be synced, which SQLite needs"
        if why:
            remedy = "set EVALKIT_CACHE to a local folder, or `cache: false`"
            message = f"{self._file}: is {why}; {remedy}"
            raise StoreError(message)

    def _require_schema(self) -> None:
        """Raise where the file holds anything but the table of this version.

        Raises:
            DatabaseError: it does, or the table has other columns.
        """
        found = self._database.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")
        if [sql.split() for (sql,) in found] != [_TABLE.replace("IF NOT EXISTS ", "").split()]:
            message = "it is of another version of evalkit, or was changed"
            raise sqlite3.DatabaseError(message)

    def _require_integrity(self) -> None:
        (state,) = self._database.execute("PRAGMA integrity_check").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(" ".join(state.split()))

    def find(self, keys: Iterable[str]) -> dict[str, Generation]:
        """Return the generations of those keys that are there and whole; they count as used now.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._errors():
            found = {key: entry for key in keys if (entry := self._read(key)) is not None}
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                used = [(time.time(), key) for key in found]
                self._database.executemany("UPDATE generations SET used = ? WHERE key = ?", used)
        return found

    def add(self, generation: Generation) -> None:
        """Keep a generation.

        Raises:
            StoreError: the file cannot be written.
        """
        record = line(replace(generation, from_cache=False))
        entry = (generation.key, record, self._hash(generation.key, record), len(record.encode()))
        with self._errors():
            self._database.execute(
                "INSERT OR REPLACE INTO generations VALUES (?, ?, ?, ?, ?)", (*entry, time.time())
            )

    def trim(self) -> int:
        """Drop the entries unused for longest until the rest is small enough; return how many.

        Raises:
            StoreError: the file cannot be written.
        """
        # a running sum, the latest used first; what exceeds the limit is deleted
        excess = """\
            DELETE FROM generations WHERE key IN (
              SELECT key FROM (
                SELECT key, SUM(n_bytes) OVER (ORDER BY used DESC, key) AS filled FROM generations
              ) WHERE filled > ?)"""
        with self._errors():
            return self._database.execute(excess, (self._max_bytes,)).rowcount

    def verify(self) -> int:
        """Drop every entry that is not as it was written, and return how many there were.

        Raises:
            StoreError: the file itself is damaged.
        """
        with self._errors():
            self._require_integrity()
            keys = [key for (key,) in self._database.execute("SELECT key FROM generations")]
            return sum(self._read(key) is None for key in keys)

    def clear(self) -> int:
        """Drop every entry, and return how many there were.

        Raises:
            StoreError: the file cannot be written.
            DamagedError: it is damaged beyond its entries.
        """
        with self._errors():
            n = self._database.execute("DELETE FROM generations").rowcount
            self._require_integrity()
            return n

    def info(self) -> CacheInfo:
        """Return what the cache holds.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._errors():
            n, n_bytes, oldest = self._database.execute(
                "SELECT COUNT(*), COALESCE(SUM(n_bytes), 0), MIN(used) FROM generations"
            ).fetchone()
            moment = None if oldest is None else float(oldest)
            if moment is not None:
                datetime.fromtimestamp(moment, UTC)  # raises where no clock has ever shown it
        return CacheInfo(n=n, n_bytes=n_bytes, oldest=moment)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _read(self, key: str) -> Generation | None:
        """Return the entry of a key; one that is damaged is dropped and counts as missing."""
        row = self._database.execute(
            "SELECT record, sha256 FROM generations WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        try:
            if hmac.compare_digest(self._hash(key, row[0]), row[1]):
                return replace(_ADAPTER.validate_json(row[0]), from_cache=True)
        except (ValidationError, TypeError, AttributeError):  # of another version, or not text
            pass
        self._database.execute("DELETE FROM generations WHERE key = ?", (key,))
        return None

    def _hash(self, key: str, record: str) -> str:
        signed = f"{key}\n{record}".encode()
        if self._secret:
            return hmac.digest(self._secret, signed, "sha256").hex()
        return hashlib.sha256(signed).hexdigest()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, Timeout, ValueError, TypeError, OverflowError) as error:
            if _is_busy(error):
                message = f"{self._file}: is in use by another process; wait for it"
                raise LockedError(message) from error
            # a full disk or missing rights are no damage; another schema, a view or a cell is
            broken = not isinstance(error, OSError) and not _is_lack(error)
            remedy = "python -m evalkit cache clear" if broken else _ELSEWHERE
            message = f"{self._file}: cannot be used ({error}); {remedy}"
            raise (DamagedError if broken else StoreError)(message) from error


def file_in(folder: Path, secret: bytes = b"") -> Path:
    """Return the file in a cache folder; there is one for each secret, and one without."""
    if not secret:
        return folder / NAME
    return folder / f"generations-{hmac.digest(secret, NAME.encode(), 'sha256').hex()[:16]}.sqlite3"


def delete(file: Path) -> None:
    """Delete a cache that cannot be opened any more, with what SQLite keeps beside it.

    An empty folder in the place of a file is deleted too, and no other.

    Raises:
        StoreError: it cannot be deleted.
    """
    for ending in ("", "-wal", "-shm", ".lock"):
        each = file.with_name(file.name + ending)
        try:
            if each.is_dir() and not each.is_symlink():
                each.rmdir()
            elif not (ending == ".lock" and each.is_file()):  # another process may hold that
                each.unlink(missing_ok=True)
        except OSError as error:
            message = f"{each}: cannot be deleted ({error.strerror}); move it away"
            raise StoreError(message) from error


def _is_lack(error: Exception) -> bool:
    """Return whether something is missing around the file: room, rights, its folder."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    return code in {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }


def _is_busy(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # without the extended code
    return isinstance(error, Timeout) or code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
