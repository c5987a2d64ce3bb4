"""Device, dtype, threads, memory."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
import torch

from evalkit.errors import ModelLoadError, OutOfMemoryError
from evalkit.providers.local import cgroup, machine

CPU = torch.device("cpu")


def test_auto_is_a_device_of_this_machine() -> None:
    """Whatever `auto` picks can hold a tensor."""
    assert torch.zeros(1, device=machine.pick_device("auto")).item() == 0
    assert machine.pick_device("cpu") == CPU


def test_auto_prefers_an_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU is taken where there is one, before Metal, before the CPU."""
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert machine.pick_device("auto").type == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert machine.pick_device("auto").type == "cuda"
    assert machine.pick_device("cuda:1") == torch.device("cuda:1")


def test_a_missing_device_is_named_with_those_that_are_there() -> None:
    """The message says what is wrong and what would be right."""
    with pytest.raises(ModelLoadError, match=r"no device cuda:7 on this machine; there is cpu"):
        machine.pick_device("cuda:7")


@pytest.mark.parametrize(
    ("flags", "dtype"),
    [
        ("flags : sse avx512_bf16", torch.bfloat16),
        ("Features : asimd bf16", torch.bfloat16),
        ("flags : sse avx2", torch.float32),
        ("nothing of the kind", torch.float32),
    ],
)
def test_bfloat16_where_the_cpu_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, flags: str, dtype: torch.dtype
) -> None:
    """`auto` reads the CPU's own list of features."""
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: f"processor : 0\n{flags}\n")
    assert machine.pick_dtype("auto", CPU) == dtype


def test_dtype_is_float32_where_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system without /proc/cpuinfo, and on Metal, `auto` is the dtype that always works."""

    def missing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert machine.pick_dtype("auto", CPU) == torch.float32
    assert machine.pick_dtype("auto", torch.device("mps")) == torch.float32


def test_bfloat16_on_a_gpu_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """On CUDA the driver is asked, and emulation does not count."""
    asked = []

    def supported(*, including_emulation: bool) -> bool:
        asked.append(including_emulation)
        return True

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert machine.pick_dtype("auto", torch.device("cuda")) == torch.bfloat16
    assert asked == [False]


def test_a_named_dtype_is_taken() -> None:
    """What the config says is done."""
    assert machine.pick_dtype("float16", CPU) == torch.float16


@pytest.mark.parametrize("allowed", [[0], None])
def test_threads_are_physical_cores_that_we_may_use(
    monkeypatch: pytest.MonkeyPatch, allowed: list[int] | None
) -> None:
    """No more threads than cores, nor than a container allows, nor than the user has asked for."""
    before = torch.get_num_threads()
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: 9 if logical else 3)
    if allowed is None:
        monkeypatch.delattr(psutil.Process, "cpu_affinity", raising=False)
    else:
        monkeypatch.setattr(psutil.Process, "cpu_affinity", lambda _: allowed, raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    try:
        assert machine.use_physical_cores() == (3 if allowed is None else 1)
        monkeypatch.setattr(cgroup, "n_cores", lambda: 2)
        assert machine.use_physical_cores() == (2 if allowed is None else 1)
        monkeypatch.setenv("OMP_NUM_THREADS", "7")
        torch.set_num_threads(1)  # what the library has made of it
        assert machine.use_physical_cores() == 1
    finally:
        torch.set_num_threads(before)


def test_free_memory_counts_what_torch_has_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """On CUDA, memory that torch holds but does not use is free too; in a cgroup, its limit."""
    assert 0 < machine.free_bytes(CPU) <= psutil.virtual_memory().total
    monkeypatch.setattr(cgroup, "free_bytes", lambda: 9)
    assert machine.free_bytes(CPU) == 9
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (100, 1000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _: 30)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda _: 10)
    assert machine.free_bytes(torch.device("cuda")) == 120


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("not enough memory: you tried to allocate 8 bytes"),
    ],
)
def test_all_that_says_out_of_memory_is_one_error(error: Exception) -> None:
    """The caller halves a batch without knowing whose allocator failed."""
    with pytest.raises(OutOfMemoryError), machine.memory_errors():
        raise error


def test_a_real_allocation_that_fails() -> None:
    """What torch raises for a tensor that no machine can hold is understood."""
    with pytest.raises(OutOfMemoryError), machine.memory_errors():
        torch.empty(1 << 60, dtype=torch.uint8)


def test_other_errors_pass_through() -> None:
    """A mistake is not mistaken for lack of memory."""
    error = RuntimeError("shapes do not match")
    with pytest.raises(RuntimeError, match="shapes"), machine.memory_errors():
        raise error
