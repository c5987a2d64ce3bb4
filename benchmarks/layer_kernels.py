"""Times what a layer computes, with every kernel known; prints a table of products by width.

Usage: python benchmarks/layer_kernels.py [--dtype DTYPE]

The layer is that of the quickstart's model. Beside the table, attention in chunks of 512 as evalkit
computes it, as a share of the speed of the library's own kernel over the whole prompt.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from gpu import seconds_of
from quickstart_model import open_model
from torch.nn.functional import linear, scaled_dot_product_attention

from evalkit.providers.local.attention import Scoring
from evalkit.providers.local.attention_kernels import Kernels, kernels_of
from evalkit.providers.local.forward import PrefillPass
from evalkit.providers.local.kv_cache import SegmentCache
from evalkit.providers.local.layers import PackedLinear
from evalkit.providers.local.machine import pick_device

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 512, 2048)
LENGTHS = (2_000, 11_000)
READING = (256, 1024, 4096)
CHUNK = 512
REPEATS = 9


def main() -> None:
    """Print milliseconds of one layer's products, and the speed of attention."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16, …")
    options = parser.parse_args()
    _, provider = open_model(options.dtype)
    with provider.session([]) as session, torch.inference_mode():
        decoder: Any = session.model.get_submodule("model")
        weights = weights_of(decoder.layers[0])
        names = list(products(weights))
        print(f"| rows | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
        for width in WIDTHS:
            took = [f"{seconds(weights, width, name) * 1e3:.2f}" for name in names]
            print(f"| {width} | {' | '.join(took)} |")
        for length in LENGTHS:
            query, keys = states(session.model, length, length)
            whole = best(partial(attention, query, keys, is_causal=True))
            chunked = best(partial(in_chunks, query, keys))
            print(f"attention over {length:,} tokens: {whole / chunked:.0%} of the kernel's speed")


def reading_seconds(model: Any, lengths: Sequence[int]) -> float:  # noqa: ANN401 - untyped library
    """Return how long prompts take by the best known kernels alone, without the output layer."""
    weights = weights_of(model.get_decoder().layers[0])
    with torch.inference_mode():
        token = min(fastest(weights, width) / width for width in READING)
        looks = [states(model, length, length) for length in lengths]
        seen = sum(best(partial(attention, *one, is_causal=True)) for one in looks)
    return float(model.config.get_text_config().num_hidden_layers * (token * sum(lengths) + seen))


def step_seconds(model: Any, n_rows: int, length: int) -> float:  # noqa: ANN401 - as above
    """Return how long a step of `n_rows` rows after `length` tokens takes by the same kernels."""
    layers = model.get_decoder().layers
    with torch.inference_mode():
        layer = fastest(weights_of(layers[0]), n_rows)
        layer += best(partial(attention, *states(model, n_rows, length)))
        head = fastest([model.get_output_embeddings().weight], n_rows)
    return float(len(layers) * layer + head)


def weights_of(layer: Any) -> list[Tensor]:  # noqa: ANN401 - as above
    """Return the weights [out, in] of a layer's products."""
    kinds = (torch.nn.Linear, PackedLinear)
    return [module.weight.detach() for module in layer.modules() if isinstance(module, kinds)]


def products(weights: Sequence[Tensor]) -> Mapping[str, Sequence[Callable[[Tensor], object]]]:
    """Return the known ways to multiply rows [n, in] by weights, one function a weight."""
    found: dict[str, Sequence[Callable[[Tensor], object]]] = {
        "F.linear": [partial(linear, weight=weight) for weight in weights],
        "w @ x.T": [partial(transposed, weight) for weight in weights],
    }
    if weights[0].is_cpu:
        found["packed"] = [PackedLinear(layer_of(weight)) for weight in weights]
    return found


def transposed(weight: Tensor, rows: Tensor) -> Tensor:
    """Return the product with the weights on the left."""
    return (weight @ rows.T).T


def layer_of(weight: Tensor) -> torch.nn.Linear:
    """Return the linear layer of weights [out, in]."""
    n_out, n_in = weight.shape
    layer = torch.nn.Linear(n_in, n_out, bias=False, device="meta")
    layer.weight = torch.nn.Parameter(weight, requires_grad=False)
    return layer


def seconds(weights: Sequence[Tensor], width: int, name: str) -> float:
    """Return how long the products of `width` rows take in one of the ways."""
    rows = [weight.new_ones(width, weight.shape[1]) for weight in weights]
    multiply = products(weights)[name]
    return best(lambda: [f(x) for f, x in zip(multiply, rows, strict=True)])


def fastest(weights: Sequence[Tensor], width: int) -> float:
    """Return how long the products of `width` rows take in the fastest way."""
    return min(seconds(weights, width, name) for name in products(weights))


def states(model: Any, n_queries: int, n_keys: int) -> tuple[Tensor, tuple[Tensor, Tensor]]:  # noqa: ANN401 - as above
    """Return random queries, keys and values of the model's shapes."""
    config = model.config.get_text_config()
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    kind = {"dtype": model.dtype, "device": model.device}
    query = torch.randn(1, n_queries, config.num_attention_heads, dim, **kind).transpose(1, 2)
    key, value = (
        torch.randn(1, n_keys, config.num_key_value_heads, dim, **kind).transpose(1, 2)
        for _ in "kv"
    )
    return query, (key, value)


def attention(query: Tensor, keys: tuple[Tensor, Tensor], *, is_causal: bool = False) -> Tensor:
    """Return the attention of the library's own kernel."""
    return scaled_dot_product_attention(query, *keys, is_causal=is_causal, enable_gqa=True)


def in_chunks(query: Tensor, keys: tuple[Tensor, Tensor]) -> None:
    """Attend as a prompt is read, chunk by chunk."""
    length, kernels = query.shape[2], Kernels(kernels_of(query.device)[0])
    segment = SegmentCache(start=0, length=length)
    for offset in range(0, length, CHUNK):
        now = slice(offset, min(length, offset + CHUNK))
        key, value = (states[:, :, now] for states in keys)
        reading = PrefillPass(kernels=kernels, segment=segment, offset=offset, above=())
        reading.attend(0, query[:, :, now], (key, value), Scoring(kernels=kernels))


def best(work: Callable[[], object]) -> float:
    """Return the shortest time of some calls, the first left out, on the device of models."""
    return seconds_of(work, pick_device("auto"), REPEATS)


if __name__ == "__main__":
    main()
