"""Loads a model's weights, and an adapter on top of them, onto a device."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import safe_open
from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig, AutoModelForCausalLM

from evalkit.errors import ModelLoadError, OutOfMemoryError
from evalkit.language import counted
from evalkit.providers.local import machine
from evalkit.providers.local.library_errors import library_errors
from evalkit.providers.local.plain import greedy
from evalkit.providers.local.weights.check import ADAPTER_WEIGHTS
from evalkit.providers.local.weights.safetensors import files_of, n_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from torch import Tensor
    from transformers import PreTrainedModel

    from evalkit.config.schema import LanguageModel

# As safetensors names the dtypes that a config can ask for.
_NAMES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16"}
_GB = 1e9


def load_model(folder: Path, adapter: Path | None, entry: LanguageModel) -> PreTrainedModel:
    """Return the model in a folder, with its adapter merged into its weights, ready to generate.

    Raises:
        ModelLoadError: no such device, no weights or not all of them, not enough memory, or an
            architecture that this library lacks.
    """
    device = machine.pick_device(entry.device)
    if not any(folder.glob("*.safetensors")):
        message = f"{folder}: no weights (*.safetensors)"
        raise ModelLoadError(message)
    try:
        with library_errors(f"cannot be loaded from {folder}"), machine.memory_errors():
            dtype = machine.pick_dtype(entry.dtype, device)
            _require_memory(folder, dtype, device)
            model, found = _read(folder, dtype, device, trust_remote_code=entry.trust_remote_code)
            _require_all(found["missing_keys"])
            model.to(device)
        if adapter is not None:
            with (
                library_errors(f"cannot be adapted with {adapter}", "adapter"),
                machine.memory_errors(),
            ):
                model = _merge_adapter(model, adapter)
    except OutOfMemoryError as error:
        message = f"cannot be loaded from {folder}: {error}"
        raise ModelLoadError(message) from error
    # Some models ship a repetition penalty or sampling: nothing of it may leak in.
    model.generation_config = greedy(1)
    loaded: PreTrainedModel = model.eval()
    return loaded


def _require_memory(folder: Path, dtype: torch.dtype, device: torch.device) -> None:
    """Raise where the weights of a folder cannot fit on a device, before any of them is read.

    Raises:
        ModelLoadError: they need more memory than there is.
    """
    needed = sum(n_bytes(path, dtype.itemsize) for path in files_of(folder))
    free = machine.free_bytes(device)
    if needed > free:
        message = (
            f"{folder}: its weights take {needed / _GB:,.1f} GB in {_NAMES[dtype]}, and {device} "
            f"has {free / _GB:,.1f} GB free; run it on a server and name that under `endpoint`"
        )
        raise ModelLoadError(message, key="weights")


def _read(
    folder: Path, dtype: torch.dtype, device: torch.device, *, trust_remote_code: bool
) -> tuple[Any, Mapping[str, Collection[str]]]:
    """Return a folder's model on the CPU, and what the library says about loading it.

    The library maps the files into memory. Where weights are to be converted or packed, that would
    hold them twice until the last one is; then each tensor is read by itself instead.
    """
    config = _config(folder, trust_remote_code=trust_remote_code)
    given: dict[str, Any] = {"config": config, "dtype": dtype, "output_loading_info": True}
    library: Any = AutoModelForCausalLM
    changes = device.type == "cpu" or _dtypes(folder) != {_NAMES.get(dtype)}
    if changes and not trust_remote_code and (kind := _readable(config)) is not None:
        model, found = kind.from_pretrained(None, state_dict=_tensors(folder, dtype), **given)
    else:
        model, found = library.from_pretrained(
            folder,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=trust_remote_code,
            **given,
        )
    return model, found


def _config(folder: Path, *, trust_remote_code: bool) -> Any:  # noqa: ANN401 - untyped
    """Return a folder's config, without kernels that a repository of a hub has for its attention.

    The library would fetch and run these; and unless it is told that no code of the folder's own
    may run, it asks at the terminal.
    """
    library: Any = AutoConfig
    config = library.from_pretrained(
        folder, local_files_only=True, trust_remote_code=trust_remote_code
    )
    for part in (config, *(getattr(config, name, None) for name in config.sub_configs)):
        if "/" in str(getattr(part, "_attn_implementation", "")):
            part._attn_implementation = None  # noqa: SLF001 - the library has no public name
    return config


def _dtypes(folder: Path) -> set[str]:
    """Return the dtypes of a folder's tensors, as safetensors names them."""
    found: set[str] = set()
    for path in files_of(folder):
        with safe_open(path, framework="pt") as file:
            found.update(file.get_slice(name).get_dtype() for name in file.keys())  # noqa: SIM118 - no mapping
    return found


def _readable(config: Any) -> Any:  # noqa: ANN401 - a config and a class of the library
    """Return the class of a config's model if its weights can be given to it one by one.

    None for quantised weights, and for a language model inside of another one: the library knows
    how to find these in the files only.
    """
    if getattr(config, "quantization_config", None) is not None:
        return None
    kind: Any = MODEL_FOR_CAUSAL_LM_MAPPING.get(type(config), None)
    return kind if getattr(kind, "config_class", None) is type(config) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _StoredTensor:
    """A tensor of a file, read when it is indexed, for a model in some dtype.

    Pages of a mapped file that have been read count as memory in use. So it is mapped only until
    the tensor is copied: here, or where the library converts it.
    """

    path: Path
    name: str
    dtype: torch.dtype

    def __getitem__(self, _: object) -> Tensor:
        with safe_open(self.path, framework="pt") as file:
            mapped: Tensor = file.get_tensor(self.name)
        return mapped.clone() if mapped.dtype == self.dtype else mapped


def _tensors(folder: Path, dtype: torch.dtype) -> dict[str, _StoredTensor]:
    """Return the tensors of a folder by name, for a model in a dtype."""
    found: dict[str, _StoredTensor] = {}
    for path in files_of(folder):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - no mapping
                found[name] = _StoredTensor(path=path, name=name, dtype=dtype)
    return found


def _merge_adapter(model: PreTrainedModel, folder: Path) -> PreTrainedModel:
    """Return the model with a LoRA adapter added to its weights.

    Merged, it is a model of the same class: every path runs it, at no cost per token.
    """
    from peft import PeftModel, get_peft_model_state_dict  # noqa: PLC0415 - an extra: adapters

    library: Any = PeftModel
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing tensors, which are looked for below
        adapted = library.from_pretrained(model, folder, torch_device=str(model.device))
    with safe_open(folder / ADAPTER_WEIGHTS, framework="pt") as file:
        given = set(file.keys())
    if strange := given ^ get_peft_model_state_dict(adapted).keys():
        tensors = counted(len(strange), "tensor")
        message = f"model and adapter differ in {tensors}, such as {min(strange)}"
        raise ValueError(message)
    merged: PreTrainedModel = adapted.merge_and_unload(safe_merge=True)
    return merged


def _require_all(missing: Collection[str]) -> None:
    """Raise if weights are missing, which the library fills with noise."""
    if missing:
        message = f"it lacks {counted(len(missing), 'weight')}, such as {min(missing)}"
        raise ValueError(message)
