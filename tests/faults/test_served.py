"""Promises on served models: no failure is a score and nothing is lost, whatever a server does."""

from __future__ import annotations

import os
import random
import shutil
import signal
import ssl
import subprocess
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from evalkit.providers.endpoint import asking
from evalkit.records import Generation
from evalkit.store.jsonl import read_all
from tests.faults.conftest import RESULTS, size
from tests.support import served
from tests.support.served import answer, failure, same, serving, status
from tests.support.served_project import half_right, write_project

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
    monkeypatch.setattr(asking, "_BACKOFF_S", 0.01)
    monkeypatch.setattr(asking, "_MOST_BACKOFF_S", 0.05)


@pytest.fixture
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Return the run of a server without faults."""
    root = tmp_path_factory.mktemp("sound")
    with serving(half_right) as server:
        assert main(["run", str(write_project(root, server))]) == 0
        yield load(root / "runs/run")


def scores(root: Path) -> dict[str, bytes]:
    """Return the results of a run as they are on disk."""
    return {name: (root / "runs/run" / name).read_bytes() for name in RESULTS}


def generations(root: Path) -> list[Generation]:
    """Return what the served model's file of generations holds."""
    found = read_all(root / "runs/run/generations.jsonl", Generation)
    return [generation for generation in found if generation.system == "served"]


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

    def slow(asked: Asked) -> Reaction:
        return served.after(0.05, half_right(asked))

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


def test_an_error_is_never_scored(tmp_path: Path) -> None:
    """Requests that fail have a reason and no score; the run is incomplete, and goes on later."""

    def script(asked: Asked) -> Reaction:
        return failure(400, "unheard_of") if asked.n % 5 == 4 else half_right(asked)

    with serving(script) as server:
        config = write_project(tmp_path, server)
        assert main(["run", str(config)]) == 1
        run = load(tmp_path / "runs/run")
        row = run.systems[0]
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


def test_a_budget_stops_a_model_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    """What is answered is kept; the cost of both runs together is in the table."""
    price = {"input": 100.0, "output": 100.0, "per": 1000.0, "currency": "CNY"}
    with serving(half_right) as server:
        config = write_project(tmp_path, server, price=price, budget=60.0)
        assert main(["run", str(config)]) == 1
        first = generations(tmp_path)
        assert 0 < len(first) < N
        assert sum(generation.cost for generation in first) <= 60.0
        assert main(["run", str(config), "--set", "models.0.budget=10000"]) == 0
    found = generations(tmp_path)
    assert len(found) == N
    report = (tmp_path / "runs/run/report.md").read_text(encoding="utf-8")
    assert f"{sum(generation.cost for generation in found):.2f} CNY" in report


def test_check_says_what_a_run_would_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tokens and money, at most; a server that cannot be reached is a problem."""
    price = {"input": 100.0, "output": 100.0, "per": 1000.0, "currency": "CNY"}
    with serving(half_right) as server:
        config = write_project(tmp_path, server, price=price)
        assert main(["check", str(config)]) == 0
        said = capsys.readouterr().out
        assert not server.asked
    assert "vllm 0.32.0" in said
    assert "CNY" in said
    assert main(["check", str(config)]) == 1
    assert "cannot run" in capsys.readouterr().err


def test_the_key_is_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Servers repeat it in their errors; a field of the body may hold one as well."""
    key = "geheim-0123456789"
    monkeypatch.setenv("QWEN_KEY", f" {key}\n")

    def script(asked: Asked) -> Reaction:
        assert asked.headers["authorization"] == f"Bearer {key}"
        assert asked.body["api_key"] == key
        if asked.n > 20:
            return failure(401, "invalid_api_key", f"Incorrect API key provided: {key}")
        if asked.n % 3 == 0:
            return served.events({"error": f"key {key} is slow"})
        if asked.n % 3 == 1:
            return failure(400, "unheard_of", f"{key} is odd")
        return half_right(asked)

    with serving(script) as server:
        extra = {"api_key": key, "seed": 3}
        config = write_project(
            tmp_path, server, key_env="QWEN_KEY", retry_for_s=0.0, extra_body=extra
        )
        assert main(["run", str(config)]) == 1
    said = capsys.readouterr()
    assert key not in said.out + said.err
    for path in (tmp_path / "runs/run").iterdir():
        if path.is_file():
            assert key.encode() not in path.read_bytes(), path


