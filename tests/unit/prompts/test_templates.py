"""Templates: article first, strict, sandboxed, and every fault found before a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import InputError
from evalkit.prompts.few_shot import Shot
from evalkit.prompts.templates import load, messages
from evalkit.records import Example, Message, Task
from tests.support.paths import PROMPTS
from tests.support.problems import problems_of
from tests.support.special_files import KINDS, make_special

if TYPE_CHECKING:
    from pathlib import Path

SHORT = Task(name="short", kind="summary", prompts="summary", n_characters=90, max_new_tokens=160)
HEADLINE = Task(
    name="headline", kind="summary", prompts="headline", n_characters=30, max_new_tokens=48
)
QUESTIONS = Task(name="answer", kind="answer", prompts="answer", n_characters=0, max_new_tokens=48)
SUMMARY = Example(
    id="a/short",
    article_id="a",
    task="short",
    kind="summary",
    references=("摘要",),
    n_characters=90,
)
ANSWER = Example(
    id="a/q1",
    article_id="a",
    task="answer",
    kind="answer",
    references=("三名", "3名"),
    question="有几名代表？",
    type="number",
)


def write(tmp_path: Path, source: str) -> Path:
    """Write an answer template and return the folder."""
    (tmp_path / "answer").mkdir()
    (tmp_path / "answer" / "t.jinja").write_text(source, encoding="utf-8")
    return tmp_path


def test_the_prompts_that_ship_put_the_article_first_and_ask_after_it() -> None:
    """All tasks share the prefix up to the end of the article, which is computed once."""
    summary = load(PROMPTS, SHORT, "default").render("甲乙丙", SUMMARY)
    headline = load(PROMPTS, HEADLINE, "default").render("甲乙丙", SUMMARY)
    answer = load(PROMPTS, QUESTIONS, "default").render("甲乙丙", ANSWER)
    shared = summary[: summary.index("甲乙丙") + 3]
    assert answer.startswith(shared)
    assert headline.startswith(shared)
    assert "约90字" in summary
    assert "不超过90字" in headline
    assert answer.index("甲乙丙") < answer.index("有几名代表？")
    assert "文中未提及" in answer


def test_a_focused_summary_is_asked_for_by_its_focus(tmp_path: Path) -> None:
    """The shipped prompt names the focus; a template that leaves it out is refused."""
    focused = replace(SUMMARY, id="a/f1", task="focused", question="社区减负")
    task = replace(SHORT, name="focused", prompts="focused")
    text = load(PROMPTS, task, "default").render("甲乙丙", focused)
    assert text.startswith(load(PROMPTS, SHORT, "default").render("甲乙丙", SUMMARY)[:30])
    assert "文章就“社区减负”说了什么" in text
    (tmp_path / "focused").mkdir()
    (tmp_path / "focused/t.jinja").write_text("{{ article }}", encoding="utf-8")
    (problem,) = problems_of(lambda: load(tmp_path, task, "t").render("文", focused))
    assert (problem.code, problem.remedy) == (
        "missing",
        "write {{ question }} where the focus belongs",
    )


def test_shots_come_before_the_task_with_their_first_reference() -> None:
    """A worked example is one exchange: its article and question, then the answer."""
    prompt = load(PROMPTS, QUESTIONS, "default")
    shot = Shot(article="别的文章", example=ANSWER)
    first, second, last = messages(prompt, "本文", ANSWER, (shot,))
    assert first == Message(role="user", content=prompt.render("别的文章", ANSWER))
    assert second == Message(role="assistant", content="三名")
    assert last == Message(role="user", content=prompt.render("本文", ANSWER))


def test_the_hash_changes_with_the_template(tmp_path: Path) -> None:
    """A record says which wording it answered."""
    folder = write(tmp_path, "{{ article }}{{ question }}")
    before = load(folder, QUESTIONS, "t").sha256
    (folder / "answer" / "t.jinja").write_text("{{ article }} {{ question }}", encoding="utf-8")
    assert load(folder, QUESTIONS, "t").sha256 != before


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("{{ artikel }}", None),
        ("{{ article }}{{ question }}{{ n_characters }}", None),
        ("一\n{% if %}", 2),
        ("{{ article.__class__.__mro__ }}", None),
        ("{{ 1 // 0 }}", None),
        ("{{ article.index('限') }}", None),
        ("{% for i in range(10**9) %}{% endfor %}", None),
        ("{% include 'other' %}", None),
    ],
)
def test_a_faulty_template_is_found_at_load(tmp_path: Path, source: str, line: int | None) -> None:
    """No unknown variable, syntax error or escape from the sandbox reaches a run."""
    (problem,) = problems_of(lambda: load(write(tmp_path, source), QUESTIONS, "t"))
    assert (problem.code, problem.line) == ("malformed", line)
    assert problem.file.endswith("t.jinja")


def test_a_template_that_breaks_on_some_values_is_named(tmp_path: Path) -> None:
    """What one question sets off is a problem of the template, with the variables it may use."""
    folder = write(tmp_path, "{{ article }}{{ question }}{{ x if '代表' in question }}")
    prompt = load(folder, QUESTIONS, "t")
    with pytest.raises(InputError, match=r"'x' is undefined.*; its variables: article, question"):
        prompt.render("文", ANSWER)


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("", "{{ article }} and {{ question }}"),
        ("{{ article }}请回答。", "{{ question }}"),
        ("{# {{ article }} #}{{ question }}", "{{ article }}"),
    ],
)
def test_a_template_that_leaves_out_what_it_is_for(
    tmp_path: Path, source: str, missing: str
) -> None:
    """A model is never asked without the article, or without the question."""
    (problem,) = problems_of(lambda: load(write(tmp_path, source), QUESTIONS, "t"))
    assert (problem.code, problem.remedy) == ("missing", f"write {missing}")


def test_a_missing_wording_names_the_file_and_the_one_to_copy(tmp_path: Path) -> None:
    """The remedy is one command: copy the default wording; a task without one, that of another."""
    (problem,) = problems_of(lambda: load(tmp_path, QUESTIONS, "terse"))
    assert (problem.code, problem.file) == ("missing", str(tmp_path / "answer" / "terse.jinja"))
    assert str(tmp_path / "answer" / "default.jinja") in problem.remedy
    (problem,) = problems_of(lambda: load(tmp_path, QUESTIONS, "default"))
    assert problem.code == "missing"
    assert "another task" in problem.remedy


def test_a_template_that_is_not_text_is_named(tmp_path: Path) -> None:
    """Neither bytes in another encoding nor a folder in its place break a run later."""
    folder = write(tmp_path, "")
    (folder / "answer" / "t.jinja").write_bytes(b"\xff\xfe\xff")
    (folder / "answer" / "folder.jinja").mkdir()
    (problem,) = problems_of(lambda: load(folder, QUESTIONS, "t"))
    assert problem.code == "not-text"
    (problem,) = problems_of(lambda: load(folder, QUESTIONS, "folder"))
    assert problem.code == "unreadable"


def test_what_an_article_says_is_never_run(tmp_path: Path) -> None:
    """An article that holds template code is text in the prompt."""
    prompt = load(write(tmp_path, "{{ article }}{{ question }}"), QUESTIONS, "t")
    assert prompt.render("{{ 7*7 }}{% raw %}", ANSWER) == "{{ 7*7 }}{% raw %}有几名代表？"


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_that_is_no_regular_file_is_refused(tmp_path: Path, kind: str) -> None:
    """A pipe would be waited for without end, and a device read without end."""
    file = tmp_path / "summary/default.jinja"
    file.parent.mkdir()
    make_special(file, kind)
    (problem,) = problems_of(lambda: load(tmp_path, SHORT, "default"))
    assert (problem.code, problem.file) == ("unreadable", str(file))
