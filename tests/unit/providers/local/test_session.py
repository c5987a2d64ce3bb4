"""A model from a folder, from requests to generations."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from evalkit.providers.local import machine
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.plain import greedy
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Decoding, Example, Message, Request, TextRead
from tests.support.paths import ROOT
from tests.support.tiny_model import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.providers.local.rows import Path as RunPath
    from evalkit.providers.local.rows import Row
    from evalkit.providers.local.session import LocalSession
    from evalkit.records import Generation

pytestmark = pytest.mark.slow

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


def ask(articles: list[str], *, few_shot: bool = False, **decoding: Any) -> list[Request]:  # noqa: ANN401 - fields of Decoding
    """Return three questions and a summary of each article, of different lengths."""
    tasks = ("问题：谁？", "问题：在哪里，什么时候？", "问题：多少？", "写一段摘要。")
    return [
        Request(
            key=f"{a}-{t}",
            system=("tiny@terse", "tiny@default")[t % 2],
            example=Example(
                id=f"{a}/{t}", article_id=str(a), task="answer", kind="answer", references=()
            ),
            read=TextRead(article="", text=article),
            messages=(
                *(SHOT if few_shot else ()),
                Message(role="user", content=f"{article}\n\n{task}"),
            ),
            decoding=Decoding(max_new_tokens=24 if t == len(tasks) - 1 else 9, **decoding),
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


def answers(session: LocalSession, requests: list[Request]) -> dict[str, Generation]:
    """Return what a session generates, by key."""
    return {one.key: one for one in session.generate(requests)}


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Scarce:
    """A path that runs out of memory with too many rows, in all or together, after its first."""

    path: RunPath
    limits: Mapping[str, int]
    name: str = "shared"
    attention: str = "flash"
    tried: list[tuple[int, int]] = field(default_factory=list)

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield rows until memory runs out, as torch says it."""
        self.tried.append((len(rows), n_rows))
        done = self.path.run(rows, n_rows)
        sizes = {"n_rows": len(rows), "n_together": n_rows}
        if all(sizes[key] <= most for key, most in self.limits.items()):
            yield from done
            return
        if len(rows) > 1:
            yield next(done)
        message = "DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"
        raise RuntimeError(message)


@pytest.mark.parametrize(
    ("scarce", "tried"),
    [
        ({"n_together": 3}, [(12, 64), (11, 5), (10, 2)]),
        ({"n_rows": 7}, [(12, 64), (11, 5), (10, 2), (9, 1), (4, 1), (4, 1)]),
    ],
)
def test_a_batch_that_does_not_fit_is_halved(
    folder: Path, articles: list[str], scarce: dict[str, int], tried: list[tuple[int, int]]
) -> None:
    """First those decoded together, in one call, so that an article is not computed for each.

    Then the requests. Each is answered once, and as ever.
    """
    requests = ask(articles, temperature=1.0)
    with loaded(folder) as session:
        whole = {key: one.text for key, one in answers(session, requests).items()}
        path = Scarce(path=session.path, limits=scarce)
        done = list(replace(session, path=path).generate(requests))
    assert len(done) == len(requests)
    assert {one.key: one.text for one in done} == whole
    assert path.tried == tried


@pytest.mark.parametrize("most", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("scarce", ["n_rows", "n_together"])
def test_running_out_of_memory_loses_and_repeats_nothing(
    folder: Path, articles: list[str], scarce: str, most: int
) -> None:
    """Whatever fits, every request is done exactly once, also those with equal keys."""
    requests = [replace(one, key="same") for one in ask(articles)]
    with loaded(folder) as session:
        path = Scarce(path=session.path, limits={scarce: most})
        done = list(replace(session, path=path).generate(requests))
    assert sorted(one.example for one in done) == sorted(one.example.id for one in requests)
    assert all(one.finish_reason != "error" for one in done)


def test_a_request_that_never_fits_fails_alone_with_its_reason(
    folder: Path, articles: list[str]
) -> None:
    """It has no text, and says why."""
    with loaded(folder) as session:
        scarce = replace(session, path=Scarce(path=session.path, limits={"n_rows": 0}))
        (done,) = scarce.generate(ask(articles)[:1])
    assert (done.finish_reason, done.text) == ("error", "")
    assert done.error.startswith("out of memory")


def test_batch_size_follows_memory(
    folder: Path, articles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows decoded together are as configured, or as many as memory allows, at least one."""
    with loaded(folder) as session:
        rows = [session.row(request) for request in ask(articles)]
        fixed = replace(session, entry=session.entry.model_copy(update={"batch_size": 5}))
        assert fixed.batch_size(rows) == 5
        monkeypatch.setattr(machine, "free_bytes", lambda _: 1 << 40)
        assert session.batch_size(rows) == 64
        assert session.batch_size([]) == 64
        # 2 layers of keys and values, 2 heads of 16 numbers of 4 bytes: 512 bytes a token.
        monkeypatch.setattr(machine, "free_bytes", lambda _: 2 * 512 * (3 * 260 + 10 * 80))
        assert 1 < session.batch_size(rows) < 30
        monkeypatch.setattr(machine, "free_bytes", lambda _: 0)
        assert session.batch_size(rows) == 1


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
