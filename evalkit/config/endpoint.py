"""The part of a config on served models: where a server is, and how it may be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema

from evalkit.config.sources import Revision, tagged
from evalkit.config.strict import Name, PosixPath, Strict
from evalkit.config.thinking import ThinkingMarks  # noqa: TC001 - pydantic reads the annotation


def _unshown(pattern: str, noun: str, expected: str) -> tuple[AfterValidator, WithJsonSchema]:
    """Return annotations of a string that must match; any other may be a key, and is not shown."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            message = f"is not {noun}; give {expected}"
            raise ValueError(message)
        return value

    remedy = f"give {expected}"
    schema = {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": remedy}
    return AfterValidator(check), WithJsonSchema(schema)


_AN_ADDRESS: Final = "an address such as http://host:8000/v1, without user, password or query"


def _with_host_and_port(address: str) -> str:
    """Return an address whose host and port can be told apart."""
    try:
        parts = urlsplit(address)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not address.isprintable():
        message = f"is not the address of a server; give {_AN_ADDRESS}"
        raise ValueError(message)
    if parts.path.rstrip("/").endswith("/completions"):
        message = f"ends in `/completions`, which requests add; give {_AN_ADDRESS}"
        raise ValueError(message)
    return address


Address = Annotated[
    str,
    *_unshown(
        r"https?://[^\s/@?#]+(?:/[^\s@?#]*)?",
        "the address of a server",
        _AN_ADDRESS,
    ),
    AfterValidator(_with_host_and_port),
]
VariableName = Annotated[
    str,
    *_unshown(
        r"[A-Z_][A-Z0-9_]{0,63}",
        "the name of an environment variable",
        "a name in capital letters, such as QWEN_KEY; never the key itself",
    ),
]
Seconds = Annotated[float, Field(gt=0)]
_SET_BY_THE_REQUEST: Final = ("max_tokens", "messages", "model", "n", "prompt")


def _sendable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return fields that JSON can hold and that do not change what is asked."""
    if taken := [name for name in _SET_BY_THE_REQUEST if name in fields]:
        message = f"cannot hold `{'`, `'.join(taken)}`; evalkit sets these for every request"
        raise ValueError(message)
    try:
        json.dumps(fields, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        message = "holds what JSON cannot; give text, finite numbers, lists and mappings"
        raise ValueError(message) from None
    return fields


class FolderTokenizer(Strict):
    """The tokenizer of a model folder."""

    folder: PosixPath
    """The folder; weights in it are not read."""


class HubTokenizer(Strict):
    """The tokenizer of a model on a hub, pinned to one revision."""

    hub: str
    """The model's id, such as `Qwen/Qwen3-32B`; its weights are not fetched."""
    revision: Revision
    """The commit."""


_Tokenizers = Annotated[FolderTokenizer, Tag("<folder>")] | Annotated[HubTokenizer, Tag("<hub>")]
Tokenizer = Annotated[_Tokenizers, tagged(_Tokenizers)]


class Price(Strict):
    """What tokens cost, as the provider's price list has it."""

    input: Annotated[float, Field(ge=0)]
    """For prompt tokens."""
    output: Annotated[float, Field(ge=0)]
    """For the tokens that are written, thinking included."""
    cached: Annotated[float, Field(ge=0)] | None = None
    """For prompt tokens that the server had in its cache; as `input` by default."""
    per: Annotated[float, Field(gt=0)] = 1e6
    """How many tokens these prices are for."""
    currency: Annotated[str, Field(min_length=1, max_length=8)]
    """Such as CNY; it is only shown."""


Addresses = Annotated[
    Annotated[Address, Tag("<one>")]
    | Annotated[tuple[Address, ...], Field(min_length=1), Tag("<list>")],
    Discriminator(lambda value: "<list>" if isinstance(value, list | tuple) else "<one>"),
]


class EndpointSettings(Strict):
    """How a server is reached and asked; `schema.Endpoint` adds what every model has."""

    name: Name
    """Its name in every table; unique in the config."""
    endpoint: Addresses
    """The address of an OpenAI-compatible server, mostly ending in `/v1`; or a list of equal
    replicas, of which each article is sent to one."""
    model: Annotated[str, Field(min_length=1)]
    """The name that the server knows the model by."""
    key_env: VariableName | None = None
    """The environment variable that holds the key; no file of a run holds it."""
    api: Literal["auto", "chat", "tokens"] = "auto"
    """`chat` sends messages, and the server applies its chat template; `tokens` sends the token ids
    that `tokenizer` makes of them; `auto` is `tokens` where there is a tokenizer and the server
    takes token ids."""
    tokenizer: Tokenizer | None = None
    """The model's tokenizer: it counts tokens, and articles are shortened to fit. Without it
    nothing is shortened, and what is too long fails. Needs the extra `local`."""
    max_context: Annotated[int, Field(ge=64)] | None = None
    """How many tokens prompt and generation may have together; as the server says by default."""
    concurrency: Annotated[int, Field(ge=1)] = 16
    """How many requests are sent at once, at most; fewer while the server is overloaded."""
    silence_s: Seconds = 120.0
    """After how many seconds in which nothing arrives a request is given up and sent again."""
    retry_for_s: Annotated[float, Field(ge=0)] = 600.0
    """For how many seconds after its first failure that may pass a request is sent again; a server
    that asks to wait for longer stops the model."""
    extra_body: Annotated[Mapping[str, Any], AfterValidator(_sendable)] = Field(
        default_factory=dict
    )
    """Further fields of every request, such as `chat_template_kwargs: {enable_thinking: false}`;
    they override evalkit's own, but for `model`, `messages`, `prompt`, `max_tokens` and `n`, which
    it cannot hold."""
    thinking: ThinkingMarks | None = None
    """The marks around its thinking, where they are its own: most are known."""
    price: Price | None = None
    """What tokens cost; without it no cost is shown."""
    budget: Annotated[float, Field(gt=0)] | None = None
    """How much this model may cost in this run, in the currency of `price`. The model is stopped
    before it costs more, and goes on in the next run of the command if the budget is raised."""
    cache: bool = False
    """Whether its generations are shared with other runs, for a server whose model never changes.
    The key is the first address, the name of the model and how it is asked."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the replicas, without a slash at the end; one at least."""
        given = (self.endpoint,) if isinstance(self.endpoint, str) else self.endpoint
        return tuple(address.rstrip("/") for address in given)
