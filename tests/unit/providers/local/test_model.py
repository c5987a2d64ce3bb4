"""A model from a folder, from requests to generations."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from evalkit.config.schema import GenerationSettings
from evalkit.errors import OutOfMemoryError
from evalkit.providers.local import machine
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.plain import greedy
from evalkit.providers.local.rows import Row
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Example, Message, Request
from tests.support.paths import ROOT
from tests.support.tiny_model import load

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Generation

SHOT = (
    Message(role="user", content="一篇短文。\n问题：谁？"),
    Message(role="assistant", content="某人"),
)


@pytest.fixture(scope="module")
def articles() -> list[str]:
    """Return the beginnings of the project's articles."""
    files = sorted((ROOT / "seeds").glob("*.txt"))
    return [file.read_text(encoding="utf-8")[:260] for file in files][:3]


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


def ask(folder: Path, articles: list[str], *, few_shot: bool = False) -> list[Request]:
    """Return three questions and a summary of each article, of different lengths."""
    chat = Chat.load(folder, {})
    tasks = ("问题：谁？", "问题：在哪里，什么时候？", "问题：多少？", "写一段摘要。")
    return [
        Request(
            key=f"{a}-{t}",
            example=Example(id=f"{a}/{t}", article_id=str(a), task="answer", references=()),
            article=article,
            prompt_ids=chat.encode(
                [
                    *(SHOT if few_shot else ()),
                    Message(role="user", content=f"{article}\n\n{task}"),
                ]
            ),
            max_new_tokens=24 if t == len(tasks) - 1 else 9,
            n_article_tokens_dropped=a,
            template_sha256="f" * 64,
        )
        for a, article in enumerate(articles)
        for t, task in enumerate(tasks)
    ]


def alone(folder: Path, requests: list[Request]) -> dict[str, tuple[int, ...]]:
    """Return what the library writes for each request by itself, the end token left out."""
    library: Any = AutoModelForCausalLM
    model = library.from_pretrained(folder, dtype=torch.float32).eval()
    model.generation_config = greedy(1)
    ends = Chat.load(folder, {}).eos_ids
    written = {}
    for one in requests:
        ids = torch.tensor([one.prompt_ids])
        output = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            generation_config=greedy(one.max_new_tokens, ends),
        )
        new = output[0, ids.shape[1] :].tolist()
        written[one.key] = tuple(token for token in new if token not in ends)
    return written


@pytest.mark.parametrize("few_shot", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, 17])
def test_writes_what_the_library_writes_alone(
    folder: Path, articles: list[str], batch_size: int, *, few_shot: bool
) -> None:
    """Articles together, each read once, with shots too: the text of one prompt at a time.

    The penalty and the sampling that the model ships have no say.
    """
    requests = ask(folder, articles, few_shot=few_shot)
    backend = load(folder)
    assert backend.attention == "shared"
    done = {one.key: one for one in backend.generate(requests, batch_size)}
    decode = Chat.load(folder, {}).decode
    expected = alone(folder, requests)
    assert {key: one.text for key, one in done.items()} == {
        key: decode(ids) for key, ids in expected.items()
    }
    assert {key: one.n_new_tokens for key, one in done.items()} == {
        key: len(ids) for key, ids in expected.items()
    }


def test_a_generation_tells_all_about_its_request(folder: Path, articles: list[str]) -> None:
    """Key, example, tokens, truncation and template of the request are in its record."""
    requests = ask(folder, articles)
    backend = load(folder)
    done = {one.key: one for one in backend.generate(requests, 17)}
    for request in requests:
        one = done[request.key]
        assert one.model == "tiny"
        assert one.example_id == request.example.id
        assert one.n_prompt_tokens == len(request.prompt_ids)
        assert one.n_article_tokens_dropped == request.n_article_tokens_dropped
        assert one.template_sha256 == request.template_sha256
        assert one.finish_reason in ("stop", "length")
        assert one.latency_s > 0
    computed = sum(one.n_computed_tokens for one in done.values())
    assert sum(len(article) for article in articles) < computed < 2 * sum(map(len, articles))
    assert (backend.device, backend.dtype) == ("cpu", "float32")
    assert 1 <= backend.n_threads <= (os.cpu_count() or 1)


