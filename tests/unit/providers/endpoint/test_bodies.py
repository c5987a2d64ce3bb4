"""What is sent beside the prompt."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.providers.endpoint.bodies import Bodies, named_in
from evalkit.records import Decoding, Message

MESSAGES = (Message(role="user", content="问"),)


def body(server: str = "", decoding: Decoding | None = None, **extra: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a body for messages."""
    found = Bodies("m", server, extra)
    return found.chat(MESSAGES, decoding or Decoding(max_new_tokens=5))


@pytest.mark.parametrize(
    ("server", "knobs"),
    [
        ("", {}),
        ("vllm", {"repetition_penalty": 1.0, "top_k": -1, "min_p": 0.0}),
        ("sglang", {"repetition_penalty": 1.0, "top_k": -1, "min_p": 0.0}),
        ("dashscope", {"repetition_penalty": 1.0}),
        ("llama.cpp", {"repeat_penalty": 1.0, "top_k": 0, "min_p": 0.0}),
    ],
)
def test_greedy_means_greedy(server: str, knobs: dict[str, object]) -> None:
    """Every knob that a server takes is set: its defaults may be the model's own."""
    always = {"temperature": 0.0, "top_p": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
    found = body(server)
    assert found.items() >= (always | knobs).items()
    assert "seed" not in found


def test_zhipu_decodes_greedily_where_it_is_told_so() -> None:
    """It samples at every temperature otherwise; samples are drawn as the config says."""
    assert body("zhipu")["do_sample"] is False
    drawn = Decoding(max_new_tokens=5, temperature=0.7)
    assert "do_sample" not in body("zhipu", drawn)


def test_an_unknown_server_gets_the_common_fields_alone() -> None:
    """Strict servers refuse fields that they do not know."""
    assert set(body()) == {
        "model", "messages", "max_tokens", "stream", "stream_options", "temperature", "top_p",
        "presence_penalty", "frequency_penalty",
    }  # fmt: skip
    assert body()["model"] == "m"


@pytest.mark.parametrize(
    "token",
    [
        *("<|im_end|>", "<|endoftext|>", "<｜end▁of▁sentence｜>", "<|eot_id|>", "</s>", "<think>"),
        *("<end_of_turn>", "[/INST]", "[gMASK]"),
    ],
)
def test_control_tokens_in_an_article_end_no_turn(token: str) -> None:
    """The server would take them for its own; nothing else of the text changes."""
    text = f"襄{token}阳{token[0]}a < b，[1]<b>"
    message = Message(role="user", content=text)
    found = Bodies("m", "vllm", {}).chat((message,), Decoding(max_new_tokens=5))
    (sent,) = found["messages"]
    assert token not in sent["content"]
    assert sent["content"].replace("\u200b", "") == text
    assert sent["content"].count("\u200b") == 1


def test_samples_are_drawn_with_different_seeds() -> None:
    """And with the config's temperature and cuts."""
    drawn = Decoding(max_new_tokens=5, temperature=0.7, top_p=0.9, top_k=20, seed=10, sample=2)
    expected = {"temperature": 0.7, "top_p": 0.9, "top_k": 20, "seed": 12}
    assert body("vllm", drawn).items() >= expected.items()


def test_the_config_has_the_last_word() -> None:
    """`extra_body` overrides every field."""
    assert body(temperature=0.1, chat_template_kwargs={"enable_thinking": False}).items() >= {
        ("temperature", 0.1)
    }


def test_token_ids_are_rendered_already() -> None:
    """Arguments of the chat template are not for the server then."""
    bodies = Bodies("m", "vllm", {"chat_template_kwargs": {"enable_thinking": False}, "x": 1})
    found = bodies.tokens([1, 2], Decoding(max_new_tokens=5))
    assert found["prompt"] == [1, 2]
    assert "chat_template_kwargs" not in found
    assert found["x"] == 1


def test_refused_fields_are_left_out() -> None:
    """From then on."""
    bodies = Bodies("m", "", {})
    bodies.refused.add("presence_penalty")
    assert "presence_penalty" not in bodies.chat(MESSAGES, Decoding(max_new_tokens=5))


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("invalid top_p: only 0.95 is allowed for this model", {"top_p"}),
        ("top_p参数非法：限制小数点[2]位", {"top_p"}),
        ('{"loc": ["body", "top_p"], "msg": "Extra inputs are not permitted"}', {"top_p"}),
        ("the worker has been stopped", set()),
        ("max_tokens must be positive, stream must be false", set()),
    ],
)
def test_a_refusal_names_whole_words(message: str, names: set[str]) -> None:
    """Moonshot, DashScope and FastAPI; what is needed is never named."""
    known = ["model", "messages", "max_tokens", "stream", "stop", "top_p", "temperature"]
    assert named_in(message, known) == names


def test_a_thinking_model_gets_no_stop_strings() -> None:
    """They would end its thinking."""
    bodies = Bodies("m", "", {})
    decoding = Decoding(max_new_tokens=5, stop=("\n",))
    assert bodies.chat(MESSAGES, decoding)["stop"] == ["\n"]
    bodies.sends_stop = False
    assert "stop" not in bodies.chat(MESSAGES, decoding)
