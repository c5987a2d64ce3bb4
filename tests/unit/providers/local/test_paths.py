"""All ways to run a model write the same tokens, in float32, as its library with one prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from evalkit.providers.local import forward, kv_cache, probe, row_groups, shared
from evalkit.providers.local.attention import attend
from evalkit.providers.local.attention_kernels import EFFICIENT, EXPLICIT, FLASH, Kernels
from evalkit.providers.local.by_length import ByLengthPath, length_limit
from evalkit.providers.local.kernels import Products
from evalkit.providers.local.plain import PlainPath, greedy
from evalkit.providers.local.probe import choose_path
from evalkit.providers.local.repeated import RepeatedPath
from evalkit.providers.local.shared import SharedPath
from tests.support import cuda_kernels
from tests.support.families import (
    FAMILIES,
    N_NEW,
    OTHERS,
    PATHS,
    SMALL,
    build,
    expected_of,
    fastest,
    make,
    model_of,
    prompts,
    row,
    written_by,
)

if TYPE_CHECKING:
    from evalkit.providers.local.prefix import Segment

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("n_rows", "chunk"), [(1, 64), (3, 64), (17, 64), (5, 16)])
@pytest.mark.parametrize("family", FAMILIES)
def test_shared_equals_generate(family: str, n_rows: int, chunk: int) -> None:
    """Several articles in one call, some rows at a time, by chunks smaller than a window too."""
    path = SharedPath(model=model_of(family), chunk=chunk, kernels=fastest())
    assert written_by(path, n_rows) == expected_of(family)


@pytest.mark.parametrize("n_rows", [3, 17])
@pytest.mark.parametrize("family", FAMILIES)
def test_rows_that_grow_out_of_the_cache_of_short_ones_equal_generate(
    family: str, n_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some are long from the start, some become so, some never do: the same token ids."""
    monkeypatch.setattr(row_groups, "BLOCK", 8)
    monkeypatch.setattr(kv_cache, "BLOCK", 8)
    path = SharedPath(model=model_of(family), chunk=64, kernels=fastest())
    assert written_by(path, n_rows) == expected_of(family)


@pytest.mark.parametrize("n_rows", [1, 17])
@pytest.mark.parametrize("family", FAMILIES)
def test_shared_by_the_kernels_of_cuda_equals_generate(family: str, n_rows: int) -> None:
    """With efficient attention, which in float32 is CUDA's only fused kernel: the same ids."""
    kernels = Kernels((FLASH, EFFICIENT, EXPLICIT))
    path = SharedPath(model=model_of(family), chunk=64, kernels=kernels)
    with cuda_kernels.registered():
        assert written_by(path, n_rows) == expected_of(family)
    assert path.attention == ("explicit" if family == "gemma2" else "efficient")


@pytest.mark.parametrize("n_rows", [1, 3, 17])
@pytest.mark.parametrize("family", ["qwen2", "gemma3", *OTHERS])
def test_repeated_equals_generate(family: str, n_rows: int) -> None:
    """Copies of a model's own cache, hybrid ones too: the same token ids."""
    model = model_of(family)
    path = RepeatedPath(model=model, attention=native(family), chunk=32)
    assert written_by(path, n_rows) == expected_of(family)


@pytest.mark.parametrize("n_rows", [1, 3, 17])
@pytest.mark.parametrize("family", ["qwen2", "gemma3", *OTHERS])
def test_plain_equals_generate(family: str, n_rows: int) -> None:
    """Left-padded batches: the same token ids."""
    path = PlainPath(model=model_of(family), attention=native(family))
    assert written_by(path, n_rows) == expected_of(family)


def native(family: str) -> str:
    """Return the attention that the library itself picks for a family."""
    return "eager" if family in ("gpt_oss", "gemma2") else "sdpa"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_probe_lets_plain_attention_share(family: str) -> None:
    """Every family with keys and values in all layers takes the shared path."""
    assert choose_path(make(family), Products()).path.name == "shared"


@pytest.mark.parametrize("family", OTHERS)
def test_the_probe_sends_the_others_to_repeated(family: str) -> None:
    """Linear attention and attention sinks are found out, and run from copied caches."""
    assert choose_path(make(family), Products()).path.name == "repeated"


def test_the_probe_sees_a_wrong_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were windows ignored, a model that slides would not be given the shared path."""
    right = forward.Queries.attend_earlier

    def wrong(self: Any, keys: Any, start: int, scoring: Any) -> Any:  # noqa: ANN401 - passes on
        return right(self, keys, start, replace(scoring, window=None))

    monkeypatch.setattr(forward.Queries, "attend_earlier", wrong)
    assert choose_path(make("gemma3"), Products()).path.name == "repeated"
    assert choose_path(make("qwen2"), Products()).path.name == "shared"


def test_the_probe_sees_a_wrong_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the soft cap ignored, a model that has one would not be given the shared path."""

    def wrong(query: Any, keys: Any, scoring: Any, **rest: Any) -> Any:  # noqa: ANN401 - passes on
        return attend(query, keys, replace(scoring, softcap=None), **rest)

    monkeypatch.setattr(forward, "attend", wrong)
    assert choose_path(make("gemma2"), Products()).path.name == "repeated"


