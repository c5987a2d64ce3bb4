"""Promise: what evalkit did not write is neither deleted nor replaced."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.errors import StoreError
from evalkit.store.files import write
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import lock_folder
from evalkit.store.own_files import APPENDED, BOUND, RESULTS
from tests.faults.conftest import results
from tests.support.paths import ROOT
from tests.support.runs import write_run

if TYPE_CHECKING:
    from tests.faults.conftest import Start
    from tests.support.project import Project

PREDICTION = """\
{"id": "1", "question": "哪里？", "prediction": "襄阳", "references": ["襄阳"], "type": "place"}
"""


@pytest.mark.parametrize("name", ["", ".", "..", "./", "whole/..", "whole/."])
def test_an_empty_or_dotted_name_deletes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As of a shell variable that is not set: though the folder of runs looks like one."""
    write_run(tmp_path / "runs")
    write_run(tmp_path / "runs/whole")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["runs", "rm", name, "--yes"]) == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_what_no_run_wrote_outlives_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notes, a file that only resembles one of a run, and folders are listed and kept."""
    folder = write_run(tmp_path / "runs/whole")
    mine = {"notes.md", "report.docx", "scores.jsonl.bak", ".report.md.part"}
    for name in mine:
        (folder / name).touch()
    write_run(folder / "other")
    assert main(["runs", "--folder", str(folder.parent), "rm", "whole", "--yes"]) == 0
    assert {file.name for file in folder.iterdir()} == mine | {"other"}
    assert (folder / "other/manifest.json").exists()
    said = capsys.readouterr().out
    assert all(name in said for name in (*mine, "other"))


@pytest.mark.parametrize("command", ["check", "run", "compare", "rescore", "report", "repeat"])
def test_a_file_in_the_place_of_a_run_is_left_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    """It is named as a file, and nobody is told to delete it."""
    monkeypatch.chdir(tmp_path)
    squad = ROOT / "tests/golden/squad-sample.json"
    (tmp_path / "config.yaml").write_text(
        f"{{name: run, output: ., data: {{squad: {squad}}}, tasks: {{answer: {{}}}}, "
        "models: [{name: lead, baseline: lead}]}",
        encoding="utf-8",
    )
    (tmp_path / "run").write_text("mine", encoding="utf-8")
    assert main([command, "config.yaml" if command in {"check", "run"} else "run"]) == 2
    said = capsys.readouterr().err
    assert "run: is a file" in said
    assert "delete" not in said
    assert (tmp_path / "run").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_file_in_the_place_of_all_runs_is_left_alone(
    project: Project, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """The folder `output` is a file: it is the file that is named."""
    project.write("config.yaml", project.config | {"output": "seeds/a.txt/runs"})
    before = (project.root / "seeds/a.txt").read_bytes()
    assert main([command, "config.yaml"]) == 2
    assert "seeds/a.txt: is a file, and a run needs a folder" in capsys.readouterr().err
    assert (project.root / "seeds/a.txt").read_bytes() == before


@pytest.mark.parametrize("command", ["check", "run"])
def test_an_output_that_cannot_be_written_is_said_before_data_are_read(
    project: Project, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """The data do not even exist. /proc takes no file, not even of root."""
    sources = {"articles": "nowhere.yaml"}
    project.write("config.yaml", project.config | {"output": "/proc/runs", "data": sources})
    assert main([command, "config.yaml"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("/proc: cannot be written (")
    assert line.endswith("; set another `output`")


@pytest.mark.parametrize(("folder", "named"), [("/sys/charts", "/sys"), ("taken/charts", "taken")])
def test_a_folder_for_charts_that_cannot_be_written_is_said_before_anything_is_read(
    project: Project, capsys: pytest.CaptureFixture[str], folder: str, named: str
) -> None:
    """The run does not even exist; the folder would be in /sys, or in what is a file."""
    (project.root / "taken").write_text("mine", encoding="utf-8")
    assert main(["report", "nowhere", "--out", "report.md", "--charts", folder]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{named}: cannot be written (" in line
    assert line.endswith("; name a folder that can be written")
    assert not (project.root / "report.md").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["score", "answers", "nowhere.jsonl", "--out"],
        ["report", "nowhere", "--out"],
        ["gate", "nowhere", "--min", "lead:em=0", "--junit"],
    ],
)
def test_a_file_that_cannot_be_written_is_said_before_anything_is_read(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """What is to be read does not even exist. /sys takes no file, not even of root."""
    assert main([*command, "/sys/out.csv"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("/sys/out.csv: cannot be written (")
    assert line.endswith("; name a file in a folder that can be written")


def test_looking_whether_a_folder_can_be_written_leaves_nothing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` makes neither the folder of the run nor a file."""
    project.write("config.yaml", project.config | {"name": "fresh"})
    before = sorted(project.root.rglob("*"))
    assert main(["check", "config.yaml"]) == 0, capsys.readouterr().err
    assert sorted(project.root.rglob("*")) == before


