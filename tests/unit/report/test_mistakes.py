"""One wrong answer of each model: which it is, and that the page shows why it is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.records import Example, Generation, ScoreLine
from evalkit.report import page
from evalkit.report.mistakes import find_mistakes

if TYPE_CHECKING:
    from evalkit.report.material import Material

Judged = tuple[Example, ScoreLine, str]
QUOTE = "8条公交线路开进工业园区，企业员工出行问题迎刃而解"


def ask(id_: str, answer: str, *, quote: str = QUOTE, difficulty: int = 1) -> Example:
    """Return a question about one article whose evidence is one sentence."""
    return Example(
        id=f"bridge/{id_}", article_id="bridge", task="answer", kind="answer",
        references=(answer,), question=f"{id_}：有多少？", type="number", difficulty=difficulty,
        evidence=(quote,) if quote else (),
    )  # fmt: skip


def judge(example: Example, answer: str, rule: str = "number", value: float = 0.0) -> Judged:
    """Return an answer of lead and its score."""
    score = ScoreLine(
        system="lead", example=example.id, article="bridge", metric="em", value=value, rule=rule
    )
    return example, score, answer


def narrow(material: Material, *judged: Judged) -> Material:
    """Return the material of these answers alone."""
    narrowed = replace(
        material,
        examples=tuple(example for example, _, _ in judged),
        scores=[score for _, score, _ in judged],
        generations={
            ("lead", example.id, 0): Generation(
                key=example.id, system="lead", example=example.id, text=answer, prediction=answer,
                finish_reason="stop",
            )
            for example, _, answer in judged
        },
    )  # fmt: skip
    return replace(narrowed, mistakes=find_mistakes(narrowed))


def choose(material: Material, *judged: Judged) -> str | None:
    """Return the answer that is shown of lead."""
    found = find_mistakes(narrow(material, *judged))
    assert list(found) == ["lead"]
    return found["lead"].answer if found["lead"] else None


EASY, HARD = ask("q1", "8条"), ask("q2", "8条", difficulty=3)
UNPROVEN = ask("q3", "8条", quote="")
PLAIN = judge(HARD, "1条")


@pytest.mark.parametrize(
    ("example", "answer", "rule"),
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
    material: Material, example: Example, answer: str, rule: str
) -> None:
    """A definite other value is shown, not an abstention, a quoted sentence, or a near miss."""
    assert choose(material, judge(example, answer, rule), PLAIN) == "1条"


def test_beside_a_model_no_baseline_is_shown(material: Material) -> None:
    """What a baseline copies is no answer, and is no reason to trust a model."""
    narrowed = narrow(material, judge(ask("buses", "8条"), "1条"))
    systems = tuple(
        replace(system, role="model") if system.name == "textrank" else system
        for system in narrowed.summary.systems
    )
    assert "lead" in find_mistakes(narrowed)
    with_model = replace(narrowed, summary=replace(narrowed.summary, systems=systems))
    assert "lead" not in find_mistakes(with_model)


def test_what_holds_the_right_answer_is_not_a_plain_mistake(material: Material) -> None:
    """A copied sentence without it is shown before one with it, in whatever width, if there is any.

    Without evidence they differ in nothing else.
    """
    holding = judge(UNPROVEN, "有８条公交线路", "none")
    harder = ask("q4", "9条", quote="", difficulty=3)
    without = judge(harder, "大家出行都方便", "none")
    assert choose(material, holding, without) == "大家出行都方便"
    assert choose(material, holding) == "有８条公交线路"


def test_the_easier_question_wins_and_then_the_order(material: Material) -> None:
    """Of two plain mistakes that of the easier question is shown; of two alike, the first."""
    assert choose(material, PLAIN, judge(EASY, "2条")) == "2条"
    again = ask("q4", "8条")
    pair = judge(EASY, "2条"), judge(again, "3条")
    assert choose(material, *pair) == "2条"
    assert choose(material, *pair[::-1]) == "3条"


def test_right_and_empty_answers_are_not_mistakes(material: Material) -> None:
    """A system that was never wrong, or wrote nothing, has none to show; the page says so."""
    judged = judge(EASY, "8条", value=1.0), judge(HARD, " ")
    assert choose(material, *judged) is None
    text = page.render(narrow(material, *judged))
    assert 'data-t="wrong.none"' in text


def test_each_model_and_baseline_has_one(material: Material) -> None:
    """Every judged model and baseline is there, with an answer that scored 0; no other system."""
    found = find_mistakes(material)
    assert list(found) == ["lead", "textrank"]
    scores = {(s.system, s.example): s for s in material.scores if s.metric == "em"}
    for name, mistake in found.items():
        assert mistake
        assert scores[name, mistake.example.id].value == 0
        assert material.generations[name, mistake.example.id, 0].prediction == mistake.answer
    systems = tuple(
        replace(s, role="oracle") if s.name == "textrank" else s for s in material.summary.systems
    )
    changed = replace(material, summary=replace(material.summary, systems=systems))
    assert list(find_mistakes(changed)) == ["lead"]


def test_the_page_shows_the_mistake_with_its_evidence(material: Material) -> None:
    """Question, answer, reference, evidence and a link to the detail are in one card."""
    mistake = material.mistakes["lead"]
    assert mistake
    text = page.render(material)
    section = text[text.index('<section id="wrong"') : text.index('<section id="differences"')]
    card = section.split("<article")[1]
    for shown in (mistake.example.question, mistake.answer, mistake.example.references[0]):
        assert shown in card
    assert all(quote in card for quote in mistake.example.evidence)
    assert f'href="#?example={mistake.example.id}"' in card


def test_without_questions_the_section_is_missing(material: Material) -> None:
    """Where nothing was asked, the page has no section of wrong answers."""
    summaries = tuple(example for example in material.examples if example.kind == "summary")
    changed = replace(material, examples=summaries)
    assert find_mistakes(changed) == {}
    assert 'id="wrong"' not in page.render(replace(changed, mistakes={}))
