"""A folder that is named instead of what is in it, and a path that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.runner.new_project import write_project
from tests.support.runs import write_run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", ["run", "check"])
def test_the_folder_of_a_config_names_the_config(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `init` writes it."""
    write_project(tmp_path / "mine")
    assert main([command, str(tmp_path / "mine")]) == 2
    expected = f"is a folder; did you mean `{tmp_path / 'mine/config.yaml'}`?"
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["mine", "mine/runs"])
def test_the_folder_around_a_run_names_the_run(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder of a config, whose runs are below it, and the folder of runs."""
    write_run(tmp_path / "mine/runs/first")
    assert main(["report", str(tmp_path / folder)]) == 2
    assert f"did you mean `{tmp_path / 'mine/runs/first'}`?" in capsys.readouterr().err


def test_a_path_that_is_not_there_has_its_line_its_key_and_where_it_was_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The full path, from the folder of the config on."""
    text = "name: a\noutput: runs\ndata:\n  articles: ../gone/index.yaml\ntasks: {short: {}}\n"
    file = tmp_path / "a.yaml"
    file.write_text(f"{text}models: [{{name: lead, baseline: lead}}]\n", encoding="utf-8")
    assert main(["check", str(file)]) == 2
    place = (tmp_path.parent / "gone/index.yaml").resolve()
    expected = f"{file}:4: data.articles: {place} cannot be read (No such file or directory)"
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "command", "expected"),
    [
        ('{"format": "evalkit preferences 1"}', "unpack", "annotate import RUN FILE…"),
        ('{"format": "evalkit references 1"}', "import", "annotate unpack FILE…"),
        ('{"name": 1, "data": 2}', "unpack", "is not a file that the page saved"),
    ],
)
def test_a_file_of_the_other_page_names_the_command_that_reads_it(
    content: str, command: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, not one for each key; a file of no page is called that."""
    file, run = tmp_path / "saved.json", write_run(tmp_path / "run")
    file.write_text(content, encoding="utf-8")
    main(["annotate", "preferences", str(run), "--task", "answer"])
    capsys.readouterr()
    words = {"unpack": [str(file), "--into", str(tmp_path / "r")], "import": [str(run), str(file)]}
    assert main(["annotate", command, *words[command]]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line
