"""The machine a model runs on: device, dtype, threads, free memory."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import TYPE_CHECKING

import psutil
import torch

from evalkit.errors import ModelLoadError, OutOfMemoryError
from evalkit.providers.local import cgroup
from evalkit.providers.local.cores import cpu_dtype_name, n_physical_cores, processor_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.config.schema import Dtype

# Names of glibc's settings. Source: malloc.h. By itself, the second becomes 32 MiB at most, and the
# first twice that.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
# What allocators that raise no MemoryError write.
_NO_MEMORY = ("not enough memory", "out of memory", "can't allocate memory")


def pick_device(wanted: str) -> torch.device:
    """Return the device of that name, `auto` being the best there is.

    Raises:
        ModelLoadError: this machine has no such device.
    """
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.append("mps")
    if torch.cuda.is_available():
        there += [*(f"cuda:{at}" for at in range(torch.cuda.device_count())), "cuda"]
    if wanted == "auto":
        return torch.device(there[-1])
    if wanted not in there:
        message = f"no device {wanted} on this machine; there is {', '.join(there)}"
        raise ModelLoadError(message, key="device")
    return torch.device(wanted)


def pick_dtype(wanted: Dtype, device: torch.device) -> torch.dtype:
    """Return the dtype of that name, `auto` being bfloat16 where the hardware has it."""
    if wanted != "auto":
        dtype: torch.dtype = getattr(torch, wanted)
        return dtype
    if device.type == "cpu":
        return pick_dtype(cpu_dtype_name(), device)
    fast = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if fast else torch.float32


def device_name(device: torch.device) -> str:
    """Return what the processor or the accelerator calls itself."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()


def wait_for(device: torch.device) -> None:
    """Wait until a device has computed all that it was given."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def use_physical_cores() -> int:
    """Let torch compute on every physical core this process may use; return how many.

    Where `OMP_NUM_THREADS` is set, it holds.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(n_physical_cores())
    return torch.get_num_threads()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one core inside.

    Tiny products take less time than two threads need to meet, and far less where other work keeps
    one of them waiting for a core.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def free_bytes(device: torch.device) -> int:
    """Return the memory that new tensors on a device may take."""
    if device.type == "cuda":
        cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + cached
    available = int(psutil.virtual_memory().available)
    allowed = cgroup.free_bytes()
    return available if allowed is None else min(available, allowed)


def release_freed() -> None:
    """Give freed memory back to the system, where the C library would keep some of it (glibc)."""
    _call_glibc("malloc_trim", 0)


@contextlib.contextmanager
def mapping_large_tensors() -> Iterator[None]:
    """Let each large tensor made inside have memory of its own, outside of the heap (glibc).

    Weights that replace each other one by one would leave freed memory between them in the heap,
    into which no later tensor fits. Where tensors come and go at every step, to map each would cost
    time.
    """
    _call_glibc("mallopt", _M_MMAP_THRESHOLD, 4 << 20)
    _call_glibc("mallopt", _M_TRIM_THRESHOLD, 64 << 20)
    try:
        yield
    finally:
        _call_glibc("mallopt", _M_MMAP_THRESHOLD, 32 << 20)


def _call_glibc(name: str, *arguments: int) -> None:
    """Call one of its functions; other C libraries have none of that name."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):
            getattr(ctypes.CDLL(None), name)(*arguments)


@contextlib.contextmanager
def memory_errors() -> Iterator[None]:
    """Raise whatever an allocator raises for lack of memory as one error.

    Raises:
        OutOfMemoryError: an allocation failed inside.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:  # torch.OutOfMemoryError is a RuntimeError
        if isinstance(error, MemoryError) or any(word in str(error) for word in _NO_MEMORY):
            message = f"out of memory: {next(iter(str(error).splitlines()), '')}"
            raise OutOfMemoryError(message) from error
        raise
