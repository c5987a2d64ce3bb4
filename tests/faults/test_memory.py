"""Promises: a batch that does not fit is halved; what fails has a reason and no score."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli import main
from evalkit.providers.local import session as sessions
from evalkit.providers.local.probe import Choice, choose_path
from evalkit.providers.local.rows import RunsToTheEnd
from evalkit.records import Generation, ScoreLine
from evalkit.store.jsonl import read_all
from tests.faults.conftest import results, smoke
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from transformers import PreTrainedModel

    from evalkit.providers.local.kernels import Products
    from evalkit.providers.local.rows import Path as RunPath
    from evalkit.providers.local.rows import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Hungry(RunsToTheEnd):
    """A way to run the model that runs out of memory on some calls, after their first row."""

    path: RunPath
    too_much: Callable[[Sequence[Row], int], bool]
    tried: list[tuple[int, int]]
    name: str = "shared"
    attention: str = "flash"

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield rows until memory runs out, as torch reports it or as Python does."""
        self.tried.append((len(rows), n_rows))
        if self.too_much(rows, n_rows) and len(rows) == 1:
            raise MemoryError
        for n_ended, row in enumerate(self.path.run(rows, n_rows)):
            if self.too_much(rows, n_rows) and n_ended == 1:
                message = "DefaultCPUAllocator: not enough memory: you tried to allocate 1 byte."
                raise RuntimeError(message)
            yield row


def fail_when(
    monkeypatch: pytest.MonkeyPatch, too_much: Callable[[Sequence[Row], int], bool]
) -> list[tuple[int, int]]:
    """Have models run out of memory; return where rows, in all and together, are noted."""
    tried: list[tuple[int, int]] = []

    def choose_hungry(model: PreTrainedModel, products: Products) -> Choice:
        choice = choose_path(model, products)
        return replace(choice, path=Hungry(path=choice.path, too_much=too_much, tried=tried))

    monkeypatch.setattr(sessions, "choose_path", choose_hungry)
    return tried


def events(folder: Path) -> list[dict[str, Any]]:
    """Return the log of a run."""
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def test_a_batch_that_does_not_fit_is_halved_and_nothing_done_twice(
    smoke_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often memory runs out, each request is answered once, and as ever."""
    tried = fail_when(monkeypatch, lambda _, n_rows: n_rows > 6)
    assert main(smoke(tmp_path)) == 0
    assert tried == [(66, 64), (65, 32), (64, 16), (63, 8), (62, 4)]
    halved = [e for e in events(tmp_path / "smoke") if e["event"] == "out of memory, batch halved"]
    assert [event["batch_size"] for event in halved] == [32, 16, 8, 4]
    written = read_all(tmp_path / "smoke/generations.jsonl", Generation)
    assert len({(g.system, g.example) for g in written}) == len(written) == 4 * 66
    assert results(tmp_path / "smoke") == results(smoke_run)


def test_a_request_that_never_fits_fails_with_its_reason_and_is_not_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has no zero but no score; table, summary and exit code tell; with memory it is done."""
    settings = ("tasks={short: {}, long: {}}", "models.3.generation.max_new_tokens.long=12")
    with monkeypatch.context() as patch:
        fail_when(patch, lambda rows, _: any(row.stopping.max_new_tokens == 16 for row in rows))
        assert main(smoke(tmp_path, *settings)) == 1
    folder = tmp_path / "smoke"
    written = read_all(folder / "generations.jsonl", Generation)
    failed = [generation for generation in written if generation.finish_reason == "error"]
    assert [g.example.rpartition("/")[2] for g in failed] == ["short"]
    assert failed[0].error.startswith("out of memory")
    scores = read_all(folder / "scores.jsonl", ScoreLine)
    assert not {(s.system, s.example) for s in scores} & {(g.system, g.example) for g in failed}
    summary = json.loads((folder / "summary.json").read_bytes())
    assert summary["status"] == "incomplete"
    assert summary["systems"][3]["counts"]["n_failed"] == 1
    assert "1 failed" in capsys.readouterr().out.replace("\n", " ")
    assert (
        "incomplete" in (folder / "report.md").read_text(encoding="utf-8").splitlines()[2].lower()
    )
    assert main(smoke(tmp_path, *settings)) == 0
    assert json.loads((folder / "summary.json").read_bytes())["status"] == "complete"


def test_a_model_that_cannot_be_loaded_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are scored; its reason is in table, summary, manifest, report and log."""
    assert main(smoke(tmp_path, "models.3.device=cuda:7")) == 1
    folder = tmp_path / "smoke"
    reason = "no device cuda:7 on this machine"
    said = capsys.readouterr()
    assert f"tiny: {reason}" in said.err
    assert "no device" in said.out
    summary = json.loads((folder / "summary.json").read_bytes())
    assert [bool(system["estimates"]) for system in summary["systems"]][:4] == [True] * 3 + [False]
    assert reason in summary["systems"][3]["failure"]
    assert (
        reason
        in json.loads((folder / "manifest.json").read_bytes())["providers"]["tiny"]["failure"]
    )
    assert reason in (folder / "report.md").read_text(encoding="utf-8")
    assert reason in next(e["reason"] for e in events(folder) if e["event"] == "cannot run")


@pytest.mark.parametrize("limit_kb", [100_000, 300_000, 500_000, 700_000, 1_000_000])
@pytest.mark.parametrize("command", ["run", "score"])
def test_a_small_address_space_is_one_clear_line(
    tmp_path: Path, limit_kb: int, command: str
) -> None:
    """As of `ulimit -v`: native code of libraries would end the process, or hang."""
    (tmp_path / "in.jsonl").write_text('{"prediction": "王", "references": ["王"]}\n')
    commands = {"run": smoke(tmp_path), "score": ["score", "answers", str(tmp_path / "in.jsonl")]}
    ended = subprocess.run(  # noqa: S603 - our own program
        ["/bin/sh", "-c", f'ulimit -v {limit_kb} && exec "$@"', "sh",
         sys.executable, "-m", "evalkit", *commands[command]],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("there is not enough memory: this process may use ")
    assert "raise the limit with `ulimit -v`" in line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MemoryError(), "there is not enough memory"),
        (RuntimeError("std::bad_alloc"), "there is not enough memory"),
        (ImportError("x.so: failed to map segment from shared object"), "there is not enough"),
        (ImportError("x.so: undefined symbol: y\nmore"), "a library cannot be imported (x.so: "),
    ],
)
def test_what_native_code_raises_is_one_line(
    error: Exception, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever its class: it lacks memory, or is an installation that is broken."""

    def fail(_arguments: object) -> int:
        raise error

    monkeypatch.setattr("evalkit.cli.cache.info", fail)
    assert main(["cache", "info"]) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(line)
