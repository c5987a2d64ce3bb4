"""A model from a folder, from requests to generations."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from evalkit.providers.local.chat import Chat
from evalkit.providers.local.plain import greedy
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Decoding
from tests.support.article_requests import answers, ask
from tests.support.tiny_model import loaded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalkit.providers.local.session import LocalSession
    from evalkit.records import Request

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, articles: list[str]) -> Path:
    """Return the folder of the tiny model, which ships a repetition penalty and sampling."""
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny(0, articles, folder)
    file = folder / "generation_config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings |= {"repetition_penalty": 1.9, "do_sample": True, "temperature": 5.0}
    file.write_text(json.dumps(settings), encoding="utf-8")
    return folder


def alone(folder: Path, requests: list[Request]) -> dict[str, tuple[int, ...]]:
    """Return what the library writes for each request by itself, the end token left out."""
    library: Any = AutoModelForCausalLM
    model = library.from_pretrained(folder, dtype=torch.float32).eval()
    model.generation_config = greedy(1)
    chat = Chat.load(folder, {})
    written = {}
    for one in requests:
        ids = torch.tensor([chat.encode(one.messages)])
        output = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            generation_config=greedy(one.decoding.max_new_tokens, chat.eos_ids),
        )
        new = output[0, ids.shape[1] :].tolist()
        written[one.key] = tuple(token for token in new if token not in chat.eos_ids)
    return written


@pytest.mark.parametrize("few_shot", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, 17])
def test_writes_what_the_library_writes_alone(
    folder: Path, articles: list[str], batch_size: int, *, few_shot: bool
) -> None:
    """Articles together, each computed once, with shots too: the text of one prompt at a time.

    The penalty and the sampling that the model ships have no effect.
    """
    requests = ask(articles, few_shot=few_shot)
    with loaded(folder, batch_size=batch_size) as session:
        assert session.facts["attention"] == "shared"
        done = answers(session, requests)
    decode = Chat.load(folder, {}).decode
    expected = alone(folder, requests)
    assert {key: one.text for key, one in done.items()} == {
        key: decode(ids) for key, ids in expected.items()
    }
    assert {key: one.n_new_tokens for key, one in done.items()} == {
        key: len(ids) for key, ids in expected.items()
    }


def test_a_generation_records_its_request(folder: Path, articles: list[str]) -> None:
    """Key, system, example, tokens, truncation and template of the request are in its record."""
    requests = ask(articles)
    with loaded(folder) as session:
        done = answers(session, requests)
        facts = session.facts
        n_tokens = {one.key: len(session.row(one).prompt) for one in requests}
    for request in requests:
        one = done[request.key]
        assert (one.system, one.example) == (request.system, request.example.id)
        assert one.n_prompt_tokens == n_tokens[request.key]
        assert one.n_article_tokens_dropped == request.n_article_tokens_dropped
        assert one.template_sha256 == request.template_sha256
        assert one.finish_reason in ("stop", "length")
        assert one.seconds > 0
    computed = sum(one.n_computed_tokens for one in done.values())
    assert sum(len(article) for article in articles) < computed < 2 * sum(map(len, articles))
    assert (facts["device"], facts["dtype"]) == ("cpu", "float32")
    stored = load_file(next(folder.glob("*.safetensors")))
    assert facts["n_parameters"] == sum(tensor.numel() for tensor in stored.values())
    assert facts["n_threads"] in range(1, (os.cpu_count() or 1) + 1)


def test_thinking_that_the_prompt_opens_is_part_of_the_text(
    folder: Path, articles: list[str], tmp_path: Path
) -> None:
    """So an answer that is cut off while thinking is none, and later readings know it, too."""
    opening = shutil.copytree(folder, tmp_path / "opening")
    template = "{{ messages[0].content }}<think>{{ '\\n' }}"
    (opening / "chat_template.jinja").write_text(template, encoding="utf-8")
    with loaded(opening) as session:
        done = answers(session, ask(articles[:1])).values()
    assert all(one.text.startswith("<think>\n") for one in done)
    assert {(one.prediction, one.unclosed_thinking) for one in done} == {("", True)}


def test_generations_come_as_rows_end(folder: Path, articles: list[str]) -> None:
    """Short answers are there before long ones have ended, so that a kill loses little."""
    requests = [
        replace(one, decoding=Decoding(max_new_tokens=1 + 7 * at))
        for at, one in enumerate(ask(articles[:1]))
    ]
    with loaded(folder) as session:
        first = next(iter(session.generate(requests)))
    assert first.key == requests[0].key
    assert first.n_new_tokens <= 1


@pytest.mark.parametrize("few_shot", [False, True])
def test_what_a_call_leaves_is_answered_along_with_the_next(
    folder: Path, articles: list[str], *, few_shot: bool
) -> None:
    """With a call for each article: the texts of one call for all, in hardly more steps."""
    requests = ask(articles, few_shot=few_shot)
    by_article = [[*some] for _, some in groupby(requests, lambda one: one.example.article_id)]
    with loaded(folder) as session:
        n_whole, whole = counted_steps(session, [(requests, True)])
        n_apart, _ = counted_steps(session, [(some, True) for some in by_article])
        calls = [*((some, False) for some in by_article), ([], True)]
        n_joined, joined = counted_steps(session, calls)
    assert joined == whole
    assert abs(n_joined - n_whole) <= len(by_article) < n_apart - n_joined


def counted_steps(
    session: LocalSession, calls: Sequence[tuple[Sequence[Request], bool]]
) -> tuple[int, dict[str, str]]:
    """Return how often calls run the model, and what they answer, by key."""
    n_steps = 0

    def count(*_: object) -> None:
        nonlocal n_steps
        n_steps += 1

    hook = session.model.register_forward_pre_hook(count)
    try:
        done = [one for some, finish in calls for one in session.generate(some, finish=finish)]
    finally:
        hook.remove()
    assert len(done) == sum(len(some) for some, _ in calls)
    return n_steps, {one.key: one.text for one in done}


def test_a_call_that_is_broken_off_leaves_nothing(folder: Path, articles: list[str]) -> None:
    """What is asked next is answered alone."""
    requests = ask(articles)
    with loaded(folder) as session:
        next(iter(session.generate(requests)))
        assert [one.key for one in session.generate(requests[:1])] == [requests[0].key]


def test_a_stop_string_ends_an_answer(folder: Path, articles: list[str]) -> None:
    """The text ends before the stop string of its request, and says that it stopped."""
    with loaded(folder) as session:
        whole = answers(session, ask(articles))
        stop = max((one.text for one in whole.values()), key=len)[3:5]
        cut = answers(session, ask(articles, stop=(stop,)))
    assert any(stop in one.text for one in whole.values())
    for key, one in cut.items():
        assert one.text == whole[key].text.split(stop)[0]
        assert one.finish_reason == (
            "stop" if stop in whole[key].text else whole[key].finish_reason
        )


def test_a_special_token_can_stop_an_answer(folder: Path, articles: list[str]) -> None:
    """Left out of the text, it is still seen; another stop string changes nothing of that."""
    chat = Chat.load(folder, {})
    stop = "<|im_start|>"
    assert len(chat.special_ids([stop, "。"])) == 1
    with loaded(folder) as session:
        row = session.row(ask(articles, stop=(stop, "。"))[0])
    assert row.stopping.eos_ids == chat.eos_ids | chat.special_ids([stop])
    assert not row.accept(min(chat.special_ids([stop])))
    assert (row.finish, row.text) == ("stop", "")


def test_one_row_at_a_time_takes_no_longer_than_all(folder: Path, articles: list[str]) -> None:
    """A row's time begins when it is begun, not when the first of all was."""
    with loaded(folder, batch_size=1) as session:
        start = time.perf_counter()
        seconds = [one.seconds for one in session.generate(ask(articles))]
        assert 0 < sum(seconds) <= time.perf_counter() - start


