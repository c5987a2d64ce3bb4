"""A session with a scripted server: every way in which a request can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProviderError
from tests.support import served
from tests.support.endpoints import ask, opened, outcome, request
from tests.support.served import answer, events, failure, in_turn, same, serving, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.records import Generation
    from tests.support.served import Reaction

ANSWER = answer("武汉")


def test_an_answer_has_its_counts() -> None:
    """Tokens read, cached, written and thought; the server's fingerprint; the time of day."""
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "prompt_tokens_details": {"cached_tokens": 90},
        "completion_tokens_details": {"reasoning_tokens": 15},
    }
    found, n_asked = outcome(
        events(
            {"choices": [{"delta": {"reasoning_content": "想"}}], "system_fingerprint": "fp_1"},
            {"choices": [{"delta": {"content": "武汉"}, "finish_reason": "stop"}]},
            {"choices": [], "usage": usage},
        )
    )
    assert n_asked == 1
    assert (found.text, found.reasoning, found.finish_reason) == ("武汉", "想", "stop")
    assert (found.n_prompt_tokens, found.n_computed_tokens) == (100, 10)
    assert (found.n_new_tokens, found.n_reasoning_tokens) == (20, 15)
    assert (found.server, found.attempts) == ("fp_1", 1)
    assert found.answered.startswith("20")


@pytest.mark.parametrize(
    "fault",
    [
        failure(429, "rate_limit_reached_error"),
        failure(500, "server_error"),
        failure(503, 503, "Loading model"),
        status(502, "<html>Bad Gateway</html>"),
        status(200, {"error": {"message": "insufficient_system_resource"}}),
        events({"error": "CUDA out of memory"}),
        answer("半", finish="network_error"),
        answer("半", finish="insufficient_system_resource"),
        served.broken_off("半"),
        served.reset,
        events({"choices": [{"delta": {"content": "半"}}]}),
    ],
)
def test_a_failure_that_may_pass_is_sent_again(fault: Reaction) -> None:
    """And its remains are never part of the answer."""
    found, n_asked = outcome(fault, fault, ANSWER)
    assert (found.text, found.finish_reason, found.attempts) == ("武汉", "stop", 3)
    assert n_asked == 3


@pytest.mark.parametrize(
    "fault",
    [
        failure(400, "unheard_of", "something else"),
        status(400, "no JSON"),
        answer("半", finish="tool_calls"),
        events("{broken"),
        events("3"),
        served.stream(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n'),
        status(200, b"\xff\xfe", Content_Type="application/json"),
        events({"choices": [{"delta": {"content": ["武汉"]}}]}),
    ],
)  # fmt: skip
def test_an_unknown_failure_is_an_error_and_not_sent_again(fault: Reaction) -> None:
    """Never an answer: no text, no score, one reason."""
    found, n_asked = outcome(fault, ANSWER)
    assert (found.finish_reason, found.text, found.prediction) == ("error", "", "")
    assert found.error
    assert n_asked == 1


@pytest.mark.parametrize(
    "fault",
    [
        failure(400, "context_length_exceeded"),
        failure(400, "1261", "Prompt 超长"),
        answer("半", finish="model_context_window_exceeded"),
        answer("", finish="length", usage={"prompt_tokens": 9000, "completion_tokens": 0}),
    ],
)
def test_a_prompt_that_is_too_long_cannot_be_asked(fault: Reaction) -> None:
    """Its message is a reason, never the prediction."""
    found, n_asked = outcome(fault, ANSWER)
    assert (found.finish_reason, found.text) == ("error", "")
    assert found.error.startswith("cannot be asked: ")
    assert n_asked == 1


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (failure(400, "data_inspection_failed", "inappropriate content"), ""),
        (failure(400, "1301", "敏感内容"), ""),
        (status(400, {"error": {"message": "Content Exists Risk"}}), ""),
        (answer("我不能", finish="content_filter"), "我不能"),
        (answer("我不能", finish="sensitive"), "我不能"),
    ],
)
def test_a_refusal_is_an_outcome_of_its_own(fault: Reaction, text: str) -> None:
    """Not sent again; what had been written is kept, and is no prediction."""
    found, n_asked = outcome(fault, ANSWER)
    assert (found.finish_reason, found.text, found.prediction) == ("refused", text, "")
    assert found.error
    assert n_asked == 1