def test_a_folder_of_other_things_does_not_become_a_run(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `output: ..` a project may name itself: its report.md and summary.csv are its own."""
    (project.root / "report.md").write_text("mine", encoding="utf-8")
    (project.root / "summary.csv").write_text("mine", encoding="utf-8")
    project.config |= {"output": "..", "name": project.root.name}
    project.write("config.yaml", project.config)
    before = sorted(project.root.rglob("*"))
    assert main(["run", "config.yaml"]) == 2
    assert "holds no run, but other things" in capsys.readouterr().err
    assert sorted(project.root.rglob("*")) == before


def test_a_folder_that_its_manifest_does_not_name_is_not_deleted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the files of a run were copied into the folder of all runs."""
    write_run(tmp_path / "runs/whole")
    (tmp_path / "runs/whole").rename(tmp_path / "runs/other")
    before = sorted(tmp_path.rglob("*"))
    assert main(["runs", "--folder", str(tmp_path / "runs"), "rm", "other", "--yes"]) == 2
    assert "that of the run `whole`" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    ["report.md", "summary.csv", "manifest.json", "articles.jsonl", *APPENDED],
)
def test_a_file_of_a_run_s_name_alone_makes_no_run(tmp_path: Path, name: str) -> None:
    """Such as another program's manifest.json: nothing is written beside it."""
    (tmp_path / "smoke").mkdir()
    (tmp_path / "smoke" / name).write_text("mine", encoding="utf-8")
    settings = [word for change in (f"output={tmp_path}", "limit=1") for word in ("--set", change)]
    assert main(["run", str(ROOT / "configs/predictions.yaml"), *settings, "--set", "name=smoke"])
    assert [file.name for file in (tmp_path / "smoke").iterdir() if file.suffix] == [name]
    assert (tmp_path / "smoke" / name).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["generations.jsonl", "log.jsonl", "summary.json", "report.md"])
def test_a_link_in_a_run_folder_is_never_written_through(project: Project, name: str) -> None:
    """What it leads to keeps its last line and gets no new one."""
    target = project.root / "elsewhere"
    link = project.root / "runs/run" / name
    shutil.move(link, target)
    with target.open("ab") as file:
        file.write(b"no end of line")
    before = target.read_bytes()
    link.symlink_to(target)
    project.write("config.yaml", project.config)
    for command in (["run", "config.yaml"], ["rescore", "runs/run"]):
        assert main(command) != 0
        assert target.read_bytes() == before
        assert link.is_symlink()


def test_a_rescore_on_a_full_disk_keeps_the_old_results(
    start: Start, smoke_run: Path, tmp_path: Path
) -> None:
    """All of them, and the run is complete; with room it is scored again."""
    folder = tmp_path / "smoke"
    shutil.copytree(smoke_run, folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    failed = start("rescore", folder, max_file_bytes=60_000)
    assert failed.end() == 1
    assert "cannot be written (File too large)" in failed.said
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {**after, "log.jsonl": b""} == {**before, "log.jsonl": b""}
    assert start("rescore", folder).end() == 0
    assert results(folder) == results(smoke_run)


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="a program of Linux")
def test_a_run_that_may_not_be_written_says_what_helps(tmp_path: Path) -> None:
    """Another `output` would not: it is this run that is to be scored."""
    folder = write_run(tmp_path / "run")
    folder.chmod(0o555)
    # root may write everywhere, but for this right
    limits = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    command = [*limits, sys.executable, "-m", "evalkit", "rescore", str(folder)]
    done = subprocess.run(  # noqa: S603 - our own program
        command, check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"{folder}: cannot be written (Permission denied); "
        "make it writable, or copy the run elsewhere\n"
    )


KILLED = """
    import os, signal, shutil, sys
    from pathlib import Path
    from evalkit.store.folder import RunFolder
    from evalkit.store.folder_lock import lock_folder
    from evalkit.store.switch import Draft

    def run_killed_at(n, path):
        folder = RunFolder(path=path)
        left = [n]
        def hook(event, arguments):
            if event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        with lock_folder(path):
            sys.addaudithook(hook)
            with Draft(path) as new:
                for name in ("scores.jsonl", "details.jsonl", "summary.json"):
                    new.write(name, ["{}"])
                folder.replace_together(new, folder.manifest(), drop_reports=True)
        os._exit(0)

    old, copies = map(Path, sys.argv[1:])
    for n in range(60):
        shutil.copytree(old, copies / str(n))
        if (child := os.fork()) == 0:
            run_killed_at(n, copies / str(n))
        if os.waitpid(child, 0)[1] == 0:
            break
"""


