"""`runs`, `repeat`, `cache`: finished work is found, repeated and deleted."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from evalkit.cli import main
from evalkit.cli.runs import age
from evalkit.config.loading import parse
from evalkit.data.articles import load as load_articles
from evalkit.records import Generation
from evalkit.store import cache as caches
from evalkit.store.cache import Cache
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import lock_folder
from evalkit.store.jsonl import line, read_all, write_all
from tests.support.paths import ROOT
from tests.support.project import Project
from tests.support.runs import reseal, write_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.store.manifest import Manifest


def edit_manifest(path: Path, change: Callable[[Manifest], None]) -> None:
    """Change a run's manifest."""
    folder = RunFolder(path=path)
    manifest = folder.manifest()
    assert manifest is not None
    change(manifest)
    folder.write_manifest(manifest)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return a folder of runs: a complete, an interrupted, a damaged and an old one."""
    folder = tmp_path / "runs"
    for name in ("whole", "stopped", "damaged"):
        write_run(folder / name)
    shutil.copytree(ROOT / "tests/golden/run-format-1/results/old", folder / "old")
    edit_manifest(folder / "stopped", lambda manifest: setattr(manifest, "status", "running"))
    (folder / "stopped/summary.json").unlink()
    (folder / "damaged/manifest.json").write_text("{", encoding="utf-8")
    (folder / "stray").mkdir()
    return folder


def test_runs_are_listed_with_status_models_and_headlines(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One row per system; what is not a run is left out."""
    assert main(["runs", "--folder", str(runs)]) == 0
    rows = [row.split("│")[1:-1] for row in capsys.readouterr().out.splitlines() if "│" in row]
    cells = [[cell.strip() for cell in row] for row in rows]
    by_name = {row[0]: row for row in cells if row[0]}
    assert {name: row[1] for name, row in by_name.items()} == {
        "whole": "complete", "stopped": "interrupted", "damaged": "damaged", "old": "outdated",
    }  # fmt: skip
    oracle = next(row for row in cells if row[3] == "oracle" and row[0] == "whole")
    assert oracle[4:] == ["1.000"] * 3


