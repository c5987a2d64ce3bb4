"""The body of a request: every knob that a server takes, set to what leaves the model alone.

What is not sent comes from the server's own defaults, which mostly are those of the model's
`generation_config.json`: a repetition penalty that greedy decoding does not switch off.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from evalkit.records import Decoding, Message

Api = Literal["chat", "tokens"]
PATHS: Final[Mapping[Api, str]] = {"chat": "/chat/completions", "tokens": "/completions"}
NEEDED: Final = frozenset({"model", "messages", "prompt", "max_tokens", "stream"})
"""The fields without which there is nothing to ask."""
_OFF: Final[Mapping[str, Mapping[str, Any]]] = {
    "vllm": {"repetition_penalty": 1.0, "top_k": -1, "min_p": 0.0},
    "sglang": {"repetition_penalty": 1.0, "top_k": -1, "min_p": 0.0},
    "lmdeploy": {"repetition_penalty": 1.0, "min_p": 0.0},
    "dashscope": {"repetition_penalty": 1.0},
    "llama.cpp": {"repeat_penalty": 1.0, "top_k": 0, "min_p": 0.0, "cache_prompt": True},
}
"""The knobs, beyond those of OpenAI's API, that a server is known to take, switched off."""
_GREEDY: Final[Mapping[str, Mapping[str, Any]]] = {"zhipu": {"do_sample": False}}
"""What a server takes for greedy decoding, where its smallest temperature still samples."""
_CONTROL: Final = re.compile(
    r"<[|｜][^<>]{1,60}[|｜]>|</?(?:s|bos|eos|pad|unk|sop|eop|think|tool_call|tool_response"
    r"|start_of_turn|end_of_turn)>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|gMASK|MASK|CLS|SEP)\]"
)
"""What tokenizers of chat models take for control tokens, wherever it stands in a prompt."""
_APART: Final = "\u200b"


class Bodies:
    """Makes the bodies for one model on one kind of server."""

    def __init__(self, model: str, server: str, extra: Mapping[str, Any]) -> None:
        """Take the names of the model and of the server, and the config's `extra_body`."""
        self._model = model
        self._off = _OFF.get(server, {})
        self._greedy = _GREEDY.get(server, {})
        self._extra = extra
        self.refused: set[str] = set()
        """The fields that the server does not take."""
        self.sends_stop = True
        """Whether stop strings are sent: they would end the thinking of a model that thinks."""

    def chat(self, messages: Sequence[Message], decoding: Decoding) -> dict[str, Any]:
        """Return the body for messages, which the server renders."""
        turns = [{"role": message.role, "content": inert(message.content)} for message in messages]
        return self._body({"messages": turns}, decoding, self._extra)

    def tokens(self, ids: Sequence[int], decoding: Decoding) -> dict[str, Any]:
        """Return the body for token ids, which are rendered already."""
        extra = {k: v for k, v in self._extra.items() if k != "chat_template_kwargs"}
        return self._body({"prompt": list(ids)}, decoding, extra)

    def _body(
        self, asked: Mapping[str, Any], decoding: Decoding, extra: Mapping[str, Any]
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            **asked,
            "max_tokens": decoding.max_new_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": decoding.temperature,
            "top_p": decoding.top_p,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
            **self._off,
        }
        if decoding.temperature:
            body["seed"] = decoding.seed + decoding.sample
        else:
            body |= self._greedy
        if decoding.top_k:
            body["top_k"] = decoding.top_k
        if decoding.stop and self.sends_stop:
            body["stop"] = list(decoding.stop)
        return {k: v for k, v in body.items() if k not in self.refused} | dict(extra)


def inert(text: str) -> str:
    """Return a text whose control tokens are divided by a zero-width space.

    A server renders and tokenises messages as one text: an `<|im_end|>` that an article quotes
    would end the turn.
    """
    return _CONTROL.sub(lambda found: f"{found[0][0]}{_APART}{found[0][1:]}", text)


def named_in(message: str, body: Collection[str]) -> set[str]:
    """Return the optional fields of a body that a server's refusal names.

    >>> sorted(named_in("Unexpected fields in the request: {'top_k'}", ["model", "top_k"]))
    ['top_k']
    """
    words = set(re.findall(r"\w+", message, re.ASCII))
    return {name for name in body if name not in NEEDED and name in words}
