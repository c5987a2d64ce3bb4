"""Which path a model can take: found out on a small random copy of it, not guessed from its name.

A path can be taken when it writes, in float32, the token ids of `model.generate` with one prompt at
a time, and when its logits in the model's own dtype are as exact as those of the library's own
attention. Both on the model's device, by the kernels that will then run.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from evalkit.errors import first_line
from evalkit.providers.local.attention_kernels import Kernels, kernels_of
from evalkit.providers.local.by_length import ByLengthPath, length_limit
from evalkit.providers.local.machine import memory_errors, one_thread
from evalkit.providers.local.plain import PlainPath
from evalkit.providers.local.repeated import RepeatedPath
from evalkit.providers.local.shared import SharedPath
from evalkit.providers.local.small_copy import SMALL_CHUNK, Expected, small_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch
    from transformers import PreTrainedModel

    from evalkit.providers.local.attention_kernels import Kernel
    from evalkit.providers.local.kernels import Products
    from evalkit.providers.local.rows import Path

    MakePath = Callable[[PreTrainedModel, int], Path]

# Tokens computed at once: on a CPU few enough for the caches, on a GPU enough to keep it busy.
_CHUNK = {"cpu": 512}
_CHUNK_ELSEWHERE = 4096
# Exact enough: so many times the error of the library's own attention in the same dtype, and this
# share of the logits, which in float32 is all.
_MOST_ERROR = 2.0
_FLOOR = 1e-4
# What a model raises when it cannot take a path.
_UNFIT = (AttributeError, LookupError, NotImplementedError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The path that a model takes, what computes attention there, and why no faster one does."""

    path: Path
    attention: str
    rejected: Mapping[str, str] = field(default_factory=dict)


def choose_path(model: PreTrainedModel, products: Products) -> Choice:
    """Return the fastest path that the model can take, its steps as wide as products allow.

    Raises:
        OutOfMemoryError: there is no memory to find out; with more, a faster one might do.
    """
    limit = length_limit(model.config)
    attention = model.config._attn_implementation  # noqa: SLF001 - the library has no public name
    with one_thread():
        choice = _fastest(model, attention, products)
    if limit is None:
        return choice
    alone = PlainPath(model=model, attention=attention, most=1)
    return replace(choice, path=ByLengthPath(limit=limit, short=choice.path, long=alone))


def _fastest(model: PreTrainedModel, attention: str, products: Products) -> Choice:
    """Return the first of the paths, fastest first, that a small copy of the model can take.

    One that cannot be copied is run one prompt at a time, as its library does.
    """
    chunk = _CHUNK.get(model.device.type, _CHUNK_ELSEWHERE)
    rejected: dict[str, str] = {}
    try:
        with memory_errors():
            trial = _Trial.of(model)
        for name, make in _candidates(model.device, attention, products).items():
            path = make(trial.rounded, SMALL_CHUNK)
            reason = trial.problem(path, make(trial.exact, SMALL_CHUNK))
            if reason is None:
                taken = make(model, chunk)
                return Choice(path=taken, attention=path.attention, rejected=rejected)
            rejected[name] = reason
    except _UNFIT as error:
        rejected["all in batches"] = f"no small copy of it: {_said(error)}"
    alone = PlainPath(model=model, attention=attention, most=1)
    return Choice(path=alone, attention=attention, rejected=rejected)


def _candidates(device: torch.device, attention: str, products: Products) -> dict[str, MakePath]:
    """Return how to make each path from a model and a chunk's size, by name, fastest first."""

    def shared_by(kernels: tuple[Kernel, ...]) -> MakePath:
        return lambda model, chunk: SharedPath(
            model=model,
            chunk=chunk,
            kernels=Kernels(kernels),
            guess_width=products.guess_width,
            full_width=products.full_width,
        )

    return {
        **{f"shared, {one[0].name}": shared_by(one) for one in kernels_of(device)},
        "repeated": lambda model, chunk: RepeatedPath(
            model=model, attention=attention, chunk=chunk
        ),
        "plain": lambda model, _: PlainPath(model=model, attention=attention),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trial:
    """A small copy in float32, the same in the model's own dtype, and what the library writes."""

    exact: PreTrainedModel
    rounded: PreTrainedModel
    expected: Expected
    most_error: float

    @classmethod
    def of(cls, model: PreTrainedModel) -> _Trial:
        exact = small_copy(model)
        expected = Expected.of(exact)
        rounded: Any = copy.deepcopy(exact)
        rounded.to(model.dtype)
        most_error = _MOST_ERROR * expected.error_of_library(rounded) + _FLOOR * expected.size
        return cls(exact=exact, rounded=rounded, expected=expected, most_error=most_error)

    def problem(self, path: Path, exact: Path) -> str | None:
        """Return why a path, of the rounded copy and of the exact one, cannot be taken, or None."""
        try:
            with memory_errors():
                if self.expected.written_by(exact) != self.expected.ids:
                    return "other token ids than the library's in float32"
                error = self.expected.error_of_path(path)
        except _UNFIT as failure:
            return _said(failure)
        if error <= self.most_error:
            return None
        dtype = str(self.rounded.dtype).removeprefix("torch.")
        return f"logits off by {error:.2g} in {dtype}, where {self.most_error:.2g} is allowed"


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {first_line(error)}"
