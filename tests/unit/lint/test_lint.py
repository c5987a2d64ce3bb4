"""Promises of the linter: each rule finds its fault, names the place, and accepts the rest."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from evalkit.lint import check
from tests.support.paths import ROOT
from tests.support.towns import (
    ARTICLE,
    FOCUS_A,
    FOCUS_B,
    REFERENCES,
    SHORT_A,
    change,
    drop,
    drop_last,
    focused,
    summary,
)

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.lint import Findings
    from tests.support.towns import Edit


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with the article, its index and an empty folder of references."""
    (tmp_path / "references").mkdir()
    (tmp_path / "towns.txt").write_text(ARTICLE, encoding="utf-8")
    fields = {"title": "六镇", "source": "not stated", "date": "not stated", "kind": "news"}
    index = {"articles": [{"id": "towns", "file": "towns.txt", **fields}]}
    (tmp_path / "index.yaml").write_text(yaml.safe_dump(index), encoding="utf-8")
    return tmp_path


def lint(place: Path, edit: Edit = lambda _: None) -> Findings:
    """Return what the linter finds in the references once they were edited."""
    data = copy.deepcopy(REFERENCES)
    edit(data)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000)
    (place / "references" / "towns.yaml").write_text(text, encoding="utf-8")
    return check(place / "index.yaml", place / "references")


@pytest.mark.parametrize(
    ("edit", "key", "says"),
    [
        (
            focused(FOCUS_A.replace("121", "128"), FOCUS_B),
            "focused.0.references.0.text",
            "“128名” is a number that its evidence does not state",
        ),
        (
            focused(FOCUS_A, FOCUS_B, quote="东山镇的党员有121人"),
            "focused.0.references.1.evidence.0",
            "is not in the article",
        ),
    ],
)
def test_each_fault_of_a_focused_summary_is_wrong_at_its_place(
    place: Path, edit: Edit, key: str, says: str
) -> None:
    """Two references, each with its own quotes, and no figure that these do not have."""
    errors = lint(place, edit).wrong
    assert any(p.key == key and says in str(p) and p.line for p in errors), errors


def test_sound_focused_summaries_pass(place: Path) -> None:
    """They count as summaries, and are not compared with those of the whole article."""
    findings = lint(place, focused(FOCUS_A, FOCUS_B))
    assert (findings.wrong, findings.unwritten, findings.few, findings.warnings) == ((),) * 4
    (counted,) = findings.articles
    (before,) = lint(place).articles
    assert (counted.n_summaries, counted.human) == (before.n_summaries + 2, before.human)


def test_a_hard_question_says_how_its_answer_is_found(place: Path) -> None:
    """From difficulty 4 on a note is needed, of an unanswerable question too."""
    for kind in ("person", "unanswerable"):
        (problem,) = lint(place, change(kind, difficulty=4)).warnings
        assert "of difficulty 4 has no note" in str(problem)
        assert not lint(place, change(kind, difficulty=5, note="甲是乙")).warnings


def test_sound_references_pass(place: Path) -> None:
    """References that keep every rule get no error and no warning."""
    findings = lint(place)
    assert (findings.wrong, findings.unwritten, findings.few, findings.warnings) == ((),) * 4


@pytest.mark.parametrize(
    ("edit", "key", "says"),
    [
        (change("person", evidence=["东山镇的书记是王萍"]), "questions.1.evidence.0", "王萍”"),
        (change("person", answers=["王萍"]), "questions.1.answers.0", "in its evidence"),
        (change("list", answers=["稻谷、小米"]), "questions.14.answers.0", "“小米”"),
        (change("number", answers=["21名"]), "questions.0.answers.0", "in its evidence"),
        (
            change("number", answers=["121名", "999名"]),
            "questions.0.answers.1",
            "its evidence does",
        ),
        (
            change("number", answers=["121名", "128名"]),
            "questions.0.answers.1",
            "its evidence does",
        ),
        (change("number", 6, answers=["248名"]), "questions.25.answers.0", "“248”"),
        (change("number", 6, note=""), "questions.25.answers.0", "say in `note`"),
        (change("date", answers=["3月15日"]), "questions.12.answers.0", "“15”"),
        (change("person", evidence=[], answers=["王萍"]), "questions.1.answers.0", "the article"),
        (change("date", evidence=[], answers=["3月15日"]), "questions.12.answers.0", "the article"),
        (change("yesno", answers=["对"]), "questions.20.answers.0", "write 是 or 否"),
        (change("unanswerable", evidence=["东山镇通了公路"]), "questions.22.evidence", "remove it"),
        (change("unanswerable", answers=["没有"]), "questions.22.answers.0", "文中未提及"),
        (change("person", question="王平是谁？"), "questions.1.question", "gives away"),
        (change("number", 1, question="东山镇的党员，有多少名?"), "questions.2.question", "as q0"),
        (change("number", 1, id="q0"), "questions.2.id", "duplicate id"),
        (summary(0, text=SHORT_A.replace("128", "129")), "summaries.0.text", "“129名”"),
        (lambda data: data.update(headline="七个乡镇"), "headline", "“七个”"),
        (lambda data: data.update(article="town"), "article", "write `article: towns`"),
        (change("number", type="numbr"), "questions.0.type", "`number`"),
    ],
)
def test_each_fault_is_wrong_at_its_place(place: Path, edit: Edit, key: str, says: str) -> None:
    """A fault is reported at its key, with the file, the line and what to do."""
    findings = lint(place, edit)
    found = [problem for problem in findings.wrong if problem.key == key]
    assert any(says in str(problem) for problem in found), findings.wrong
    assert all(p.line and p.remedy and p.file.endswith("towns.yaml") for p in findings.wrong)


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        (change("number", unit="待写"), "questions.0"),
        (change("number", answers=["121名", " 待写\n"]), "questions.0"),
        (summary(1, text="待写"), "summaries.1"),
        (lambda data: data.update(headline="待写"), "headline"),
        (focused(FOCUS_A, FOCUS_B, focus="待写"), "focused.0.references.0"),
        (focused(FOCUS_A, FOCUS_B, quote="待写"), "focused.0.references.1"),
    ],
)
def test_a_placeholder_is_not_wrong_but_unwritten(place: Path, edit: Edit, key: str) -> None:
    """Nothing else is said of the entry that holds it; a run leaves it out."""
    findings = lint(place, edit)
    assert not findings.wrong
    assert key in [problem.key for problem in findings.unwritten]
    assert all(p.code == "missing" and p.line and "待写" in p.remedy for p in findings.unwritten)


