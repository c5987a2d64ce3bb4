"""What a served model thinks is never its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.providers.local.weights.tiny import make_tiny
from tests.support.endpoints import opened, request
from tests.support.served import answer, is_calibration, serving

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Generation
    from tests.support.served import Asked, Reaction, Script

TEXT = "从一数到二十，只写阿拉伯数字，用逗号隔开。问文章"
OPENS = "{{ messages[0].content }}<think>{{ '\\n' }}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tokenizer whose chat template opens the thinking itself."""
    found = tmp_path_factory.mktemp("tiny")
    make_tiny(0, [TEXT], found)
    (found / "chat_template.jinja").write_text(OPENS, encoding="utf-8")
    return found


def scripted(calibrating: Reaction, reaction: Reaction) -> Script:
    """Return a script with an answer of its own to the calibrating call."""

    def script(asked: Asked) -> Reaction:
        return calibrating if is_calibration(asked.body) else reaction

    return script


def generation(script: Script, folder: Path, **changes: Any) -> Generation:  # noqa: ANN401 - keys of the config
    """Return what becomes of one request."""
    asked = [request("问")]
    with serving(script, calibrates=False) as server:
        provider = opened(server, tokenizer={"folder": str(folder)}, **changes)
        with provider.session(asked) as session:
            (found,) = session.generate(asked)
    return found


@pytest.mark.parametrize("api", ["tokens", "chat"])
def test_thinking_that_the_template_opened_and_the_limit_cut_is_no_answer(
    folder: Path, api: str
) -> None:
    """The text has no mark of it: the prompt had. So it is with weights that are loaded here."""
    cut = answer("文中说，武汉", finish="length")
    found = generation(scripted(answer("先想一想，用户要"), cut), folder, api=api)
    assert found.text == "<think>\n文中说，武汉"
    assert (found.prediction, found.unclosed_thinking) == ("", True)


def test_thinking_that_the_template_opened_and_the_model_closed_is_left_out(folder: Path) -> None:
    """What follows it is the answer."""
    closed = answer("文中说有两处。</think>武汉")
    found = generation(scripted(answer("先想一想，用户要"), closed), folder, api="tokens")
    assert (found.prediction, found.unclosed_thinking) == ("武汉", False)


@pytest.mark.parametrize(
    "calibrating",
    [answer("1,2,3,4,", reasoning_content="想"), answer("", reasoning="想", finish="length")],
)
def test_a_server_that_keeps_thinking_apart_sends_the_answer_alone(
    folder: Path, calibrating: Reaction
) -> None:
    """Whatever its template opens."""
    found = generation(scripted(calibrating, answer("武汉")), folder, api="chat")
    assert (found.text, found.prediction) == ("武汉", "武汉")


def test_a_server_that_begins_with_the_mark_is_not_given_another(folder: Path) -> None:
    """Some repeat what the template opened."""
    own = answer("<think>想</think>武汉")
    found = generation(scripted(answer("<think>先想一想"), own), folder, api="chat")
    assert (found.text, found.prediction) == ("<think>想</think>武汉", "武汉")


@pytest.mark.parametrize(
    ("calibrating", "sent"),
    [
        (answer("1,2,3,4,"), ["\n"]),
        (answer("1, 2, 3, 4, "), ["\n"]),
        (answer("好的，用户让我从一数到二十", finish="length"), None),
        (answer("<think>好的", finish="length"), None),
        (answer("1,2,3,4,", reasoning="想"), None),
    ],
)
def test_stop_strings_are_sent_where_no_thought_comes_first(
    calibrating: Reaction, sent: list[str] | None
) -> None:
    """One that has no mark of its own may be a thought; here they are cut all the same."""
    asked = [request("问", stop=("\n",))]
    script = scripted(calibrating, answer("<think>一\n二</think>武汉\n三"))
    with serving(script, calibrates=False) as server, opened(server).session(asked) as session:
        (found,) = session.generate(asked)
        facts = session.facts
        assert server.asked[-1].body.get("stop") == sent
    assert facts["sends_stop"] is (sent is not None)
    assert found.prediction == "武汉"
