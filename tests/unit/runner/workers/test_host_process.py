"""An object in another process: its methods, and what becomes of calls when the process is lost."""

from __future__ import annotations

import os
from functools import partial

import pytest

from evalkit.errors import WorkerLostError
from evalkit.runner.workers.host_process import HostProcess

MORE_THAN_A_PIPE_HOLDS = bytes(10_000_000)


def test_methods_are_called_in_order_and_return_what_they_return() -> None:
    """On one object, however many calls wait."""
    process = HostProcess(list)
    try:
        for number in range(5):
            process.call("append", number)
        process.call("sort", reverse=True)
        assert process.call("copy").result() == [4, 3, 2, 1, 0]
    finally:
        process.stop()


def test_calls_to_a_process_that_ends_before_it_reads_them_are_lost_at_once() -> None:
    """Also one that is being sent: nobody waits for room in its pipe."""
    process = HostProcess(partial(os._exit, 3))
    try:
        calls = [process.call("append", MORE_THAN_A_PIPE_HOLDS) for _ in range(2)]
        for call in calls:
            with pytest.raises(WorkerLostError, match="ended with code 3"):
                call.result(timeout=60)
    finally:
        process.stop()


def test_what_waits_is_lost_when_a_process_is_stopped() -> None:
    """As where scoring stops early."""
    process = HostProcess(list)
    call = process.call("__init__", range(1 << 60))
    process.stop()
    with pytest.raises(WorkerLostError):
        call.result(timeout=60)
