"""One example: from wherever it is opened, it is in view, whole and with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.conftest import Watched

ROWS = "#list tbody tr"


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


def test_a_wrong_answer_shows_the_sentence_that_contradicts_it(
    watched: Watched, report: Path
) -> None:
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
    """Where the list leaves no space beside it the example is brought to the top of the screen."""
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
    row = page.evaluate("document.activeElement.closest('th').title")
    assert opened in row
    assert page.locator("#list [aria-current]").count() == 1


def test_one_click_leads_from_a_wrong_answer_to_everything(watched: Watched, report: Path) -> None:
    """Each system but the oracle has one; its link opens the example with that system's output."""
    page = watched.open(report)
    page.select_option("#language", "zh")
    assert [name.split()[0] for name in page.locator("#wrong h3").all_inner_texts()] == [
        "lead",
        "textrank",
    ]
    card = page.locator("#wrong .card").last
    question, answer = (card.locator("dd").nth(i).inner_text() for i in (0, 1))
    card.locator("a").click()
    assert page.inner_text("#detail h3") == question
    assert answer in page.inner_text("#detail .card:has(h4:has-text('textrank'))")
    assert question in page.inner_text("#list [aria-current]")
    assert page.locator("#detail h3").is_visible()
    place = page.locator("#detail h3").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 900
    assert page.evaluate("document.documentElement.lang") == "zh"
    address = str(card.locator("a").get_attribute("href"))
    page = watched.open(report, address)
    assert page.inner_text("#detail h3") == question


def test_an_example_that_filters_leave_out_resets_them(watched: Watched, report: Path) -> None:
    """A link to it leads to a list that holds it, on the right page."""
    page = watched.open(report)
    link = page.locator("#wrong .card a").last
    example = str(link.get_attribute("data-example"))
    page.fill("#q", "nothing says this")
    expect(page.locator("#found")).to_have_text("No example matches these filters.")
    link.click()
    assert page.evaluate("state.example") == example
    assert example in str(page.locator("#list [aria-current] th").get_attribute("title"))
    assert page.input_value("#q") == ""


def test_a_section_is_in_the_address_beside_the_view(watched: Watched, report: Path) -> None:
    """A colleague is sent the same view, at the same section of the page."""
    page = watched.open(report)
    page.select_option("#type", "number")
    page.locator("nav a[href='#method']").click()
    address = page.evaluate("location.hash")
    page = watched.open(report, address)
    assert page.input_value("#type") == "number"
    place = page.locator("#method h2").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 900


def test_the_first_example_is_open(watched: Watched, report: Path) -> None:
    """Whatever is filtered, the first that is left can be read at once; the list marks it."""
    page = watched.open(report)
    assert page.locator("#detail .card").count() > 0
    page.select_option("#type", "number")
    question = page.inner_text("#list [aria-current] a")
    assert page.inner_text("#detail h3") == question
    assert page.evaluate("data.examples[chosen()[0]].question") == question


def test_keys_step_through_the_examples(watched: Watched, report: Path) -> None:
    """Letters step from the example, arrows from the list; a field takes the letter itself."""
    page = watched.open(report)
    page.locator(f"{ROWS} a").nth(8).click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("INDEX.get(state.example)") == 9
    page.locator("#list [aria-current] a").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("INDEX.get(state.example)") == 10
    assert page.evaluate("document.activeElement.closest('tr').ariaCurrent") == "true"
    page.focus("#q")
    page.keyboard.press("k")
    assert page.input_value("#q") == "k"


def test_what_is_compared_is_shown_in_the_words_of_the_page(watched: Watched, report: Path) -> None:
    """Yes, no, not in the text and nothing at all are words, in the reader's language."""
    page = watched.open(report, "#?example=000-xiangyang-makers/q01")
    sides = "['True', 'False', '∅', '', '13名'].map((text) => side(text).textContent)"
    assert page.evaluate(sides) == ["yes", "no", "(not in the text)", "(empty)", "13名"]
    page.select_option("#language", "zh")
    assert page.evaluate(sides) == ["是", "否", "（文中未提及）", "（空）", "13名"]
