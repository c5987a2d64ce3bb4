"""Promise: nothing finished is lost, whenever a run is killed, and the end is the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from typing import TYPE_CHECKING

from evalkit.analysis.listing import describe
from evalkit.records import Generation
from evalkit.store.jsonl import read_all
from tests.faults.conftest import RESULTS, results, size, smoke

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Running, Start

N_KILLS = int(os.environ.get("EVALKIT_KILLS", "4"))  # `make kill-test` asks for twenty


def kill_somewhere(running: Running, written: Path, chance: random.Random) -> int:
    """Send SIGKILL at a moment of chance: at any time, or after some more generations."""
    if chance.random() < 0.5:
        time.sleep(chance.uniform(0, 3))
    else:
        goal = size(written) + chance.randint(1, 60_000)
        running.wait_until(lambda: size(written) >= goal)
    return running.kill()


def test_a_run_killed_again_and_again_ends_as_if_nothing_had_been(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """The scores and the summary are those of a run that was never stopped, byte for byte."""
    chance = random.Random(20)
    n_killed = n_rounds = 0
    while n_killed < N_KILLS:
        folder = tmp_path / f"round-{n_rounds}" / "smoke"
        while n_killed < N_KILLS:
            code = kill_somewhere(
                start(*smoke(folder.parent)), folder / "generations.jsonl", chance
            )
            if code == 0:
                break
            assert code == -signal.SIGKILL
            n_killed += 1
        last = start(*smoke(folder.parent))
        assert last.end() == 0, last.said
        assert results(folder) == results(smoke_run)
        assert not list(folder.glob(".*.part"))
        n_rounds += 1


def test_what_is_on_disk_at_the_kill_is_not_done_again(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """Killed among its generations, a run is interrupted, knows all that is asked, and goes on."""
    folder = tmp_path / "smoke"
    written = folder / "generations.jsonl"
    killed = start(*smoke(tmp_path))
    killed.wait_until(lambda: size(written) > 70_000)
    assert describe(folder).state == "running"
    killed.kill()
    assert describe(folder).state == "interrupted"
    asked = (folder / "requests.jsonl").read_bytes()
    assert asked == (smoke_run / "requests.jsonl").read_bytes()
    kept = written.read_bytes()
    kept = kept[: kept.rfind(b"\n") + 1]
    assert start(*smoke(tmp_path)).end() == 0
    assert written.read_bytes().startswith(kept)
    places = [(g.system, g.example) for g in read_all(written, Generation)]
    assert len(places) == len(set(places)) == len(read_all(smoke_run / written.name, Generation))
    assert results(folder) == results(smoke_run)


def test_a_torn_line_is_dropped_and_done_again(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """A line that a power cut broke off is never parsed, and its generation comes again."""
    folder = tmp_path / "smoke"
    shutil.copytree(smoke_run, folder)
    written = folder / "generations.jsonl"
    written.write_bytes(written.read_bytes()[:-40])
    for name in RESULTS:
        (folder / name).unlink()
    again = start(*smoke(tmp_path))
    assert again.end() == 0
    assert "tiny: 1 of 1 done" in again.said
    assert results(folder) == results(smoke_run)


def test_a_finished_run_that_is_killed_again_loses_nothing(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """Whenever it dies, what was asked and answered is whole; scored again it is what it was."""
    chance = random.Random(21)
    folder = tmp_path / "smoke"
    shutil.copytree(smoke_run, folder)
    last = start(*smoke(tmp_path))  # the folder's config is that of its own place from now on
    assert last.end() == 0, last.said
    asked = {name: (folder / name).read_bytes() for name in ("requests.jsonl", "generations.jsonl")}
    for _ in range(N_KILLS):
        running = start(*smoke(tmp_path))
        running.wait_until(lambda: describe(folder).state == "running")
        time.sleep(chance.uniform(0, 2))
        running.kill()
        assert {name: (folder / name).read_bytes() for name in asked} == asked
        last = start("rescore", folder)
        assert last.end() == 0, last.said
        assert results(folder) == results(smoke_run)
