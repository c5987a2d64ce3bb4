"""A language model from a folder as a backend: article-shared inference on transformers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transformers import AutoModelForCausalLM

from evalkit.errors import ModelLoadError, OutOfMemoryError
from evalkit.providers.local import machine
from evalkit.providers.local.digests import weights_digest
from evalkit.providers.local.plain import greedy
from evalkit.providers.local.probe import choose_path
from evalkit.providers.local.row_limit import rows_that_fit
from evalkit.providers.local.rows import Ending, Row
from evalkit.records import Generation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import torch
    from transformers import PreTrainedModel

    from evalkit.config.schema import LanguageModel
    from evalkit.providers.local.chat import Chat
    from evalkit.providers.local.rows import Path as RunPath
    from evalkit.records import Request

# Rows beyond this gain nothing: decoding is then bound by arithmetic.
_MAX_ROWS = {"cpu": 64, "mps": 64, "cuda": 256}
# The share of the free memory that keys and values may take; the rest is for activations.
_KV_SHARE = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class TransformersBackend:
    """A language model that reads each article once.

    `fingerprint` covers weights, tokenizer, template, end tokens, stop strings and dtype. The
    manifest also records `attention` (`shared`, `repeated` or `plain`), `device`, `dtype` and
    `n_threads`, which cannot change a result but by rounding.
    """

    fingerprint: str
    name: str
    model: PreTrainedModel
    ending: Ending
    path: RunPath
    n_threads: int
    configured_rows: int | None

    @classmethod
    def load(cls, folder: Path, model: LanguageModel, chat: Chat) -> TransformersBackend:
        """Return the model in a folder, ready to generate.

        Raises:
            ModelLoadError: no such device, no weights or not all of them, not enough memory, or an
                architecture that this library lacks.
        """
        device = machine.pick_device(model.device)
        dtype = machine.pick_dtype(model.dtype, device)
        n_threads = machine.use_physical_cores()
        if not any(folder.glob("*.safetensors")):
            message = f"{folder}: no weights (*.safetensors)"
            raise ModelLoadError(message)
        try:
            loaded = _load_weights(folder, model, dtype, device)
            path = choose_path(loaded)
        except OutOfMemoryError as error:
            message = f"{model.name}: cannot be loaded from {folder}: {error}"
            raise ModelLoadError(message) from error
        stop = model.generation.stop
        return cls(
            fingerprint=fingerprint(folder, model, chat),
            name=model.name,
            model=loaded,
            ending=Ending(eos_ids=_ends(model, chat), stop=stop, decode=chat.decode),
            path=path,
            n_threads=n_threads,
            configured_rows=None if model.batch_size == "auto" else model.batch_size,
        )

    @property
    def attention(self) -> str:
        """Which path runs: `shared`, `repeated` or `plain`."""
        return self.path.name

    @property
    def device(self) -> str:
        """The device the model is on."""
        return str(self.model.device)

    @property
    def dtype(self) -> str:
        """The dtype the model computes in."""
        return str(self.model.dtype).removeprefix("torch.")

    def batch_size(self, requests: Sequence[Request]) -> int:
        """Return how many rows to decode together: as configured, or as memory allows."""
        if self.configured_rows is not None:
            return self.configured_rows
        free = int(machine.free_bytes(self.model.device) * _KV_SHARE)
        return rows_that_fit(
            requests,
            n_tokens=free // _kv_bytes_a_token(self.model),
            most_rows=_MAX_ROWS[self.model.device.type],
            shares=self.attention == "shared",
        )

    def generate(self, requests: Sequence[Request], batch_size: int, /) -> Iterator[Generation]:
        """Yield one generation a request, each as soon as its row ends.

        Each article is read once, and the rows of several are decoded together, `batch_size` of
        them at most.

        Raises:
            OutOfMemoryError: they did not fit.
        """
        rows = [
            Row(prompt=request.prompt_ids, max_new_tokens=request.max_new_tokens)
            for request in requests
        ]
        asked = {id(row): request for row, request in zip(rows, requests, strict=True)}
        with machine.memory_errors():
            for row in self.path.run(rows, self.ending, batch_size):
                yield self._generation(row, asked[id(row)])

    def _generation(self, row: Row, request: Request) -> Generation:
        return Generation(
            key=request.key,
            model=self.name,
            example_id=request.example.id,
            text=self.ending.text(row),
            finish_reason=row.finish or "error",
            n_prompt_tokens=len(row.prompt),
            n_computed_tokens=row.n_computed,
            n_new_tokens=len(row.new),
            n_article_tokens_dropped=request.n_article_tokens_dropped,
            template_sha256=request.template_sha256,
            latency_s=row.latency_s,
        )


def fingerprint(folder: Path, model: LanguageModel, chat: Chat) -> str:
    """Return the hash of all that changes the model's output, without loading its weights.

    Raises:
        ModelLoadError: the device, on which the dtype may depend, is not there.
    """
    facts = {
        "weights": weights_digest(folder),
        "chat": chat.fingerprint,
        "eos": sorted(_ends(model, chat)),
        "stop": model.generation.stop,
        "dtype": str(machine.pick_dtype(model.dtype, machine.pick_device(model.device))),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _ends(model: LanguageModel, chat: Chat) -> frozenset[int]:
    """Return every token that ends an answer: the model's own, and special ones to stop at."""
    return chat.eos_ids | chat.special_ids(model.generation.stop)


def _load_weights(
    folder: Path, model: LanguageModel, dtype: torch.dtype, device: torch.device
) -> PreTrainedModel:
    """Return the model on its device.

    Raises:
        ModelLoadError: this library cannot run it, or some of its weights are missing.
        OutOfMemoryError: it does not fit.
    """
    try:
        with machine.memory_errors():
            library: Any = AutoModelForCausalLM
            loaded, found = library.from_pretrained(
                folder,
                dtype=dtype,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=model.trust_remote_code,
                output_loading_info=True,
            )
            _require_all(found["missing_keys"])
            loaded.to(device)
            # Some models ship a repetition penalty or sampling: nothing of it may leak in.
            loaded.generation_config = greedy(1)
            model_on_device: PreTrainedModel = loaded.eval()
            return model_on_device
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        message = f"{model.name}: cannot be loaded from {folder}: {reason}"
        raise ModelLoadError(message) from error


def _require_all(missing: Collection[str]) -> None:
    """Raise if weights are missing, which the library fills with noise."""
    if missing:
        message = f"{len(missing)} of its weights are missing, such as {min(missing)}"
        raise ValueError(message)


def _kv_bytes_a_token(model: PreTrainedModel) -> int:
    """Return the memory that one token's keys and values take in all layers."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * dim * model.dtype.itemsize)
