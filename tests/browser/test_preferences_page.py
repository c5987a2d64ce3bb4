"""The page on which people say which of two outputs is better, in a real browser, from disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none

from evalkit.annotate.exports import read_exports, read_key
from evalkit.cli import main
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Watched


@pytest.fixture(scope="session")
def judged_run(hostile_report: Path) -> Path:
    """Return the folder of a run, of which lead wrote what breaks careless pages."""
    folder = hostile_report.parent
    options = ["--task", "answer", "--most", "6"]
    assert main(["annotate", "preferences", str(folder), *options]) == 0
    return folder


def begin(watched: Watched, folder: Path, person: str = "李") -> Page:
    """Open the page and begin to judge."""
    page = watched.open(folder / "preferences.html")
    page.fill("#person", person)
    page.click("#who button")
    return page


def saved(page: Page) -> dict[str, Any]:
    """Save, and return what was saved."""
    with page.expect_download() as download:
        page.click("#save")
    found: dict[str, Any] = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    return found


def test_a_person_judges_by_keyboard_and_saves(
    watched: Watched, judged_run: Path, tmp_path: Path
) -> None:
    """Keys choose and turn pages; the file that is saved is one that `import` reads."""
    page = begin(watched, judged_run)
    assert watched.requests == [(judged_run / "preferences.html").as_uri()]
    for digit in "1234":
        page.keyboard.press(digit)
        page.keyboard.press("ArrowRight")
    export = saved(page)
    assert [one["choice"] for one in export["judgements"]] == ["a", "b", "both good", "both bad"]
    file = tmp_path / "li.json"
    file.write_text(json.dumps(export), encoding="utf-8")
    key = read_key(RunFolder(path=judged_run).preferences_key)
    assert read_exports([file], key)[0].person == "李"


def test_work_is_kept_when_the_page_is_closed(watched: Watched, judged_run: Path) -> None:
    """Under the same name choice, reasons and remark are there again; under another not."""
    page = begin(watched, judged_run, "王")
    page.click("#choices button[value=b]")
    page.check("#reasons input[value=facts]")
    page.fill("#note", "B 的数字对")
    page.click("#next")
    begin(watched, judged_run, "王")
    assert page.inner_text("#pair-title") == "Pair 2 of 7"
    page.click("#previous")
    assert page.get_attribute("#choices button[value=b]", "aria-pressed") == "true"
    assert page.is_checked("#reasons input[value=facts]")
    assert page.input_value("#note") == "B 的数字对"
    begin(watched, judged_run, "赵")
    assert page.get_attribute("#choices button[value=b]", "aria-pressed") == "false"


def test_any_character_of_a_remark_is_read_back(
    watched: Watched, judged_run: Path, tmp_path: Path
) -> None:
    """What YAML takes for the end of a line, or refuses, comes through as it was typed."""
    page = begin(watched, judged_run, "周")
    page.keyboard.press("2")
    remark = "一\u2028二\x85三\x7f四\ufeff五\U0001f600\n六"
    page.fill("#note", remark)
    with page.expect_download() as download:
        page.click("#save")
    file = tmp_path / "zhou.json"
    download.value.save_as(file)
    key = read_key(RunFolder(path=judged_run).preferences_key)
    assert read_exports([file], key)[0].judgements[0].note == remark


def test_letters_in_a_remark_choose_nothing(watched: Watched, judged_run: Path) -> None:
    """Keys are for choosing only where nothing is being typed, and can be switched off."""
    page = begin(watched, judged_run, "钱")
    page.type("#note", "1 2 3")
    assert page.locator("#choices button[aria-pressed=true]").count() == 0
    page.uncheck("#keys")
    page.keyboard.press("1")
    assert page.locator("#choices button[aria-pressed=true]").count() == 0


def test_reasons_are_for_the_better_one(watched: Watched, judged_run: Path) -> None:
    """Where neither is better there is nothing to give a reason for, and none is kept."""
    page = begin(watched, judged_run, "孙")
    page.keyboard.press("1")
    page.check("#reasons input[value=length]")
    page.keyboard.press("3")
    assert page.is_disabled("#reasons input[value=length]")
    (judgement,) = saved(page)["judgements"]
    assert (judgement["choice"], judgement["reasons"]) == ("both good", [])


def test_hostile_outputs_show_as_text(watched: Watched, judged_run: Path) -> None:
    """Markup in outputs is read, and does nothing."""
    page = begin(watched, judged_run)
    shown = ""
    for _ in range(7):
        shown += page.inner_text("#judge .sides")
        if page.is_enabled("#next"):
            page.click("#next")
    assert "<script>document.title" in shown or "<img src=x" in shown or "<!--<script>" in shown
    assert page.title() == "Which of the two is better?"
    assert page.locator(".sides img, .sides script, .sides svg").count() == 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_fault(
    watched: Watched, judged_run: Path, language: str, scheme: str
) -> None:
    """Axe finds nothing at all, before a person begins and with a pair judged."""
    watched.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = watched.open(judged_run / "preferences.html")
    page.select_option("#language", language)
    assert page.evaluate("document.documentElement.lang") == language
    assert faults(page) == []
    begin(watched, judged_run)
    page.keyboard.press("1")
    assert faults(page) == []


def faults(page: Page) -> list[object]:
    """Return what axe finds."""
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in violations]


def test_the_language_is_kept(watched: Watched, judged_run: Path) -> None:
    """Chosen once, it is the page's language the next time, its title included."""
    page = watched.open(judged_run / "preferences.html")
    page.select_option("#language", "zh")
    watched.open(judged_run / "preferences.html")
    assert page.title() == "两者哪个更好？"
    begin(watched, judged_run)
    assert page.inner_text("#better-title") == "哪个更好？"


def test_a_telephone_needs_no_sideways_scrolling(browser: Browser, judged_run: Path) -> None:
    """At 320 pixels the page is as wide as the screen."""
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto((judged_run / "preferences.html").as_uri())
    page.fill("#person", "a")
    page.click("#who button")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


def test_without_storage_a_person_is_warned(watched: Watched, judged_run: Path) -> None:
    """Where the browser keeps nothing the page says so, and saving still works."""
    watched.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new Error('none here'); }"
    )
    page = begin(watched, judged_run)
    page.keyboard.press("2")
    assert page.is_visible("#unkept")
    assert len(saved(page)["judgements"]) == 1