def test_a_folder_without_runs_is_not_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so."""
    assert main(["runs", "--folder", str(tmp_path / "none")]) == 0
    place = (tmp_path / "none").resolve()
    expected = f"{place}: no runs yet; name another folder: --folder FOLDER\n"
    assert capsys.readouterr().out == expected


def test_a_run_is_shown_with_what_it_was_made_with(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By name or by path; an interrupted one without its table."""
    assert main(["runs", "--folder", str(runs), "show", "whole"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{runs / 'whole'}: complete, ")
    assert "qwen: qwen|v1" in shown
    assert "rougeLsum" in shown

    def fail(manifest: Manifest) -> None:
        manifest.providers["qwen"].failure = "no\x1b[2J memory"

    edit_manifest(runs / "stopped", fail)
    assert main(["runs", "show", str(runs / "stopped")]) == 0
    shown = capsys.readouterr().out
    assert "interrupted" in shown
    assert "qwen: no\\u001b[2J memory" in shown
    assert "rougeLsum" not in shown


def test_generations_from_the_cache_are_counted_where_they_are(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not in a number that outlives them, nor where they answer what is no longer asked."""
    file = RunFolder(path=runs / "whole").generations_file
    cached = [
        replace(g, from_cache=g.system == "qwen" and g.example != "bridge/q1")
        for g in read_all(file, Generation)
    ]
    former = replace(cached[0], key="former", from_cache=True)
    write_all(file, [*cached, former])
    assert main(["runs", "show", str(runs / "whole")]) == 0
    assert "qwen: qwen|v1 8 from the cache\n" in capsys.readouterr().out


def test_old_runs_are_upgraded_by_name_and_by_path(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line each; those that are of this format stay as they are."""
    monkeypatch.chdir(runs)
    assert main(["runs", "--folder", str(runs), "upgrade", "old", str(runs / "whole")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{runs / 'old'}: upgraded to format 3"
    assert lines[-1] == f"{runs / 'whole'}: has format 3 already"
    assert main(["runs", "show", str(runs / "old")]) == 0
    assert "old: complete" in capsys.readouterr().out
    assert main(["runs", "--folder", str(runs), "upgrade", "none"]) == 2


def test_no_run_is_an_error_that_names_it(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a manifest is not a run, whatever is in it."""
    for name in ("stray", "none"):
        assert main(["runs", "--folder", str(runs), "rm", name, "--yes"]) == 2
        assert capsys.readouterr().err.startswith(f"{name}: is not a run; ")
    assert (runs / "stray").is_dir()


def test_a_name_is_looked_for_in_the_folder_alone(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What happens to be called so in the current folder is neither shown nor deleted."""
    archive = runs.with_name("archive")
    shutil.copytree(runs, archive)
    monkeypatch.chdir(runs)
    assert main(["runs", "--folder", "../archive", "show", "whole"]) == 0
    assert capsys.readouterr().out.startswith("../archive/whole: complete, ")
    for _ in range(2):
        main(["runs", "--folder", "../archive", "rm", "whole", "--yes"])
        assert not (archive / "whole").exists()
        assert (runs / "whole").is_dir()
    assert capsys.readouterr().err.startswith("whole: is not a run; ")
    assert main(["runs", "--folder", "../archive", "rm", "./whole", "--yes"]) == 0
    assert not (runs / "whole").exists()


@pytest.mark.parametrize("manifest", ["{", "{}", '{"manifest_version": 3, "name": "extension"}'])
def test_what_no_run_left_is_not_deleted(
    runs: Path, manifest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Many programs have a manifest.json; that of a run has a config and systems."""
    folder = runs / "whole"
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    assert main(["runs", "rm", str(folder), "--yes"]) == 2
    assert capsys.readouterr().err == (
        f"{folder}: its manifest.json is not that of a run; delete the folder yourself\n"
    )
    assert (folder / "scores.jsonl").is_file()


def test_a_folder_that_cannot_be_read_is_one_clear_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever the system has against it."""
    name = "x" * 300
    assert main(["runs", "--folder", name]) == 1
    assert capsys.readouterr().err == f"{name}: cannot be used (File name too long)\n"


@pytest.mark.parametrize(
    ("answer", "code"), [("y\n", 0), ("yes\n", 0), ("\n", 1), ("n\n", 1), ("", 1)]
)
def test_a_run_is_deleted_when_the_user_says_so(
    runs: Path, answer: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything but yes is no, Ctrl-D too."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert main(["runs", "--folder", str(runs), "rm", "whole"]) == code
    assert (runs / "whole").exists() == bool(code)


def test_nothing_is_deleted_unasked(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody can be asked, `--yes` is needed; a running run is refused all the same."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["runs", "--folder", str(runs), "rm", "whole"]) == 2
    assert capsys.readouterr().err.endswith("pass --yes\n")
    with lock_folder(runs / "whole"):
        assert main(["runs", "--folder", str(runs), "rm", "whole", "--yes"]) == 1
    assert capsys.readouterr().err == f"{runs / 'whole'}: is running; stop it first\n"
    assert main(["runs", "--folder", str(runs), "rm", "whole", "--yes"]) == 0
    assert not (runs / "whole").exists()


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=30), "30 hours ago"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_age_is_said_in_the_unit_that_fits(passed: timedelta, said: str) -> None:
    """From two of a unit on."""
    assert age(datetime.now(UTC) - passed) == said
    assert age(None) == "–"


@pytest.mark.slow
def test_a_run_that_is_repeated_comes_out_the_same(
    smoke_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every generation, and the run itself is left as it is; one that was changed is found out."""
    folder = tmp_path / "smoke"
    shutil.copytree(smoke_run, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["repeat", str(folder)]) == 0
    assert capsys.readouterr().out == "264 of 264 generations came out the same.\n"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    written = read_all(folder / "generations.jsonl", Generation)
    written[100] = replace(written[100], text=written[100].text[:2] + "改")
    for i in range(180, 191):
        written[i] = replace(written[i], key="another")
    text = "".join(map(line, written[:-1]))
    (folder / "generations.jsonl").write_text(text, encoding="utf-8")
    planned = (folder / "requests.jsonl").read_text("utf-8").splitlines(keepends=True)
    for i in range(180, 191):
        planned[i] = json.dumps(json.loads(planned[i]) | {"key": "another"}) + "\n"
    (folder / "requests.jsonl").write_text("".join(planned), encoding="utf-8")
    reseal(folder)
    assert main(["repeat", str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(" of 264 generations came out the same.")
    assert any(line.endswith("differs from character 3 on") for line in lines)
    assert any("the prompt, the model or a reference has changed" in line for line in lines)
    assert lines[-1].startswith("  and ")


@pytest.mark.slow
def test_what_is_not_a_complete_run_cannot_be_repeated(
    smoke_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named."""
    folder = tmp_path / "smoke"
    shutil.copytree(smoke_run, folder)
    edit_manifest(folder, lambda manifest: setattr(manifest, "status", "running"))
    assert main(["repeat", str(folder)]) == 2
    assert capsys.readouterr().err.startswith(f"{folder}: is running")


def claim(run: Path, project: Project) -> None:
    """Have a run's manifest say that it was made by a project's config, of its articles."""
    articles = {a.id: a.sha256 for a in load_articles(project.root / "seeds/index.yaml")}

    def change(manifest: Manifest) -> None:
        manifest.config = parse(project.config, file="config").model_dump(mode="json")
        manifest.articles = articles

    edit_manifest(run, change)


def test_a_manifest_grants_no_right_to_run_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repetition runs the code of a model folder only where the command line says so."""
    project = Project(tmp_path)
    monkeypatch.chdir(tmp_path)
    run = write_run(tmp_path / "runs/run")
    project.config["models"][2] |= {"weights": {"tiny": 0}, "trust_remote_code": True}
    claim(run, project)
    assert main(["repeat", str(run)]) == 2
    said = capsys.readouterr().err
    assert "models.2.trust_remote_code: asks to run the Python code" in said
    assert "--trust-remote-code" in said


def test_a_manifest_sends_no_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made a run may have named a server of their own, and a key of the user's."""
    project = Project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MY_KEY", "secret")
    run = write_run(tmp_path / "runs/run")
    server = {"name": "x", "endpoint": "http://127.0.0.1:9/v1", "model": "x", "key_env": "MY_KEY"}
    project.config["models"] = [server]
    claim(run, project)
    assert main(["repeat", str(run)]) == 2
    said = capsys.readouterr().err
    assert "models.0.key_env: asks to send a key" in said
    assert "--send-keys" in said


@pytest.fixture
def own_cache(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache folder of this test's own, with the tiny models in it."""
    folder = tmp_path / "cache"
    if (cache / "weights").exists():
        shutil.copytree(cache / "weights", folder / "weights")
    monkeypatch.setenv("EVALKIT_CACHE", str(folder))
    return folder


@pytest.mark.slow
def test_a_second_run_generates_nothing_and_finds_the_same(
    own_cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hits are marked and counted, no speed is claimed for them, and the results are the same.

    Size and dtype of the model are known all the same.
    """
    tiny = "models=[{name: tiny, weights: {tiny: 0}, dtype: float32}]"
    renamed = tiny.replace("name: tiny", "name: other")
    for name, models in (("one", tiny), ("two", tiny), ("three", renamed)):
        settings = (models, "limit=1", "cache=true", f"name={name}", f"output={tmp_path}")
        options = [word for setting in settings for word in ("--set", setting)]
        assert main(["run", str(ROOT / "configs/smoke.yaml"), *options]) == 0
    assert "tiny: 66 from the cache" in capsys.readouterr().err
    one, two, three = (RunFolder(path=tmp_path / name) for name in ("one", "two", "three"))
    for run, from_cache in ((one, False), (two, True), (three, True)):
        assert {g.from_cache for g in run.generations()} == {from_cache}
    first, manifest = one.manifest(), two.manifest()
    assert first is not None
    assert manifest is not None
    assert manifest.providers["tiny"].speed.n_generated == 0
    facts = manifest.providers["tiny"].facts
    assert facts.items() <= first.providers["tiny"].facts.items()
    assert facts.keys() == {"dtype", "n_parameters"}
    assert {g.system for g in three.generations()} == {"other"}
    assert (one.path / "scores.jsonl").read_bytes() == (two.path / "scores.jsonl").read_bytes()
    with closing(Cache(own_cache / caches.NAME)) as cache:
        assert cache.info().n == 66


def test_the_cache_can_be_looked_at_checked_and_emptied(
    own_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Damage gives exit code 1, and even a file that is not a database can be cleared."""
    file = own_cache / caches.NAME
    for action in ("info", "verify"):
        assert main(["cache", action]) == 0
        assert capsys.readouterr().out == f"{file}: does not exist yet\n"
    with closing(Cache(file)) as cache:
        for key in "ab":
            cache.add(
                Generation(key=key, system="m", example="e", text="襄阳", finish_reason="stop")
            )
    assert main(["cache", "info"]) == 0
    assert ": 2 generations, " in capsys.readouterr().out
    assert main(["cache", "verify"]) == 0
    assert "2 valid entries, 0 damaged" in capsys.readouterr().out
    assert main(["cache", "clear"]) == 0
    assert "2 entries dropped" in capsys.readouterr().out
    file.write_bytes(b"no database" * 1000)
    assert main(["cache", "info"]) == 1
    assert main(["cache", "clear"]) == 0
    assert not file.exists()


def test_a_cache_in_use_is_not_cleared(
    own_cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process is writing: that is said, and nothing is lost."""
    monkeypatch.setattr("evalkit.store.cache._TIMEOUT_S", 0.1)
    file = own_cache / caches.NAME
    with closing(Cache(file)) as cache:
        cache.add(Generation(key="a", system="m", example="e", text="襄", finish_reason="stop"))
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(["cache", "clear"]) == 1
    busy = f"{file}: is in use by another process; wait for it\n"
    assert capsys.readouterr().err == busy
    with FileLock(f"{file}.lock"):
        assert main(["cache", "clear"]) == 1
    assert capsys.readouterr().err == busy
    with closing(Cache(file)) as cache:
        assert cache.info().n == 1
