"""A step gives the device its work at once and asks for nothing but the tokens it chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from evalkit.providers.local import shared
from evalkit.providers.local.attention_kernels import EFFICIENT, EXPLICIT, FLASH, Kernels
from evalkit.providers.local.kv_cache import RowCache
from evalkit.providers.local.sampling import Sampler, next_tokens
from evalkit.providers.local.shared import SharedPath
from evalkit.records import Decoding
from tests.support.families import make, prompts, row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalkit.providers.local.rows import Row


class Seen(TorchDispatchMode):  # type: ignore[no-untyped-call] # the library has no annotations
    """Counts the operations that copy to another device."""

    def __init__(self) -> None:
        """Have seen nothing yet."""
        super().__init__()  # type: ignore[no-untyped-call] # as above
        self.n_copies = 0

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Note one operation, and let it run."""
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and args and isinstance(args[0], torch.Tensor):
            self.n_copies += result.device != args[0].device
        return result


@pytest.mark.parametrize("family", ["qwen2", "gemma2", "gemma3"])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_a_whole_step_waits_for_nothing(
    family: str, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a device without values any read-back fails; what a step needs is copied in one piece.

    Besides, prompts are copied chunk by chunk, and which rows stay whenever some have ended.
    """
    model: Any = make(family)
    model.to(dtype).to("meta")
    n_steps = n_resized = 0

    def choose(rows: Sequence[Row], _: torch.Tensor) -> list[int]:
        nonlocal n_steps
        n_steps += 1
        return [5 + (n_steps % 3 == 0)] * len(rows)  # now and then a guess is right

    def resized(cache: RowCache, *given: Any) -> None:  # noqa: ANN401 - passes on
        nonlocal n_resized
        n_resized += 1
        resize(cache, *given)

    resize = RowCache.resize
    monkeypatch.setattr(RowCache, "resize", resized)
    monkeypatch.setattr(shared, "next_tokens", choose)
    rows = [row(prompt) for prompt in prompts()]
    path = SharedPath(model=model, chunk=64, kernels=Kernels((FLASH, EFFICIENT, EXPLICIT)))
    with Seen() as seen:
        assert len(list(path.run(rows, 5))) == len(rows)
    assert n_steps > 20
    assert n_steps <= seen.n_copies <= n_steps + n_resized
    fused = "efficient" if dtype == torch.float32 else "efficient, flash"
    assert path.attention == ("explicit" if family == "gemma2" else fused)


def test_the_tokens_of_all_rows_are_read_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One copy for those that are greedy, and one more for the logits of those that are drawn."""
    reads: list[str] = []
    for name in ("tolist", "cpu", "item"):

        def counted(tensor: torch.Tensor, name: str = name) -> object:
            reads.append(name)
            return getattr(torch._C.TensorBase, name)(tensor)  # noqa: SLF001 - what Tensor inherits

        monkeypatch.setattr(torch.Tensor, name, counted)
    logits = torch.randn(9, 50, generator=torch.Generator().manual_seed(0))
    assert len(next_tokens([row((1,)) for _ in range(9)], logits)) == 9
    assert reads == ["tolist"]
    reads.clear()
    decoding = Decoding(max_new_tokens=1, temperature=1.0)
    drawn = [Sampler.of((), decoding)] * 4
    monkeypatch.setattr(Sampler, "draw", lambda _, logits: len(logits))
    rows = [row((1,), sampler=sampler) for sampler in (*drawn, None)]
    assert next_tokens(rows, logits[:5])[:4] == [50] * 4
    assert reads == ["tolist", "cpu"]
