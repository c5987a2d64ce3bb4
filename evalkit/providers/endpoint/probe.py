"""Asks a server, before the first question, what it is, what it serves and what it obeys."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from evalkit.errors import ProviderError, first_few, suggestion
from evalkit.providers.endpoint.bodies import PATHS, named_in
from evalkit.providers.endpoint.failures import RequestFailed
from evalkit.providers.endpoint.replies import ReplyBuilder, thinks_aloud
from evalkit.records import Decoding, Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.providers.endpoint.bodies import Api, Bodies
    from evalkit.providers.endpoint.client import Client
    from evalkit.providers.endpoint.reply import Reply

_OWNERS: Final = {
    "vllm": "vllm",
    "sglang": "sglang",
    "llamacpp": "llama.cpp",
    "library": "ollama",
    "lmdeploy": "lmdeploy",
    "xinference": "xinference",
}
"""The server that an owner in a list of models stands for."""
_SERVICES: Final = {
    "aliyuncs.com": "dashscope",
    "bigmodel.cn": "zhipu",
    "deepseek.com": "deepseek",
    "moonshot.ai": "moonshot",
    "moonshot.cn": "moonshot",
    "z.ai": "zhipu",
}
"""The service that the end of a host's name stands for."""
_VERSIONS: Final = {
    "vllm": ("/version", "version"),
    "ollama": ("/api/version", "version"),
    "sglang": ("/get_server_info", "version"),
    "xinference": ("/v1/cluster/version", "version"),
}
"""Where a server tells its version."""
_NO_LIST: Final = {
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
    HTTPStatus.INTERNAL_SERVER_ERROR,  # transformers serve, where the hub's cache is empty
}
"""How servers answer that list no models."""
_CONTEXTS: Final = ("max_model_len", "context_length", "context_window", "max_context_length")
_MAX_NEW_TOKENS: Final = 16
CALIBRATION: Final = (Message(role="user", content="从一数到二十，只写阿拉伯数字，用逗号隔开。"),)
"""The conversation of the small call."""
_STOP: Final = "5"
_DECODING: Final = Decoding(max_new_tokens=_MAX_NEW_TOKENS, stop=(_STOP,))
_ANSWER: Final = re.compile(r"\s*[1１一]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """What a server says of itself; empty and None where it does not.

    `models` are the names that it lists, `context` is in tokens, for one request.
    """

    name: str = ""
    version: str = ""
    models: tuple[str, ...] = ()
    context: int | None = None

    def lists(self, model: str) -> bool:
        """Return whether a model is among those that it lists."""
        return not {model, f"{model}:latest"}.isdisjoint(self.models)

    def nearest(self, model: str) -> str:
        """Return the name most like one that it does not list, or what it lists."""
        return suggestion(model, self.models, f"it lists {first_few(self.models)}")


async def identify(client: Client, address: str, model: str) -> Server:
    """Return what a server is and how long its context is.

    Raises:
        RequestFailed: it cannot be reached, refuses the key, or does not answer yet.
        ProviderError: it does not serve the model.
    """
    try:
        listed = await client.get(f"{address}/models")
    except RequestFailed as failure:
        if failure.status not in _NO_LIST:
            raise
        listed = {}
    entries, names = _entries(listed), names_of(listed)
    mine = next((entry for entry in entries if entry.get("id") == model), {})
    owners = {str(entry.get("owned_by", "")).lower() for entry in entries}
    name = next((server for owner, server in _OWNERS.items() if owner in owners), "")
    context = next(filter(None, (_length(mine, key) for key in _CONTEXTS)), None)
    server = Server(name=name or service_of(address), models=names, context=context)
    if name and not server.lists(model):
        message = f"{address} does not serve `{model}`; {server.nearest(model)}"
        raise ProviderError(message, key="model")
    return await _with_details(client, _root(address), server)


def service_of(address: str) -> str:
    """Return the service that an address belongs to; empty for others.

    >>> service_of("https://dashscope.aliyuncs.com/compatible-mode/v1")
    'dashscope'
    """
    host = f".{urlsplit(address).hostname}"
    return next((name for end, name in _SERVICES.items() if host.endswith(f".{end}")), "")


async def _with_details(client: Client, root: str, server: Server) -> Server:
    """Return a server with its version and context, as far as a known one tells them."""
    if server.name == "llama.cpp":
        props = await _object(client, f"{root}/props")
        settings = props.get("default_generation_settings")
        per_slot = _length(settings, "n_ctx")
        return replace(
            server, version=str(props.get("build_info", "")), context=per_slot or server.context
        )
    if server.name in _VERSIONS:
        path, key = _VERSIONS[server.name]
        told = await _object(client, f"{root}{path}")
        return replace(server, version=str(told.get(key, "")))
    return server


async def loaded_context(client: Client, address: str, model: str) -> int | None:
    """Return the context that Ollama has loaded a model with: its own choice, mostly a short one.

    Beyond it prompts are cut without a word.
    """
    told = await _object(client, f"{_root(address)}/api/ps")
    models = told.get("models")
    for each in models if isinstance(models, list) else ():
        if isinstance(each, dict) and each.get("name") in {model, f"{model}:latest"}:
            return _length(each, "context_length")
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """What one call showed: the API that works, what is ignored, and how prompts are counted.

    `n_more` is how many tokens the server counts beyond the local tokenizer; None where one of the
    two does not count.
    """

    api: Api
    reply: Reply
    ignored: tuple[str, ...]
    n_more: int | None

    @property
    def answers_at_once(self) -> bool:
        """Whether the model began with its answer: only then can no stop string end a thought."""
        return not self.reply.reasoning and bool(_ANSWER.match(self.reply.text))

    @property
    def goes_on_from_prompt(self) -> bool:
        """Whether texts begin where the prompt ends, so that its open thinking goes on in them."""
        return self.api == "tokens" or bool(self.reply.text.strip() and not self.reply.reasoning)


async def calibrate(
    client: Client, address: str, bodies: Bodies, ids: Sequence[int] | None, apis: Sequence[Api]
) -> Calibration:
    """Make one small call, through the first of several APIs that works.

    Fields that the server refuses by name are left out from then on, and recorded in `bodies`.

    Args:
        client: of the model.
        address: of the server.
        bodies: of the model.
        ids: the token ids of `CALIBRATION`; None without a tokenizer.
        apis: those that may be used, the preferred one first.

    Raises:
        RequestFailed: none works; with the reason of the last.
    """
    *preferred, last = apis
    for api in preferred:
        try:
            reply = await _call(client, address, bodies, api=api, ids=ids)
        except RequestFailed:
            continue
        if reply.usage.n_prompt in {None, len(ids or ())}:
            return _calibration(api, reply, ids)
    reply = await _call(client, address, bodies, api=last, ids=ids)
    return _calibration(last, reply, ids)


def _calibration(api: Api, reply: Reply, ids: Sequence[int] | None) -> Calibration:
    usage = reply.usage
    ignored = []
    if usage.n_new is not None and usage.n_new > _MAX_NEW_TOKENS:
        ignored.append("max_tokens")
    _, found, beyond = reply.text.partition(_STOP)
    if found and beyond and not (reply.reasoning or thinks_aloud(reply)):
        ignored.append("stop")
    counted = usage.n_prompt is not None and ids is not None
    n_more = (usage.n_prompt or 0) - len(ids or ()) if counted else None
    return Calibration(api=api, reply=reply, ignored=tuple(ignored), n_more=n_more)


async def _call(
    client: Client, address: str, bodies: Bodies, *, api: Api, ids: Sequence[int] | None
) -> Reply:
    """Return the reply; fields that are refused by name are left out, one refusal at a time."""
    while True:
        body = (
            bodies.chat(CALIBRATION, _DECODING)
            if api == "chat"
            else bodies.tokens(ids or (), _DECODING)
        )
        try:
            return await receive(client, f"{address}{PATHS[api]}", body)
        except RequestFailed as failure:
            refused = named_in(failure.reason, body) - bodies.refused
            if failure.kind != "error" or not refused:
                raise
            bodies.refused |= refused


async def receive(client: Client, url: str, body: Mapping[str, Any]) -> Reply:
    """Send a body and return the whole reply, not cut at stop strings.

    Raises:
        RequestFailed: there is none.
    """
    builder = ReplyBuilder()
    async with client.patience() as renew:
        async for event in client.events(url, body, _most_bytes(body)):
            if builder.add(event):
                renew()
    return builder.reply()


def _most_bytes(body: Mapping[str, Any]) -> int:
    """Return how long a reply may be: an event for each token, with much around it."""
    return (1 << 20) + (1 << 12) * int(body["max_tokens"])


def names_of(listed: object) -> tuple[str, ...]:
    """Return the names in a server's list of models."""
    return tuple(name for entry in _entries(listed) if (name := str(entry.get("id", ""))))


def _entries(listed: object) -> list[Mapping[str, Any]]:
    found = listed.get("data") if isinstance(listed, dict) else listed
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


async def _object(client: Client, url: str) -> Mapping[str, Any]:
    """Return a JSON object, empty where the server does not give one."""
    try:
        found = await client.get(url)
    except RequestFailed:
        return {}
    return found if isinstance(found, dict) else {}


def _length(fields: object, key: str) -> int | None:
    value = fields.get(key) if isinstance(fields, dict) else None
    is_length = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return value if is_length else None


def _root(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
