"""A forward pass gives the device work and asks nothing back, which would wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from torch.utils._python_dispatch import TorchDispatchMode

from evalkit.providers.local.shared import SharedPath
from tests.support.families import make, prompts, row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Each returns a value, or a size that depends on values, to the host.
_READS = ("aten.item", "aten._local_scalar_dense", "aten.nonzero", "aten.is_nonzero", "aten.equal")


class Reads(TorchDispatchMode):  # type: ignore[no-untyped-call] # the library has no annotations
    """Notes the operations that make the host wait."""

    def __init__(self) -> None:
        """Have seen nothing yet."""
        super().__init__()  # type: ignore[no-untyped-call] # as above
        self.found: list[str] = []
        self.n = 0

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Note one operation, and let it run."""
        self.n += 1
        if str(func).startswith(_READS):
            self.found.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("family", ["qwen2", "gemma2"])
def test_no_layer_waits_for_the_device(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where prompts are read nor where rows are decoded, with and without windows."""
    model = make(family)
    forward, reads = model.forward, Reads()

    def watched(**given: object) -> object:
        with reads:
            return forward(**given)

    monkeypatch.setattr(model, "forward", watched)
    rows = [row(prompt) for prompt in prompts()]
    assert len(list(SharedPath(model=model, chunk=64).run(rows, 5))) == len(rows)
    assert reads.n > 1000
    assert not reads.found
