"""Promises: whatever asks a process to stop is heeded, and no child outlives its parent."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.faults.conftest import results, size, smoke
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Start

HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"]
)
def test_a_signal_to_stop_is_taken_as_ctrl_c(
    start: Start, smoke_run: Path, tmp_path: Path, number: int, code: int
) -> None:
    """After the answer in flight, with what is kept and how to go on; the same end afterwards."""
    folder = tmp_path / "smoke"
    stopped = start(*smoke(tmp_path))
    stopped.wait_until(lambda: size(folder / "generations.jsonl") > 5_000)
    os.kill(stopped.process.pid or 0, number)
    assert stopped.end() == code
    assert "run the same command again to resume" in stopped.said
    assert "Traceback" not in stopped.said
    assert json.loads((folder / "manifest.json").read_bytes())["status"] == "incomplete"
    assert start(*smoke(tmp_path)).end() == 0
    assert results(folder) == results(smoke_run)


def test_ctrl_c_while_libraries_are_imported_is_no_traceback(tmp_path: Path) -> None:
    """An impatient user changes their mind within the first half second."""
    imported = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"
    (tmp_path / "argparse.py").write_text(imported, encoding="utf-8")
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # a child ignores what its parent does
    found = subprocess.run(
        [sys.executable, "-m", "evalkit", "metrics"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, before)
    assert (found.returncode, found.stdout, found.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["INT", "TERM", "HUP"],
)
def test_a_terminal_has_its_cursor_back(tmp_path: Path, number: int, code: int) -> None:
    """It is hidden while progress is shown, and shown again whatever ends the run."""
    leader, follower = os.openpty()
    before = signal.signal(number, signal.SIG_DFL)  # a child ignores what its parent does
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "evalkit", *smoke(tmp_path)],
        cwd=ROOT, env={**os.environ, "TERM": "xterm"}, start_new_session=True,
        stdin=follower, stdout=follower, stderr=follower,
    )  # fmt: skip
    signal.signal(number, before)
    os.close(follower)
    said = b""
    while HIDE_CURSOR not in said:
        said += os.read(leader, 4096)
    process.send_signal(number)
    with contextlib.suppress(OSError):  # the end, as Linux says it
        while piece := os.read(leader, 4096):
            said += piece
    assert process.wait(timeout=60) == code, said.decode(errors="replace")
    assert said.rindex(SHOW_CURSOR) > said.rindex(HIDE_CURSOR)
    os.close(leader)


@pytest.fixture
def scoring(tmp_path: Path) -> subprocess.Popen[str]:
    """Return a process that scores, with another at work beside it."""
    process = begin_scoring(tmp_path)
    wait_for_workers(process)
    return process


def begin_scoring(tmp_path: Path, *prefix: str, n: int = 4000) -> subprocess.Popen[str]:
    """Return a process that scores so many predictions, started by a command."""
    text = "襄阳市今年有三件大事，第一件是修路。" * 40
    row = json.dumps({"prediction": text, "references": [text[::-1]]}, ensure_ascii=False)
    lines = [f'{{"id": "{i}", {row[1:]}\n' for i in range(n)]
    (tmp_path / "in.jsonl").write_text("".join(lines), encoding="utf-8")
    return subprocess.Popen(  # noqa: S603 - our own program
        [*prefix, sys.executable, "-m", "evalkit", "score", "summaries",
         str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl")],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_workers(process: subprocess.Popen[str]) -> None:
    """Wait until another process scores too, or a minute is over."""
    end = time.monotonic() + 60
    while not workers_of(process) and time.monotonic() < end:
        time.sleep(0.05)


def unshared(*options: str) -> tuple[str, ...]:
    """Return the command that begins namespaces of its own; skip where that is not permitted."""
    command = ("unshare", *options)
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False).returncode:  # noqa: S603 - ours
        pytest.skip("namespaces need Linux, and root")
    return command


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the processes that another started to score."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["KILL", "TERM"])
def test_no_scoring_process_outlives_its_parent(
    scoring: subprocess.Popen[str], number: int
) -> None:
    """Killed or terminated: a moment later all of them are gone."""
    workers = workers_of(scoring)
    assert workers
    scoring.send_signal(number)
    _, said = scoring.communicate(timeout=60)
    assert scoring.returncode == (-9 if number == signal.SIGKILL else 143), said
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []


def test_a_killed_scoring_process_costs_time_alone(
    scoring: subprocess.Popen[str], tmp_path: Path
) -> None:
    """As by the kernel, for want of memory: its work is done by those that are left."""
    workers_of(scoring)[0].kill()
    _, said = scoring.communicate(timeout=200)
    assert scoring.returncode == 0, said
    assert "Traceback" not in said
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 4000


def test_process_1_of_a_container_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    """The kernel gives it no default action of SIGTERM: it has to have one of its own."""
    process = begin_scoring(tmp_path, *unshared("--pid", "--fork", "--kill-child"))
    wait_for_workers(process)
    (first,) = psutil.Process(process.pid).children()
    workers = workers_of(process)
    first.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143, said
    assert said.splitlines()[-1] == "stopped"
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []


def test_without_shared_memory_scoring_works(tmp_path: Path) -> None:
    """As in containers without a /dev/shm that can be written."""
    hide = 'mount -t tmpfs -o ro none /dev/shm && exec "$@"'
    command = (*unshared("--mount"), "/bin/sh", "-c", hide, "sh")
    process = begin_scoring(tmp_path, *command, n=600)
    _, said = process.communicate(timeout=200)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 600
