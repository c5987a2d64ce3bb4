"""Everything that a user reads in the terminal is there in English and in Chinese."""

from __future__ import annotations

import argparse
import ast
import re
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import COMMANDS, main
from evalkit.cli.usage import Parser, wrap
from evalkit.language import choose_language, language, localise, messages, pattern
from evalkit.runner.new_project import write_project
from tests.support.paths import ROOT
from tests.unit.language.test_problems import part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HAN = re.compile(r"[\u4e00-\u9fff]")
SHOWN = {"say", "show_line"}
"""The functions that show a message."""
DATA = {
    "{}",
    "{}.",
    "{}:",
    "{}: {}",
    "{}  {}: {}",
    "{}: {}: {}",
    "{}{}  {}",
    "  {}: {}: {}{}",
    "  python -m evalkit {}",
    "python -m evalkit annotate import {} FILE…",
}
"""What holds no words but names, numbers and commands."""


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser and those of its commands."""
    yield parser
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for one in action._choices_actions:  # noqa: SLF001 - as above
                assert HAN.search(localise(one.help or "")), f"{parser.prog} {one.dest}: {one.help}"
            for one in action.choices.values():
                yield from parsers(one)


def test_the_help_of_every_command_is_in_chinese() -> None:
    """Each description and each option; what argparse itself says too."""
    parser = Parser(prog="evalkit")
    commands = parser.add_subparsers(title="commands")
    for command in COMMANDS:
        command.add_parser(commands)
    for one in parsers(parser):
        for action in one._actions:  # noqa: SLF001 - as above
            words = action.help or ""
            assert not words or HAN.search(localise(words)), f"{one.prog}: {words}"
        assert not one.description or HAN.search(localise(one.description)), one.prog
        assert one.format_usage().startswith("用法：evalkit")
        for line in filter(HAN.search, one.format_help().splitlines()):
            assert sum(1 + bool(HAN.match(character)) for character in line) <= 80


def shown_messages() -> Iterator[tuple[str, str]]:
    """Yield each message in the source of the command line, `{}` for what is filled in."""
    for file in sorted((ROOT / "evalkit/cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SHOWN:
                for argument in node.args:
                    match argument:
                        case ast.Constant(value=str(words)):
                            yield file.name, words
                        case ast.JoinedStr(values=values):
                            yield file.name, "".join(map(part, values))


def test_every_message_of_the_command_line_is_known() -> None:
    """As a whole, or the words in it."""
    found = list(shown_messages())
    assert len(found) > 20
    for file, words in found:
        if words not in DATA:
            filled = words.replace("{}", "7")
            assert HAN.search(localise(filled)), f"{file}: {words}"


def test_each_message_keeps_what_is_filled_in() -> None:
    """Both languages have the same holes, and no message is there twice."""
    english = [words for words, _ in messages()]
    assert len(set(english)) == len(english)
    for first, second in messages():
        assert HAN.search(second) or "（" in second, first
        assert set(pattern(first).groupindex) == set(pattern(second).groupindex), first


@pytest.mark.parametrize(
    ("words", "chinese"),
    [
        ("a.yaml:3: limit: cannot be -1; add it", "a.yaml:3：limit：不能是 -1；请加上"),
        (
            "summary.json: restore it, or score the run again: python -m evalkit rescore",
            "summary.json：请恢复原文件，或者重新打分：python -m evalkit rescore",
        ),
        ("qwen: 240 kept, 1,074 to do", "qwen：已有 240 项，待做 1,074 项"),
        ("2 truncated, 1 empty", "截断 2，空 1"),
        (
            "5 articles, 10 summaries and 314 questions for each of 4 systems: 1,296 requests.",
            "5 篇文章；4 个系统各写 10 篇摘要、回答 314 个问题；共 1,296 次请求。",
        ),
        (
            "1 article, 1 summary and 0 questions for each of 1 system: 1 request.",
            "1 篇文章；1 个系统各写 1 篇摘要、回答 0 个问题；共 1 次请求。",
        ),
        ("qwen@terse: unheard of", "qwen@terse: unheard of"),
        ("a.jsonl:1: article: is missing", "a.jsonl:1：article：缺少"),
        ("missing: 3 to do", "missing：待做 3 项"),
        ("missing (0.00, no rule fits): none", "missing（0.00，没有一条规则算对）：none"),
        ("a.jsonl:2: prediction: is null, not text", "a.jsonl:2：prediction：是 null，不是文字"),
    ],
)  # fmt: skip
def test_a_message_is_told_by_its_parts(words: str, chinese: str) -> None:
    """Names stay as they are, and a message that is not known stays English as a whole."""
    assert localise(words).startswith(chinese)


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        (["run", "x"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["run", "x"], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        (["run", "x"], {"LC_MESSAGES": "zh_TW"}, "zh"),
        (["run", "x"], {}, "en"),
        (["run", "x", "--lang=zh"], {"LANG": "de_DE"}, "zh"),
        (["run", "x", "--lang", "中文"], {"LANG": "zh_CN"}, "zh"),
        (["--lang", "en", "run"], {"LANG": "zh_CN"}, "en"),
    ],
)
def test_the_language_is_that_of_the_option_or_the_locale(
    arguments: list[str],
    variables: dict[str, str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The option first, wherever it stands; then the variables in the order of POSIX."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, variables.get(name, ""))
    choose_language(arguments)
    assert language() == expected


def test_a_run_speaks_chinese_from_its_first_line_to_its_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Progress, table and notes; names of systems and metrics stay as they are."""
    write_project(tmp_path / "mine")
    assert main(["run", str(tmp_path / "mine/config.yaml"), "--lang", "zh"]) == 0
    shown = capsys.readouterr()
    assert "lead：待做 3 项" in shown.err.splitlines()
    assert "打分：已完成 6/6" in shown.err.splitlines()
    assert all(HAN.search(line) for line in shown.err.splitlines())
    *_, verdict, report = shown.out.splitlines()
    assert report == str(tmp_path / "mine/runs/mine/report.html")
    assert verdict.startswith("回答问题：")
    assert f"全部文件在 {tmp_path / 'mine/runs/mine'}" in shown.out.splitlines()
    assert "mine：完成" in shown.out
    assert "均值下方有两个 95% 置信区间" in shown.out


def test_a_problem_is_told_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong and what to do; the file and the key as they are."""
    assert main(["run", "configs/smoke.yaml", "--set", "outptu=3", "--lang", "zh"]) == 2
    assert "outptu：没有这个键；是不是 `output`？" in capsys.readouterr().err


def test_lines_are_broken_where_a_terminal_would() -> None:
    """A Chinese character takes two columns."""
    lines = wrap("比较一次或几次运行里的系统，说明哪些差别显著", 20)
    assert "".join(lines) == "比较一次或几次运行里的系统，说明哪些差别显著"
    assert max(map(len, lines)) == 10
