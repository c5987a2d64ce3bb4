"""report.html in a real browser, opened from disk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none
from playwright.sync_api import expect

from evalkit.report.labels import labels

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Watched

ROWS = "#list tbody tr"


def n_found(page: Page) -> int:
    """Return how many examples the page says fit."""
    told = re.match(r"\d+", page.inner_text("#found"))
    return int(told[0]) if told else 0


def test_opens_from_disk_and_asks_for_nothing(watched: Watched, report: Path) -> None:
    """The one request is for the file itself, and the console stays empty."""
    page = watched.open(report)
    assert page.inner_text("h1").startswith("smoke")
    assert watched.requests == [report.as_uri()]
    assert page.locator(".picture svg").count() >= 8
    assert n_found(page) == page.evaluate("data.examples.length")


def test_search_finds_what_holds_the_words(watched: Watched, report: Path) -> None:
    """As many are left as have the words in question, reference, output or id; reset undoes it."""
    page = watched.open(report)
    everything = n_found(page)
    page.fill("#q", "襄阳")
    expect(page.locator("#found")).not_to_contain_text(f"{everything} of")
    expected = page.evaluate(
        """data.examples.filter((e, i) => [e.id, e.question || "", ...e.references,
           ...data.outputs.map((o) => o[i].text)].join("\\n").includes("襄阳")).length"""
    )
    assert 0 < n_found(page) == expected < everything
    page.fill("#q", "nothing says this")
    expect(page.locator("#found")).to_have_text("No example fits these filters.")
    assert page.locator(ROWS).count() == 0
    page.click("button[type=reset]")
    assert n_found(page) == everything
    assert page.input_value("#q") == ""


def test_filters_keep_what_they_say(watched: Watched, report: Path) -> None:
    """Type, difficulty and wrong answers of one system: each row is of that kind."""
    page = watched.open(report)
    page.select_option("#type", "number")
    page.select_option("#system", "textrank")
    page.select_option("#right", "wrong")
    kept = page.evaluate("chosen().map((i) => [data.examples[i].type, isRight(1, i)])")
    assert page.evaluate("SYSTEMS[1]") == "textrank"
    assert kept
    assert {tuple(pair) for pair in kept} == {("number", False)}
    assert n_found(page) == len(kept)
    page.select_option("#right", "right")
    assert n_found(page) == 0 or "✓" in page.inner_text(ROWS)


def test_one_click_leads_from_a_count_of_odd_outputs_to_them(
    watched: Watched, hostile_report: Path
) -> None:
    """Whatever was filtered before, just those that were counted are listed; so is the address."""
    page = watched.open(hostile_report)
    page.select_option("#task", "answer")
    link = page.locator("#odd a[data-view*='\"lead\"'][data-view*=cut_off]")
    n_cut_off = int(link.inner_text())
    assert 0 < n_cut_off < page.evaluate("data.examples.length")
    link.click()
    assert n_found(page) == n_cut_off
    assert page.evaluate("chosen().every((i) => data.outputs[SYSTEMS.indexOf('lead')][i].odd)")
    place = page.locator("#examples h2").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 900
    page.reload()
    assert n_found(page) == n_cut_off
    assert page.input_value("#oddity") == "cut_off"


def test_disagreement_comes_first(watched: Watched, report: Path) -> None:
    """Sorted so, the spread between systems never grows from one example to the next."""
    page = watched.open(report)
    page.select_option("#sort", "disagreement")
    spreads = page.evaluate("chosen().map(spread)")
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[0] > spreads[-1]


def test_a_view_can_be_sent_to_a_colleague(watched: Watched, report: Path) -> None:
    """The address alone brings back filters, order, example and language."""
    page = watched.open(report)
    page.select_option("#type", "date")
    page.select_option("#sort", "worst")
    page.select_option("#language", "zh")
    page.locator(f"{ROWS} a").first.click()
    seen = page.inner_text("#examples")
    address = page.evaluate("location.hash")
    page = watched.open(report, address)
    assert page.inner_text("#examples") == seen
    assert page.input_value("#type") == "date"
    assert page.evaluate("document.documentElement.lang") == "zh"


def test_the_way_back_leads_to_the_example_before(watched: Watched, report: Path) -> None:
    """Each opened example is a step in the browser's history; a plain anchor changes nothing."""
    page = watched.open(report)
    for i in (0, 1):
        page.locator(f"{ROWS} a").nth(i).click()
    second = page.inner_text("#detail h3")
    page.go_back()
    assert page.inner_text("#detail h3") != second
    page.go_forward()
    page.click("nav a[href='#charts']")
    assert page.inner_text("#detail h3") == second


