"""Where language models run besides this process: on several devices, or on a Ray cluster."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from evalkit.config.sources import tagged
from evalkit.config.strict import Strict, matching

Device = Annotated[str, *matching(r"auto|cpu|mps|cuda(:\d+)?", "auto, cpu, cuda, cuda:1 or mps")]


class DeviceWorkers(Strict):
    """Processes on this machine, one for each device."""

    devices: Annotated[tuple[Device, ...], Field(min_length=1)]
    """Their devices, such as `[cuda:0, cuda:1]`; a device named twice has two processes. CPU
    cores are divided among them."""
    mixed_devices: bool = False
    """Whether workers may compute on devices of different kinds, whose results differ by
    rounding."""


class RayWorkers(Strict):
    """Actors on a Ray cluster; needs the extra `ray`."""

    ray: Annotated[
        str, *matching(r"auto|[\w.-]+:\d+", "auto, or the address of its head such as head:6379")
    ]
    """The cluster: `auto` is the one that this machine belongs to."""
    n: Annotated[int, Field(ge=1)]
    """How many workers; where there is not room for all, those that fit begin."""
    gpus: Annotated[float, Field(ge=0, le=1)] = 0.0
    """GPUs for each worker: 1, or a part of one, or 0 for the CPU."""
    cpus: Annotated[int, Field(ge=1)] = 1
    """CPU cores for each worker, and so its threads."""
    wait_s: Annotated[int, Field(ge=1)] = 60
    """How many seconds may pass without any worker, at the start or after all were lost; more than
    a node takes to start, where the cluster scales itself."""
    mixed_devices: bool = False
    """Whether workers may compute on devices of different kinds, whose results differ by
    rounding."""


_Kinds = Annotated[DeviceWorkers, Tag("<devices>")] | Annotated[RayWorkers, Tag("<ray>")]
Workers = Annotated[_Kinds, tagged(_Kinds)]
