"""The page on which a person writes references, in a real browser, from disk."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from evalkit.annotate.drafts import unpack
from evalkit.cli import main
from evalkit.lint import check
from tests.browser.test_preferences_page import faults, saved
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Watched

    Change = Callable[[dict[str, Any]], object]

ARTICLE = "000-xiangyang-makers"


@pytest.fixture(scope="session")
def written_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page for the five articles of the repository."""
    folder = tmp_path_factory.mktemp("articles") / "seeds"
    shutil.copytree(ROOT / "seeds", folder)
    assert main(["annotate", "references", str(folder)]) == 0
    return folder / "references.html"


def as_work(file: Path) -> dict[str, Any]:
    """Return a references file as the page keeps it."""
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    questions = [
        {"unit": "", "ordered": False, "evidence": [], "note": ""} | question
        for question in data["questions"]
    ]
    kept = ("headline", "summaries", "focused")
    return {name: data[name] for name in kept} | {"lacks": [], "questions": questions}


def open_with(watched: Watched, page_file: Path, work: dict[str, Any]) -> Page:
    """Open the page with work that is kept from before."""
    page = watched.open(page_file)
    for article, content in work.items():
        page.evaluate("([id, content]) => keep(place(id), content)", [article, content])
    return watched.open(page_file)


def test_a_person_writes_selects_and_saves(
    watched: Watched, written_page: Path, tmp_path: Path
) -> None:
    """Headline, summary, question with selected evidence; the file is one that `unpack` reads."""
    page = watched.open(written_page)
    assert watched.requests == [written_page.as_uri()]
    page.fill("[id='headline-in']", "汉江流域创客齐聚襄阳")
    page.click("#summaries > button")
    page.fill("[id='summaries.0.text-in']", "太短")
    assert "has 2 characters, 80 to 130 are needed" in page.inner_text("[id='summaries.0']")
    page.click("#questions > button")
    page.fill("[id='questions.0.question-in']", "活动在哪里举行？")
    page.fill("[id='questions.0.answers-in']", "襄阳")
    assert "has no evidence" in page.inner_text("[id='questions.0']")
    page.evaluate(
        """() => {
          const start = $('text').value.indexOf('襄阳');
          $('text').setSelectionRange(start, start + 2);
          $('text').dispatchEvent(new Event('mouseup'));
        }"""
    )
    assert page.inner_text("#selected") == "Selected: 襄阳"
    page.click("[id='questions.0.evidence'] .take")
    assert "has no evidence" not in page.inner_text("[id='questions.0']")
    file = tmp_path / "references.json"
    file.write_text(json.dumps(saved(page)), encoding="utf-8")
    (made,) = unpack([file], tmp_path / "references")
    content = yaml.safe_load(made.read_text(encoding="utf-8"))
    assert content["article"] == ARTICLE
    assert content["questions"][0]["evidence"] == ["襄阳"]


def test_a_question_that_the_text_does_not_answer_has_its_answer(
    watched: Watched, written_page: Path
) -> None:
    """It is filled in where nothing was written, and what was written stays."""
    page = watched.open(written_page)
    for i, before in enumerate(("", "不详")):
        page.click("#questions > button")
        page.fill(f"[id='questions.{i}.answers-in']", before)
        page.select_option(f"[id='questions.{i}.type-in']", "unanswerable")
        assert page.input_value(f"[id='questions.{i}.answers-in']") == (before or "文中未提及")


def test_sound_references_go_through_the_page(
    watched: Watched, written_page: Path, tmp_path: Path
) -> None:
    """The repository's own references, saved by the page and unpacked, pass `references check`."""
    files = sorted((ROOT / "references").glob("*.yaml"))
    page = open_with(watched, written_page, {file.stem: as_work(file) for file in files})
    export = tmp_path / "references.json"
    export.write_text(json.dumps(saved(page)), encoding="utf-8")
    folder = tmp_path / "references"
    assert main(["annotate", "unpack", str(export), "--into", str(folder)]) == 0
    found = check(ROOT / "seeds/index.yaml", folder)
    assert (found.wrong, found.unwritten, found.few) == ((), (), ())
    for file in files:
        assert yaml.safe_load((folder / file.name).read_text(encoding="utf-8")) == yaml.safe_load(
            file.read_text(encoding="utf-8")
        )


def _question(**changes: object) -> Change:
    return lambda work: work["questions"][0].update(changes)


