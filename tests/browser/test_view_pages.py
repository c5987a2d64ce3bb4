"""The pages of `evalkit view` in a real browser, over a real connection."""

from __future__ import annotations

import shutil
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none

from evalkit.view.pages import Site
from evalkit.view.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture
def server(report: Path, tmp_path: Path) -> Iterator[Server]:
    """Return a server of two runs."""
    for name in ("first", "second"):
        shutil.copytree(report.parent, tmp_path / name)
    with Server(Site(folder=tmp_path, language="en"), 0) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Return a page on which nothing may go wrong, and which asks this server alone."""
    opened = browser.new_page(locale="en-GB")
    complaints: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    yield opened
    opened.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith((server.address, "data:"))] == []


def violations(page: Page) -> list[Any]:
    """Return what axe finds."""
    found: list[Any] = (
        Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    )
    return found


def test_list_trends_and_comparison_are_a_click_away(page: Page, server: Server) -> None:
    """From the list to a report and back, to the trends, and to a comparison of two runs."""
    page.goto(server.address)
    assert violations(page) == []
    page.get_by_role("link", name="first").click()
    assert page.url == f"{server.address}run/first"
    assert page.get_by_text("textrank").count() > 0
    page.go_back()
    page.get_by_role("link", name="Trends").click()
    assert page.locator("svg circle").count() > 0
    assert violations(page) == []
    page.goto(server.address)
    for name in ("first", "second"):
        page.get_by_role("checkbox", name=f"compare {name}").check()
    page.get_by_role("button", name="Compare the chosen runs").click()
    assert page.url == f"{server.address}compare?run=first&run=second"
    assert page.get_by_text("textrank").count() > 0


def test_pages_fit_a_phone(page: Page, server: Server) -> None:
    """At 320 pixels only a table scrolls, never the page."""
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("", "trends"):
        page.goto(f"{server.address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
