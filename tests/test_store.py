"""The store: what is written is whole, what is finished is kept, what is secret stays out."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import LockedError, StoreError
from evalkit.records import Generation
from evalkit.store import cache as caches
from evalkit.store.cache import Cache
from evalkit.store.folder import RunFolder
from evalkit.store.log import LONGEST, kept, note, warn
from evalkit.store.records import Appender, line, read_all, write
from evalkit.store.secrets import hide_by_key, hide_in_text

if TYPE_CHECKING:
    from pathlib import Path

KEY = "k" * 64


def generation(key: str = KEY, text: str = "襄阳") -> Generation:
    """Return a generation."""
    return Generation(key=key, model="m", example_id="e", text=text, finish_reason="stop")


@given(st.text())
def test_a_record_is_one_line_and_comes_back(text: str) -> None:
    """Whatever is in it, no program that splits lines splits it."""
    written = line(generation(text=text))
    assert written.splitlines() == [written[:-1]]
    assert json.loads(written)["text"] == text


def test_an_appender_drops_a_torn_line_and_goes_on(tmp_path: Path) -> None:
    """What lies behind the last line's end was never whole."""
    file = tmp_path / "g.jsonl"
    file.write_text(line(generation("a")) + line(generation("b"))[:-9], encoding="utf-8")
    assert [g.key for g in read_all(file, Generation)] == ["a"]
    with Appender(file) as appender:
        appender.append(generation("c"))
    assert [g.key for g in read_all(file, Generation)] == ["a", "c"]


def test_a_line_that_is_no_record_is_named_with_the_way_out(tmp_path: Path) -> None:
    """A damaged line in the middle is not passed over."""
    file = tmp_path / "g.jsonl"
    file.write_text(f"{line(generation())}{{}}\n{line(generation())}", encoding="utf-8")
    with pytest.raises(StoreError, match=r"g\.jsonl:2: is no Generation .*; delete that line"):
        read_all(file, Generation)


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    """A file that does not fit on the disk replaces nothing; an appended record neither."""
    write(tmp_path / "old.json", "old")
    script = f"""
        import resource
        from pathlib import Path
        from evalkit.errors import StoreError
        from evalkit.store.records import Appender, write
        from evalkit.records import Generation

        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        folder = Path({str(tmp_path)!r})
        try:
            write(folder / "old.json", "new" * 1000)
        except StoreError as error:
            print(error)
        with Appender(folder / "g.jsonl") as appender:
            for text in ("short", "long" * 1000):
                record = Generation(
                    key="k", model="m", example_id="e", text=text, finish_reason="stop"
                )
                try:
                    appender.append(record)
                except StoreError as error:
                    print(error)
    """
    done = subprocess.run(  # noqa: S603 - the child is this file's own text
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("cannot be written (File too large)") == 2
    assert (tmp_path / "old.json").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["g.jsonl", "old.json"]
    assert [g.text for g in read_all(tmp_path / "g.jsonl", Generation)] == ["short"]


def test_a_lock_is_held_by_one_and_goes_with_its_holder(tmp_path: Path) -> None:
    """A second lock is refused; one of a killed process is none, nor are its leftovers kept."""
    folder = RunFolder(path=tmp_path / "run")
    assert not folder.is_locked()
    with folder.lock():
        assert folder.is_locked()
        with pytest.raises(LockedError, match="another process is writing here"):
            folder.lock()
    assert not folder.is_locked()
    (folder.path / ".scores.jsonl.7.part").touch()
    with folder.lock():
        assert [path.name for path in folder.path.iterdir()] == [".lock"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the folder would."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/run: cannot be written .* choose another output"):
        RunFolder(path=tmp_path / "file" / "run").lock()


def test_what_stands_in_the_way_of_the_cache_or_a_deletion_is_named(tmp_path: Path) -> None:
    """Folders where files should be."""
    for name in ("cache.sqlite3", "summary.json"):
        (tmp_path / name / "x").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cache\.sqlite3: cannot be deleted"):
        caches.delete(tmp_path / "cache.sqlite3")
    with pytest.raises(StoreError, match=r"summary\.json: cannot be deleted"):
        RunFolder(path=tmp_path).drop_results()
    with pytest.raises(StoreError, match=r"summary\.json: cannot be written"):
        write(tmp_path / "summary.json", "{}")
    with pytest.raises(StoreError, match=r"x: cannot be written"):
        Appender(tmp_path / "summary.json" / "x")


@pytest.mark.parametrize("content", ["", "{", "[]", "\0", "[" * 99_999])
def test_a_manifest_or_summary_that_is_none_is_an_error(tmp_path: Path, content: str) -> None:
    """Both are named, with what to do."""
    for name in ("manifest.json", "summary.json"):
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=r"manifest\.json: is no (JSON|mapping); delete it"):
        RunFolder(path=tmp_path).manifest()
    with pytest.raises(StoreError, match=r"summary\.json: is no summary .*; run the config again"):
        RunFolder(path=tmp_path).summary()


