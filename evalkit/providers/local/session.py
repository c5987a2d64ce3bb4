"""A loaded model that answers requests, each article computed once."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from evalkit.errors import ModelLoadError, OutOfMemoryError
from evalkit.providers import failed, generation_of
from evalkit.providers.local import machine
from evalkit.providers.local.embedding import leave_embedding_in_file
from evalkit.providers.local.kernels import choose_products
from evalkit.providers.local.layers import n_parameters
from evalkit.providers.local.library_errors import library_errors
from evalkit.providers.local.load import load_model
from evalkit.providers.local.narrow_output import narrow_output
from evalkit.providers.local.portions import portions
from evalkit.providers.local.probe import choose_path
from evalkit.providers.local.row_limit import n_rows_that_fit
from evalkit.providers.local.rows import Row, StoppingCriteria
from evalkit.providers.local.sampling import Sampler
from evalkit.store.log import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from transformers import PreTrainedModel

    from evalkit.config.schema import LanguageModel
    from evalkit.providers.local.chat import Chat
    from evalkit.providers.local.kernels import Products
    from evalkit.providers.local.prefix import Ids
    from evalkit.providers.local.rows import Batch
    from evalkit.providers.local.rows import Path as RunPath
    from evalkit.records import Generation, Message, Request

# Rows beyond this gain nothing: decoding is then bound by arithmetic.
_MAX_ROWS = {"cpu": 64, "mps": 64, "cuda": 256}
# The share of the free memory that keys and values may take; the rest is for activations.
_KV_SHARE = 0.5
# This many answers of nothing but noise are enough to stop a model.
_MOST_NOISE = 8


@dataclass(kw_only=True, slots=True)
class _Health:
    """Whether a model has written anything but noise, and how many answers were noise."""

    is_sound: bool = False
    n_noise: int = 0


@dataclass(kw_only=True, slots=True)
class _Work:
    """A batch, and the requests that its rows answer; `free_bytes` were free before it began."""

    batch: Batch
    free_bytes: int
    todo: dict[Row, Request] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalSession:
    """A language model on its device; `encode` returns the token ids of a conversation.

    `attention` is what computes attention on its path, `rejected` why no faster path is taken.
    `unfinished` holds what the last call left for the next, if anything.
    """

    entry: LanguageModel
    model: PreTrainedModel
    path: RunPath
    attention: str
    rejected: Mapping[str, str]
    chat: Chat
    encode: Callable[[Sequence[Message]], Ids]
    n_threads: int
    products: Products
    health: _Health = field(default_factory=_Health)
    unfinished: list[_Work] = field(default_factory=list)

    @property
    def facts(self) -> Mapping[str, object]:
        """What runs, none of which changes a result but by rounding."""
        device = self.model.device
        facts: dict[str, object] = {
            "attention": self.path.name,
            "attention_kernels": self.attention,
            "device": str(device),
            "dtype": str(self.model.dtype).removeprefix("torch."),
            "n_threads": self.n_threads,
            "kernel": "oneDNN, packed" if self.products.packed else "torch",
            "guess_width": self.products.guess_width,
            "full_width": self.products.full_width,
        }
        if getattr(self.model.config, "quantization_config", None) is None:
            # quantised weights hide how many they are
            facts["n_parameters"] = n_parameters(self.model)
        if self.rejected:
            facts["attention_rejected"] = dict(self.rejected)
        if device.type == "cuda":
            facts["accelerator"] = machine.device_name(device)
        return facts

    def batch_size(self, rows: Sequence[Row], free_bytes: int) -> int:
        """Return how many rows to decode together: as configured, or as free memory allows."""
        if self.entry.batch_size != "auto":
            return self.entry.batch_size
        return n_rows_that_fit(
            rows,
            n_tokens=int(free_bytes * _KV_SHARE) // _kv_bytes_per_token(self.model),
            most_rows=_MAX_ROWS[self.model.device.type],
            full_width=self.products.full_width if self.path.name == "shared" else None,
        )

    def generate(self, requests: Sequence[Request], *, finish: bool = True) -> Iterator[Generation]:
        """Yield one generation a request, each as soon as its row ends.

        Without `finish`, requests are left for the next call where others could be answered along
        with them; a call without any finishes what is left.

        Raises:
            ModelLoadError: the library fails; what was generated before is kept.
        """
        with library_errors("stopped while it was generating"):
            parts = portions(requests)
            for at, some in enumerate(parts, start=1):
                yield from self._generate(some, finish=finish and at == len(parts))

    def close(self) -> None:
        """Free the weights, whoever still holds the session."""
        self.unfinished.clear()
        self.model.to("meta")  # type: ignore[arg-type] # the library's annotation lacks devices
        gc.collect()
        machine.release_freed()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _generate(
        self, requests: Sequence[Request], most_rows: int | None = None, *, finish: bool
    ) -> Iterator[Generation]:
        """Yield generations, with a smaller batch where memory runs out.

        The rest then goes on with half as many decoded together, so that what they share is
        computed again only once. At one, the requests themselves are halved, since the prompts may
        need the memory; a single one that does not fit fails.
        """
        work = self.unfinished.pop() if self.unfinished else self._new_work()
        rows = self._rows(requests)
        work.batch.add(list(rows))
        work.todo |= rows
        n_requests, reason = len(work.todo), ""
        n_rows = most_rows or self.batch_size(list(work.todo), work.free_bytes)
        try:
            with machine.memory_errors():
                for row in work.batch.results(n_rows, finish=finish):
                    yield self._generation(row, work.todo.pop(row))
        except OutOfMemoryError as error:  # left at once: its traceback keeps what it ran out with
            reason = str(error)
        else:
            if work.todo:
                self.unfinished.append(work)
            return
        rest = list(work.todo.values())
        del work  # with all that it keeps
        n_rows = min(n_rows, len(rest))
        if n_requests == len(rest) == 1:
            warn("failed", model=self.entry.name, example=rest[0].example.id, reason=reason)
            yield failed(rest[0], reason)
        elif n_rows > 1:
            warn("out of memory, batch halved", model=self.entry.name, batch_size=n_rows // 2)
            yield from self._generate(rest, n_rows // 2, finish=True)
        elif rest:
            half = (len(rest) + 1) // 2
            warn("out of memory, requests halved", model=self.entry.name, n_requests=half)
            for some in filter(None, (rest[:half], rest[half:])):
                yield from self._generate(some, 1, finish=True)

    def _new_work(self) -> _Work:
        free = machine.free_bytes(self.model.device)
        return _Work(batch=self.path.batch(), free_bytes=free)

    def _rows(self, requests: Sequence[Request]) -> dict[Row, Request]:
        return {self.row(request): request for request in requests}

    def _generation(self, row: Row, request: Request) -> Generation:
        """Return the record of a row that has ended.

        Raises:
            ModelLoadError: no row so far had finite logits.
        """
        if row.finish == "error":
            return self._noise(request)
        self.health.is_sound = True
        return generation_of(
            request,
            self.chat.opened_thinking(row.prompt) + row.text,
            self.entry.thinking,
            finish_reason=row.finish,
            n_prompt_tokens=len(row.prompt),
            n_computed_tokens=row.n_computed,
            n_new_tokens=len(row.new),
            seconds=row.seconds,
        )

    def _noise(self, request: Request) -> Generation:
        dtype = str(self.model.dtype).removeprefix("torch.")
        reason = f"its logits are not finite in {dtype}: what it would write is noise"
        self.health.n_noise += 1
        if self.health.n_noise >= _MOST_NOISE and not self.health.is_sound:
            message = f"{reason}; check the weights, or set dtype: float32"
            raise ModelLoadError(message, "dtype")
        warn("failed", model=self.entry.name, example=request.example.id, reason=reason)
        return failed(request, reason)

    def row(self, request: Request) -> Row:
        """Return the row that answers a request."""
        decoding = request.decoding
        return Row(
            prompt=self.encode(request.messages),
            stopping=StoppingCriteria(
                max_new_tokens=decoding.max_new_tokens,
                eos_ids=self.chat.eos_ids | self.chat.special_ids(decoding.stop),
                decode=self.chat.decode,
                stop=decoding.stop,
            ),
            sampler=Sampler.of(request.messages, decoding),
        )


def load_session(
    entry: LanguageModel,
    files: tuple[Path, Path | None],
    chat: Chat,
    encode: Callable[[Sequence[Message]], Ids],
) -> LocalSession:
    """Load a model from the folders of its weights and of its adapter, and find the fastest path.

    Raises:
        ModelLoadError: this machine or the library cannot run it.
    """
    folder, adapter = files
    n_threads = machine.use_physical_cores()
    try:
        with machine.mapping_large_tensors(), library_errors(f"cannot be run from {folder}"):
            model = load_model(folder, adapter, entry)
            if adapter is None:  # which may have changed it
                leave_embedding_in_file(model, folder)
            narrow_output(model)
            products = choose_products(model)
            choice = choose_path(model, products)
    except OutOfMemoryError as error:
        message = f"cannot be loaded from {folder}: {error}"
        raise ModelLoadError(message) from error
    return LocalSession(
        entry=entry,
        model=model,
        path=choice.path,
        attention=choice.attention,
        rejected=choice.rejected,
        chat=chat,
        encode=encode,
        n_threads=n_threads,
        products=products,
    )


def _kv_bytes_per_token(model: PreTrainedModel) -> int:
    """Return the memory that one token's keys and values take in all layers."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * dim * model.dtype.itemsize)
