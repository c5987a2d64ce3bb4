"""Which dtype `auto` is; where torch can compute on a CPU only, without importing it."""

from __future__ import annotations

import contextlib
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.providers.local.cores import cpu_dtype_name

if TYPE_CHECKING:
    from evalkit.config.schema import Dtype

# What torch's version.py names if it was built for a GPU.
_GPU_TOOLKITS = ("cuda", "hip", "xpu")


def dtype_name(wanted: Dtype, device: str) -> str:
    """Return the name of the dtype that a model gets, for the device that its config names.

    Raises:
        ModelLoadError: this machine has no such device.
    """
    if device == "cpu" or (device == "auto" and _is_built_for_cpus()):
        return cpu_dtype_name() if wanted == "auto" else wanted
    from evalkit.providers.local import machine  # noqa: PLC0415 - torch takes seconds to import

    return str(machine.pick_dtype(wanted, machine.pick_device(device))).removeprefix("torch.")


def _is_built_for_cpus() -> bool:
    """Return whether the torch that is installed was built without any GPU's toolkit."""
    spec = find_spec("torch")
    if sys.platform == "darwin" or spec is None or spec.origin is None:
        return False
    with contextlib.suppress(OSError):
        built = runpy.run_path(str(Path(spec.origin).with_name("version.py")))
        return not any(built.get(name) for name in _GPU_TOOLKITS)
    return False
