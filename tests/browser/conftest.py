"""A real browser, and the reports that it opens."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from tests.support.paths import ROOT
from tests.support.runs import reseal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, ViewportSize

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL = "apt-get install chromium fonts-noto-cjk && pip install -e '.[dev]'"
MODELS = "[{name: lead, baseline: lead}, {name: textrank, baseline: textrank}]"
HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><img src=x onerror=\"document.title='owned'\">",
    "\x1b[31m红\x1b[0m{{7*7}}",
    "答\u202e案\x00完",
    "<!--<script>",
    "'\"><svg/onload=alert(1)>&amp;\u2028完",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A page, what it printed, what it requested and which errors it had."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, file: Path, state: str = "") -> Page:
        """Open a report from disk."""
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(f"{file.as_uri()}{state}")
        return self.page


def find_chromium() -> str | None:
    """Return where the browser is; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((place for name in names if (place := shutil.which(name))), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return Chromium; without it these tests are skipped, unless they are required.

    While it is there a loop of asyncio runs in this thread: it ends with this folder's tests.
    """
    place = find_chromium()
    if place is None:
        why = f"no Chromium here; install it: {INSTALL}"
        if os.environ.get("EVALKIT_REQUIRE_BROWSER"):
            pytest.fail(why)
        pytest.skip(why)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Return an English desktop page; nothing may go wrong on it, and nothing may be fetched."""
    desktop: ViewportSize = {"width": 1280, "height": 900}
    page = browser.new_page(viewport=desktop, locale="en-GB", reduced_motion="reduce")
    found = Watched(page=page)
    page.on("console", lambda message: found.complaints.append(message.text))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("dialog", lambda dialog: found.complaints.append(dialog.message))
    page.on("request", lambda request: found.requests.append(request.url))
    yield found
    page.close()
    assert found.complaints == []
    assert [url for url in found.requests if not url.endswith(".html")] == []


def run_smoke(output: Path, models: str, *, limit: int) -> Path:
    """Run the smoke config with other models on some articles, and return the run's folder."""
    changes = [f"output={output}", f"models={models}", f"limit={limit}"]
    options = [word for change in changes for word in ("--set", change)]
    assert main(["run", str(ROOT / "configs/smoke.yaml"), *options, "--json"]) == 0
    return output / "smoke"


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a run of two baselines and the oracle on two articles."""
    folder = tmp_path_factory.mktemp("runs")
    models = f"{MODELS[:-1]}, {{name: oracle, baseline: oracle}}]"
    return run_smoke(folder, models, limit=2) / "report.html"


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a run whose lead wrote what breaks careless pages, some truncated."""
    folder = tmp_path_factory.mktemp("runs")
    run = run_smoke(folder, MODELS, limit=1)
    file = run / "generations.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for i, record in enumerate(r for r in records if r["system"] == "lead"):
        record["text"] = record["prediction"] = HOSTILE[i % len(HOSTILE)]
        record["finish_reason"] = "stop" if i % 4 else "length"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    reseal(run)
    assert main(["rescore", str(run), "--json"]) == 0
    return run / "report.html"


@pytest.fixture(scope="session")
def bare_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of two prediction files on questions without type, difficulty, evidence."""
    folder = tmp_path_factory.mktemp("runs")
    config = str(ROOT / "configs/predictions.yaml")
    assert main(["run", config, "--set", f"output={folder}", "--json"]) in {0, 1}
    return folder / "predictions" / "report.html"
