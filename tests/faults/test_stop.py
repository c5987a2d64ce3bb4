"""Promises: a full disk, Ctrl-C and a second process end a run cleanly, and it can go on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.cli.progress import PlainProgress
from evalkit.records import Generation
from evalkit.runner.generation_cache import GenerationCache
from evalkit.runner.interrupt import deferred_interrupt
from tests.faults.conftest import RESULTS, results, size, smoke
from tests.support.asking import request
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from tests.faults.conftest import Start
    from tests.support.project import Project


@pytest.fixture
def evalkit_in_shell() -> Callable[[str], CompletedProcess[str]]:
    """Return a function that runs the rest of a command line in a real shell."""

    def run(words: str) -> CompletedProcess[str]:
        command = f"exec '{sys.executable}' -m evalkit {words}"
        return subprocess.run(  # noqa: S603 - our own program
            ["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.parametrize(
    ("max_file_bytes", "full"),
    [(110_000, "generations.jsonl"), (250_000, "details.jsonl")],
)
def test_a_full_disk_fails_the_run_and_loses_nothing(
    start: Start, smoke_run: Path, tmp_path: Path, max_file_bytes: int, full: str
) -> None:
    """One line names the file, nothing is taken for whole, and with room the run goes on."""
    failed = start(*smoke(tmp_path), max_file_bytes=max_file_bytes)
    assert failed.end() == 1
    folder = tmp_path / "smoke"
    last = failed.said.splitlines()[-1]
    assert last == (
        f"{folder / full}: cannot be written (File too large); free space and run again"
    )
    assert "Traceback" not in failed.said
    assert json.loads((folder / "manifest.json").read_bytes())["status"] == "incomplete"
    assert not (folder / "summary.json").exists()
    assert not list(folder.glob(".*.part"))
    n_kept = len((folder / "generations.jsonl").read_bytes().splitlines())
    again = start(*smoke(tmp_path))
    assert again.end() == 0, again.said
    assert results(folder) == results(smoke_run)
    n_all = len((smoke_run / "generations.jsonl").read_bytes().splitlines())
    assert len((folder / "generations.jsonl").read_bytes().splitlines()) == n_all
    assert n_kept > 0


def test_a_closed_screen_is_no_reason_to_fail(
    smoke_run: Path, tmp_path: Path, evalkit_in_shell: Callable[[str], CompletedProcess[str]]
) -> None:
    """Nobody listens, and no file of the run is taken for the screen."""
    shutil.copytree(smoke_run, tmp_path / "smoke")
    done = evalkit_in_shell(f"rescore '{tmp_path / 'smoke'}' >&- 2>&- <&-")
    assert done.returncode == 0
    assert results(tmp_path / "smoke") == results(smoke_run)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file of Linux")
@pytest.mark.parametrize("command", ["schema", "--help", "run --help", "--version"])
def test_output_that_cannot_be_written_is_one_clear_error(
    evalkit_in_shell: Callable[[str], CompletedProcess[str]], command: str
) -> None:
    """As with `evalkit … > file` on a full disk."""
    done = evalkit_in_shell(f"{command} > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "the output cannot be written (No space left on device)\n"


def test_a_damaged_cache_is_only_turned_off(
    start: Start, smoke_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said with the way out; the run is as good as without it."""
    shutil.copytree(f"{os.environ['EVALKIT_CACHE']}/weights", tmp_path / "cache/weights")
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache/generations.sqlite3").write_bytes(b"no database at all" * 100)
    running = start(*smoke(tmp_path, "cache=true"))
    assert running.end() == 0, running.said
    assert "continuing without the cache" in running.said
    assert "python -m evalkit cache clear" in running.said
    assert results(tmp_path / "smoke") == results(smoke_run)


