"""A project whose model runs in workers: small articles, many requests, the tiny model."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil

from evalkit.records import Generation
from evalkit.store.jsonl import read_all
from tests.support.paths import PROMPTS
from tests.support.phases import FIRST_ANSWER, KillIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.faults.conftest import Running

N_ARTICLES = 30
N_REQUESTS = 4 * N_ARTICLES
STOP = KillIn(phase=FIRST_ANSWER, signal=signal.SIGSTOP)


def write_project(folder: Path, **changes: Any) -> Path:  # noqa: ANN401 - any key of the config
    """Write articles with four questions each, and a config; return the config's path."""
    paragraphs = [
        {
            "context": f"襄阳市第{i}号文件说，今年修路{i + 3}公里，投资{i + 1}亿元。" * 8,
            "qas": [
                {"id": f"{i}-{n}", "question": f"第{n}件事是什么？", "answers": [{"text": "修路"}]}
                for n in range(4)
            ],
        }
        for i in range(N_ARTICLES)
    ]
    data = {"version": "1", "data": [{"title": "襄阳", "paragraphs": paragraphs}]}
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    config = {
        "name": "run",
        "output": str(folder / "runs"),
        "data": {"squad": str(folder / "data.json")},
        "prompts": {"folder": str(PROMPTS)},
        "cache": False,
        "tasks": {"answer": {"max_new_tokens": 32}},
        "metrics": {"answer": ["em", "f1"]},
        # with few rows together, no worker has all it can bear before the first answer
        "models": [{"name": "tiny", "weights": {"tiny": 0}, "dtype": "float32", "batch_size": 8}],
    }
    file = folder / "config.yaml"
    file.write_text(json.dumps(config | changes, ensure_ascii=False), encoding="utf-8")
    return file


def running(pids: Iterable[int]) -> list[int]:
    """Return those of some processes that are not gone within some seconds."""
    processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(processes, timeout=20)
    return [process.pid for process in alive]


def texts(folder: Path) -> dict[str, tuple[str, str]]:
    """Return what a run wrote for each example; each is there once."""
    found = read_all(folder / "generations.jsonl", Generation)
    written: dict[str, tuple[str, str]] = {
        made.example: (made.text, made.finish_reason) for made in found
    }
    assert len(written) == len(found)
    return written


def wait_until(happened: Callable[[], bool], *, longest_s: float = 300) -> None:
    """Wait until something has happened; a busy machine may take long."""
    end = time.monotonic() + longest_s
    while not happened():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.01)


def stopped_at_first_answer(run: Running) -> int:
    """Return the process of a run that was started with `STOP`, once it has stopped itself.

    So there is work left for sure, however slow this machine is beside it.
    """
    pid = run.process.pid or 0
    wait_until(lambda: not run.process.is_alive() or _is_stopped(pid))
    assert run.process.is_alive(), run.said
    return pid


def send(pid: int, number: int) -> None:
    """Send a signal to a stopped process, and have it go on; after SIGKILL it is gone."""
    os.kill(pid, number)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def _is_stopped(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED
