"""How a model multiplies by its weights: the one module that knows kernels.

oneDNN multiplies faster by weights in a layout of its own, above all for the few rows of a decoding
step. Whether it does on this machine, and how many rows a step computes in hardly more time than
one, is measured when weights of these shapes are first loaded, and kept in the cache: what is
measured twice could differ twice, and in bfloat16 an answer with it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import Linear

from evalkit.providers.local import machine
from evalkit.providers.local.cores import cpu_features
from evalkit.providers.local.kept import KeptFacts
from evalkit.providers.local.layers import PackedLinear
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch.nn import Module
    from transformers import PreTrainedModel

_KEPT: Final = KeptFacts(name="kernels.json")
_WIDTHS: Final = (1, 2, 4, 8, 16, 32, 64, 128)
# Weights to measure with: more than caches hold, since a step reads those of all layers.
_SAMPLE_BYTES: Final = 1 << 27
_ROUNDS: Final = 3
# A step with guesses may take so many times as long as one of a single row.
_GUESSES_COST: Final = 2.0
# oneDNN and torch keep a kernel for each shape they have met, a quarter of a megabyte each. Batches
# have ever other numbers of rows; of a step, all layers have a few shapes.
_KERNELS_KEPT: Final = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64", "LRU_CACHE_CAPACITY": "64"}
# Where a row costs no more than so many times what it does among many, more rows gain little.
_FULL_COST: Final = 1.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Products:
    """How products are computed, and what follows for a step of decoding.

    `packed` is whether oneDNN's layout is used. Guesses fill a step up to `guess_width` rows. With
    `full_width` rows decoding is no longer bound by reading the weights.
    """

    packed: bool = False
    guess_width: int = 32
    full_width: int = 32


def choose_products(model: PreTrainedModel) -> Products:
    """Return the fastest way for a model, whose weights are packed where that is it.

    Code of the model's own may read its weights at every step, so they are left as they are.
    """
    for name, number in _KERNELS_KEPT.items():  # read when the first of them is made
        os.environ.setdefault(name, number)
    products = _fastest(model)
    if products.packed:
        _pack(model)
    return products


def can_rearrange(model: PreTrainedModel) -> bool:
    """Return whether a model's weights may be kept otherwise: by the library's code, on a CPU."""
    return model.device.type == "cpu" and type(model).__module__.startswith("transformers.")


def _fastest(model: PreTrainedModel) -> Products:
    """Return what was measured of such a model before, or what is measured now.

    No layer that was measured is held any longer when packing begins.
    """
    sample = _sample(model)
    if not sample:
        return Products()
    key = _key(model, sample)
    try:
        return Products(**_KEPT.read()[key])
    except (KeyError, TypeError):
        with torch.inference_mode():
            products = _measured(sample, can_pack=can_rearrange(model))
        _KEPT.add({key: asdict(products)})
        return products


def _sample(model: PreTrainedModel) -> list[Linear]:
    """Return layers of the one shape that most weights have, up to `_SAMPLE_BYTES` of them."""
    linears = [module for module in model.modules() if type(module) is Linear]
    n_bytes: Counter[tuple[int, ...]] = Counter()
    for linear in linears:
        n_bytes[linear.weight.shape] += linear.weight.nbytes
    most = max(n_bytes, key=n_bytes.__getitem__, default=())
    sample = [linear for linear in linears if linear.weight.shape == most]
    return sample[: -(-_SAMPLE_BYTES // sample[0].weight.nbytes)] if sample else []


def _key(model: PreTrainedModel, sample: Sequence[Linear]) -> str:
    """Return the hash of all that the measurement depends on."""
    facts: Mapping[str, object] = {
        "device": machine.device_name(model.device),
        "features": sorted(cpu_features()),
        "torch": torch.__version__,
        "dtype": str(model.dtype),
        "sample": [len(sample), *sample[0].weight.shape],
        "can_pack": can_rearrange(model),
    }
    return hash_text(json.dumps(facts, sort_keys=True))


def _measured(sample: Sequence[Linear], *, can_pack: bool) -> Products:
    """Return what is fastest over all widths, by the mean of the logarithms."""
    ways: list[Sequence[Module]] = [sample]
    if can_pack:
        # torch without oneDNN, or no kernel for this dtype
        with contextlib.suppress(AttributeError, RuntimeError):
            ways.append([PackedLinear(linear) for linear in sample])
    plain, *packed = _seconds(ways, sample[0])
    if packed and sum(map(math.log, packed[0].values())) < sum(map(math.log, plain.values())):
        return _widths(packed[0], packed=True)
    return _widths(plain, packed=False)


def _widths(seconds: Mapping[int, float], *, packed: bool) -> Products:
    """Return the widths that pay, from the seconds that a step of each width takes."""
    wide = max(seconds)
    return Products(
        packed=packed,
        guess_width=max(w for w in seconds if seconds[w] <= _GUESSES_COST * seconds[1]),
        full_width=min(w for w in seconds if seconds[w] / w <= _FULL_COST * seconds[wide] / wide),
    )


def _seconds(ways: Sequence[Sequence[Module]], like: Linear) -> list[dict[int, float]]:
    """Return for each way, at each width, the shortest time of some rounds, taken in turns.

    On a CPU these are seconds of one thread, which other work on the machine does not change:
    threads that wait for each other take many times as long where one of them has no core.
    """
    best = [dict.fromkeys(_WIDTHS, math.inf) for _ in ways]
    clock = time.thread_time if like.weight.is_cpu else time.perf_counter
    with machine.one_thread():
        for width, _ in product(_WIDTHS, range(_ROUNDS)):
            rows = like.weight.new_ones(width, like.in_features)
            for seconds, layers in zip(best, ways, strict=True):
                machine.wait_for(rows.device)
                start = clock()
                for layer in layers:
                    layer(rows)
                machine.wait_for(rows.device)
                seconds[width] = min(seconds[width], clock() - start)
    return best


def _pack(model: PreTrainedModel) -> None:
    """Pack the weights of every linear layer, one by one, so that none is held twice.

    Those that the embedding uses too stay as they are.
    """
    uses = Counter(
        id(weight) for module in model.modules() for weight in module.parameters(recurse=False)
    )
    for path in [name for name, module in model.named_modules() if type(module) is Linear]:
        linear: Any = model.get_submodule(path)
        if uses[id(linear.weight)] == 1:
            model.set_submodule(path, PackedLinear(linear))
        del linear
        machine.release_freed()
