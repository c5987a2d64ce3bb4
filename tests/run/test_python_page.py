"""The page on the Python API is run as a notebook is: every block, and what it prints."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "python.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of what the page uses of the repository, and be in its folder."""
    for name in ("configs", "seeds", "references", "prompts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_block_of_the_page_prints_what_it_says(project: Path) -> None:
    """One after the other in one namespace; `...` stands for what may differ."""
    assert len(BLOCKS) == 5
    names: dict[str, object] = {"__name__": "__main__"}
    for block in BLOCKS:
        wanted = "".join(f"{line}\n" for line in re.findall(r"^# (.*)$", block, re.MULTILINE))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 - our own page
        checker = doctest.OutputChecker()
        assert checker.check_output(wanted, printed.getvalue(), doctest.ELLIPSIS), (
            f"{block}\nprinted {printed.getvalue()}"
        )
    assert (project / "runs/notebook/report.html").is_file()


def test_importing_evalkit_is_free_of_effects() -> None:
    """No heavy module, no log handler that writes, no signal handler; names come when used."""
    code = (
        "import logging, signal, sys; before = signal.getsignal(signal.SIGINT); import evalkit; "
        "print(sorted({'numpy', 'pandas', 'pydantic', 'torch'} & set(sys.modules)), "
        "str(logging.getLogger('evalkit').handlers), signal.getsignal(signal.SIGINT) is before, "
        "evalkit.score('13名', ['十三名']).value, 'torch' in sys.modules, "
        "set(evalkit.__all__) <= set(dir(evalkit)))"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[] [] True 1.0 False True\n"
