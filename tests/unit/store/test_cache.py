"""The shared cache: only what was asked and is sound, bounded, safe under several processes."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest

from evalkit.cli import main
from evalkit.cli.progress import terminal_progress
from evalkit.errors import DamagedError, StoreError
from evalkit.records import Generation
from evalkit.runner.generation_cache import GenerationCache
from evalkit.store import cache as caches
from evalkit.store.cache import Cache
from evalkit.store.jsonl import line

if TYPE_CHECKING:
    from pathlib import Path


def generation(key: str, text: str = "襄阳") -> Generation:
    """Return a generation."""
    return Generation(
        key=key, system="m", example="e", text=text, prediction=text, finish_reason="stop"
    )


def test_the_cache_gives_back_what_it_was_given_marked_as_its_own(tmp_path: Path) -> None:
    """Only asked keys, and a later run sees them, too."""
    file = tmp_path / "made" / caches.NAME
    with closing(Cache(file)) as cache:
        cache.add(generation("a"))
        cache.add(generation("b"))
    with closing(Cache(file)) as cache:
        found = cache.find(["a", "c"])
        assert cache.info().n == 2
    assert list(found) == ["a"]
    assert found["a"].text == "襄阳"
    assert found["a"].from_cache


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE generations SET record = replace(record, '襄阳', '武汉') WHERE key = 'a'",
        "UPDATE generations SET record = '{}' WHERE key = 'a'",
        "UPDATE generations SET record = x'ff00' WHERE key = 'a'",
        "UPDATE generations SET sha256 = '' WHERE key = 'a'",
        "UPDATE generations SET key = 'c' WHERE key = 'a'",
    ],
)
def test_a_damaged_entry_is_never_used(tmp_path: Path, damage: str) -> None:
    """Read or verified, it is dropped; its neighbour is untouched."""
    file = tmp_path / caches.NAME
    for read in (True, False):
        with closing(Cache(file)) as cache:
            cache.clear()
            cache.add(generation("a"))
            cache.add(generation("b"))
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(damage)
        with closing(Cache(file)) as cache:
            if read:
                assert list(cache.find(["a", "b", "c"])) == ["b"]
            else:
                assert cache.verify() == 1
            assert cache.info().n == 1


def test_an_entry_of_an_earlier_version_counts_as_absent(tmp_path: Path) -> None:
    """A sound record with other fields is dropped, and what it held is generated again."""
    file = tmp_path / caches.NAME
    record = json.dumps({"key": "a", "model": "m", "example_id": "e", "text": "襄阳"})
    digest = hashlib.sha256(f"a\n{record}".encode()).hexdigest()
    with closing(Cache(file)) as cache:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(
                "INSERT INTO generations VALUES (?, ?, ?, ?, ?)", ("a", record, digest, 1, 0)
            )
        assert cache.find(["a"]) == {}
        assert cache.info().n == 0


def test_the_cache_drops_what_was_not_used_for_longest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read lately stays, however old it is; the file shrinks with it."""
    clock = iter(range(1, 1000))
    monkeypatch.setattr("evalkit.store.cache.time.time", lambda: float(next(clock)))
    size = len(line(generation("a", "甲" * 1000)).encode())
    with closing(Cache(tmp_path / caches.NAME, max_bytes=3 * size)) as cache:
        for key in "abcdef":
            cache.add(generation(key, "甲" * 1000))
        cache.find(["b"])
        assert cache.trim() == 3
        assert sorted(cache.find("abcdef")) == ["b", "e", "f"]
        assert cache.trim() == 0
        assert cache.info().n_bytes == 3 * size


def test_the_cache_is_within_its_bound_when_a_run_ends(tmp_path: Path) -> None:
    """What a run adds beyond it is gone before the next begins."""
    file = tmp_path / caches.NAME
    with terminal_progress() as progress:
        shared = GenerationCache(file, progress)
        shared.keep(generation("a"))
        shared.keep(generation("b"))
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("UPDATE generations SET n_bytes = ?", (caches.MAX_BYTES,))
        shared.close()
    with closing(Cache(file)) as cache:
        assert list(cache.find("ab")) == ["b"]


def test_what_is_not_a_database_is_an_error_and_can_be_deleted(tmp_path: Path) -> None:
    """The file is named with the remedy, and is not left open: Windows deletes no open file."""
    file = tmp_path / caches.NAME
    file.write_bytes(b"no database" * 1000)
    remedy = r"sqlite3: cannot be used .*; python -m evalkit cache"
    with pytest.raises(DamagedError, match=remedy) as kept:
        Cache(file)
    assert kept.value
    assert str(file) not in {opened.path for opened in psutil.Process().open_files()}
    caches.delete(file)
    with closing(Cache(file)) as cache:
        assert cache.info().n == 0


def test_a_torn_database_is_found_out(tmp_path: Path) -> None:
    """Pages overwritten in the middle of the file are an error of `verify`, never an answer."""
    file = tmp_path / caches.NAME
    with closing(Cache(file)) as cache:
        for i in range(200):
            cache.add(generation(f"{i:064}", "甲" * 300))
    data = bytearray(file.read_bytes())
    data[8192:40960] = bytes(os.urandom(32768))
    file.write_bytes(bytes(data))
    with pytest.raises(DamagedError, match="cannot be used"), closing(Cache(file)) as cache:
        cache.verify()


