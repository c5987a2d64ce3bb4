"""Promise: nothing that only POSIX has is needed; what Windows lacks is removed from Python here.

This stands in for Windows, it is not Windows: paths, encodings and processes stay those of Linux.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.errors import StoreError
from evalkit.runner.memory import peak_memory
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import delete_folder, lock_folder
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

WITHOUT_POSIX = """\
import errno, json, multiprocessing.spawn, os, signal, sys, filelock, numpy, psutil
from collections import namedtuple
for module in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[module] = None
for name in ("O_DIRECTORY", "chown", "fchown", "fork", "forkpty",
             "getgid", "getloadavg", "getpgid", "geteuid", "getuid", "killpg", "lchown",
             "mkfifo", "mknod", "nice", "pread", "pwrite", "sched_getaffinity", "sendfile",
             "setsid", "statvfs", "sync", "uname"):
    delattr(os, name)
for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "setitimer", "alarm"):
    delattr(signal, name)

def refuse_link(*_, **__):
    raise OSError(1314, "A required privilege is not held by the client")

real_open = os.open
def open_no_folder(path, *rest, **more):
    if os.path.isdir(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)
    return real_open(path, *rest, **more)

memory = psutil.Process.memory_info
def memory_info(process):
    found = memory(process)._asdict()
    return namedtuple("Memory", [*found, "peak_wset"])(**found, peak_wset=found["rss"])

os.symlink = os.link = refuse_link
os.open, psutil.Process.memory_info = open_no_folder, memory_info

class WindowsOs:  # libraries keep the system that they were built for
    name = "nt"
    def __getattr__(self, name):
        return getattr(os, name)

from evalkit.store import files
files.os = WindowsOs()
from evalkit.cli import main
for command in json.loads(sys.argv[1]):
    if main(command):
        sys.exit(f"failed: {command}")
"""


@pytest.mark.skipif(os.name != "posix", reason="takes from POSIX what Windows lacks")
def test_a_project_runs_without_what_windows_lacks(project: Project) -> None:
    """From a folder of articles to a run, all that is made of it, and the end of its folder."""
    project.config["name"] = "fresh"
    # libraries that run models are built for one system
    project.config["models"][2] = {"name": "textrank", "baseline": "textrank"}
    project.write("config.yaml", project.config)
    predictions = {"id": "1", "prediction": "襄阳", "references": ["襄阳"], "question": "哪里？"}
    project.write("answers.json", [predictions])
    commands = (
        "init mine --from seeds",
        "check config.yaml",
        "run config.yaml",
        "rescore runs/fresh",
        "compare runs/fresh",
        "report runs/fresh --out scores.tex --charts charts",
        "gate runs/fresh --min oracle:em=0.5 --no-worse-than runs/fresh",
        "annotate references seeds",
        "score answers answers.json --out scores.csv",
        "runs",
        "runs rm fresh --yes",
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", WITHOUT_POSIX, json.dumps([line.split() for line in commands])],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (project.root / "runs/fresh").exists()


def test_memory_is_measured_here() -> None:
    """A process has held more than a megabyte, whatever measures it."""
    assert peak_memory() > 1_000_000


def test_a_lock_that_is_open_is_deleted_after_it_is_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows deletes no file that a process has open, and the lock of a run is."""
    folder = tmp_path / "run"
    lock_folder(folder).release()
    refused: list[Path] = []
    unlink = type(tmp_path).unlink

    def refuse_once(file: Path, *, missing_ok: bool = False) -> None:
        if file.name == ".lock" and not refused:
            refused.append(file)
            raise PermissionError(13, "Permission denied")
        unlink(file, missing_ok=missing_ok)

    monkeypatch.setattr(type(tmp_path), "unlink", refuse_once)
    assert delete_folder(folder) == []
    assert refused
    assert not folder.exists()


def test_a_table_that_a_spreadsheet_has_open_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that shows summary.csv keeps Windows from deleting it: one line says what to do."""
    (tmp_path / "summary.csv").write_text("open", encoding="utf-8")

    def refuse(_file: Path, *, missing_ok: bool = False) -> None:
        assert missing_ok
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "unlink", refuse)
    with pytest.raises(StoreError, match="close the program that shows it, and run again"):
        RunFolder(path=tmp_path).drop_results()


@pytest.mark.parametrize("name", ["con", "NUL.1", "lpt1", "a."])
def test_a_run_is_not_named_like_a_device(
    project: Project, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Its folder could not be copied to Windows."""
    project.write("config.yaml", project.config | {"name": name})
    assert main(["check", "config.yaml"]) == 2
    assert (
        f"name: Windows allows no folder '{name}'; choose another name" in capsys.readouterr().err
    )