@pytest.mark.parametrize(
    "fault",
    [
        failure(401, "invalid_api_key"),
        failure(402, "", "Insufficient Balance"),
        failure(403, "access_denied"),
        failure(404, "model_not_found"),
        failure(429, "1113", "您的账户已欠费"),
        failure(429, "insufficient_quota", "You exceeded your current quota"),
        status(302, "", Location="http://127.0.0.1:9/v1/chat/completions"),
    ],
)
def test_a_failure_of_all_stops_the_model(fault: Reaction) -> None:
    """At once: what is left is asked by the next run."""
    with (
        serving(in_turn(ANSWER, ANSWER, fault)) as server,
        opened(server).session([]) as session,
    ):
        requests = [request(f"问{i}") for i in range(20)]
        found: list[Generation] = []
        with pytest.raises(ProviderError):
            found.extend(session.generate(requests))
        assert {generation.finish_reason for generation in found} <= {"stop"}
        assert len(server.asked) <= 2 + 4  # those in flight


def test_first_requests_that_all_fail_stop_the_model() -> None:
    """Eight are enough to see that nothing comes of the rest."""
    with serving(same(failure(400, "unheard_of"))) as server, pytest.raises(ProviderError) as error:
        ask(server, 100)
    assert "8 requests in a row failed" in str(error.value)
    assert len(server.asked) < 20


def test_errors_after_an_answer_do_not_stop_the_model() -> None:
    """An article may be the reason for all errors in a row."""

    def script(asked: served.Asked) -> Reaction:
        return ANSWER if "甲" in asked.prompt else failure(400, "unheard_of")

    requests = [request(f"问{i}", article=article) for article in "甲乙" for i in range(12)]
    with serving(script) as server:
        found = ask(server, requests)
    assert [generation.finish_reason for generation in found] == ["stop"] * 12 + ["error"] * 12


def test_replicas_share_the_articles() -> None:
    """Each article goes to one."""
    requests = [request(f"问{i}", article=name) for name in "甲乙" for i in range(3)]
    with serving(same(ANSWER)) as one, serving(same(ANSWER)) as two:
        ask(one, requests, endpoint=[one.address, two.address])
        articles = [{asked.prompt[0] for asked in each.asked} for each in (one, two)]
    assert articles == [{"甲"}, {"乙"}]


def test_spending_stops_before_the_budget(budgeted: Callable[[float], tuple[int, str]]) -> None:
    """What was spent in an earlier session of the run counts."""
    n_all, _ = budgeted(0.0)
    n_left, reason = budgeted(0.5)
    assert 0 < n_left < n_all
    assert "raise `budget`" in reason


def test_attempts_that_broke_off_cost_their_most() -> None:
    """A service bills what it had begun to write, and does not say how much that was."""
    price = {"input": 1.0, "output": 1.0, "per": 1000, "currency": "CNY"}
    whole = answer("武汉", usage={"prompt_tokens": 10, "completion_tokens": 10})
    (sound,) = costs(whole, price=price)
    (reset,) = costs(served.reset, whole, price=price)
    (broken,) = costs(served.broken_off("武"), whole, price=price)
    assert sound == reset == pytest.approx(0.02)
    assert broken > sound + 0.05


def costs(*reactions: Reaction, **changes: Any) -> list[float]:  # noqa: ANN401 - keys of the config
    """Return what the answer to one request has cost."""
    with serving(in_turn(*reactions)) as server:
        return [found.cost for found in ask(server, 1, **changes)]


def test_attempts_that_break_off_stop_before_the_budget() -> None:
    """And what they cost is on record, so that the next run knows of it."""
    price = {"input": 1.0, "output": 1.0, "per": 1000, "currency": "CNY"}
    with (
        serving(same(served.broken_off("武"))) as server,
        opened(server, price=price, budget=0.5).session([]) as session,
    ):
        found: list[Generation] = []
        with pytest.raises(ProviderError, match="raise `budget`"):
            found.extend(session.generate([request("问")]))
    (lost,) = found
    assert lost.finish_reason == "error"
    assert 0.2 < lost.cost <= 0.5


@pytest.fixture
def budgeted() -> Callable[[float], tuple[int, str]]:
    """Return a function: how many of 100 requests a budget of 1 allows for, and why not more."""
    price = {"input": 1.0, "output": 1.0, "per": 1000, "currency": "CNY"}
    usage = {"prompt_tokens": 10, "completion_tokens": 10}

    def run(spent: float) -> tuple[int, str]:
        with serving(same(answer("武汉", usage=usage))) as server:
            provider = opened(server, spent=spent, price=price, budget=1.0)
            with provider.session([]) as session:
                found = session.generate([request(f"问{i}", max_new_tokens=10) for i in range(100)])
                n, cost = 0, spent
                try:
                    for generation in found:
                        n, cost = n + 1, cost + generation.cost
                except ProviderError as error:
                    assert cost <= 1.0
                    return n, str(error)
        return n, ""

    return run
