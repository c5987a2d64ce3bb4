"""report.html in a real browser, opened from disk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none

from evalkit.cli import main
from evalkit.report.labels import labels
from tests.support.runs import system, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.conftest import Watched

ROWS = "#list tbody tr"


def test_opens_from_disk_and_asks_for_nothing(watched: Watched, report: Path) -> None:
    """The one request is for the file itself, and the console stays empty."""
    page = watched.open(report)
    assert page.inner_text("h1").startswith("smoke")
    assert watched.requests == [report.as_uri()]
    assert page.locator(".picture svg").count() >= 8
    assert page.locator(ROWS).count() == page.evaluate("PER_PAGE")


def test_hostile_outputs_show_as_text(watched: Watched, hostile_report: Path) -> None:
    """Markup, terminal codes, turned text and NUL are seen, and do nothing."""
    page = watched.open(hostile_report, "#?example=000-xiangyang-makers/q01")
    shown = ""
    for i in range(8):
        id_ = page.evaluate("(i) => data.examples[i].id", i)
        page.evaluate("(id) => change({example: id})", id_)
        shown += page.inner_text("#detail .card >> nth=0")
    for expected in ("<script>document.title", "<img src=x", "␛[31m红", "{{7*7}}", "<!--<script>"):
        assert expected in shown
    assert "答[U+202E]案␀完" in shown
    assert "[U+2028]" in shown
    assert page.title() == "smoke · evalkit"
    assert page.locator("#detail img, #detail script").count() == 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_fault(watched: Watched, report: Path, language: str, scheme: str) -> None:
    """Axe finds nothing at all, with an example open and every part unfolded."""
    watched.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    state = f"#?lang={language}&example=000-xiangyang-makers/q01"
    page = watched.open(report, state)
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    found = [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in violations]
    assert found == []


def test_both_languages_are_complete(watched: Watched, report: Path) -> None:
    """Whatever is a word of the page changes with its language, and back."""
    page = watched.open(report, "#?example=000-xiangyang-makers/q01")
    english = page.inner_text("body")
    page.select_option("#language", "zh")
    chinese = page.inner_text("body")
    page.select_option("#language", "en")
    assert page.inner_text("body") == english
    for words in labels().values():
        # words of the page that are too long to be in the data by chance
        if len(words[0]) > 12 and words[0] != words[1] and "{" not in words[0]:
            assert words[0] not in chinese
    assert "undefined" not in chinese + english


def test_chinese_sentences_have_chinese_punctuation(watched: Watched, report: Path) -> None:
    """In the Chinese page no words of its own set ASCII punctuation beside a Chinese character."""
    page = watched.open(report, "#?lang=zh&example=000-xiangyang-makers/q01")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.evaluate(
        "document.querySelectorAll('[lang=zh]:not(html), pre').forEach((n) => n.remove())"
    )
    own = page.inner_text("body")
    assert re.findall(r"[\u4e00-\u9fff] ?[,;:()!?]|[,;:!?)] ?[\u4e00-\u9fff]", own) == []
    spoken = page.evaluate("[...document.querySelectorAll('[aria-label]')].map((n) => n.ariaLabel)")
    assert all(re.search("[\u4e00-\u9fff]", words) for words in spoken)


def test_one_is_singular_in_the_browser(watched: Watched, report: Path) -> None:
    """Labels that the script fills agree in number, as those that are filled in advance."""
    page = watched.open(report)
    assert page.evaluate("t('detail.length', {n: 1})") == "1 character"
    assert page.evaluate("t('detail.length', {n: 2})") == "2 characters"


def test_a_telephone_needs_no_sideways_scrolling(browser: Browser, report: Path) -> None:
    """At 360 pixels the page is as wide as the screen, with an example open."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{report.as_uri()}#?example=001-yunyang-party-building/q01")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()


def test_long_names_of_systems_stay_inside_their_charts(watched: Watched, tmp_path: Path) -> None:
    """As long as a config allows, beside wording, examples and noise, on a telephone."""
    long = f"qwen3-235b-a22b-instruct-2507-awq-int4-{'x' * 25}@terse+3-shot+clean"
    run = write_run(tmp_path / "long", systems=(system(long), system("模" * 64)))
    assert main(["report", str(run)]) == 0
    watched.page.set_viewport_size({"width": 360, "height": 800})
    page = watched.open(run / "report.html")
    outside = """() => [...document.querySelectorAll('#charts .plot')].flatMap((plot) =>
      [...plot.querySelectorAll('text')].filter((text) =>
        text.getBoundingClientRect().right > plot.getBoundingClientRect().right + 1))
      .map((text) => text.textContent)"""
    assert page.locator("#charts .plot text").count() > 0
    assert page.evaluate(outside) == []


