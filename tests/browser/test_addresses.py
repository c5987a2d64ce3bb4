"""No name, no text and no part of a page's address makes an address that runs or loads anything."""

from __future__ import annotations

import json
import shutil
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from evalkit.cli import main
from evalkit.view.pages import Site
from evalkit.view.server import Server
from tests.browser.conftest import run_smoke
from tests.support.runs import reseal

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Watched

EVIL = (
    "javascript:alert(1)",
    "\tJaVa\nscript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x",
    '"><img src=x onerror=alert(1)>',
    "__proto__",
    "%00\u202e\ud83d",
    "x" * 20_000,
)
MODELS = (
    "[{name: name-a, baseline: lead}, {name: name-b, baseline: textrank}, "
    "{name: name-c, baseline: oracle}]"
)
NAMES = {
    "name-a": "javascript:alert(1)",
    "name-b": '"><img src=x onerror=alert(1)>',
    "name-c": "data:text/html,<script>alert(1)</script>",
    "000-xiangyang-makers": "javascript:alert(2)//",
    "001-yunyang-party-building": "//evil.example/&#106;avascript:",
}
"""Names of a run, each with what stands in its place in one that was made elsewhere."""
FOUND = """() => {
  const elements = [...document.querySelectorAll("*")];
  const attributes = elements.flatMap((e) => [...e.attributes].map((a) => [e, a]));
  return {
    addresses: elements.map((e) => e.href?.baseVal ?? e.href ?? e.action ?? "").filter(Boolean),
    handlers: attributes.filter(([, a]) => a.name.startsWith("on")).map(([e]) => e.outerHTML),
    loads: elements.filter((e) => /^(img|iframe|object|embed|base|audio|video)$/i.test(e.tagName)
      || e.hasAttribute("src") || e.hasAttribute("srcset")).map((e) => e.outerHTML),
    language: document.documentElement.lang,
  };
}"""


def require_harmless(page: Page, *own: str) -> None:
    """Fail where an element runs or loads something, or leads elsewhere than to the page's own."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    found = page.evaluate(FOUND)
    assert [one for one in found["addresses"] if not one.startswith(own)] == []
    assert (found["handlers"], found["loads"]) == ([], [])
    assert found["language"] in {"en", "zh-CN", "zh"}


@pytest.fixture(scope="module")
def evil_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run whose systems and articles are named like addresses and markup."""
    folder = run_smoke(tmp_path_factory.mktemp("evil"), MODELS, limit=2)
    for file in (*folder.glob("*.jsonl"), *folder.glob("*.json")):
        text = file.read_text(encoding="utf-8")
        for name, evil in NAMES.items():
            written = json.dumps(evil)[1:-1]
            text = text.replace(f'"{name}"', f'"{written}"').replace(f'"{name}/', f'"{written}/')
        file.write_text(text, encoding="utf-8")
    reseal(folder)
    assert main(["report", str(folder)]) == 0
    return folder


def test_no_part_of_the_address_runs_or_loads(watched: Watched, report: Path) -> None:
    """Whatever stands for the language, the order, an example, a system, or all of them."""
    page = watched.open(report)
    own = report.as_uri()
    names = page.evaluate("Object.keys(DEFAULTS)")
    assert {"lang", "sort", "example"} <= set(names)
    for evil in EVIL:
        value = quote(evil, errors="surrogatepass")
        every = "&".join(f"{name}={value}" for name in names)
        for state in (f"?{every}", value):
            page.goto("about:blank")
            page.goto(f"{own}#{state}")
            require_harmless(page, f"{own}#")
    for name in ("lang", "sort", "example"):
        page.goto("about:blank")
        page.goto(f"{own}#?{name}={quote(EVIL[0])}")
        require_harmless(page, f"{own}#")


def test_no_name_of_a_run_runs_or_loads(watched: Watched, evil_run: Path) -> None:
    """Each is seen as it is, in both languages, with each example open and each row clicked."""
    file = evil_run / "report.html"
    for language in ("en", "zh"):
        page = watched.open(file, f"#?lang={language}")
        assert NAMES["name-a"] in page.inner_text("body")
        assert NAMES["name-b"] in page.inner_text("body")
        require_harmless(page, f"{file.as_uri()}#")
        for i in range(0, page.evaluate("data.examples.length"), 40):
            page.evaluate("(i) => change({example: data.examples[i].id})", i)
            require_harmless(page, f"{file.as_uri()}#")
        for view in ("list", "pair"):
            page.evaluate("(view) => change({example: '', view})", view)
            require_harmless(page, f"{file.as_uri()}#")


def test_no_name_on_the_pages_of_view_runs_or_loads(
    watched: Watched, evil_run: Path, tmp_path: Path
) -> None:
    """List, trends, report and comparison, and addresses that no page has."""
    for name in ("javascript:alert(1)", '"><img src=x onerror=alert(1)>'):
        shutil.copytree(evil_run, tmp_path / name)
    with Server(Site(folder=tmp_path, language="en"), 0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        page = watched.page
        names = [quote(folder.name, safe="") for folder in tmp_path.iterdir()]
        paths = ["", "trends", *(f"run/{name}" for name in names)]
        paths.append("compare?" + "&".join(f"run={name}" for name in names))
        for path in (*paths, *(quote(evil, errors="surrogatepass") for evil in EVIL[:-1])):
            page.goto(f"{server.address}{path}")
            require_harmless(page, server.address, "data:,")
        server.shutdown()
        thread.join()
    watched.requests.clear()
    watched.complaints[:] = [one for one in watched.complaints if "status of 404" not in one]


def test_no_name_on_the_page_of_preferences_runs_or_loads(watched: Watched, evil_run: Path) -> None:
    """Whoever judges sees articles and outputs as text."""
    assert main(["annotate", "preferences", str(evil_run), "--most", "3"]) == 0
    file = evil_run / "preferences.html"
    for evil in ("", *EVIL):
        page = watched.open(file, f"#{quote(evil, errors='surrogatepass')}")
        page.fill("#person", evil[:100] or "李")
        page.click("#who button")
        require_harmless(page, f"{file.as_uri()}#")


def test_no_name_on_the_page_of_references_runs_or_loads(watched: Watched, tmp_path: Path) -> None:
    """Whatever the address says, an article is called, and a person writes, in both languages."""
    for i, evil in enumerate(EVIL[:5]):
        (tmp_path / f"{i}.txt").write_text(f"{evil}\n\n{evil}\n", encoding="utf-8")
    assert main(["annotate", "references", str(tmp_path)]) == 0
    file = tmp_path / "references.html"
    for evil in ("", *EVIL):
        value = quote(evil, errors="surrogatepass")
        for state in (f"#{value}", f"#?lang={value}&article={value}", f"?x={value}&lang={value}"):
            page = watched.open(file, state)
            require_harmless(page, file.as_uri())
        for language in ("en", "zh"):
            page.select_option("#language", language)
            for article in page.evaluate("data.articles.map(({ id }) => id)"):
                page.select_option("#which", article)
                page.fill("[id='headline-in']", evil[:100])
                page.evaluate(
                    "(evil) => add(['questions']) ?? set(['questions', 0, 'unit'], evil)", evil
                )
                page.evaluate("(evil) => { selected = evil; showSelected(); }", evil)
                require_harmless(page, file.as_uri())
            page.evaluate("Object.keys(work).forEach((id) => (work[id].questions = []))")
    watched.requests[:] = [url for url in watched.requests if not url.startswith(file.as_uri())]