def test_a_deleted_run_is_gone_and_a_held_one_is_not(tmp_path: Path) -> None:
    """Nothing of it stays under any name."""
    folder = RunFolder(path=tmp_path / "run")
    with folder.lock(), pytest.raises(LockedError):
        folder.delete()
    folder.write_manifest({"status": "complete"})
    folder.delete()
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_a_run_is_deleted_with_the_run(tmp_path: Path) -> None:
    """Neither the link nor the folder stays, under any name."""
    folder = RunFolder(path=tmp_path / "runs/run")
    (tmp_path / "disk/run").mkdir(parents=True)
    folder.path.parent.mkdir()
    folder.path.symlink_to(tmp_path / "disk/run")
    folder.delete()
    assert list(tmp_path.rglob("*run*")) == [tmp_path / "runs"]


def test_what_cannot_be_read_or_locked_is_no_traceback(tmp_path: Path) -> None:
    """A folder where a file should be: named when it is needed, passed over in a list."""
    for name in (".lock", "generations.jsonl", "manifest.json"):
        (tmp_path / name).mkdir()
    folder = RunFolder(path=tmp_path)
    assert not folder.is_locked()
    with pytest.raises(StoreError, match=r"generations\.jsonl: cannot be read"):
        folder.generations()
    with pytest.raises(StoreError, match=r"manifest\.json: cannot be read"):
        folder.manifest()


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


def test_what_is_no_database_is_an_error_and_can_be_deleted(tmp_path: Path) -> None:
    """The file is named with the way out."""
    file = tmp_path / caches.NAME
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"sqlite3: cannot be used .*; python -m evalkit cache"):
        Cache(file)
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
    with pytest.raises(StoreError, match="cannot be used"), closing(Cache(file)) as cache:
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
                key=key, model="m", example_id="e", text=key * 20, finish_reason="stop"
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


def test_a_log_line_has_time_level_event_and_facts_and_nothing_long(tmp_path: Path) -> None:
    """One JSON object a line; outside of a run nothing is kept."""
    note("before")
    with kept(tmp_path / "log.jsonl"):
        note("loaded", model="m", seconds=1.23456, n=3)
        warn("halved", reason=ValueError("x" * 2 * LONGEST))
    note("after")
    first, second = map(json.loads, (tmp_path / "log.jsonl").read_text("utf-8").splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {"level": "info", "event": "loaded", "model": "m", "seconds": 1.235, "n": 3}
    assert second["level"] == "warning"
    assert len(second["reason"]) == LONGEST + 1


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What must not be lost is elsewhere."""
    (tmp_path / "log.jsonl").mkdir()
    with kept(tmp_path / "log.jsonl"):
        note("loaded")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://me:geheim123@mirror/x", "https://(hidden)@mirror/x"),
        ("token hf_ABCDEFGHIJKLMNOPQRSTUV was refused", "token (hidden) was refused"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer (hidden)"),
        ("with s3cret-value in it", "with (hidden) in it"),
        ("https://mirror/a@b 襄阳", "https://mirror/a@b 襄阳"),
    ],
)
def test_secrets_are_hidden_in_texts(
    text: str, hidden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment calls a secret, and what is shaped like one."""
    monkeypatch.setenv("MY_API_KEY", "s3cret-value")
    assert hide_in_text(text) == hidden


def test_secrets_are_hidden_by_their_keys() -> None:
    """Also below such a key and as numbers; counts of tokens stay."""
    found = hide_by_key(
        {
            "max_new_tokens": {"answer": 8},
            "hf_token": "abc",
            "password": 1234,
            "credentials": [{"user": "me", "none": None}],
            "plain": ["x"],
        }
    )
    assert found == {
        "max_new_tokens": {"answer": 8},
        "hf_token": "(hidden)",
        "password": "(hidden)",
        "credentials": [{"user": "(hidden)", "none": None}],
        "plain": ["x"],
    }