def test_a_telephone_shows_what_to_check_whole(watched: Watched, report: Path) -> None:
    """The table is as wide as the screen, and its counts are not cut off."""
    watched.page.set_viewport_size({"width": 360, "height": 800})
    page = watched.open(report)
    width = "(table) => [table.parentElement.scrollWidth, table.parentElement.clientWidth]"
    needed, given = page.locator("#issues table").evaluate(width)
    assert needed <= given


def test_the_keyboard_reaches_an_example(watched: Watched, report: Path) -> None:
    """Skip link first; Enter on a row's link opens it and moves the focus there."""
    page = watched.open(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator(f"{ROWS} a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "detail"


def test_print_shows_results_without_controls(watched: Watched, report: Path) -> None:
    """On paper there are tables and charts, in light colours, and no filters."""
    page = watched.open(report)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#glance").is_visible()
    assert not page.locator("#filters").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 36, 49)"


def test_print_shows_an_example_only_where_one_was_opened(watched: Watched, report: Path) -> None:
    """On paper neither list nor filters take space; an example that the reader opened is there."""
    page = watched.open(report)
    page.emulate_media(media="print")
    assert not page.locator("#examples").is_visible()
    page.emulate_media(media="screen")
    page.locator(f"{ROWS} a").first.click()
    page.emulate_media(media="print")
    assert page.locator("#detail h3").is_visible()
    assert not page.locator("#list").is_visible()


def test_theme_and_language_are_kept(watched: Watched, report: Path) -> None:
    """What a reader chose is there when the report is opened again, whatever its address says."""
    page = watched.open(report)
    page.select_option("#theme", "dark")
    page.select_option("#language", "zh")
    page = watched.open(report)
    assert page.evaluate("[document.documentElement.lang, $('theme').value]") == ["zh", "dark"]
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.evaluate("localStorage.clear()")


def test_the_start_is_written_in_the_reader_s_way(watched: Watched, report: Path) -> None:
    """Date and time as they are written in the page's language, the exact time kept beside."""
    page = watched.open(report)
    moment = page.locator("header time")
    english, exact = moment.inner_text(), str(moment.get_attribute("title"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\+00:00", exact)
    assert exact[:4] in english
    page.select_option("#language", "zh")
    assert re.fullmatch(r"\d{4}年\d+月\d+日 \d\d:\d\d", moment.inner_text())


def test_a_table_wider_than_the_screen_has_a_shadow_there(browser: Browser, report: Path) -> None:
    """On a telephone the right edge is shaded until the table is scrolled to its end."""
    page = browser.new_page(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    page.goto(report.as_uri())
    box = page.locator("#scores .scroll").nth(1)
    box.scroll_into_view_if_needed()

    def edges() -> list[bytes]:
        place = box.bounding_box()
        assert place is not None
        left, right = place["x"], place["x"] + place["width"] - 2
        strips = ({"x": x, "y": place["y"], "width": 2, "height": 3} for x in (left, right))
        return [page.screenshot(clip=strip) for strip in strips]  # type: ignore[arg-type] # a rect

    before = edges()
    box.evaluate("(node) => { node.scrollLeft = node.scrollWidth; }")
    after = edges()
    assert before[0] != before[1]
    assert after[0] != before[0]
    assert after[1] == before[0]
    page.close()


def test_no_head_of_a_table_breaks_inside_a_word_on_a_telephone(
    watched: Watched, tmp_path: Path
) -> None:
    """Names of systems and metrics wrap after hyphens alone; what is wider is scrolled to."""
    names = [f"{name}-instruct" for name in ("deepseek-v3.2", "qwen2.5", "glm", "yi", "phi")]
    folder = write_run(tmp_path / "long", systems=tuple(map(system, names)))
    assert main(["report", str(folder)]) == 0
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = watched.open(folder / "report.html")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    heads = page.locator(".heat thead th, #method tbody th")
    assert heads.count() > len(names)
    broken = heads.evaluate_all(
        """(heads) => heads.flatMap((head) => {
          const text = document.createTreeWalker(head, NodeFilter.SHOW_TEXT).nextNode();
          return [...(text?.data ?? "").matchAll(/[^-\\s]+/g)].filter((word) => {
            const range = new Range();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            return range.getClientRects().length > 1;
          }).map((word) => word[0]);
        })"""
    )
    assert broken == []
