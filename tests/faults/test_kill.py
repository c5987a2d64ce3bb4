"""Promise: nothing finished is lost, whenever a run is killed, and the end is the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from evalkit.records import Generation
from evalkit.store.records import read_all
from tests.faults.conftest import RESULTS, results, size, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Start

N_KILLS = int(os.environ.get("EVALKIT_KILLS", "3"))  # `make kill-test` asks for twenty


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return what a run that ends by itself, and well, has said."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output, errors


def kill_somewhere(process: subprocess.Popen[str], folder: Path, chance: random.Random) -> None:
    """Send SIGKILL at a moment of chance: at any time, or after some more generations."""
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, 6))
    else:
        written = folder / "generations.jsonl"
        goal = size(written) + chance.randint(1, 60_000)
        wait_until(lambda: size(written) >= goal, process)
    process.kill()
    process.communicate()


def test_a_run_killed_again_and_again_ends_as_if_nothing_had_been(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """The scores and the summary are those of a run that was never stopped, byte for byte."""
    chance = random.Random(20)
    n_killed = n_rounds = 0
    while n_killed < N_KILLS or not n_rounds:
        output = tmp_path / str(n_rounds)
        while n_killed < N_KILLS:
            process = start(output)
            kill_somewhere(process, output / "smoke", chance)
            if process.returncode == 0:
                break
            assert process.returncode == -signal.SIGKILL
            n_killed += 1
        finish(start(output))
        assert results(output / "smoke") == results(smoke_run)
        assert not list((output / "smoke").glob(".*.part"))
        n_rounds += 1


def test_what_is_on_disk_at_the_kill_is_not_done_again(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """Killed among its generations, a run goes on behind the last whole line."""
    folder = tmp_path / "smoke"
    written = folder / "generations.jsonl"
    process = start(tmp_path)
    wait_until(lambda: size(written) > 70_000, process)
    process.kill()
    process.communicate()
    kept = written.read_bytes()
    kept = kept[: kept.rfind(b"\n") + 1]
    finish(start(tmp_path))
    assert written.read_bytes().startswith(kept)
    places = [(g.model, g.example_id) for g in read_all(written, Generation)]
    assert len(places) == len(set(places)) == len(read_all(smoke_run / written.name, Generation))
    assert results(folder) == results(smoke_run)


@pytest.mark.parametrize("n_bytes", [1, 40, 300])
def test_a_torn_line_is_dropped_and_done_again(
    start: Start, smoke_run: Path, tmp_path: Path, n_bytes: int
) -> None:
    """A line that a power cut broke off is never parsed, and its generation comes again."""
    folder = tmp_path / "smoke"
    finish(start(tmp_path))
    written = folder / "generations.jsonl"
    whole = written.read_bytes()
    written.write_bytes(whole[:-n_bytes])
    for name in RESULTS:
        (folder / name).unlink()
    _, errors = finish(start(tmp_path))
    assert "tiny: 1 of 1 done" in errors
    assert results(folder) == results(smoke_run)


def test_a_killed_run_is_not_taken_for_a_running_or_a_finished_one(
    start: Start, tmp_path: Path
) -> None:
    """Its manifest says `running`, its lock is free: that is an interrupted run."""
    from evalkit.pipeline.listing import describe  # noqa: PLC0415 - after the process

    process = start(tmp_path)
    folder = tmp_path / "smoke"
    wait_until(lambda: size(folder / "generations.jsonl") > 0, process)
    assert describe(folder).state == "running"
    process.kill()
    process.communicate()
    assert describe(folder).state == "interrupted"
    assert describe(folder).summary is None
