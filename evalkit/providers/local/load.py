"""Loads a model's weights, and an adapter on top of them, onto a device."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from transformers import AutoModelForCausalLM

from evalkit.errors import ModelLoadError, OutOfMemoryError
from evalkit.providers.local import machine
from evalkit.providers.local.library_errors import library_errors
from evalkit.providers.local.plain import greedy
from evalkit.providers.local.weights.check import ADAPTER_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from transformers import PreTrainedModel

    from evalkit.config.schema import LanguageModel


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
    library: Any = AutoModelForCausalLM
    try:
        with library_errors(f"cannot be loaded from {folder}"), machine.memory_errors():
            model, found = library.from_pretrained(
                folder,
                dtype=machine.pick_dtype(entry.dtype, device),
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=entry.trust_remote_code,
                output_loading_info=True,
            )
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


def _merge_adapter(model: PreTrainedModel, folder: Path) -> PreTrainedModel:
    """Return the model with a LoRA adapter added to its weights.

    Merged, it is a model of the same class: every path runs it, at no cost per token.
    """
    from peft import PeftModel, get_peft_model_state_dict  # noqa: PLC0415 - an extra: adapters
    from safetensors import safe_open  # noqa: PLC0415 - as above

    library: Any = PeftModel
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing tensors, which are looked for below
        adapted = library.from_pretrained(model, folder, torch_device=str(model.device))
    with safe_open(folder / ADAPTER_WEIGHTS, framework="pt") as file:
        given = set(file.keys())
    if strange := given ^ get_peft_model_state_dict(adapted).keys():
        message = (
            f"{len(strange)} tensors of model and adapter do not match, such as {min(strange)}"
        )
        raise ValueError(message)
    merged: PreTrainedModel = adapted.merge_and_unload(safe_merge=True)
    return merged


def _require_all(missing: Collection[str]) -> None:
    """Raise if weights are missing, which the library fills with noise."""
    if missing:
        message = f"{len(missing)} of its weights are missing, such as {min(missing)}"
        raise ValueError(message)