def test_ctrl_c_ends_after_the_answer_in_flight(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """Exit code 130, what is kept and how to go on, no traceback, and the same end."""
    folder = tmp_path / "smoke"
    written = folder / "generations.jsonl"
    stopped = start(*smoke(tmp_path))
    stopped.wait_until(lambda: size(written) > 5_000)
    os.kill(stopped.process.pid or 0, signal.SIGINT)
    assert stopped.end() == 130
    n_kept = len(written.read_bytes().splitlines())
    assert stopped.said.splitlines()[-1] == (
        f"Stopped with {n_kept} generations kept in {folder}; run the same command again to resume."
    )
    assert "Traceback" not in stopped.said
    assert written.read_bytes().endswith(b"}\n")
    assert json.loads((folder / "manifest.json").read_bytes())["status"] == "incomplete"
    again = start(*smoke(tmp_path))
    assert again.end() == 0, again.said
    assert results(folder) == results(smoke_run)


@pytest.mark.parametrize("stage", ["tiny", "scoring"])
def test_a_finished_run_that_is_stopped_again_loses_nothing(
    project: Project, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C among the models, or in scoring: it is as complete as it was, and can be compared."""
    project.run()
    folder = project.root / "runs/run"
    names = ("requests.jsonl", "generations.jsonl", *RESULTS)
    before = {name: (folder / name).read_bytes() for name in names}

    def stop(_: PlainProgress, name: str, total: int, n_kept: int = 0) -> None:
        assert total + n_kept >= 0
        if name == stage:
            raise KeyboardInterrupt

    for again in (["rescore", "runs/run"], ["run", "config.yaml"]):
        with monkeypatch.context() as patch:
            patch.setattr(PlainProgress, "stage", stop)
            assert main(["run", "config.yaml"]) == 130
        assert project.manifest().status == "complete"
        assert {name: (folder / name).read_bytes() for name in names} == before
        assert main(["compare", "runs/run"]) == 0
        assert main(again) == 0
        assert {name: (folder / name).read_bytes() for name in names} == before
        assert main(["compare", "runs/run"]) == 0


def test_two_runs_never_write_into_one_folder(start: Start, tmp_path: Path) -> None:
    """While one runs, another, a rescore and a deletion are refused, and it ends unharmed."""
    folder = tmp_path / "smoke"
    first = start(*smoke(tmp_path))
    first.wait_until(lambda: size(folder / "generations.jsonl") > 0)
    os.kill(first.process.pid or 0, signal.SIGSTOP)
    others = [
        start(*smoke(tmp_path)),
        start("rescore", folder),
        start("runs", "rm", folder, "--yes"),
    ]
    codes = [other.end() for other in others]
    os.kill(first.process.pid or 0, signal.SIGCONT)
    assert codes == [1, 1, 1]
    for other in others[:2]:
        assert other.said == (
            f"{folder}: another process is writing here; wait for it, or set `name`\n"
        )
    assert others[2].said == f"{folder}: is running; stop it first\n"
    assert first.end() == 0, first.said


def test_the_first_ctrl_c_waits_for_a_good_moment_and_the_second_does_not() -> None:
    """Held back until the check, or the end; after that Ctrl-C is what it was before."""
    done: list[str] = []
    before = signal.getsignal(signal.SIGINT)  # a job in the background is born ignoring it

    def work(*, to_the_end: bool) -> None:
        with deferred_interrupt() as check:
            check()
            signal.raise_signal(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            done.append("went on")
            if not to_the_end:
                check()
            done.append("to the end")

    for to_the_end in (False, True):
        with pytest.raises(KeyboardInterrupt):
            work(to_the_end=to_the_end)
    assert done == ["went on", "went on", "to the end"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_is_the_main_thread_s_business() -> None:
    """Elsewhere nothing is held back, and nothing breaks."""

    def work() -> None:
        with deferred_interrupt() as check:
            check()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def test_a_cache_that_breaks_on_the_way_is_given_up_once(tmp_path: Path) -> None:
    """What was found stays found; after that nothing is kept, found or raised."""
    said: list[str] = []

    class Progress:
        def stage(self, name: str, total: int, n_kept: int = 0) -> None:
            raise NotImplementedError

        def advance(self, n_new_tokens: int = 0) -> None:
            raise NotImplementedError

        def say(self, line: str) -> None:
            said.append(line)

    cache = GenerationCache(tmp_path / "cache.sqlite3", Progress())
    asked = request(system="other")
    sound = Generation(key="k", system="m", example="x", text="襄阳", finish_reason="stop")
    cache.keep(sound)
    cache.keep(replace(sound, key="failed", finish_reason="error"))
    found = cache.find([asked, replace(asked, key="failed")])
    assert [*found] == ["k"]
    assert (found["k"].system, found["k"].example, found["k"].from_cache) == ("other", "k", True)
    with closing(sqlite3.connect(tmp_path / "cache.sqlite3")) as database:
        database.execute("DROP TABLE generations")
    for _ in range(2):
        cache.keep(sound)
        assert cache.find([asked]) == {}
    cache.close()
    assert len(said) == 1