def test_a_key_follows_no_redirect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to another host, and not to another path."""
    monkeypatch.setenv("QWEN_KEY", "geheim")
    with serving(half_right) as elsewhere:
        moved = same(status(307, "", Location=f"{elsewhere.address}/chat/completions"))
        with serving(moved) as server:
            config = write_project(tmp_path, server, key_env="QWEN_KEY")
            assert main(["run", str(config)]) == 1
        assert not elsewhere.asked
    assert elsewhere.address in load(tmp_path / "runs/run").systems[0].failure


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes a certificate with openssl")
def test_an_unknown_authority_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until its certificates are named, in the way that the message says."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)  # noqa: S603 - our own arguments
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(half_right, tls=context) as server:
        config = write_project(tmp_path, server)
        assert main(["run", str(config)]) == 1
        assert "SSL_CERT_FILE" in load(tmp_path / "runs/run").systems[0].failure
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert main(["run", str(config)]) == 0


def test_a_finished_run_needs_no_server(sound: Run, tmp_path: Path) -> None:
    """Running it again asks for nothing, whether or not the server is still there."""
    root = sound.path.parent.parent
    before = scores(root)
    shutil.copytree(root, tmp_path / "copy")
    assert main(["rescore", str(tmp_path / "copy/runs/run")]) == 0
    with serving(half_right) as other:
        assert not other.asked
    assert scores(root) == before


def test_ctrl_c_ends_cleanly_and_the_rest_comes_later(
    start: Start, sound: Run, tmp_path: Path
) -> None:
    """Once the next answer is on disk, whatever else is in flight."""

    def slow(asked: Asked) -> Reaction:
        return served.after(0.05, half_right(asked))

    with serving(slow) as server:
        config = write_project(tmp_path, server, concurrency=2)
        written = tmp_path / "runs/run/generations.jsonl"
        running = start("run", config)
        running.wait_until(lambda: size(written) > 3000)
        assert running.process.pid is not None
        os.kill(running.process.pid, signal.SIGINT)
        assert running.end() == 1, running.said
        assert "Traceback" not in running.said
        assert 0 < len(generations(tmp_path)) < N
        last = start("run", config)
        assert last.end() == 0, last.said
    assert scores(tmp_path) == scores(sound.path.parent.parent)


def test_generations_are_shared_only_where_the_config_says_so(tmp_path: Path) -> None:
    """What comes from the cache keeps the time of day at which it was answered."""
    for cache, n_asked in ((False, 2 * N), (True, N)):
        (tmp_path / str(cache)).mkdir()
        with serving(half_right) as server:
            for name in ("first", "second"):
                (tmp_path / str(cache) / name).mkdir()
                config = write_project(tmp_path / str(cache) / name, server, cache=cache)
                assert main(["run", str(config)]) == 0
            assert len(server.asked) == n_asked
    kept = generations(tmp_path / "True/second")
    assert all(generation.from_cache and generation.answered for generation in kept)
    first = {g.key: g.answered for g in generations(tmp_path / "True/first")}
    assert {generation.key: generation.answered for generation in kept} == first


def test_repeat_says_how_many_answers_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No server promises the same again; every other answer is another one here."""
    with serving(half_right) as server:
        assert main(["run", str(write_project(tmp_path, server))]) == 0
        run = str(tmp_path / "runs/run")
        capsys.readouterr()
        assert main(["repeat", run]) == 0
        assert capsys.readouterr().out
        server.script = lambda asked: answer("别的") if asked.n % 2 else half_right(asked)
        assert main(["repeat", run]) == 1
    said = capsys.readouterr()
    assert "differ" in said.out + said.err


def test_a_change_of_the_server_within_a_run_is_reported(tmp_path: Path) -> None:
    """Its fingerprint is recorded with every answer."""

    def script(asked: Asked) -> Reaction:
        state = "fp_1" if asked.n < N // 2 else "fp_2"
        event = {"choices": [{"delta": {"content": "修路"}, "finish_reason": "stop"}]}
        return served.events(event | {"system_fingerprint": state})

    with serving(script) as server:
        assert main(["run", str(write_project(tmp_path, server))]) == 0
    report = (tmp_path / "runs/run/report.md").read_text(encoding="utf-8")
    assert "the server changed within the run: fp" in report
