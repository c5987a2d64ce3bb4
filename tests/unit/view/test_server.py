"""The pages of `evalkit view`, over real connections."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import lock_folder
from evalkit.view.pages import Site
from evalkit.view.server import Server
from tests.support.problems import problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def runs(baseline_run: Path, tmp_path: Path) -> Path:
    """Return a folder of two runs, the second with other means, beside a file that is no run."""
    folder = tmp_path / "runs"
    shutil.copytree(baseline_run, folder / "first")
    shutil.copytree(baseline_run, folder / "第二 <b>")
    (folder / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


@pytest.fixture
def server(runs: Path) -> Iterator[Server]:
    """Return a server of those runs."""
    with Server(Site(folder=runs, language="en"), 0) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(
    server: Server, path: str, *, method: str = "GET", host: str | None = None
) -> tuple[HTTPResponse, str]:
    """Return an answer and its text."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
    connection.endheaders()
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def test_the_list_has_every_run_with_its_systems_and_scores(server: Server) -> None:
    """Names are escaped; each leads to its report."""
    response, text = ask(server, "/")
    assert response.status == 200
    assert '<a href="/run/first">first</a>' in text
    assert '<a href="/run/%E7%AC%AC%E4%BA%8C%20%3Cb%3E">第二 &lt;b&gt;</a>' in text
    assert text.count("<td>textrank</td>") == 2
    assert text.count("<td>complete</td>") == 2


@pytest.mark.slow
def test_a_report_is_made_from_the_data_of_the_run(server: Server, runs: Path) -> None:
    """Whatever lies in its report.html, which may be anybody's, is not shown."""
    (runs / "first/report.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    _, text = ask(server, "/run/first")
    assert "alert(1)" not in text
    assert "textrank" in text
    assert '<meta http-equiv="Content-Security-Policy"' in text


@pytest.mark.slow
def test_two_runs_are_compared(server: Server) -> None:
    """On one page; one run alone is nothing to compare, and what may not be compared says why."""
    response, text = ask(server, "/compare?run=first&run=%E7%AC%AC%E4%BA%8C%20%3Cb%3E")
    assert response.status == 200
    assert "textrank" in text
    assert ask(server, "/compare?run=first&run=first")[0].status == 400


def test_trends_are_of_runs_on_the_same_articles(server: Server, runs: Path) -> None:
    """A line for each system, with its means in a table; other articles make no line."""
    _, text = ask(server, "/trends")
    assert text.count("<g><title>") == text.count("<svg xmlns") * 2
    assert "2 runs on the same 2 articles" in text
    file = runs / "first/manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**manifest, "articles": {"other": "0" * 64}}), encoding="utf-8")
    assert "<svg" not in ask(server, "/trends")[1]


def test_a_run_that_goes_on_is_shown_as_it_goes_on(server: Server, runs: Path) -> None:
    """How many requests of how many are answered; the browser loads the page again."""
    written = runs / "first/generations.jsonl"
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    written.write_text("".join(lines[:5]) + lines[5][:20], encoding="utf-8")
    with lock_folder(runs / "first"):
        response, text = ask(server, "/run/first")
    assert f"5 of {len(lines)} requests answered" in text
    assert response.headers["Refresh"] == "3"


def test_two_models_of_the_same_weights_are_counted_apart(server: Server, runs: Path) -> None:
    """Their requests have the same keys, and each has to answer its own."""
    folder = RunFolder(path=runs / "first")
    requests = folder.requests()
    twins = [replace(r, system="twin") for r in requests if r.system == "lead"]
    folder.write_requests([*requests, *twins])
    with lock_folder(folder.path):
        _, text = ask(server, "/run/first")
    cell = '<td class="number">'
    row = cell.join(['<th scope="row">twin</th>', f"{len(twins)}</td>", "0</td>", "0</td>"])
    assert row in text


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/run/secret.txt",
        "/run/..%2Fsecret.txt",
        "/run/../secret.txt",
        "/run/first%2Fmanifest.json",
        "/run/first/manifest.json",
        "//secret.txt",
        "/run/%00",
        "/run/",
    ],
)
def test_no_address_leads_out_of_the_list(server: Server, path: str) -> None:
    """What is not the name of a run is not found."""
    response, text = ask(server, path)
    assert response.status == 404
    assert "secret" not in text.replace("secret.txt", "")


def test_only_this_machine_under_its_own_name_is_answered(server: Server) -> None:
    """A name that was made to lead here gets nothing, so no page of another host reads a run."""
    for host in ("evil.example", f"evil.example:{server.server_port}", "127.0.0.1", "", "[::1]"):
        response, text = ask(server, "/", host=host or "x")
        assert (response.status, text) == (421, "")
    assert ask(server, "/", host=f"localhost:{server.server_port}")[0].status == 200
    assert server.server_address[0] == "127.0.0.1"


def test_headers_are_strict(server: Server) -> None:
    """No script, no frame, no other host, nothing kept; a report has the policy of its own."""
    response, _ = ask(server, "/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed(server: Server, runs: Path, method: str) -> None:
    """Only GET and HEAD are answered; the folder is as it was."""
    before = sorted((file, file.stat().st_mtime_ns) for file in runs.rglob("*"))
    assert ask(server, "/", method=method)[0].status == 501
    response, text = ask(server, "/", method="HEAD")
    assert (response.status, text) == (200, "")
    ask(server, "/trends")
    assert sorted((file, file.stat().st_mtime_ns) for file in runs.rglob("*")) == before


def test_pages_are_in_chinese_too(runs: Path) -> None:
    """In the language in which the server was begun."""
    site = Site(folder=runs, language="zh")
    assert '<html lang="zh-Hans">' in site.page("/").html
    assert "比较选中的运行" in site.page("/").html
    assert "没有这个页面" in site.page("/x").html


def test_a_folder_without_runs_says_so(tmp_path: Path) -> None:
    """So does a run that was interrupted; a folder that does not exist is refused."""
    assert "There are no runs" in Site(folder=tmp_path, language="en").page("/").html
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/manifest.json").write_text(json.dumps({}), encoding="utf-8")
    page = Site(folder=tmp_path, language="en").page("/run/broken")
    assert "This run has no report" in page.html
    assert main(["view", str(tmp_path / "none")]) == 2


def test_a_port_that_is_taken_or_none_is_refused(server: Server, tmp_path: Path) -> None:
    """With what to do."""
    site = Site(folder=tmp_path, language="en")
    for port in (server.server_port, 99_999):
        (found,) = problems_of(partial(Server, site, port))
        assert (found.code, found.file) == ("unusable", "--port")
