"""Promise: in whichever phase a run is killed or stopped, it is resumed with the same results."""

from __future__ import annotations

import os
import random
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from evalkit.store.own_files import foreign
from tests.faults.conftest import results
from tests.support.phases import PHASES, KillIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.conftest import Start
    from tests.support.project import Project

N_KILLS = int(os.environ.get("EVALKIT_KILLS", "1"))  # `make kill-test` asks for twenty

IN_A_ROW = 4  # kills of one run before it is let to its end


@pytest.mark.parametrize("phase", PHASES)
def test_a_run_killed_in_any_phase_ends_as_if_nothing_had_been(
    start: Start,
    project: Project,
    tmp_path: Path,
    phase: str,
    record_property: Callable[[str, object], None],
) -> None:
    """At moments of chance in the phase, whose length a run that is not killed tells."""
    record_property("faults", N_KILLS)
    project.write("config.yaml", project.config)
    folder = project.root / "runs/run"
    command = ("run", project.root / "config.yaml")
    shutil.rmtree(folder)
    whole = start(*command, watched=tmp_path / "times")
    assert whole.end() == 0, whole.said
    expected, length_s = results(folder), _length_s(tmp_path / "times", phase)
    chance = random.Random(phase)
    n_killed = 0
    while n_killed < N_KILLS:
        shutil.rmtree(folder, ignore_errors=True)
        for _ in range(min(IN_A_ROW, N_KILLS - n_killed)):
            moment = KillIn(phase=phase, after_s=chance.uniform(0, length_s))
            code = start(*command, watched=moment).end()
            if code == 0:  # faster than the first time, or nothing was left to generate
                break
            assert code == -signal.SIGKILL
            n_killed += 1
        last = start(*command)
        assert last.end() == 0, last.said
        assert results(folder) == expected
        assert not foreign(folder)
        assert not list(folder.glob(".*.part"))


@pytest.mark.parametrize("phase", list(PHASES)[1:])  # before, there is nothing to stop
def test_a_run_that_is_asked_to_stop_in_any_phase_is_resumed(
    start: Start, project: Project, phase: str, record_property: Callable[[str, object], None]
) -> None:
    """SIGTERM, SIGHUP and Ctrl-C in turn: their exit codes, no traceback, nothing lost."""
    asked = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}
    record_property("faults", len(asked))
    project.write("config.yaml", project.config)
    folder = project.root / "runs/run"
    command = ("run", project.root / "config.yaml")
    expected = results(folder)
    shutil.rmtree(folder)
    for number, code in asked.items():
        stopped = start(*command, watched=KillIn(phase=phase, after_s=0, signal=number))
        assert stopped.end() == code, stopped.said
        assert "Traceback" not in stopped.said
    last = start(*command)
    assert last.end() == 0, last.said
    assert results(folder) == expected
    assert not foreign(folder)
    assert not list(folder.glob(".*.part"))


def _length_s(times: Path, phase: str) -> float:
    """Return how long a phase took; of the last one no more than its beginning is known."""
    began = [float(line) for line in times.read_text(encoding="utf-8").split()]
    assert len(began) == len(PHASES)
    at = list(PHASES).index(phase)
    return began[at + 1] - began[at] if at + 1 < len(began) else 0.1