def test_a_model_without_attention_is_left_to_its_library() -> None:
    """A state-space model has nothing to share by attention: plain batches."""
    model = build("mamba", vocab_size=200, hidden_size=32, num_hidden_layers=2)
    assert choose_path(model, Products()).path.name == "plain"


def test_a_model_that_cannot_be_copied_small_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the probe cannot be made, one prompt at a time is always right."""

    def fail(_: object) -> None:
        message = "no such shape"
        raise ValueError(message)

    monkeypatch.setattr(probe, "small_copy", fail)
    model = make("qwen2")
    choice = choose_path(model, Products())
    assert choice.path == PlainPath(model=model, attention="sdpa", most=1)
    assert choice.rejected == {"all in batches": "no small copy of it: ValueError: no such shape"}


@pytest.mark.parametrize("kind", PATHS)
def test_rows_that_end_early_leave(kind: str) -> None:
    """Rows with different lengths end when they should, and the others go on as if alone."""
    rows = [row(one, n_new=1 + at % N_NEW) for at, one in enumerate(prompts())]
    done = list(PATHS[kind](model_of("qwen2")).run(rows, 17))
    assert {one.finish for one in rows} == {"length"}
    assert len(done[0].new) == 1
    for one, whole in zip(rows, expected_without_end(), strict=True):
        assert tuple(one.new) == whole[: one.stopping.max_new_tokens]


def expected_without_end() -> list[tuple[int, ...]]:
    """Return what the library writes where no token ends an answer."""
    model: Any = make("qwen2")
    outputs = [
        model.generate(input_ids=torch.tensor([one]), generation_config=greedy(N_NEW))[0].tolist()
        for one in prompts()
    ]
    return [tuple(out[len(one) :]) for one, out in zip(prompts(), outputs, strict=True)]


@pytest.mark.parametrize("kind", PATHS)
def test_computed_tokens_are_counted(kind: str) -> None:
    """A shared path computes a shared prefix once, a plain one each time; rows say so."""
    rows = [row(one, n_new=1) for one in prompts()]
    list(PATHS[kind](model_of("qwen2")).run(rows, 17))
    once = 20 + 70 + 150 + 41 + 3 * (1 + 11 + 4 + 4 + 7 + 2)
    total = sum(one.n_computed for one in rows)
    assert total == (sum(map(len, prompts())) if kind == "plain" else once)


def test_further_articles_wait_for_a_full_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 32 rows active the next article is computed later, and nothing changes."""
    many = [(*one, extra) for one in prompts() for extra in (5, 6, 7)]
    active: list[int] = []
    prefill = shared.SharedBatch._prefill  # noqa: SLF001 - to see when

    def watched(batch: shared.SharedBatch, segment: Segment) -> None:
        active.append(len(batch.active))
        prefill(batch, segment)

    monkeypatch.setattr(shared.SharedBatch, "_prefill", watched)
    path = SharedPath(model=model_of("qwen2"), chunk=1000, kernels=fastest())
    together = written_by(path, 64, many)
    assert 0 < max(active) < Products().full_width < len(many)
    assert together == written_by(path, 2, many)


@pytest.mark.parametrize("kind", ["dynamic", "longrope"])
def test_rope_that_changes_with_length_is_not_mixed(kind: str) -> None:
    """Rows that may pass the length where frequencies change run alone; the others share."""
    rope: dict[str, Any] = {"rope_type": kind, "rope_theta": 1e4, "factor": 4.0}
    if kind == "longrope":
        rope |= {"short_factor": [1.0] * 4, "long_factor": [3.0] * 4}
        rope |= {"original_max_position_embeddings": 128}
    longest = 128 if kind == "dynamic" else 512
    changes = {"rope_parameters": rope, "max_position_embeddings": longest}
    model = build("llama", **(SMALL | changes))
    path = choose_path(model, Products()).path
    assert isinstance(path, ByLengthPath)
    assert (path.name, path.limit) == ("shared", 128)
    alone = PlainPath(model=model, attention="sdpa", most=1)
    some = sorted(prompts(), key=len)
    assert len(some[0]) + N_NEW < path.limit < len(some[-1])
    assert written_by(path, 17, some) == written_by(alone, 1, some)
    assert written_by(path, 17, some[:3]) == written_by(alone, 1, some[:3])


def test_most_models_have_no_length_limit() -> None:
    """Frequencies that are the same at every length leave nothing to keep apart."""
    assert length_limit(model_of("qwen2").config) is None
    assert length_limit(model_of("gemma3").config) is None
