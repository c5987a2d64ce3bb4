"""Puts a reply together from the events of a stream, or from one body."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from evalkit.providers.endpoint.failures import RequestFailed, failure_in
from evalkit.providers.endpoint.reply import Reply, Usage
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.providers.endpoint.failures import Kind

_MOST_TOKENS: Final = 1 << 31  # a larger number counts no tokens
_ENDED: Final = {"stop", "eos", "eos_token", "end_turn", "stop_sequence"}
_FULL: Final = {"length", "max_tokens", "max_new_tokens"}
_FAILED: Final[Mapping[str, Kind]] = {
    "content_filter": "refused",
    "sensitive": "refused",
    "safety": "refused",
    "model_context_window_exceeded": "too_long",
    "insufficient_system_resource": "retry",
    "network_error": "retry",
    "abort": "retry",
    "error": "retry",
    "cancelled": "retry",
    "timeout": "retry",
}
"""What the finish reasons of servers mean that end no answer; others are errors."""


@dataclass(kw_only=True, slots=True)
class ReplyBuilder:
    """A reply that is being received."""

    _text: list[str] = field(default_factory=list)
    _reasoning: list[str] = field(default_factory=list)
    _finish: str = ""
    _usage: Usage = field(default_factory=Usage)
    _named: dict[str, str] = field(default_factory=dict)
    _refuses: bool = False

    def add(self, event: object) -> bool:
        """Add an event of the stream, or the whole body; return whether the reply is further on.

        Raises:
            RequestFailed: it reports an error, or is not what such servers send.
        """
        if not isinstance(event, dict):
            raise _malformed(what="an event that is not an object")
        if failure := failure_in(event):
            failure.reply = self._so_far()
            raise failure
        for key in ("model", "system_fingerprint"):
            if isinstance(event.get(key), str):
                self._named[key] = event[key]
        self._usage = _usage(event) or self._usage
        choices = event.get("choices") or []
        if not (isinstance(choices, list) and all(isinstance(each, dict) for each in choices)):
            raise _malformed(what="`choices` that is not a list of objects")
        before = (len(self._text), len(self._reasoning), self._finish)
        for choice in choices:
            if not choice.get("index"):
                self._add_choice(choice)
        return before != (len(self._text), len(self._reasoning), self._finish)

    def reply(self) -> Reply:
        """Return the whole reply.

        Raises:
            RequestFailed: it is not an answer: refused, interrupted, or never begun.
        """
        whole = self._so_far()
        if self._refuses:
            raise RequestFailed(kind="refused", reason="the server refuses", reply=whole)
        if not self._finish:
            raise RequestFailed(
                kind="retry", reason="the reply broke off before its end", reply=whole
            )
        if kind := _FAILED.get(self._finish):
            raise RequestFailed(kind=kind, reason=f"finish reason `{self._finish}`", reply=whole)
        if self._finish not in _ENDED | _FULL:
            reason = f"unknown finish reason `{self._finish[:40]}`"
            raise RequestFailed(kind="error", reason=reason, reply=whole)
        said = whole.text or whole.reasoning
        if self._finish in _FULL and whole.usage.n_new == 0 and not said:
            reason = "nothing was written and the context is full"
            raise RequestFailed(kind="too_long", reason=reason, reply=whole)
        return whole

    def _add_choice(self, choice: Mapping[str, Any]) -> None:
        message = choice.get("delta") or choice.get("message") or choice
        if not isinstance(message, dict):
            raise _malformed(what="a message that is not an object")
        refusal = _string(message, "refusal")
        self._refuses = self._refuses or bool(refusal)
        for piece in (_string(message, "content"), _string(message, "text"), refusal):
            if piece:
                self._text.append(piece)
        if thought := _string(message, "reasoning_content") or _string(message, "reasoning"):
            self._reasoning.append(thought)
        self._finish = _string(choice, "finish_reason") or self._finish
        self._usage = _usage(choice) or self._usage

    def _so_far(self) -> Reply:
        return Reply(
            text="".join(self._text),
            reasoning="".join(self._reasoning),
            finish="length" if self._finish in _FULL else "stop",
            usage=self._usage,
            model=self._named.get("model", ""),
            fingerprint=self._named.get("system_fingerprint", ""),
        )


def ended_before(stop: Sequence[str], reply: Reply) -> Reply:
    """Return a reply ended before the first stop string; those in its thinking do not count."""
    spoken = strip_thinking(reply.text)
    begin = reply.text.rfind(spoken.prediction) if thinks_aloud(reply) else 0
    ends = [end for word in stop if (end := reply.text.find(word, max(0, begin))) >= 0]
    if spoken.unclosed or begin < 0 or not ends:
        return reply
    return replace(reply, text=reply.text[: min(ends)], finish="stop")


def thinks_aloud(reply: Reply) -> bool:
    """Return whether the text of a reply holds thinking."""
    return strip_thinking(reply.text).prediction != reply.text.strip()


def _usage(event: Mapping[str, Any]) -> Usage | None:
    """Return the counts of an event, or of a choice, that has any.

    What came from a cache has a name of its own at OpenAI and vLLM, DeepSeek, Moonshot, llama.cpp.
    Moonshot counts in the last choice.
    """
    usage = event.get("usage")
    if not isinstance(usage, dict):
        return None
    timings = event.get("timings")
    cached = (
        _count(usage.get("prompt_tokens_details"), "cached_tokens")
        or _count(usage, "prompt_cache_hit_tokens")
        or _count(usage, "cached_tokens")
        or _count(timings, "cache_n")
    )
    n_prompt = _count(usage, "prompt_tokens")
    return Usage(
        n_prompt=n_prompt,
        n_cached=min(cached or 0, n_prompt or 0),
        n_new=_count(usage, "completion_tokens"),
        n_reasoning=_count(usage.get("completion_tokens_details"), "reasoning_tokens") or 0,
    )


def _count(fields: object, key: str) -> int | None:
    value = fields.get(key) if isinstance(fields, dict) else None
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS
    return value if is_count else None


def _string(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _malformed(what=f"`{key}` that is not text")
    return value


def _malformed(*, what: str) -> RequestFailed:
    return RequestFailed(kind="error", reason=f"the server sent {what}")
