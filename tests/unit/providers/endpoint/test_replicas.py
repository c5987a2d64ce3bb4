"""Several equal servers, of which some fail."""

from __future__ import annotations

import pytest

from evalkit.errors import ProviderError
from evalkit.providers.endpoint import replicas
from evalkit.providers.endpoint.replicas import Replicas
from tests.support import served
from tests.support.endpoints import ask, opened, request
from tests.support.served import answer, failure, same, serving

ANSWER = answer("武汉")


def test_an_article_stays_with_its_server_while_that_one_answers() -> None:
    """A number names the same one of them every time; the next one after a failure."""
    servers = Replicas(["a", "b", "c"])
    assert [servers.choose(i) for i in (0, 1, 2, 3, 1)] == ["a", "b", "c", "a", "b"]
    servers.rest("b")
    assert [servers.choose(i) for i in (0, 1, 2)] == ["a", "c", "c"]
    servers.rest("c")
    assert servers.choose(1) == "a"


def test_servers_that_all_failed_are_asked_again() -> None:
    """There is no other; one alone is never left out."""
    servers = Replicas(["a", "b"])
    servers.rest("a")
    servers.rest("b")
    assert [servers.choose(i) for i in (0, 1)] == ["a", "b"]


def test_a_server_that_failed_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been started again."""
    monkeypatch.setattr(replicas, "_REST_S", 0.0)
    servers = Replicas(["a", "b"])
    servers.rest("a")
    assert servers.choose(0) == "a"


@pytest.mark.parametrize("fault", [served.reset, served.hang, failure(503, 503, "Loading model")])
def test_one_that_dies_costs_each_article_no_wait(fault: served.Reaction) -> None:
    """It is asked once, and then left alone: thirty articles take no thirty timeouts."""
    requests = [request("问", article=str(i)) for i in range(30)]
    with serving(same(fault)) as one, serving(same(ANSWER)) as two:
        both = [one.address, two.address]
        found = ask(one, requests, endpoint=both, concurrency=1, silence_s=0.5)
        n_lost = len(one.asked)
    assert {generation.text for generation in found} == {"武汉"}
    assert n_lost == 1


def test_one_that_is_gone_at_the_start_is_named() -> None:
    """Not the first of the list, which is well."""
    with serving(same(ANSWER)) as gone:
        pass
    with serving(same(ANSWER)) as one, pytest.raises(ProviderError) as error:
        opened(one, endpoint=[one.address, gone.address]).session([]).__enter__()
    assert str(error.value).startswith(f"{gone.address}: no connection")
