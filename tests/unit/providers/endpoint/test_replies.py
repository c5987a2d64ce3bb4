"""Replies put together from events."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.providers.endpoint.failures import Kind, RequestFailed
from evalkit.providers.endpoint.replies import ReplyBuilder, ended_before
from evalkit.providers.endpoint.reply import Reply, Usage

END = {"choices": [{"delta": {}, "finish_reason": "stop"}]}


def built(*events: object) -> Reply:
    """Return the reply of some events."""
    builder = ReplyBuilder()
    for event in events:
        builder.add(event)
    return builder.reply()


def delta(**fields: object) -> dict[str, Any]:
    """Return an event of a stream."""
    return {"choices": [{"delta": fields}]}


def failed(*events: object) -> RequestFailed:
    """Return why some events are no reply."""
    with pytest.raises(RequestFailed) as raised:
        built(*events)
    return raised.value


def test_the_pieces_of_a_stream_are_joined() -> None:
    """Empty and missing pieces add nothing."""
    pieces = [
        delta(role="assistant"),
        delta(content="武"),
        delta(content=None),
        delta(content="汉"),
    ]
    assert built(*pieces, END).text == "武汉"


def test_one_body_is_a_reply_too() -> None:
    """Of chat with `message`, of completions with `text`."""
    chat = {"choices": [{"message": {"content": "武汉"}, "finish_reason": "stop"}]}
    tokens = {"choices": [{"text": "武汉", "finish_reason": "length"}]}
    assert built(chat).text == built(tokens).text == "武汉"
    assert built(tokens).finish == "length"


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content"])
def test_thinking_is_kept_apart(key: str) -> None:
    """Whatever the server calls it; it is never part of the text."""
    reply = built(delta(**{key: "想"}), delta(content="答"), END)
    assert (reply.reasoning, reply.text) == ("想", "答")


def test_thinking_under_both_names_counts_once() -> None:
    """Some versions send the same under the old name and the new one."""
    assert built(delta(reasoning="想", reasoning_content="想"), END).reasoning == "想"


@pytest.mark.parametrize(
    ("finish", "kind"),
    [
        ("content_filter", "refused"),
        ("sensitive", "refused"),
        ("model_context_window_exceeded", "too_long"),
        ("network_error", "retry"),
        ("insufficient_system_resource", "retry"),
        ("abort", "retry"),
        ("tool_calls", "error"),
        ("whatever", "error"),
    ],
)
def test_a_finish_reason_that_ends_no_answer_is_a_failure(finish: str, kind: Kind) -> None:
    """What had been written is kept with it."""
    failure = failed({"choices": [{"delta": {"content": "半"}, "finish_reason": finish}]})
    assert failure.kind == kind
    assert failure.reply is not None
    assert failure.reply.text == "半"


@pytest.mark.parametrize("finish", ["length", "max_tokens"])
def test_a_full_reply_is_truncated(finish: str) -> None:
    """An answer, marked as such."""
    assert built({"choices": [{"delta": {"content": "半"}, "finish_reason": finish}]}).finish == (
        "length"
    )


def test_a_reply_without_its_end_broke_off() -> None:
    """It may be whole next time."""
    assert failed(delta(content="半")).kind == "retry"
    assert failed().kind == "retry"


def test_nothing_written_in_a_full_context_cannot_be_asked() -> None:
    """LMDeploy answers prompts that are too long with an empty text and `length`."""
    end = {"choices": [{"delta": {"content": ""}, "finish_reason": "length"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 9000, "completion_tokens": 0}}
    assert failed(end, usage).kind == "too_long"


@pytest.mark.parametrize(
    ("event", "usage"),
    [
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 3}}, Usage(n_prompt=9, n_new=3)),
        (
            {"usage": {"prompt_tokens": 9, "completion_tokens": 3,
                       "prompt_tokens_details": {"cached_tokens": 8},
                       "completion_tokens_details": {"reasoning_tokens": 2}}},
            Usage(n_prompt=9, n_cached=8, n_new=3, n_reasoning=2),
        ),
        (
            {"usage": {"prompt_tokens": 9, "prompt_cache_hit_tokens": 8}},
            Usage(n_prompt=9, n_cached=8),
        ),
        ({"usage": {"prompt_tokens": 9, "cached_tokens": 8}}, Usage(n_prompt=9, n_cached=8)),
        ({"usage": {"prompt_tokens": 9}, "timings": {"cache_n": 8}}, Usage(n_prompt=9, n_cached=8)),
        ({"usage": {"prompt_tokens": 9, "cached_tokens": 99}}, Usage(n_prompt=9, n_cached=9)),
        ({"usage": {"cached_tokens": 8}}, Usage()),
        ({"choices": [{"delta": {}, "usage": {"prompt_tokens": 9, "completion_tokens": 3}}]},
         Usage(n_prompt=9, n_new=3)),
        ({"usage": {"prompt_tokens": -9, "completion_tokens": "3"}}, Usage()),
        ({"usage": {"prompt_tokens": True, "completion_tokens": 3.5}}, Usage()),
        ({"usage": None}, Usage()),
        ({"usage": []}, Usage()),
    ],
)  # fmt: skip
def test_tokens_are_counted_as_the_server_counts_them(event: dict[str, Any], usage: Usage) -> None:
    """OpenAI and vLLM, DeepSeek, Moonshot, llama.cpp; what is no count is none.

    No more than the prompt comes from a cache: its cost would be negative.
    """
    assert built(END, {"choices": [], **event}).usage == usage


@pytest.mark.parametrize(
    "event",
    [
        3,
        "text",
        [],
        {"choices": "text"},
        {"choices": ["text"]},
        delta(content=["武汉"]),
        delta(content=3),
        {"choices": [{"delta": "text"}]},
        {"choices": [{"message": {"content": {}}}]},
    ],
)
def test_what_no_server_should_send_is_an_error(event: object) -> None:
    """A server's reply is data: anything may be in it."""
    assert failed(event).kind == "error"


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("武汉\n问：", "武汉"),
        ("武汉", "武汉"),
        ("<think>一\n二</think>武汉\n三", "<think>一\n二</think>武汉"),
        ("一\n二</think>武汉\n三", "一\n二</think>武汉"),
        ("<think>一\n二</think>\n\n武汉\n三", "<think>一\n二</think>\n\n武汉"),
        ("<think>一\n二", "<think>一\n二"),
        ("\n武汉", ""),
    ],
)
def test_stop_strings_end_an_answer_and_no_thought(text: str, ended: str) -> None:
    """Cut here as well: servers ignore them, or end the thinking with them."""
    assert ended_before(("\n", "。"), Reply(text=text)).text == ended


def test_an_answer_that_is_cut_ended_by_itself() -> None:
    """A stop string that a server ignored was followed by noise up to the limit."""
    assert ended_before(("\n",), Reply(text="武汉\n" * 9, finish="length")).finish == "stop"
