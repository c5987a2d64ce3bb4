"""The run folder: what is written is whole, what is finished is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import InputError, StoreError
from evalkit.records import Generation
from evalkit.store import cache as caches
from evalkit.store.files import write, write_bytes
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import is_locked, lock_folder
from evalkit.store.jsonl import Appender, line, read_all
from evalkit.store.manifest import FORMAT
from evalkit.store.switch import Draft
from tests.support.runs import EXAMPLES, SYSTEMS, write_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "k" * 64


def generation(key: str = KEY, text: str = "襄阳") -> Generation:
    """Return a generation."""
    return Generation(key=key, system="m", example="e", text=text, finish_reason="stop")


@given(st.text())
def test_a_record_is_one_line_and_comes_back(text: str) -> None:
    """Whatever is in it, no program that splits lines splits it."""
    written = line(generation(text=text))
    assert written.splitlines() == [written[:-1]]
    assert json.loads(written)["text"] == text


def test_an_appender_drops_a_torn_line_and_goes_on(tmp_path: Path) -> None:
    """What follows the end of the last line was never whole."""
    file = tmp_path / "g.jsonl"
    file.write_text(line(generation("a")) + line(generation("b"))[:-9], encoding="utf-8")
    assert [g.key for g in read_all(file, Generation)] == ["a"]
    with Appender(file) as appender:
        appender.append(generation("c"), cost_s=0)
    assert [g.key for g in read_all(file, Generation)] == ["a", "c"]


def test_only_work_of_a_tenth_of_a_second_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cheaper records are synced together; the rest when the file is closed."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    with Appender(tmp_path / "g.jsonl") as appender:
        synced.clear()
        n_synced = []
        for cost_s in (0.05, 0.06, 0.05, 5.0, 0.0):
            appender.append(generation(), cost_s)
            n_synced.append(len(synced))
    assert n_synced == [0, 1, 1, 2, 2]
    assert len(synced) == 3


def test_a_line_that_is_not_a_record_is_named_with_the_remedy(tmp_path: Path) -> None:
    """A damaged line in the middle is not passed over."""
    file = tmp_path / "g.jsonl"
    file.write_text(f"{line(generation())}{{}}\n{line(generation())}", encoding="utf-8")
    with pytest.raises(
        StoreError, match=r"g\.jsonl:2: is not a Generation .*; run the config again"
    ):
        read_all(file, Generation)


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    """A file that does not fit on the disk replaces nothing; an appended record neither."""
    write(tmp_path / "old.json", "old")
    script = f"""
        import resource
        from pathlib import Path
        from evalkit.errors import StoreError
        from evalkit.store.files import write
        from evalkit.store.jsonl import Appender
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
                    key="k", system="m", example="e", text=text, finish_reason="stop"
                )
                try:
                    appender.append(record, cost_s=1)
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


def test_a_file_whose_parts_end_in_an_error_is_as_before(tmp_path: Path) -> None:
    """Whatever the error, nothing of the new file is left beside the old one."""
    write(tmp_path / "old.json", "old")

    def parts() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "old.json", parts())
    assert [(f.name, f.read_bytes()) for f in tmp_path.iterdir()] == [("old.json", b"old")]


def test_only_files_that_evalkit_writes_are_deleted_with_the_results(tmp_path: Path) -> None:
    """A person's own report.pdf or summary.docx stays, and so does a stranger's unfinished file."""
    own = {"report.pdf", "summary.docx", "scores.xlsx", ".download.part", ".report.html.part"}
    folder = RunFolder(path=write_run(tmp_path / "run"))
    folder.write_report("report.html", "<p>")
    for name in (*own, ".report.html.7.part"):
        (folder.path / name).touch()
    with lock_folder(folder.path):
        folder.drop_results()
    left = {path.name for path in folder.path.iterdir()}
    inputs = {"manifest", "articles", "examples", "requests", "generations"}
    assert left - own - {".lock"} == {f"{n}.json{'' if n == 'manifest' else 'l'}" for n in inputs}
    assert own <= left