def test_generations_come_as_rows_end(folder: Path, articles: list[str]) -> None:
    """Short answers are there before long ones have ended, so that a kill loses little."""
    requests = [
        replace(one, max_new_tokens=1 + 7 * at) for at, one in enumerate(ask(folder, articles[:1]))
    ]
    first = next(iter(load(folder).generate(requests, 17)))
    assert first.key == requests[0].key
    assert first.n_new_tokens <= 1


def test_a_stop_string_ends_an_answer(folder: Path, articles: list[str]) -> None:
    """The text ends before the config's stop string, and says that it stopped."""
    requests = ask(folder, articles)
    whole = {one.key: one for one in load(folder).generate(requests, 17)}
    stop = max((one.text for one in whole.values()), key=len)[3:5]
    settings = GenerationSettings(stop=(stop,))
    cut = {one.key: one for one in load(folder, generation=settings).generate(requests, 17)}
    assert any(stop in one.text for one in whole.values())
    for key, one in cut.items():
        assert one.text == whole[key].text.split(stop)[0]
        assert one.finish_reason == (
            "stop" if stop in whole[key].text else whole[key].finish_reason
        )


def test_a_batch_that_does_not_fit_is_told(
    folder: Path, articles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Running out of memory on the way is the error that the caller halves a batch for."""
    backend = load(folder)

    def fail(*_: object, **__: object) -> None:
        message = "DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"
        raise RuntimeError(message)

    monkeypatch.setattr(type(backend.model), "forward", fail)
    with pytest.raises(OutOfMemoryError, match="not enough memory"):
        list(backend.generate(ask(folder, articles), 17))


def test_batch_size_follows_memory(
    folder: Path, articles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows decoded together are as configured, or as many as memory allows, at least one."""
    requests = ask(folder, articles)
    assert load(folder, batch_size=5).batch_size(requests) == 5
    backend = load(folder)
    monkeypatch.setattr(machine, "free_bytes", lambda _: 1 << 40)
    assert backend.batch_size(requests) == 64
    assert backend.batch_size([]) == 64
    # 2 layers of keys and values, 2 heads of 16 numbers of 4 bytes: 512 bytes a token.
    monkeypatch.setattr(machine, "free_bytes", lambda _: 2 * 512 * (3 * 260 + 10 * 80))
    few = backend.batch_size(requests)
    assert 1 < few < 30
    monkeypatch.setattr(machine, "free_bytes", lambda _: 0)
    assert backend.batch_size(requests) == 1


def test_a_special_token_can_stop_an_answer(folder: Path, articles: list[str]) -> None:
    """Left out of the text, it is still seen; another stop string changes nothing of that."""
    requests = ask(folder, articles)
    chat = Chat.load(folder, {})
    stop = "<|im_start|>"
    backend = load(folder, generation=GenerationSettings(stop=(stop, "。")))
    assert backend.ending.eos_ids == chat.eos_ids | chat.special_ids([stop])
    assert len(chat.special_ids([stop, "。"])) == 1
    row = Row(prompt=requests[0].prompt_ids, max_new_tokens=9)
    assert not backend.ending.accept(row, min(chat.special_ids([stop])))
    assert (row.finish, backend.ending.text(row)) == ("stop", "")


def test_one_row_at_a_time_takes_no_longer_than_all(folder: Path, articles: list[str]) -> None:
    """A row's time begins when it is begun, not when the first of all was."""
    backend, requests = load(folder), ask(folder, articles)
    start = time.perf_counter()
    latencies = [one.latency_s for one in backend.generate(requests, 1)]
    assert 0 < sum(latencies) <= time.perf_counter() - start


def test_bfloat16_runs(folder: Path, articles: list[str]) -> None:
    """Half precision takes the same path and answers every request."""
    backend = load(folder, dtype="bfloat16")
    requests = ask(folder, articles)
    done: list[Generation] = list(backend.generate(requests, 17))
    assert (backend.attention, backend.dtype) == ("shared", "bfloat16")
    assert {one.key for one in done} == {one.key for one in requests}