@pytest.mark.parametrize(
    ("edit", "key", "says"),
    [
        (focused(FOCUS_A), "focused.0.references", "1 of one focus (at least 2)"),
        (lambda data: data["summaries"].pop(), "summaries", "0 of task long (at least 1)"),
        (drop("number", 3), "questions", "5 of number (at least 6)"),
        (drop("person"), "questions", "5 of person or organization or place"),
        (drop("date"), "questions", "lacks: [date]"),
        (drop("list"), "questions", "2 of list"),
        (drop("phrase"), "questions", "2 of phrase"),
        (drop("unanswerable"), "questions", "2 of unanswerable"),
        (change("yesno", 1, answers=["是"]), "questions", "0 of yesno with the answer 否"),
        (drop_last, "questions", "1 of difficulty 3 or more"),
        (drop("person", 4), "questions", "23 of any type (at least 24)"),
        (change("unanswerable", question="待写"), "questions", "2 of unanswerable"),
    ],
)
def test_too_little_is_few_and_not_wrong(place: Path, edit: Edit, key: str, says: str) -> None:
    """One line for each file and kind, so that no slip drowns among the counts."""
    findings = lint(place, edit)
    assert not findings.wrong
    (problem,) = findings.few
    assert (problem.code, problem.key) == ("few", key)
    assert says in str(problem)


def test_one_slip_among_few_questions_is_the_only_thing_wrong(place: Path) -> None:
    """Three questions of 24, one with a figure that its evidence does not hold."""

    def edit(data: dict[str, Any]) -> None:
        del data["questions"][3:]
        data["questions"][0]["answers"] = ["999名"]

    findings = lint(place, edit)
    assert {problem.key for problem in findings.wrong} == {"questions.0.answers.0"}
    assert len(findings.few) == 1


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (summary(0, text=SHORT_A[:60] + ARTICLE.replace("\n", "")[:31]), "characters in a row"),
        (
            lambda data: [q.update(evidence=[ARTICLE[:4]]) for q in data["questions"][:20]],
            "are in the first half",
        ),
        (summary(2, task="longs"), "did you mean `long`?"),
        (summary(0, text=SHORT_A[:70]), "summaries.0.text: has 70 characters, and 80 to 130"),
        (summary(1, text=SHORT_A), "summaries.1.text: overlaps 1.00 rougeL with short-a"),
        (lambda data: data.update(headline="江" * 31), "headline: has 31 characters"),
        (focused(FOCUS_A, FOCUS_A), "focused.0.references.1.text: overlaps 1.00 rougeL with f1"),
        (focused(FOCUS_A, FOCUS_B[:50]), "lengthen it"),
        (change("yesno", evidence=[]), "questions.20: has no evidence"),
        (
            lambda data: [q.update(evidence=[ARTICLE[-4:]]) for q in data["questions"][:20]],
            "are in the second half",
        ),
    ],
)
def test_what_is_only_doubtful_is_a_warning(place: Path, edit: Edit, says: str) -> None:
    """Lengths, likeness, copied runs and where quotes are: no slip drowns among these."""
    flat = ARTICLE.replace("\n", "")
    (place / "towns.txt").write_text(flat, encoding="utf-8")
    warnings = lint(place, edit).warnings
    assert len(warnings) == 1
    assert says in str(warnings[0])
    assert warnings[0].line


