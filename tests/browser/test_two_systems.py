"""Two systems against each other: counts of right and wrong, or a point an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Watched

PAIR = "#?show=textrank,oracle&view=pair&metric="


def test_just_two_systems_can_be_compared(watched: Watched, report: Path) -> None:
    """The view is offered with two systems shown, not with one or three."""
    page = watched.open(report)
    for name, offered in (("lead,oracle", True), ("lead", False), ("lead,textrank,oracle", False)):
        page.evaluate("(show) => change({show})", name)
        assert page.locator("#view-pair").is_visible() == offered


def test_counts_of_right_and_wrong_lead_to_their_examples(watched: Watched, report: Path) -> None:
    """The four counts add up to the questions; one click lists those that it counts."""
    page = watched.open(report, f"{PAIR}em")
    assert page.locator("#counts th").all_inner_texts()[:2] == ["oracle ✓", "oracle ✗"]
    assert not page.locator("#plane").is_visible()
    counts = [int(text) for text in page.locator("#counts td.number").all_inner_texts()]
    assert sum(counts) == page.evaluate("data.examples.filter((e) => e.kind === 'answer').length")
    button = page.locator("#counts tbody tr").nth(1).locator("button").first
    n = int(button.inner_text())
    button.click()
    assert page.inner_text("#found").startswith(f"{n} of ")
    assert page.evaluate("chosen().every((i) => !isRight(1, i) && isRight(2, i))")
    assert page.locator("#list").is_visible()
    page.go_back()
    assert page.locator("#counts").is_visible()


def test_a_point_opens_its_example_beside_the_plot(watched: Watched, report: Path) -> None:
    """The plot stays, the example is to its right, and the point has the ring."""
    page = watched.open(report, f"{PAIR}f1")
    x, y = page.evaluate("(({px, py}) => [px, py])(points[5])")
    page.locator("#plane").click(position={"x": x, "y": y})
    opened = page.evaluate("points.find((p) => data.examples[p.i].id === state.example)")
    assert abs(opened["px"] - x) < 14
    assert abs(opened["py"] - y) < 14
    plane, detail = page.locator("#plane").bounding_box(), page.locator("#detail").bounding_box()
    assert plane is not None
    assert detail is not None
    assert detail["x"] >= plane["x"] + plane["width"]


def test_points_are_of_the_listed_examples(watched: Watched, report: Path) -> None:
    """A filter leaves out of the plot what it leaves out of the list."""
    page = watched.open(report, f"{PAIR}f1")
    page.select_option("#type", "number")
    types = page.evaluate("points.map(({i}) => data.examples[i].type)")
    assert set(types) == {"number"}