CHANGES: dict[str, Change] = {
    "nothing": lambda _: None,
    "a long headline": lambda work: work.update(headline="长" * 31),
    "a headline to write": lambda work: work.update(headline=""),
    "a short summary": lambda work: work["summaries"][0].update(text="太短"),
    "a wrong figure": lambda work: work["summaries"][0].update(
        text=work["summaries"][0]["text"].replace("13个", "98765个")
    ),
    "no short summary": lambda work: work.update(summaries=work["summaries"][3:]),
    "the same summary twice": lambda work: (
        work["summaries"][1].update(work["summaries"][0]) or work["summaries"][1].update(id="other")
    ),
    "one text of a focus": lambda work: work["focused"][0]["references"].pop(),
    "few questions": lambda work: work.update(questions=work["questions"][:3]),
    "a question twice": lambda work: work["questions"][5].update(
        question=work["questions"][4]["question"]
    ),
    "no evidence": _question(evidence=[]),
    "no note": lambda work: next(q for q in work["questions"] if q["difficulty"] > 3).update(
        note=""
    ),
    "another answer": _question(type="person", answers=["张三"]),
    "a figure without evidence": _question(type="number", answers=["98765名"]),
    "yes in other words": lambda work: next(
        q for q in work["questions"] if q["type"] == "yesno"
    ).update(answers=["对"]),
    "an unanswerable with evidence": _question(type="unanswerable", answers=["文中未提及"]),
    "an answer in the question": lambda work: work["questions"][0].update(
        question=f"是{work['questions'][0]['answers'][0]}吗？"
    ),
    "a question to write": _question(question=""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_page_says_what_the_command_says(
    watched: Watched, written_page: Path, tmp_path: Path, change: str
) -> None:
    """For one slip after the other, page and `references check` name the same places."""
    work = as_work(ROOT / "references" / f"{ARTICLE}.yaml")
    CHANGES[change](work)
    page = open_with(watched, written_page, {ARTICLE: work})
    said = page.evaluate("problemsOf(file(), ARTICLES.get(now).text).map(({ key }) => key)")
    export = tmp_path / "references.json"
    export.write_text(json.dumps(saved(page)), encoding="utf-8")
    unpack([export], tmp_path / "references")
    found = check(ROOT / "seeds/index.yaml", tmp_path / "references")
    all_found = (*found.wrong, *found.unwritten, *found.few, *found.warnings)
    commands = [problem for problem in all_found if ARTICLE in problem.file]
    assert sorted(set(said)) == sorted({problem.key for problem in commands})
    assert (change == "nothing") == (not said)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_fault(
    watched: Watched, written_page: Path, language: str, scheme: str
) -> None:
    """Axe finds nothing at all, with one of everything begun."""
    watched.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = watched.open(written_page)
    page.select_option("#language", language)
    for name in ("summaries", "focused", "questions"):
        page.click(f"#{name} > button")
    assert faults(page) == []
    own = page.inner_text("#form")
    assert "undefined" not in own
    if language == "zh":
        assert re.findall(r"[\u4e00-\u9fff] ?[,;:()!?]", own) == []


def test_a_telephone_needs_no_sideways_scrolling(browser: Browser, written_page: Path) -> None:
    """At 320 pixels the page is as wide as the screen, with one of everything begun."""
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(written_page.as_uri())
    for name in ("summaries", "focused", "questions"):
        page.click(f"#{name} > button")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


def test_a_proof_is_selected_by_keyboard(watched: Watched, written_page: Path) -> None:
    """Shift and arrow keys select in the article, which typing does not change."""
    page = watched.open(written_page)
    article = page.input_value("#text")
    page.focus("#text")
    page.keyboard.type("字")
    page.keyboard.press("Delete")
    assert page.input_value("#text") == article
    page.keyboard.press("ArrowDown")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
    assert page.inner_text("#selected") == "Selected: 襄阳"


def test_work_on_each_article_is_kept(watched: Watched, written_page: Path) -> None:
    """What was written for one article is there after another one, and after closing the page."""
    page = watched.open(written_page)
    page.fill("[id='headline-in']", "第一篇")
    page.select_option("#which", "001-yunyang-party-building")
    assert page.input_value("[id='headline-in']") == ""
    page = watched.open(written_page)
    assert page.input_value("[id='headline-in']") == "第一篇"