def test_a_wrong_answer_shows_the_sentence_that_proves_it(watched: Watched, report: Path) -> None:
    """An example shows outputs, the rule, and its evidence marked inside the article, in view."""
    page = watched.open(report, "#?system=lead&right=wrong&place=end")
    page.locator(f"{ROWS} a").first.click()
    assert page.locator("#detail .card").count() == 3
    assert "why (rule of em)" in page.inner_text("#detail .card >> nth=0")
    mark = page.locator("#detail .article mark.evidence").first
    quote = page.inner_text("#detail blockquote >> nth=0")
    assert quote.startswith(mark.inner_text())
    box, place = page.locator("#detail .article").bounding_box(), mark.bounding_box()
    assert box is not None
    assert place is not None
    assert box["y"] <= place["y"] <= box["y"] + box["height"]


def test_an_example_opens_beside_its_row(watched: Watched, report: Path) -> None:
    """At desktop width the example is in view to the right of the row, however far down that is."""
    page = watched.open(report)
    link = page.locator(f"{ROWS} a").last
    link.click()
    row, detail = link.bounding_box(), page.locator("#detail").bounding_box()
    assert row is not None
    assert detail is not None
    assert detail["x"] > row["x"] + row["width"]
    assert detail["y"] < row["y"] + row["height"] < 900
    assert 0 <= detail["y"] < detail["y"] + detail["height"] <= 900
    before = page.evaluate("scrollY")
    page.locator("#detail button", has_text="Previous").click()
    assert page.evaluate("scrollY") == before
    assert page.evaluate("document.activeElement.id") == "detail"


def test_an_example_opens_below_the_list_on_a_telephone(browser: Browser, report: Path) -> None:
    """Where there is no room beside the list the example is brought to the top of the screen."""
    page = browser.new_page(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    page.goto(report.as_uri())
    page.locator(f"{ROWS} a").nth(3).click()
    detail = page.locator("#detail").bounding_box()
    assert detail is not None
    assert 0 <= detail["y"] < 20
    page.close()


def test_the_way_back_to_the_list_leads_to_the_row(watched: Watched, report: Path) -> None:
    """The button puts the focus on the link of the row that is open, also on a later page."""
    page = watched.open(report)
    page.locator(f"{ROWS} a").last.click()
    page.locator("#detail button", has_text="Next").click()
    opened = page.evaluate("state.example")
    assert page.evaluate("state.page") == "2"
    page.locator("#detail button", has_text="Back").click()
    told = page.evaluate("document.activeElement.closest('tr').innerText")
    assert opened in told
    assert page.locator("#list [aria-current]").count() == 1


def test_one_click_leads_from_a_wrong_answer_to_everything(watched: Watched, report: Path) -> None:
    """Each system but the oracle has one; its link opens the example, in the chosen language."""
    page = watched.open(report)
    page.select_option("#language", "zh")
    assert [name.split()[0] for name in page.locator("#wrong h3").all_inner_texts()] == [
        "lead",
        "textrank",
    ]
    card = page.locator("#wrong .card").last
    question = card.locator("dd").first.inner_text()
    card.locator("a").click()
    assert page.inner_text("#detail h3") == question
    assert question in page.inner_text("#list [aria-current]")
    assert page.locator("#detail h3").is_visible()
    place = page.locator("#detail h3").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 900
    assert page.evaluate("document.documentElement.lang") == "zh"
    address = str(card.locator("a").get_attribute("href"))
    page = watched.open(report, address)
    assert page.inner_text("#detail h3") == question


def test_pages_and_links_reach_every_example(watched: Watched, report: Path) -> None:
    """All pages together list each example once, each with an address of its own."""
    page = watched.open(report)
    seen: list[str] = []
    while True:
        links = page.locator(f"{ROWS} a")
        seen += [str(link.get_attribute("href")) for link in links.all()]
        if page.is_disabled("#next-page"):
            break
        page.click("#next-page")
    assert len(seen) == len(set(seen)) == page.evaluate("data.examples.length")


def test_a_point_opens_its_example(watched: Watched, report: Path) -> None:
    """The scatter is clicked, and stepped through by buttons, the largest difference first."""
    page = watched.open(report, "#?metric=f1&x=lead&y=oracle")
    page.click("#point-after")
    told = page.inner_text("#point")
    page.click("#point-open")
    assert page.evaluate("state.example") in told
    place = page.evaluate("(({px, py, i}) => [px, py, data.examples[i].id])(points[5])")
    page.locator("#plane").click(position={"x": place[0], "y": place[1]})
    opened = page.evaluate("points.find((p) => data.examples[p.i].id === state.example)")
    assert abs(opened["px"] - place[0]) < 14
    assert abs(opened["py"] - place[1]) < 14


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
    told = [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in violations]
    assert told == []


def test_both_languages_are_complete(watched: Watched, report: Path) -> None:
    """Whatever is a word of the page changes with its language, and back."""
    page = watched.open(report, "#?example=000-xiangyang-makers/q01")
    english = page.inner_text("body")
    page.select_option("#language", "zh")
    chinese = page.inner_text("body")
    page.select_option("#language", "en")
    assert page.inner_text("body") == english
    for words in labels().values():
        # words of one's own that are long enough not to stand in data by chance
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
    assert all(re.search("[\u4e00-\u9fff]", told) for told in spoken)


def test_one_is_no_plural_in_the_browser(watched: Watched, report: Path) -> None:
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