def test_a_summary_of_a_task_of_ones_own_may_have_any_length(place: Path) -> None:
    """Its figures are checked all the same."""

    def add(text: str) -> Edit:
        entry = {"id": "post", "task": "微博", "text": text}
        return lambda data: data["summaries"].append(entry)

    findings = lint(place, add("六个乡镇。"))
    assert (findings.wrong, findings.unwritten, findings.few, findings.warnings) == ((),) * 4
    (problem,) = lint(place, add("七个乡镇。")).wrong
    assert (problem.code, problem.key) == ("rule", "summaries.3.text")


def test_a_further_headline_is_held_to_the_length_of_one(place: Path) -> None:
    """A headline is the same task wherever it is written, and overlaps with no summary."""

    def add(text: str) -> Edit:
        entry = {"id": "headline-b", "task": "headline", "text": text}
        return lambda data: data["summaries"].append(entry)

    assert not lint(place, add(REFERENCES["headline"])).warnings
    (problem,) = lint(place, add("江" * 31)).warnings
    assert problem.key == "summaries.3.text"


def test_an_article_may_lack_dates(place: Path) -> None:
    """`lacks: [date]` lifts the minimum of dates, and nothing else."""
    assert not lint(place, lambda data: (drop("date", 2)(data), data.update(lacks=["date"]))).few
    assert lint(place, lambda data: data.update(lacks=["number"])).wrong


def test_all_problems_of_all_files_come_at_once(place: Path) -> None:
    """A file that can't be read hides neither the faults of others nor a missing article."""
    lint(place, lambda data: (drop("date")(data), drop("list")(data)))
    folder = place / "references"
    (folder / "broken.yaml").write_text("article: [", encoding="utf-8")
    (folder / "other.yaml").write_text(
        (folder / "towns.yaml").read_text(encoding="utf-8").replace("towns", "other", 1),
        encoding="utf-8",
    )
    index = place / "index.yaml"
    data = yaml.safe_load(index.read_text(encoding="utf-8"))
    data["articles"].append({**data["articles"][0], "id": "missing"})
    index.write_text(yaml.safe_dump(data), encoding="utf-8")
    findings = check(index, folder)
    found = [
        (problem.file.rpartition("/")[2], problem.code)
        for problem in (*findings.wrong, *findings.unwritten, *findings.few)
    ]
    assert found == [
        ("broken.yaml", "malformed"),
        ("other.yaml", "unknown"),
        ("missing.yaml", "missing"),
        ("towns.yaml", "few"),
    ]
    assert findings.few[0].what == "few: 1 of date (at least 2), 2 of list (at least 3)"


def test_nothing_is_wrong_with_the_references_of_the_repository() -> None:
    """Every reference file that is shipped keeps every rule."""
    findings = check(ROOT / "seeds" / "index.yaml", ROOT / "references")
    assert (findings.wrong, findings.unwritten, findings.few, findings.warnings) == ((),) * 4
    assert len(findings.articles) == 5
    for article in findings.articles:
        assert article.difficulties[4] + article.difficulties[5] >= 14, article.article
        assert article.n_summaries >= 5 + 5 * 2, article.article


def test_statistics_count_what_is_there(place: Path) -> None:
    """Counts, evidence and ROUGE are those of the references, ROUGE in [0, 1]."""
    (counted,) = lint(place).articles
    assert (counted.n_questions, counted.n_summaries) == (27, 3)
    assert counted.types == {
        "number": 8,
        "date": 2,
        "person": 6,
        "organization": 0,
        "place": 0,
        "list": 3,
        "phrase": 3,
        "yesno": 2,
        "unanswerable": 3,
    }
    assert counted.difficulties == {1: 25, 2: 0, 3: 2, 4: 0, 5: 0}
    assert sum(counted.evidence) == sum(len(q["evidence"]) for q in REFERENCES["questions"])
    for values in (counted.human, counted.lead):
        assert list(values) == ["rouge1", "rouge2", "rougeL", "rougeLsum"]
        assert all(0 <= value <= 1 for value in values.values())


def test_lead_and_people_are_scored_against_the_same_references(place: Path) -> None:
    """Where every summary is the lead itself, both score the same: each leaves one out."""
    (place / "towns.txt").write_text("甲镇有党员。" + ARTICLE, encoding="utf-8")
    lead = "甲镇有党员。"

    def edit(data: dict[str, Any]) -> None:
        for item in data["summaries"]:
            item["text"] = lead

    (counted,) = lint(place, edit).articles
    assert counted.human["rougeL"] == counted.lead["rougeL"] == 1


def test_a_single_summary_is_not_scored(place: Path) -> None:
    """There is nothing to compare it with; the headline is not a summary."""
    (counted,) = lint(place, lambda data: data["summaries"].__delitem__(slice(1, 3))).articles
    assert (counted.human, counted.lead) == ({}, {})
