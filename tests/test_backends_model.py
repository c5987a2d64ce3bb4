"""A model from a folder, from requests to generations."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from evalkit.backends import fingerprint as digests
from evalkit.backends import machine
from evalkit.backends.chat import Chat
from evalkit.backends.fingerprint import weights_digest
from evalkit.backends.language_model import TransformersBackend, fingerprint
from evalkit.backends.plain import greedy
from evalkit.config import FolderWeights, GenerationSettings, LanguageModel
from evalkit.errors import ModelLoadError, OutOfMemoryError
from evalkit.records import Example, Message, Request
from evalkit.weights.tiny import make_tiny
from tests.conftest import ROOT

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


def config(folder: Path, **changes: Any) -> LanguageModel:  # noqa: ANN401 - any key of the config
    """Return the config of the tiny model."""
    settings = {"device": "cpu", "dtype": "float32"} | changes
    return LanguageModel(name="tiny", weights=FolderWeights(folder=folder), **settings)


def load(folder: Path, **changes: Any) -> TransformersBackend:  # noqa: ANN401 - as above
    """Return the tiny model, loaded."""
    return TransformersBackend.load(folder, config(folder, **changes), Chat.load(folder, {}))


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
    assert 3 <= few <= 30
    monkeypatch.setattr(machine, "free_bytes", lambda _: 0)
    assert backend.batch_size(requests) == 1


def test_fingerprint_is_the_same_with_and_without_weights(folder: Path) -> None:
    """Planning, which loads nothing, and running agree on what the model is."""
    chat = Chat.load(folder, {})
    assert load(folder).fingerprint == fingerprint(folder, config(folder), chat)


def test_fingerprint_changes_with_what_changes_the_output(folder: Path, tmp_path: Path) -> None:
    """Weights, stop strings, dtype and template arguments change it; the batch size does not."""
    chat = Chat.load(folder, {})
    before = fingerprint(folder, config(folder), chat)
    stops = GenerationSettings(stop=("。",))
    others = [
        fingerprint(folder, config(folder, generation=stops), chat),
        fingerprint(folder, config(folder, dtype="bfloat16"), chat),
        fingerprint(folder, config(folder), Chat.load(folder, {"a": 1})),
    ]
    copied = shutil.copytree(folder, tmp_path / "other")
    make_tiny(1, ["别的"], copied)
    others.append(fingerprint(copied, config(folder), chat))
    assert len({before, *others}) == 5
    assert fingerprint(folder, config(folder, batch_size=3), chat) == before


def test_weights_are_hashed_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is hashed again only when its size or time says that it is another."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns(".evalkit*"))
    hashed: list[str] = []
    right = digests._sha256  # noqa: SLF001 - to count how often

    def counted(path: Path) -> str:
        hashed.append(path.name)
        return right(path)

    monkeypatch.setattr(digests, "_sha256", counted)
    first = weights_digest(copied)
    assert weights_digest(copied) == first
    assert hashed.count("model.safetensors") == 1
    os.utime(copied / "model.safetensors", ns=(1, 1))
    assert weights_digest(copied) == first
    assert hashed.count("model.safetensors") == 2
    (copied / ".evalkit-digests").write_text("[]", encoding="utf-8")
    assert weights_digest(copied) == first
    assert hashed.count("model.safetensors") == 3


def test_a_folder_that_cannot_be_written_is_hashed_all_the_same(
    folder: Path, tmp_path: Path
) -> None:
    """Where the digest cannot be kept, it is still right."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns(".evalkit*"))
    (copied / ".evalkit-digests").mkdir()
    assert weights_digest(copied) == weights_digest(folder)


def test_no_weights(folder: Path, tmp_path: Path) -> None:
    """A folder without safetensors is told so."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns("*.safe*"))
    with pytest.raises(ModelLoadError, match="no weights"):
        load(copied)


def test_no_such_device(folder: Path) -> None:
    """A device that this machine lacks is told before anything is loaded."""
    with pytest.raises(ModelLoadError, match="no device cuda:77"):
        load(folder, device="cuda:77")


@pytest.mark.parametrize(
    "change",
    [{"model_type": "no-such-family", "architectures": ["NoSuch"]}, {"hidden_size": 96}],
)
def test_what_the_library_cannot_run(folder: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    """An unknown architecture, or weights of other shapes, is one line and no traceback."""
    copied = shutil.copytree(folder, tmp_path / "model")
    chat = Chat.load(copied, {})
    file = copied / "config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(settings | change), encoding="utf-8")
    with pytest.raises(ModelLoadError, match="tiny: cannot be loaded") as caught:
        TransformersBackend.load(copied, config(copied), chat)
    assert "\n" not in str(caught.value)


def test_bfloat16_runs(folder: Path, articles: list[str]) -> None:
    """Half precision takes the same path and answers every request."""
    backend = load(folder, dtype="bfloat16")
    requests = ask(folder, articles)
    done: list[Generation] = list(backend.generate(requests, 17))
    assert (backend.attention, backend.dtype) == ("shared", "bfloat16")
    assert {one.key for one in done} == {one.key for one in requests}
