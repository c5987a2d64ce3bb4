"""The page on the Python API is run as a notebook is: every block, and what it prints."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "python.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
END = "end of block"


def run_python(code: str, folder: Path) -> str:
    """Return what code prints in a process of its own, evalkit being that of this repository."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_block_of_the_page_prints_what_it_says(tmp_path: Path) -> None:
    """One after the other in one process; `...` stands for what may differ."""
    for name in ("configs", "seeds", "references"):
        shutil.copytree(ROOT / name, tmp_path / name)
    code = f"\nprint({END!r})\n".join(BLOCKS)
    printed = run_python(code, tmp_path).split(f"{END}\n")
    for block, text in zip(BLOCKS, printed, strict=True):
        wanted = "".join(f"{line}\n" for line in re.findall(r"^# (.*)$", block, re.MULTILINE))
        checker = doctest.OutputChecker()
        assert checker.check_output(wanted, text, doctest.ELLIPSIS), f"{block}\nprinted {text}"
    assert (tmp_path / "runs/notebook/report.html").is_file()


def test_importing_evalkit_is_free_of_effects() -> None:
    """No heavy module, no log handler that writes, no signal handler; names come when used."""
    code = (
        "import logging, signal, sys; before = signal.getsignal(signal.SIGINT); import evalkit; "
        "print(sorted({'numpy', 'pandas', 'pydantic', 'torch'} & set(sys.modules)), "
        "str(logging.getLogger('evalkit').handlers), signal.getsignal(signal.SIGINT) is before, "
        "evalkit.score('13名', ['十三名']).value, 'torch' in sys.modules, "
        "set(evalkit.__all__) <= set(dir(evalkit)))"
    )
    assert run_python(code, ROOT) == "[] [] True 1.0 False True\n"