def test_bfloat16_runs(folder: Path, articles: list[str]) -> None:
    """Half precision takes the same path and answers every request."""
    requests = ask(articles)
    with loaded(folder, dtype="bfloat16") as session:
        assert session.facts["attention"] == "shared"
        assert session.facts["dtype"] == "bfloat16"
        assert answers(session, requests).keys() == {one.key for one in requests}


@pytest.mark.parametrize("batch_size", [1, 5])
def test_samples_depend_on_nothing_beside_them(
    folder: Path, articles: list[str], batch_size: int
) -> None:
    """Alone, in any order and in any company, a sample has the same text; another number another.

    What the samples of a prompt share is computed once.
    """
    requests = [
        replace(one, key=f"{one.key}-{sample}", decoding=replace(one.decoding, sample=sample))
        for one in ask(articles, temperature=0.7, top_p=0.9, seed=3)
        for sample in range(3)
    ]
    with loaded(folder, batch_size=batch_size) as session:
        together = answers(session, requests)
        mixed = answers(session, [*ask(articles), *requests[::-1]])
        by_itself = [answers(session, [one])[one.key].text for one in requests[:6]]
        greedy_ones = answers(session, ask(articles))
    texts = {key: one.text for key, one in together.items()}
    assert by_itself == [texts[one.key] for one in requests[:6]]
    assert {key: mixed[key].text for key in texts} == texts
    assert {key: mixed[key].text for key in greedy_ones} == {
        key: one.text for key, one in greedy_ones.items()
    }
    assert len({texts[f"0-3-{sample}"] for sample in range(3)}) == 3
    n_computed = sum(one.n_computed_tokens for one in together.values())
    assert n_computed < 0.5 * sum(one.n_prompt_tokens for one in together.values())


def test_another_seed_draws_other_samples(folder: Path, articles: list[str]) -> None:
    """The same seed draws the same."""
    with loaded(folder) as session:
        texts = [
            [
                one.text
                for one in answers(session, ask(articles, temperature=1.0, seed=seed)).values()
            ]
            for seed in (0, 0, 1)
        ]
    assert sorted(texts[0]) == sorted(texts[1])
    assert sorted(texts[0]) != sorted(texts[2])