def test_results_replaced_by_a_process_that_is_killed_are_old_or_new(tmp_path: Path) -> None:
    """Never a mixture: whoever locks the folder next ends what was decided, or forgets it."""
    old = write_run(tmp_path / "old")
    copies = tmp_path / "copies"
    script = [sys.executable, "-c", textwrap.dedent(KILLED), str(old), str(copies)]
    subprocess.run(script, check=True, cwd=ROOT, timeout=60)  # noqa: S603 - this file's own text
    killed = list(copies.iterdir())
    assert len(killed) > 10
    found = set()
    for copy in killed:
        folder = RunFolder(path=copy)
        with lock_folder(copy):
            manifest = folder.manifest()
            assert manifest is not None
            folder.require_unchanged(manifest, *BOUND)
            found.add(tuple((copy / name).read_bytes() == b"{}" for name in RESULTS))
        assert not [file for file in copy.iterdir() if ".part" in file.name or file.is_dir()]
    assert found == {(False,) * 3, (True,) * 3}


def score_to(out: object, tmp_path: Path, stdout: int | None = None) -> int:
    """Score one prediction into a file, in a process of its own."""
    (tmp_path / "in.jsonl").write_text(PREDICTION, encoding="utf-8")
    command = [sys.executable, "-m", "evalkit", "score", "answers", str(tmp_path / "in.jsonl")]
    return subprocess.run(  # noqa: S603 - our own program
        [*command, "--out", str(out)], cwd=ROOT, check=False, timeout=60, stdout=stdout
    ).returncode


def test_what_is_no_regular_file_is_written_through(tmp_path: Path) -> None:
    """A device stays a device, a pipe a pipe, and standard output gets the lines."""
    device = Path("/dev/null").stat()
    assert score_to("/dev/null", tmp_path) == 0
    assert stat.S_ISCHR(Path("/dev/null").lstat().st_mode)
    assert Path("/dev/null").stat().st_rdev == device.st_rdev
    with (tmp_path / "stdout").open("wb") as file:
        assert score_to("/dev/stdout", tmp_path, stdout=file.fileno()) == 0
    assert Path("/dev/stdout").is_symlink()
    assert b'"em": 1.0' in (tmp_path / "stdout").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert score_to(tmp_path / "pipe", tmp_path) == 0
    reader.join(10)
    assert b'"em": 1.0' in got[0]
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)


def test_a_link_keeps_its_target_and_a_file_its_mode(tmp_path: Path) -> None:
    """A private file stays private, and what a link leads to is what is replaced."""
    private = tmp_path / "there/private.jsonl"
    private.parent.mkdir()
    private.write_text("old", encoding="utf-8")
    private.chmod(0o600)
    link = tmp_path / "link.jsonl"
    link.symlink_to("there/private.jsonl")
    write(link, "new")
    assert link.is_symlink()
    assert private.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(StoreError, match="loop: cannot be written"):
        write(loop, "new")
    assert loop.is_symlink()


def test_a_folder_that_resembles_a_report_is_no_obstacle(project: Project) -> None:
    """A run with a report.old/ in it ends."""
    (project.root / "runs/run/report.old").mkdir()
    project.run()
    assert RunFolder(path=project.root / "runs/run").has_results()


@pytest.mark.parametrize("name", APPENDED)
def test_what_other_names_of_a_file_lead_to_is_left_alone(project: Project, name: str) -> None:
    """As in a backup of hard links, which shares all files with the run."""
    folder = project.root / "runs/run"
    backup = project.root / "backup"
    os.link(folder / name, backup)
    before = backup.read_bytes()
    project.config["models"].append({"name": "textrank", "baseline": "textrank"})
    assert project.run("--adopt")["textrank"]
    assert backup.read_bytes() == before
    assert (folder / name).read_bytes().startswith(before)


def test_a_temporary_file_is_never_written_through(tmp_path: Path) -> None:
    """Though another user of a shared folder has made a link of its name."""
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs", encoding="utf-8")
    (tmp_path / f".out.{os.getpid()}.part").symlink_to(theirs)
    write(tmp_path / "out", "new")
    assert theirs.read_text(encoding="utf-8") == "theirs"
    assert (tmp_path / "out").read_text(encoding="utf-8") == "new"


def test_the_ending_of_a_pipe_tells_the_format(tmp_path: Path) -> None:
    """As that of a file does."""
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    assert score_to(pipe, tmp_path) == 0
    reader.join(10)
    assert got[0].startswith(b"\xef\xbb\xbfid,") or got[0].startswith(b"id,")
