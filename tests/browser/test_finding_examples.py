"""The list of examples: search, filters, order and pages lead to what is wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Watched

ROWS = "#list tbody tr"


def n_found(page: Page) -> int:
    """Return how many examples the page says fit."""
    count = re.match(r"\d+", page.inner_text("#found"))
    return int(count[0]) if count else 0


def test_search_finds_what_holds_the_words(watched: Watched, report: Path) -> None:
    """As many are left as have the words in question, reference, output or id; reset undoes it."""
    page = watched.open(report)
    everything = n_found(page)
    page.fill("#q", "襄阳")
    expect(page.locator("#found")).to_contain_text(f" of {everything}")
    expected = page.evaluate(
        """data.examples.filter((e, i) => [e.id, e.question || "", ...e.references,
           ...data.outputs.map((o) => o[i].text)].join("\\n").includes("襄阳")).length"""
    )
    assert 0 < n_found(page) == expected < everything
    page.fill("#q", "nothing says this")
    expect(page.locator("#found")).to_have_text("No example matches these filters.")
    assert page.locator(ROWS).count() == 0
    page.click("button[type=reset]")
    assert n_found(page) == everything
    assert page.input_value("#q") == ""


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [("(林区)", "（林区）"), ("13名", "１３名"), ("创客 英雄", "英雄　创客"), ("Q01", "ｑ０１")],
)
def test_width_case_and_order_of_the_words_do_not_matter(
    watched: Watched, report: Path, written: str, otherwise: str
) -> None:
    """What is searched for may be in another width or case, or its words in another order."""
    page = watched.open(report)
    found = []
    for words in (written, otherwise):
        page.evaluate("(words) => change({q: words})", words)
        found.append(page.evaluate("chosen()"))
    assert found[0] == found[1]
    assert 0 < len(found[0]) < page.evaluate("data.examples.length")


def test_summaries_are_said_to_be_neither_right_nor_wrong(watched: Watched, report: Path) -> None:
    """Where nothing can fit the filters the page says why, and a list that is whole says that."""
    page = watched.open(report)
    everything = page.evaluate("data.examples.length")
    assert page.inner_text("#found") == f"{everything} examples"
    page.select_option("#kind", "summary")
    page.select_option("#right", "wrong")
    assert page.inner_text("#found") == "Summaries are neither right nor wrong."
    assert page.inner_text("#page") == ""


def test_an_output_with_an_issue_has_a_sign_in_its_row(
    watched: Watched, hostile_report: Path
) -> None:
    """Beside the chip of a truncated output, and of no other, a sign names the issue."""
    page = watched.open(hostile_report, "#?lang=zh&system=lead")
    rows = page.evaluate("chosen().slice(0, 25).map((i) => data.outputs[0][i].issues || [])")
    signs = page.locator(f"{ROWS} td:nth-of-type(1)")
    names = signs.evaluate_all("(all) => all.map((n) => n.querySelector('.sign')?.ariaLabel || '')")
    assert ["被截断" in name for name in names] == ["truncated" in issues for issues in rows]
    assert any("被截断" in name for name in names)
    assert "" in names


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


def test_one_click_leads_from_a_count_of_issues_to_the_outputs(
    watched: Watched, hostile_report: Path
) -> None:
    """Whatever was filtered before, just those that were counted are listed; so is the address."""
    page = watched.open(hostile_report)
    page.select_option("#kind", "summary")
    link = page.locator("#issues a[data-view*='\"lead\"'][data-view*=truncated][data-view*=answer]")
    n_truncated = int(link.inner_text().split()[0])
    assert 0 < n_truncated < page.evaluate("data.examples.length")
    link.click()
    assert n_found(page) == n_truncated
    assert page.evaluate("chosen().every((i) => data.outputs[SYSTEMS.indexOf('lead')][i].issues)")
    place = page.locator("#examples h2").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 900
    page.reload()
    assert n_found(page) == n_truncated
    assert page.input_value("#issue") == "truncated"


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


def test_kinds_of_error_filter_with_their_counts(watched: Watched, report: Path) -> None:
    """Each kind that a system has is a choice with its number, and leads to just those."""
    page = watched.open(report, "#?system=lead")
    for text in page.locator("#issue option").all_inner_texts()[1:]:
        words, n = re.fullmatch(r"(.*) \((\d+)\)", text).groups()  # type: ignore[union-attr]
        page.select_option("#issue", label=text)
        assert n_found(page) == int(n), words
        kind = page.input_value("#issue")
        assert page.evaluate(f"chosen().every((i) => issues(0, i).includes('{kind}'))")
    assert page.evaluate("Object.keys(countIssues(0)).length") > 1


def test_the_way_back_undoes_a_filter(watched: Watched, report: Path) -> None:
    """Every filter, and a section that was gone to, is a step of the browser's history."""
    page = watched.open(report)
    everything = n_found(page)
    page.select_option("#type", "number")
    numbers = n_found(page)
    page.select_option("#right", "wrong")
    page.click("nav a[href='#charts']")
    page.go_back()
    page.go_back()
    assert (n_found(page), page.input_value("#right")) == (numbers, "")
    page.go_back()
    assert (n_found(page), page.input_value("#type")) == (everything, "")
    page.go_forward()
    assert n_found(page) == numbers


def test_only_facets_of_the_data_are_offered(watched: Watched, bare_report: Path) -> None:
    """Without types, difficulties and evidence there is no filter by them, and no word of them."""
    page = watched.open(bare_report)
    visible = page.locator("#filters select").evaluate_all(
        "(all) => all.filter((n) => n.checkVisibility()).map((n) => n.id)"
    )
    assert not {"type", "difficulty", "place", "altered", "task"} & set(visible)
    shown = page.inner_text("body")
    for words in ("unknown", "Difficulty", "difficulty", "undefined", "null", "Evidence"):
        assert words not in shown


def test_the_systems_shown_are_chosen(watched: Watched, report: Path) -> None:
    """A column and a card for each that is ticked, numbered alike; the last stays."""
    page = watched.open(report, "#?show=lead")
    heads = page.locator("#list thead th")
    assert heads.count() == 2
    assert page.is_disabled("#system-0")
    page.check("#system-2")
    assert page.evaluate("document.activeElement.id") == "system-2"
    assert heads.all_inner_texts()[1:] == ["1\nlead", "3\noracle"]
    assert [text.split()[0] for text in page.locator("#detail .card h4").all_inner_texts()] == [
        "1",
        "3",
    ]
    page.go_back()
    assert heads.count() == 2
