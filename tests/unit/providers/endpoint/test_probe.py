"""What is found out about a server before the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProviderError
from evalkit.providers.endpoint.probe import service_of
from tests.support.endpoints import facts, opened
from tests.support.served import (
    MODEL,
    answer,
    failure,
    in_turn,
    same,
    serving,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.served import Asked, Reaction, Script

TEXT = "从一数到二十，只写阿拉伯数字，用逗号隔开。问文章"
LISTS: dict[str, Mapping[str, Any]] = {
    "vllm": {"data": [{"id": MODEL, "owned_by": "vllm", "max_model_len": 4096}]},
    "sglang": {"data": [{"id": MODEL, "owned_by": "sglang", "max_model_len": 4096}]},
    "llama.cpp": {"data": [{"id": MODEL, "owned_by": "llamacpp", "meta": {"n_ctx_train": 32768}}]},
    "ollama": {"data": [{"id": MODEL, "owned_by": "library"}]},
    "xinference": {"data": [{"id": MODEL, "owned_by": "xinference", "context_length": 8192}]},
    "": {"data": [{"id": "another", "owned_by": "someone"}]},
}
DETAILS: dict[str, Any] = {
    "/version": {"version": "0.32.0"},
    "/get_server_info": {"version": "0.5.9"},
    "/props": {"default_generation_settings": {"n_ctx": 2048}, "build_info": "b9000"},
    "/api/version": {"version": "0.33.2"},
    "/v1/cluster/version": {"version": "1.9.0"},
    "/api/ps": {"models": [{"name": MODEL, "context_length": 4096}]},
}


@pytest.mark.parametrize(
    ("name", "version", "context"),
    [
        ("vllm", "0.32.0", 4096),
        ("sglang", "0.5.9", 4096),
        ("llama.cpp", "b9000", 2048),
        ("ollama", "0.33.2", None),
        ("xinference", "1.9.0", 8192),
        ("unknown", "", None),
    ],
)
def test_a_server_is_known_by_its_list_of_models(
    name: str, version: str, context: int | None
) -> None:
    """With its version, and the context of one request: llama.cpp divides its own by slots."""
    models = LISTS["" if name == "unknown" else name]
    with serving(same(answer("武汉")), models=models, other=DETAILS) as server:
        found = facts(server)
    assert (found["server"], found["server_version"]) == (name, version)
    assert (found["context"], found["api"]) == (context, "chat")
    assert "authorization" not in found["sent"]


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "dashscope"),
        ("https://open.bigmodel.cn/api/paas/v4", "zhipu"),
        ("https://api.z.ai/api/paas/v4", "zhipu"),
        ("https://api.deepseek.com", "deepseek"),
        ("https://API.moonshot.CN:443/v1", "moonshot"),
        ("https://bigmodel.cn.example.com/v1", ""),
        ("https://notz.ai/v1", ""),
        ("http://127.0.0.1:8000/v1", ""),
    ],
)
def test_a_service_is_known_by_its_host(address: str, service: str) -> None:
    """Whole names alone, in any case: each takes knobs of its own."""
    assert service_of(address) == service


def test_a_server_without_a_list_is_asked_all_the_same() -> None:
    """Some services have none; one server fails to list what it serves."""
    for code in (404, 405, 500):
        script = same(answer("武汉"))
        with serving(script, models={}, other={}) as server:
            server.models_status = code
            assert facts(server)["server"] == "unknown"


def test_a_model_that_is_not_served_comes_with_the_nearest_name() -> None:
    """Before any question is asked."""
    with serving(same(answer("武汉"))) as server, pytest.raises(ProviderError) as error:
        facts(server, model="Qwen3-8b")
    assert str(error.value).endswith(f"does not serve `Qwen3-8b`; did you mean `{MODEL}`?")
    assert error.value.key == "model"
    assert not server.asked


def test_a_model_that_is_not_listed_is_asked_for_before_it_is_refused() -> None:
    """Some servers serve what they do not list; where one does not, it says so, with its names."""
    found = failure(404, "model_not_found", "The model does not exist")
    with serving(same(found), models=LISTS[""], calibrates=False) as server:
        with pytest.raises(ProviderError) as checked:
            opened(server, model="anothre").describe([])
        with pytest.raises(ProviderError) as ran:
            facts(server, model="anothre")
        assert len(server.asked) == 2
    assert str(checked.value) == str(ran.value)
    assert checked.value.key == "model"
    assert "does not list `anothre` (HTTP 404" in str(ran.value)
    assert str(ran.value).endswith("; did you mean `another`?")
    with serving(same(answer("1,2,3")), models=LISTS[""], calibrates=False) as server:
        assert opened(server).describe([]).startswith("a server, context unknown")
        assert len(server.asked) == 1


def test_an_address_without_its_version_is_named() -> None:
    """A server that knows neither its list of models nor completions there is at another path."""
    lost = failure(404, 404, "no such route")
    with serving(same(lost), calibrates=False) as server:
        server.models_status = 404
        root = server.address.removesuffix("/v1")
        with pytest.raises(ProviderError) as error:
            opened(server, endpoint=root).describe([])
        assert str(error.value).endswith("; does it lack `/v1`?")
        with pytest.raises(ProviderError) as error:
            opened(server).describe([])
    assert "lack" not in str(error.value)
    assert error.value.key == "endpoint"


def test_a_server_that_is_not_there_is_one_line() -> None:
    """At once: a wrong address is the likely reason."""
    with serving(same(answer("武汉"))) as server:
        pass
    with pytest.raises(ProviderError, match="no connection"):
        facts(server)


def test_a_server_that_is_still_loading_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as a request would be."""
    monkeypatch.setattr("evalkit.providers.endpoint.provider._WAIT_S", 0.01)
    script = in_turn(failure(503, 503, "Loading model"), answer("1,2,3,4,"))
    with serving(script, calibrates=False) as server:
        assert facts(server)["server"] == "vllm"
        assert len(server.asked) == 2
    with (
        serving(same(failure(503, 503, "Loading model")), calibrates=False) as server,
        pytest.raises(ProviderError, match="Loading model"),
    ):
        facts(server, retry_for_s=0.1)


