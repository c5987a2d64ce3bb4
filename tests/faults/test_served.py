"""Promises on served models: no failure is a score and nothing is lost, whatever a server does."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from tests.faults.conftest import size
from tests.support import served
from tests.support.endpoints import shorten_backoff
from tests.support.served import answer, failure, same, serving, status
from tests.support.served_project import generations, half_right, scores, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.analysis.run import Run
    from tests.faults.conftest import Start
    from tests.support.served import Asked, Reaction

N = 50


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait hundredths of a second between attempts."""
    shorten_backoff(monkeypatch)


def slow(asked: Asked) -> Reaction:
    """Answer after a twentieth of a second."""
    return served.after(0.05, half_right(asked))


@pytest.fixture
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Return the run of a server without faults."""
    root = tmp_path_factory.mktemp("sound")
    with serving(half_right) as server:
        assert main(["run", str(write_project(root, server))]) == 0
        yield load(root / "runs/run")


def test_five_hundred_requests_with_faults_end_as_without(tmp_path: Path) -> None:
    """Three in ten fail in some way that may pass; scores and summary are the same."""
    chance = random.Random(3)
    faults = [
        failure(429, "rate_limit", Retry_After="0"),
        failure(500, "server_error"),
        status(502, "<html>"),
        served.events({"error": "out of memory"}),
        served.broken_off("修"),
        served.reset,
        answer("修", finish="network_error"),
        status(200, {"error": {"message": "insufficient_system_resource"}}),
    ]

    def faulty(asked: Asked) -> Reaction:
        return chance.choice(faults) if chance.random() < 0.3 else half_right(asked)

    found = []
    for name, script in (("faulty", faulty), ("sound", half_right)):
        (tmp_path / name).mkdir()
        with serving(script) as server:
            config = write_project(tmp_path / name, server, n_articles=50, concurrency=16)
            assert main(["run", str(config)]) == 0
            found.append((scores(tmp_path / name), len(server.asked)))
    (faulted, n_faulted), (whole, n_whole) = found
    assert faulted == whole
    assert n_whole == 500 < n_faulted


def test_a_killed_run_goes_on_where_it_was(start: Start, sound: Run, tmp_path: Path) -> None:
    """Nothing that is on disk is asked again, and the end is the same."""
    with serving(slow) as server:
        config = write_project(tmp_path, server, concurrency=2)
        written = tmp_path / "runs/run/generations.jsonl"
        running = start("run", config)
        running.wait_until(lambda: size(written) > 3000)
        running.kill()
        kept = len(generations(tmp_path))
        assert 0 < kept < N
        n_before = len(server.asked)
        last = start("run", config)
        assert last.end() == 0, last.said
        assert len(server.asked) - n_before == N - kept
    assert scores(tmp_path) == scores(sound.path.parent.parent)


def test_a_server_that_restarts_is_waited_for(sound: Run, tmp_path: Path) -> None:
    """Requests in between find no connection, and are sent again."""
    with ExitStack() as stack:
        first = stack.enter_context(serving(half_right))
        config = write_project(tmp_path, first)
        port = int(first.address.removesuffix("/v1").rpartition(":")[2])

        def restart() -> None:
            while len(first.asked) < N // 3:
                time.sleep(0.01)
            stack.close()
            time.sleep(0.2)
            stack.enter_context(serving(half_right, port=port))

        thread = threading.Thread(target=restart)
        thread.start()
        code = main(["run", str(config)])
        thread.join()
    assert code == 0
    assert any(generation.attempts > 1 for generation in generations(tmp_path))
    assert scores(tmp_path) == scores(sound.path.parent.parent)


def test_ctrl_c_ends_cleanly_and_the_rest_comes_later(
    start: Start, sound: Run, tmp_path: Path
) -> None:
    """Once the next answer is on disk, whatever else is in flight."""
    with serving(slow) as server:
        config = write_project(tmp_path, server, concurrency=2)
        written = tmp_path / "runs/run/generations.jsonl"
        running = start("run", config)
        running.wait_until(lambda: size(written) > 3000)
        assert running.process.pid is not None
        os.kill(running.process.pid, signal.SIGINT)
        assert running.end() == 130, running.said
        assert "Traceback" not in running.said
        assert 0 < len(generations(tmp_path)) < N
        last = start("run", config)
        assert last.end() == 0, last.said
    assert scores(tmp_path) == scores(sound.path.parent.parent)


def test_a_model_that_cannot_run_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The baseline is scored; the reason is one line; no request is scored as wrong."""
    with serving(same(failure(402, "", "Insufficient Balance"))) as server:
        assert main(["run", str(write_project(tmp_path, server))]) == 1
    said = capsys.readouterr()
    assert "Insufficient Balance" in said.err + said.out
    assert "Traceback" not in said.err
    run = load(tmp_path / "runs/run")
    rows = {system.name: system for system in run.systems}
    assert rows["served"].failure
    assert not rows["served"].estimates
    assert rows["lead"].estimates


def test_an_error_is_never_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Requests that fail have a reason and no score; the run is incomplete, and goes on later."""

    def script(asked: Asked) -> Reaction:
        return failure(400, "unheard_of") if asked.n % 5 == 4 else half_right(asked)

    with serving(script) as server:
        config = write_project(tmp_path, server)
        assert main(["run", str(config)]) == 1
        reason = f"{N // 5} failed, {N // 5} of them with: HTTP 400: "
        run = load(tmp_path / "runs/run")
        row = run.systems[0]
        assert f"{row.model}: {reason}" in capsys.readouterr().out
        assert row.counts.n_failed == N // 5
        assert row.estimates[0].n == N - N // 5
        server.script = half_right
        assert main(["run", str(config)]) == 0
    assert load(tmp_path / "runs/run").systems[0].estimates[0].n == N


def test_refusals_are_counted_compared_without_and_bounded(tmp_path: Path) -> None:
    """Not asked again by the next run, which is complete; no score, and no traceback anywhere."""

    def script(asked: Asked) -> Reaction:
        refuses = "第0件" in asked.prompt.split("问")[0][-40:] or asked.n % 10 == 9
        return failure(400, "data_inspection_failed") if refuses else answer("修路")

    with serving(script) as server:
        config = write_project(tmp_path, server)
        assert main(["run", str(config)]) == 0
        n_asked = len(server.asked)
        assert main(["run", str(config)]) == 0
        assert len(server.asked) == n_asked
    run = load(tmp_path / "runs/run")
    row = run.systems[0]
    n_refused = sum(g.finish_reason == "refused" for g in run.generations.values())
    assert 0 < n_refused == row.counts.n_refused < N
    estimate = row.estimates[0]
    assert (estimate.mean, estimate.n) == (1.0, N - n_refused)
    assert estimate.mean_with_refusals is not None
    assert estimate.mean_with_refusals < 1
    (compared,) = run.summary.comparisons
    (bounded,) = run.summary.with_refusals
    assert (compared.n, bounded.n) == (N - n_refused, N)
    assert abs(bounded.difference) < abs(compared.difference)
    report = (tmp_path / "runs/run/report.md").read_text(encoding="utf-8")
    assert "## Refusals" in report
    assert f"{n_refused} refused" in report
    assert "被拒答" in (tmp_path / "runs/run/report.html").read_text(encoding="utf-8")
