"""Promises: secrets are written nowhere; the screen is for the user, the log for the rest."""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from typing import TYPE_CHECKING, Any

from evalkit.cli import main
from evalkit.cli.progress import terminal_progress
from evalkit.errors import ModelLoadError
from evalkit.providers.local.load import load_model
from evalkit.runner import job as jobs
from tests.faults.conftest import smoke

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from transformers import PreTrainedModel

    from evalkit.runner.job import Job
    from tests.support.project import Project

LOAD = "evalkit.providers.local.session.load_model"


def test_no_secret_is_written_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither one of the config, nor one in an error's words: no file, no screen."""

    def refuse(*_: object) -> None:
        message = f"https://me:geheimes-wort-2@mirror refused hf_{'geheimeswort' * 3}"
        raise ModelLoadError(message)

    monkeypatch.setattr(LOAD, refuse)
    settings = "models.3.chat_template_kwargs={api_key: geheimes-wort-3, shown: 襄阳}"
    assert main(smoke(tmp_path, settings)) == 1
    said = capsys.readouterr()
    assert "geheimes" not in said.out + said.err
    files = [path for path in (tmp_path / "smoke").iterdir() if path.is_file()]
    assert {"manifest.json", "log.jsonl", "report.md", "summary.json"} <= {f.name for f in files}
    for file in files:
        assert b"geheimes" not in file.read_bytes(), file
    manifest = json.loads((tmp_path / "smoke/manifest.json").read_bytes())
    kwargs = manifest["config"]["models"][3]["chat_template_kwargs"]
    assert kwargs == {"api_key": "(hidden)", "shown": "(hidden, sha256 81711ab5a256)"}


def test_a_path_that_the_environment_holds_too_stays_in_the_manifest(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable whose name has `TOKEN` in it is no reason to rewrite what a run was made of."""
    monkeypatch.setenv("TOKENIZED_DATA", str(project.root))
    assert project.run() == {}
    config = project.manifest().config
    assert config["output"] == f"{project.root}/runs"
    assert config["data"]["references"] == f"{project.root}/references"
    assert config["models"][2]["weights"]["folder"] == f"{project.root}/weights"


def test_the_screen_is_for_the_user_and_the_log_for_the_rest(
    smoke_run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Warnings, prints and bars of libraries are logged, without articles; `-v` shows the log."""
    assert smoke_run.is_dir()
    real, real_prepare = load_model, jobs.prepare

    def noisy_prepare(*arguments: Any) -> Job:  # noqa: ANN401 - passed through
        sys.stderr.write("said by a library before there is a folder\n")
        return real_prepare(*arguments)

    def noisy(*arguments: Any) -> PreTrainedModel:  # noqa: ANN401 - passed through
        sys.stdout.write("printed by a library\n")
        sys.stderr.write("\rLoading: 100%|####| 1/1\n")
        logging.StreamHandler().emit(logging.makeLogRecord({"msg": "logged by a library"}))
        warning = warnings.formatwarning("warned by a library", UserWarning, "a.py", 1)
        sys.stderr.write(warning)  # pytest keeps real ones for itself
        return real(*arguments)

    monkeypatch.setattr(jobs, "prepare", noisy_prepare)
    monkeypatch.setattr(LOAD, noisy)
    assert main([*smoke(tmp_path, "tasks={short: {}}"), "--json"]) == 0
    said = capsys.readouterr()
    json.loads(said.out)
    assert "library" not in said.err
    assert "Loading" not in said.err
    log = (tmp_path / "smoke/log.jsonl").read_text(encoding="utf-8")
    assert "before there is a folder" in log.splitlines()[0]
    for word in ("said", "printed", "logged", "warned"):
        assert log.count(f"{word} by a library") == 1
    assert "Loading" not in log
    assert "襄阳" not in log
    assert main([*smoke(tmp_path, "tasks={short: {}}", "name=loud"), "-v"]) == 0
    assert "info: loaded model=tiny seconds=" in capsys.readouterr().err


def test_a_terminal_is_drawn_on_and_steered_by_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Bars go to the terminal; what libraries print does not, nor what hides in a line."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal_progress() as progress:
        progress.advance()
        progress.stage("tiny", 2)
        progress.advance(5)
        progress.say("襄阳\x1b]0;title\x07\u202e")
        sys.stderr.write("a library\n")
    shown = screen.getvalue()
    assert "tiny" in shown
    assert "1/2" in shown
    assert "襄阳\\u001b]0;title\\u0007\\u202e" in shown
    assert "a library" not in shown