def test_a_folder_gives_back_what_was_written(tmp_path: Path) -> None:
    """Every file of a run, record by record."""
    folder = RunFolder(path=write_run(tmp_path / "run"))
    assert [article.id for article in folder.articles()] == ["bridge", "rain", "fair"]
    assert folder.examples() == list(EXAMPLES)
    assert {request.system for request in folder.requests()} == {s.name for s in SYSTEMS}
    assert len(list(folder.generations())) == len(folder.requests()) == len(SYSTEMS) * len(EXAMPLES)
    assert len(list(folder.details())) == len(folder.scores())
    manifest = folder.manifest()
    assert manifest is not None
    assert manifest.systems == list(SYSTEMS)
    folder.write_manifest(manifest)
    assert folder.manifest() == manifest
    assert folder.summary().metric("em").n_planned == 6


def test_a_folder_of_a_new_run_holds_nothing_yet(tmp_path: Path) -> None:
    """Files that do not exist hold no records."""
    folder = RunFolder(path=tmp_path)
    assert folder.manifest() is None
    read = (folder.articles, folder.examples, folder.requests, folder.generations)
    assert [list(records()) for records in (*read, folder.scores, folder.details)] == [[]] * 6


@pytest.mark.parametrize(
    ("version", "code", "remedy"),
    [
        (1, "outdated", "python -m evalkit runs upgrade"),
        (FORMAT + 1, "unreadable", "update evalkit"),
    ],
)
def test_a_folder_of_another_format_is_refused_with_the_way_out(
    tmp_path: Path, version: int, code: str, remedy: str
) -> None:
    """An earlier one with the command that upgrades it; without a number it is the first."""
    content: dict[str, object] = {"config": {}} if version == 1 else {"format": version}
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        RunFolder(path=tmp_path).manifest()
    (problem,) = raised.value.problems
    assert problem.code == code
    assert problem.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("status",), "finished"),
        (("systems",), {}),
        (("sessions", 0, "machine", "cores"), "two"),
        (("providers", "qwen", "speed", "generate_s"), "long"),
        (("config",), None),
        (("weather",), "fine"),
    ],
)
def test_a_manifest_edited_by_hand_is_named_with_the_place(
    tmp_path: Path, keys: tuple[str | int, ...], value: object
) -> None:
    """One typed model reads it: wrong values, missing and unknown keys."""
    file = write_run(tmp_path / "run") / "manifest.json"
    content = place = json.loads(file.read_bytes())
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(StoreError, match=rf"manifest\.json: {'.'.join(map(str, keys))}: "):
        RunFolder(path=file.parent).manifest()


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
    with pytest.raises(StoreError, match=r"x: is not a regular file"):
        Appender(tmp_path / "summary.json" / "x")


@pytest.mark.parametrize("content", ["", "{", "[]", "\0", "[" * 99_999])
def test_a_manifest_or_summary_that_is_none_is_an_error(tmp_path: Path, content: str) -> None:
    """Both are named, with what to do."""
    for name in ("manifest.json", "summary.json"):
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=r"manifest\.json: is not (JSON|a mapping); delete it"):
        RunFolder(path=tmp_path).manifest()
    with pytest.raises(
        StoreError, match=r"summary\.json: is not a summary .*; run the config again"
    ):
        RunFolder(path=tmp_path).summary()


def test_what_cannot_be_read_or_locked_is_one_clear_error(tmp_path: Path) -> None:
    """A folder where a file should be: named when it is needed, passed over in a list."""
    for name in (".lock", "generations.jsonl", "manifest.json"):
        (tmp_path / name).mkdir()
    folder = RunFolder(path=tmp_path)
    assert not is_locked(tmp_path)
    with pytest.raises(StoreError, match=r"generations\.jsonl: cannot be read"):
        list(folder.generations())
    with pytest.raises(StoreError, match=r"manifest\.json: cannot be read"):
        folder.manifest()


def test_a_file_is_written_part_after_part_in_whatever_order_its_texts_come(tmp_path: Path) -> None:
    """None of them is held; a part without any is empty."""
    with Draft(tmp_path) as new:
        texts = [("b", "b1\n"), ("a", "襄阳\n"), ("b", "b2\n"), ("a", "a2\n")]
        new.write_in_parts("details.jsonl", ("a", "none", "b"), iter(texts))
        assert new.file("details.jsonl").read_text("utf-8") == "襄阳\na2\nb1\nb2\n"
        assert [file.name for file in new.file("details.jsonl").parent.iterdir()] == [
            "details.jsonl"
        ]
