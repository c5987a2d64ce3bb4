"""Templates: article first, strict, sandboxed, and every fault found before a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import InputError
from evalkit.prompts import templates as prompts
from evalkit.records import Example, Message, Question
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SUMMARY = Example(
    id="a/short",
    article_id="a",
    task="summary",
    references=("摘要",),
    length="short",
    n_characters=90,
)
ANSWER = Example(
    id="a/q1",
    article_id="a",
    task="answer",
    references=("三名", "3名"),
    question=Question(id="q1", question="有几名代表？", type="number", answers=("三名", "3名")),
)


def write(tmp_path: Path, source: str) -> Path:
    """Write an answer template and return the folder."""
    (tmp_path / "answer").mkdir()
    (tmp_path / "answer" / "t.jinja").write_text(source, encoding="utf-8")
    return tmp_path


def test_the_prompts_that_ship_put_the_article_first_and_ask_after_it() -> None:
    """Summaries and questions begin alike, so that one reading serves both."""
    summary = prompts.load(ROOT / "prompts", "summary", "default").render("甲乙丙", SUMMARY)
    answer = prompts.load(ROOT / "prompts", "answer", "default").render("甲乙丙", ANSWER)
    shared = summary[: summary.index("甲乙丙") + 3]
    assert answer.startswith(shared)
    assert "约90字" in summary
    assert answer.index("甲乙丙") < answer.index("有几名代表？")
    assert "文中未提及" in answer


def test_shots_come_before_the_task_with_their_first_reference() -> None:
    """A worked example is one exchange: its article and question, then the answer."""
    prompt = prompts.load(ROOT / "prompts", "answer", "default")
    shot = prompts.Shot(article="别的文章", example=ANSWER)
    first, second, last = prompts.messages(prompt, "本文", ANSWER, (shot,))
    assert first == Message(role="user", content=prompt.render("别的文章", ANSWER))
    assert second == Message(role="assistant", content="三名")
    assert last == Message(role="user", content=prompt.render("本文", ANSWER))


def test_the_hash_changes_with_the_template(tmp_path: Path) -> None:
    """A record tells which wording it answered."""
    folder = write(tmp_path, "{{ article }}{{ question }}")
    before = prompts.load(folder, "answer", "t").sha256
    (folder / "answer" / "t.jinja").write_text("{{ article }} {{ question }}", encoding="utf-8")
    assert prompts.load(folder, "answer", "t").sha256 != before


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{{ artikel }}", "'artikel' is undefined"),
        ("一\n{% if %}", ":2: is no valid template"),
        ("{{ article.__class__.__mro__ }}", "is no valid template"),
        ("{{ 1 // 0 }}", "is no valid template"),
        ("{{ article.index('限') }}", "is no valid template"),
        ("{% for i in range(10**9) %}{% endfor %}", "is no valid template"),
        ("{% include 'other' %}", "is no valid template"),
    ],
)
def test_a_faulty_template_is_found_at_load(tmp_path: Path, source: str, what: str) -> None:
    """Undefined variables, syntax errors and escapes from the sandbox never reach a run."""
    with pytest.raises(InputError, match=r"t\.jinja.* is no valid template") as raised:
        prompts.load(write(tmp_path, source), "answer", "t")
    assert what in str(raised.value)


def test_a_template_that_breaks_on_some_values_is_named(tmp_path: Path) -> None:
    """What one question sets off is a problem of the template, with the variables it may use."""
    folder = write(tmp_path, "{{ article }}{{ question }}{{ x if '代表' in question }}")
    prompt = prompts.load(folder, "answer", "t")
    with pytest.raises(InputError, match=r"'x' is undefined.*; its variables: article, question"):
        prompt.render("文", ANSWER)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "leaves out article and question; write {{ article }} and {{ question }}"),
        ("{{ article }}请回答。", "leaves out question; write {{ question }}"),
        ("{# {{ article }} #}{{ question }}", "leaves out article; write {{ article }}"),
    ],
)
def test_a_template_that_leaves_out_what_it_is_for(tmp_path: Path, source: str, told: str) -> None:
    """A model is never asked without the article, or without the question."""
    with pytest.raises(InputError) as raised:
        prompts.load(write(tmp_path, source), "answer", "t")
    assert told in str(raised.value)


def test_a_missing_template_and_one_that_is_no_text_are_named(tmp_path: Path) -> None:
    """The path stands in the problem."""
    with pytest.raises(InputError, match=r"none\.jinja: cannot be read"):
        prompts.load(tmp_path, "answer", "none")
    folder = write(tmp_path, "")
    (folder / "answer" / "t.jinja").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputError, match="is not UTF-8"):
        prompts.load(folder, "answer", "t")


def test_what_an_article_says_is_never_run(tmp_path: Path) -> None:
    """An article that holds template code is text in the prompt."""
    prompt = prompts.load(write(tmp_path, "{{ article }}{{ question }}"), "answer", "t")
    assert prompt.render("{{ 7*7 }}{% raw %}", ANSWER) == "{{ 7*7 }}{% raw %}有几名代表？"