def test_a_wrong_key_stops_before_the_first_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is not repeated, as the server does."""
    monkeypatch.setenv("QWEN_KEY", "geheim-1")
    refusal = failure(401, "invalid_api_key", "Incorrect API key provided: geheim-1")
    with serving(same(refusal), calibrates=False) as server, pytest.raises(ProviderError) as error:
        facts(server, key_env="QWEN_KEY")
    assert "Incorrect API key" in str(error.value)
    assert "geheim-1" not in str(error.value)


@pytest.mark.parametrize(
    ("reply", "ignored"),
    [
        (answer("1,2,3,4,"), []),
        (answer("1,2,3,4,5"), []),  # transformers serve leaves the stop string in
        (answer("1,2,3,4,5,6,7"), ["stop"]),
        (answer("1," * 20, usage={"prompt_tokens": 9, "completion_tokens": 40}), ["max_tokens"]),
    ],
)
def test_knobs_that_a_server_ignores_are_recorded(reply: Reaction, ignored: list[str]) -> None:
    """One small call shows them; stop strings are cut here as well."""
    with serving(same(reply), calibrates=False) as server:
        assert facts(server)["ignored_fields"] == ignored


def strict(*refused: str) -> Script:
    """Return a script that refuses some fields, one at a time, as FastAPI does."""

    def script(asked: Asked) -> Reaction:
        for name in refused:
            if name in asked.body:
                return status(422, {"detail": f"Unexpected fields in the request: {{'{name}'}}"})
        return answer("1,2,3,4,")

    return script


def test_fields_that_a_server_refuses_are_left_out_and_recorded() -> None:
    """What is needed is never left out; what is not sent comes from the server's defaults."""
    with serving(strict("top_k", "stream_options"), calibrates=False) as server:
        found = facts(server)
    assert found["refused_fields"] == ["stream_options", "top_k"]
    assert found["sent"].keys() & {"top_k", "stream_options"} == set()
    assert found["sent"]["temperature"] == 0.0
    with (
        serving(strict("max_tokens"), calibrates=False) as server,
        pytest.raises(ProviderError, match="max_tokens"),
    ):
        facts(server)


def test_the_fingerprint_is_that_of_model_and_request() -> None:
    """Not of how a server is reached: replicas, keys and patience change no answer."""
    with serving(same(answer("武汉"))) as server:
        first = opened(server).fingerprint
        both = [server.address, "http://other/v1"]
        assert opened(server, endpoint=both, concurrency=3, silence_s=1.0).fingerprint == first
        for changes in ({"model": "x"}, {"extra_body": {"seed": 3}}, {"endpoint": "http://o/v1"}):
            assert opened(server, **changes).fingerprint != first


def test_opening_asks_no_server() -> None:
    """A finished run is read again without one."""
    with serving(same(answer("武汉"))) as server:
        pass
    assert opened(server).budget is None
