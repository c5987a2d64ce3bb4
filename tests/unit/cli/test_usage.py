"""A wrong option shows the usage of its command and the nearest right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        ("run my.yaml --out results", "--set output="),
        ("run my.yaml --limit=3", "--set limit="),
        ("check my.yaml --device cpu", "--set models.0.device="),
        ("run my.yaml --max-context 4096", "--set models.0.max_context="),
        ("run my.yaml --jsn", "--json"),
        ("references check --artikles x", "--articles"),
        ("run configs/smoke.yaml ——set name=x", "--set"),
        ("run configs/smoke.yaml —set name=x", "--set"),
        ("runs shwo x", "show"),
        ("compare runs/a --metrics em", "--metric"),
    ],
)
def test_the_nearest_option_or_key_is_named(
    arguments: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key of the config where it is one, an option of the command where that is nearer."""
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.endswith(f"; did you mean `{nearest}`?\n")
    command = " ".join(word for word in arguments.split()[:2] if word in {"references", "check"})
    assert said.startswith(f"usage: evalkit {command or arguments.split(maxsplit=1)[0]}")


def test_a_folder_of_runs_belongs_to_its_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`runs FOLDER` names `--folder`."""
    with pytest.raises(SystemExit):
        main(["runs", str(tmp_path)])
    assert f"did you mean `--folder {tmp_path}`?" in capsys.readouterr().err


def test_an_option_like_no_other_is_refused_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a guess."""
    with pytest.raises(SystemExit):
        main(["compare", "runs/a", "--zzz", "7"])
    assert capsys.readouterr().err.splitlines()[-1] == "evalkit compare: unknown: --zzz 7"


def test_the_nearest_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that is no command does not get the list of all of them."""
    with pytest.raises(SystemExit):
        main(["runn", "configs/smoke.yaml"])
    assert capsys.readouterr().err.endswith("evalkit: unknown: runn; did you mean `run`?\n")


def test_a_file_behind_an_option_belongs_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Options may stand anywhere, but all files stand together."""
    with pytest.raises(SystemExit):
        main(["score", "answers", "a.json", "--data", "x.json", "b.json"])
    said = capsys.readouterr().err
    assert said.endswith("unknown: b.json; name all files before the options\n")


def test_a_chinese_heading_of_the_help_ends_in_a_full_width_colon(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The library puts its own colon behind each heading."""
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "gate", "--help"])
    said = capsys.readouterr().out
    assert "\n选项：\n" in said
    assert not [line for line in said.splitlines() if line.endswith(":")]


def test_without_a_command_one_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """The first thing that many type is the program's name alone."""
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith("required: COMMAND\n")


def test_a_port_that_is_no_number_is_said_in_the_language_in_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without the words of the library."""
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "view", "--port", "八"])
    assert capsys.readouterr().err.endswith("`八` 不是数字\n")
