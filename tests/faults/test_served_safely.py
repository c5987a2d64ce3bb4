"""Promises on served models: keys stay secret, budgets hold, a finished run needs no server."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from tests.support import served
from tests.support.served import answer, failure, same, serving, status
from tests.support.served_project import generations, half_right, scores, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.served import Asked, Reaction

N = 50


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


def test_a_key_that_a_server_repeats_is_hidden_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In what it says of itself, cut off at the end of a message, with escapes, in an address."""
    key = "geheim/0123456789"
    monkeypatch.setenv("QWEN_KEY", key)

    def script(asked: Asked) -> Reaction:
        if asked.n > 20:
            return status(307, "", Location=f"https://elsewhere/v1?key={key}")
        if asked.n % 3 == 0:
            return failure(400, "unheard_of", "长" * 290 + key)
        if asked.n % 3 == 1:
            return status(400, b'{"error": {"message": "geheim\\/0123456789 is odd"}}')
        event = {"choices": [{"delta": {"content": "修路"}, "finish_reason": "stop"}]}
        return served.events(event | {"system_fingerprint": key, "model": f"m-{key}"})

    version = {"/version": {"version": f"0.1-{key}"}}
    with serving(script, other=version, calibrates=False) as server:
        server.script = lambda asked: script(asked) if asked.n else answer("1,2,3,4,")
        assert main(["run", str(write_project(tmp_path, server, key_env="QWEN_KEY"))]) == 1
    said = capsys.readouterr()
    for part in (key, "geheim"):
        assert part not in said.out + said.err
        for path in (tmp_path / "runs/run").iterdir():
            assert not path.is_file() or part.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("scheme", ["socks5", "gopher", "http"])
def test_a_proxy_that_cannot_be_used_is_one_line_without_its_password(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    scheme: str,
) -> None:
    """It is that model's failure; the baseline is scored."""
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://me:geheim@127.0.0.1:9")
    with serving(half_right) as server:
        assert main(["run", str(write_project(tmp_path, server))]) == 1
    shown = capsys.readouterr()
    systems = {system.name: system for system in load(tmp_path / "runs/run").systems}
    assert {"socks5": "SOCKS", "gopher": "proxy", "http": "no connection"}[scheme] in (
        systems["served"].failure
    )
    assert systems["lead"].estimates
    assert "Traceback" not in shown.out + shown.err
    assert "geheim" not in shown.out + shown.err + systems["served"].failure


def test_certificates_that_are_not_there_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variable that names them."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    with serving(half_right) as server:
        config = write_project(tmp_path, server, endpoint="https://127.0.0.1:9/v1")
        assert main(["run", str(config)]) == 1
    assert "SSL_CERT_FILE" in load(tmp_path / "runs/run").systems[0].failure


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


def test_a_finished_run_needs_no_server(tmp_path: Path) -> None:
    """It is scored and run again without one."""
    with serving(half_right) as server:
        config = write_project(tmp_path, server)
        assert main(["run", str(config)]) == 0
    before = scores(tmp_path)
    assert main(["rescore", str(tmp_path / "runs/run")]) == 0
    assert main(["run", str(config)]) == 0
    assert scores(tmp_path) == before


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


@pytest.mark.parametrize("key", ["system_fingerprint", "model"])
def test_a_change_of_the_server_within_a_run_is_reported(tmp_path: Path, key: str) -> None:
    """The state and the model that it says answers are recorded with every answer."""

    def script(asked: Asked) -> Reaction:
        state = "state_1" if asked.n < N // 2 else "state_2"
        event = {"choices": [{"delta": {"content": "修路"}, "finish_reason": "stop"}]}
        return served.events(event | {key: state})

    with serving(script) as server:
        assert main(["run", str(write_project(tmp_path, server))]) == 0
    report = (tmp_path / "runs/run/report.md").read_text(encoding="utf-8")
    assert "the server changed within the run: state" in report