WRITER = """
    import sys
    from contextlib import closing
    from pathlib import Path
    from evalkit.records import Generation
    from evalkit.store.cache import Cache

    with closing(Cache(Path(sys.argv[1]))) as cache:
        print("ready", flush=True)
        for i in range(int(sys.argv[3])):
            key = f"{sys.argv[2]}-{i}"
            cache.add(Generation(
                key=key, system="m", example="e", text=key * 20, finish_reason="stop"
            ))
"""


def writer(file: Path, name: str, n: int) -> subprocess.Popen[str]:
    """Start a process that adds `n` generations."""
    arguments = [sys.executable, "-c", textwrap.dedent(WRITER), str(file), name, str(n)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)  # noqa: S603 - as above


def test_several_processes_fill_one_cache_at_once(tmp_path: Path) -> None:
    """None waits in vain, and nothing is lost, from the first moment of the file on."""
    file = tmp_path / caches.NAME
    writers = [writer(file, str(i), 200) for i in range(4)]
    for process in writers:
        process.communicate(timeout=120)
    assert [process.returncode for process in writers] == [0] * 4
    with closing(Cache(file)) as cache:
        assert cache.info().n == 800
        assert cache.verify() == 0


def test_a_cache_survives_the_kill_of_its_writer(tmp_path: Path) -> None:
    """After SIGKILL the file is sound, and what was added is there."""
    file = tmp_path / caches.NAME
    for name in "abc":
        with writer(file, name, 1_000_000) as process:
            assert process.stdout is not None
            process.stdout.readline()
            with closing(Cache(file)) as cache:
                while f"{name}-20" not in cache.find([f"{name}-20"]):
                    pass
            process.kill()
        with closing(Cache(file)) as cache:
            assert cache.verify() == 0
            keys = [f"{name}-{i}" for i in range(20)]
            assert list(cache.find(keys)) == keys


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE generations; CREATE VIEW generations AS SELECT 1 AS key",
        "DROP TABLE generations; CREATE TABLE generations (key TEXT)",
        "ALTER TABLE generations ADD COLUMN more TEXT NOT NULL DEFAULT ''",
        "CREATE TRIGGER t BEFORE DELETE ON generations BEGIN SELECT RAISE(ABORT, 'no'); END",
        "UPDATE generations SET used = 'yesterday'",
        "UPDATE generations SET used = 1e300",
        "UPDATE generations SET record = x'ff', sha256 = 7",
        "UPDATE generations SET n_bytes = 'many'",
        "UPDATE generations SET key = CAST(x'fffe' AS TEXT) WHERE key LIKE '%00'",
    ],
)
def test_a_changed_cache_is_one_clear_error_and_clearing_heals_it(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older or newer table, a view, a trigger, cells of other types."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path))
    with closing(filled(tmp_path)), closing(sqlite3.connect(tmp_path / caches.NAME)) as other:
        other.executescript(change)
    require_healing(tmp_path)


def test_random_damage_is_never_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred and twenty times: bytes flipped, cut, or doubled anywhere in the file."""
    chance = random.Random(5)
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path))
    with closing(filled(tmp_path)):
        pass
    file = tmp_path / caches.NAME
    whole = file.read_bytes()
    for _ in range(120):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        file.write_bytes(damaged[: chance.choice((len(whole), chance.randrange(len(whole))))])
        require_healing(tmp_path)


def test_damage_outside_the_entries_is_healed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page of the file in turn: dropping the entries alone would keep some damage."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path))
    with closing(filled(tmp_path)):
        pass
    file = tmp_path / caches.NAME
    whole = file.read_bytes()
    page = int.from_bytes(whole[16:18])
    for start in range(0, len(whole), page):
        file.write_bytes(
            whole[:start] + random.Random(start).randbytes(page) + whole[start + page :]
        )
        require_healing(tmp_path)
        assert main(["cache", "verify"]) == 0
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)


def filled(folder: Path) -> Cache:
    """Return a cache of twenty entries."""
    cache = Cache(folder / caches.NAME)
    for i in range(20):
        record = Generation(
            key=f"{i:064d}", system="m", example="e", text="襄阳" * 40, finish_reason="stop"
        )
        cache.add(record)
    return cache


def require_healing(folder: Path) -> None:
    """Have the commands look at a cache, then clear it, and use it."""
    assert main(["cache", "info"]) in {0, 1}
    assert main(["cache", "verify"]) in {0, 1}
    assert main(["cache", "clear"]) == 0
    with closing(filled(folder)) as cache:
        assert cache.info().n == 20
        cache.clear()


def test_a_cache_on_a_network_file_system_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's locks do not hold between machines; the kind is named, and a way out."""
    mounts = [SimpleNamespace(mountpoint=str(tmp_path), fstype="nfs4")]
    monkeypatch.setattr("psutil.disk_partitions", lambda **_: mounts)
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*EVALKIT_CACHE"):
        Cache(tmp_path / "generations.sqlite3")
    assert not (tmp_path / "generations.sqlite3").exists()
