"""One wrong answer of each system: which it is, and that the page proves it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.records import Example, ExampleScore, Question
from evalkit.report import page
from evalkit.report.mistakes import mistakes

if TYPE_CHECKING:
    from evalkit.report.findings import Findings

PROOF = "8条公交线路开进工业园区，企业员工出行问题迎刃而解"


def ask(id_: str, answer: str, *, proof: str = PROOF, difficulty: int = 1) -> Example:
    """Return a question about one article whose evidence is one sentence."""
    question = Question(
        id=id_, question=f"{id_}：有多少？", type="number", answers=(answer,),
        difficulty=difficulty, evidence=(proof,) if proof else (),
    )  # fmt: skip
    return Example(
        id=f"a/{id_}", article_id="a", task="answer", references=(answer,), question=question
    )


def judge(example: Example, said: str, rule: str = "number", value: float = 0.0) -> ExampleScore:
    """Return the judgement of one answer of lead."""
    return ExampleScore(
        model="lead", example_id=example.id, article_id="a", metric="em", value=value, parts={},
        decided_by=rule, prediction=said, compared={},
    )  # fmt: skip


def narrow(findings: Findings, *said: tuple[Example, ExampleScore]) -> Findings:
    """Return findings of these answers alone."""
    examples, scores = tuple(example for example, _ in said), [score for _, score in said]
    return replace(findings, examples=examples, scores=scores)


def choose(findings: Findings, *said: tuple[Example, ExampleScore]) -> str | None:
    """Return the answer that is shown of lead."""
    found = mistakes(narrow(findings, *said))
    assert list(found) == ["lead"]
    return found["lead"].said if found["lead"] else None


EASY, HARD = ask("q1", "8条"), ask("q2", "8条", difficulty=3)
UNPROVEN = ask("q3", "8条", proof="")
PLAIN = (HARD, judge(HARD, "1条"))


@pytest.mark.parametrize(
    ("example", "said", "rule"),
    [
        (EASY, "文中未提及", "none"),
        (EASY, "8条公交线路开进工业园区", "none"),
        (EASY, "大约8条", "number"),
        (EASY, "企业员工", "none"),
        (EASY, "公交线路很多，大家出行都方便了，企业也高兴", "none"),
        (EASY, "很多", "none"),
        (UNPROVEN, "1条", "number"),
    ],
)
def test_a_plainly_false_answer_is_preferred(
    findings: Findings, example: Example, said: str, rule: str
) -> None:
    """A definite other value is shown, not an abstention, a quoted sentence, or a near miss."""
    assert choose(findings, (example, judge(example, said, rule)), PLAIN) == "1条"


def test_what_holds_the_right_answer_is_no_plain_mistake(findings: Findings) -> None:
    """A copied sentence without it is shown before one with it, in whatever width, if there is any.

    Without evidence nothing else tells them apart.
    """
    holding = (UNPROVEN, judge(UNPROVEN, "有８条公交线路", "none"))
    harder = ask("q4", "9条", proof="", difficulty=3)
    without = (harder, judge(harder, "大家出行都方便", "none"))
    assert choose(findings, holding, without) == "大家出行都方便"
    assert choose(findings, holding) == "有８条公交线路"


def test_the_easier_question_wins_and_then_the_order(findings: Findings) -> None:
    """Of two plain mistakes that of the easier question is shown; of two alike, the first."""
    assert choose(findings, PLAIN, (EASY, judge(EASY, "2条"))) == "2条"
    again = ask("q4", "8条")
    pair = (EASY, judge(EASY, "2条")), (again, judge(again, "3条"))
    assert choose(findings, *pair) == "2条"
    assert choose(findings, *pair[::-1]) == "3条"


def test_right_and_empty_answers_are_no_mistakes(findings: Findings) -> None:
    """A system that was never wrong, or wrote nothing, has none to show; the page says so."""
    said = (EASY, judge(EASY, "8条", value=1.0)), (HARD, judge(HARD, " "))
    assert choose(findings, *said) is None
    text = page.render(narrow(findings, *said))
    assert 'data-t="wrong.none"' in text


def test_each_system_but_the_oracle_and_people_has_one(findings: Findings) -> None:
    """Every judged model and baseline is there, with an answer that scored 0; bounds are not."""
    found = mistakes(findings)
    assert list(found) == ["lead", "textrank"]
    scores = {(s.model, s.example_id): s for s in findings.scores if s.metric == "em"}
    for name, mistake in found.items():
        assert mistake
        score = scores[name, mistake.example.id]
        assert (score.value, score.prediction.strip()) == (0, mistake.said)
    roofed = tuple(
        replace(s, role="roof") if s.name == "textrank" else s for s in findings.summary.systems
    )
    bounded = replace(findings, summary=replace(findings.summary, systems=roofed))
    assert list(mistakes(bounded)) == ["lead"]


def test_the_page_sets_the_mistake_beside_its_proof(findings: Findings) -> None:
    """Question, answer, reference, evidence and a link to the detail stand in one card."""
    mistake = mistakes(findings)["textrank"]
    assert mistake
    text = page.render(findings)
    section = text[text.index('<section id="wrong"') : text.index('<section id="differences"')]
    card = section.split("<article")[2]
    for told in (mistake.question.question, mistake.said, mistake.example.references[0]):
        assert told in card
    assert all(quote in card for quote in mistake.question.evidence)
    assert f'href="#?example={mistake.example.id}"' in card


def test_without_questions_there_is_no_such_section(findings: Findings) -> None:
    """Where articles cannot be read any more, or nothing was asked, nothing is claimed."""
    bare = tuple(replace(example, question=None) for example in findings.examples)
    assert mistakes(replace(findings, examples=bare)) == {}
    assert 'id="wrong"' not in page.render(replace(findings, examples=bare))
