"""Examples: which there are, in which order, and under which ids."""

from __future__ import annotations

from dataclasses import replace

from evalkit.prompts.examples import examples
from evalkit.records import (
    Article,
    Corpus,
    Question,
    References,
    ReferenceSummary,
    Task,
)
from tests.support.problems import problems_of


def task(name: str, n_characters: int = 0) -> Task:
    """Return a task of that name."""
    kind = "answer" if name == "answer" else "summary"
    return Task(name=name, kind=kind, prompts=kind, n_characters=n_characters, max_new_tokens=9)  # type: ignore[arg-type] # one of the two kinds


def article(id_: str) -> Article:
    """Return an article of that id."""
    return Article(id=id_, title="", text=f"{id_}文。", sha256="0" * 64)


QUESTION = Question(
    id="q1",
    question="几名？",
    type="number",
    answers=("3名", "三名"),
    difficulty=2,
    unit="名",
    evidence=("有3名",),
    note="甲",
)
CORPUS = Corpus(
    articles=(article("a"), article("b")),
    references={
        "a": References(
            summaries=(
                ReferenceSummary(id="s1", task="short", text="短一"),
                ReferenceSummary(id="s2", task="long", text="长"),
                ReferenceSummary(id="s3", task="short", text="短二"),
                ReferenceSummary(id="headline", task="headline", text="题"),
            ),
            questions=(QUESTION, replace(QUESTION, id="q2", ordered=True)),
        ),
        "b": References(questions=(replace(QUESTION, id="q1"),)),
    },
)


def test_summaries_come_in_the_order_of_the_tasks_and_questions_last() -> None:
    """Article by article; a task without a reference is not asked of that article."""
    found = examples(CORPUS, [task("answer"), task("headline", 30), task("short", 100)])
    assert [example.id for example in found] == ["a/headline", "a/short", "a/q1", "a/q2", "b/q1"]
    headline, short, question, *_ = found
    assert (headline.references, headline.n_characters) == (("题",), 30)
    assert (short.kind, short.references) == ("summary", ("短一", "短二"))
    assert (question.kind, question.references) == ("answer", QUESTION.answers)


def test_each_focus_is_an_example_with_its_references() -> None:
    """It is named by its id, and asks for its focus."""
    focused = [
        ReferenceSummary(id=id_, task="focused", text=text, focus=focus)
        for id_, focus, text in (("f1", "减负", "一"), ("f1", "减负", "二"), ("f2", "报到", "三"))
    ]
    references = {"a": References(summaries=tuple(focused))}
    corpus = Corpus(articles=(article("a"),), references=references)
    found = examples(corpus, [task("focused", 90)])
    assert [(e.id, e.question, e.references) for e in found] == [
        ("a/f1", "减负", ("一", "二")),
        ("a/f2", "报到", ("三",)),
    ]
    assert {(e.task, e.kind, e.n_characters) for e in found} == {("focused", "summary", 90)}


def test_an_example_holds_all_that_the_question_says() -> None:
    """Examples are read back without the references, so nothing of a question may be lost."""
    (first, second, _) = examples(CORPUS, [task("answer")])
    for field in ("question", "type", "difficulty", "unit", "ordered", "evidence", "note"):
        assert getattr(first, field) == getattr(QUESTION, field)
    assert second.ordered


def test_further_steps_ask_the_questions_again_after_all_others() -> None:
    """Once a step, with the step in the id; summaries are asked for once."""
    found = examples(
        CORPUS, [task("short"), task("answer")], {"summary_qa", "article", "closed_book"}
    )
    again = [(example.id, example.step) for example in found[4:]]
    assert again == [
        (f"{id_}@{step}", step)
        for step in ("closed_book", "summary_qa")
        for id_ in ("a/q1", "a/q2", "b/q1")
    ]
    assert {example.step for example in found[:4]} == {"article"}


def test_no_two_examples_have_one_id() -> None:
    """A question named like a task would replace the summary."""
    questions = (replace(QUESTION, id="short"),)
    references = {**CORPUS.references, "a": replace(CORPUS.references["a"], questions=questions)}
    corpus = replace(CORPUS, references=references)
    (problem,) = problems_of(lambda: examples(corpus, [task("short"), task("answer")]))
    assert (problem.code, problem.file) == ("duplicate", "a/short")
