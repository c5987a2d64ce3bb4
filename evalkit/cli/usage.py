"""The parser of each command: help in the language in use, and what a wrong option gets."""

from __future__ import annotations

import argparse
import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from unicodedata import east_asian_width

from evalkit.cli.terminal_text import put
from evalkit.language import OPTION, localise

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHOICE = re.compile(r"argument .+: invalid choice: '(?P<given>.+)' \(choose from (?P<known>.+)\)")
_SET = "--set"
_FOLDER = "--folder"
_UNBROKEN = re.compile(r"\s+|[（《“]*(?:[!-~]+|[^（《“])[，。；：、！？）》”]*|.")
_HEADING_END = re.compile(r"(?<=[\u4e00-\u9fff]):$", re.MULTILINE)
_DASHES = "-–—"  # of a keyboard, and what word processors and Chinese input methods make of them


class _Formatter(argparse.HelpFormatter):
    """Shows help in the language in use, and breaks its lines where a terminal would."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: Any = None) -> None:  # noqa: ANN401 - those of the base
        """Begin with the word for usage."""
        super().add_usage(usage, actions, groups, localise("usage: ") if prefix is None else prefix)

    def add_text(self, text: str | None) -> None:
        """Add a paragraph."""
        super().add_text(text and localise(text))

    def start_section(self, heading: str | None) -> None:
        """Begin a group of arguments."""
        super().start_section(heading and localise(heading))

    def format_help(self) -> str:
        """Return the help; behind a Chinese heading stands a full-width colon."""
        return _HEADING_END.sub("：", super().format_help())

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and localise(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrap(text, width - len(indent)))


def wrap(words: str, width: int) -> list[str]:
    """Return words in lines of at most so many columns; a Chinese character takes two.

    No line begins with a closing mark or ends with an opening one.

    >>> wrap("比较开放的中文模型 with a baseline", 12)
    ['比较开放的中', '文模型 with', 'a baseline']
    >>> wrap("三名代表参加，再比较", 12)
    ['三名代表参', '加，再比较']
    """
    lines = [""]
    for piece in _UNBROKEN.findall(words):
        if piece.isspace():
            lines[-1] += " " if lines[-1] else ""
        elif _columns(lines[-1]) + _columns(piece) <= width or not lines[-1]:
            lines[-1] += piece
        else:
            lines[-1] = lines[-1].rstrip()
            lines.append(piece)
    return lines


def _columns(words: str) -> int:
    return sum(1 + (east_asian_width(character) in "WF") for character in words)


class Parser(argparse.ArgumentParser):
    """A parser, of a command too, that refuses what it does not know in its own name."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - those of the base
        """Begin a parser with the option that every command has."""
        super().__init__(formatter_class=_Formatter, **settings)
        self.add_argument(
            OPTION,
            choices=("en", "zh"),
            default=argparse.SUPPRESS,
            help="language of help, progress, messages and tables; default: that of the locale",
        )

    def parse_known_args(  # type: ignore[override] # the base has overloads for other namespaces
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse arguments, of which none may be left."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            what = f"unknown: {' '.join(unknown)}"
            self.error("; ".join(filter(None, (what, self._remedy(unknown[0])))))
        return found, unknown

    def _remedy(self, unknown: str) -> str:
        """Return what to do about an argument that is not known; empty where nothing tells."""
        if not unknown.startswith(tuple(_DASHES)):
            takes_several = any(action.nargs == argparse.ONE_OR_MORE for action in self._actions)
            return "name all files before the options" if takes_several else ""
        nearest = self._nearest(unknown.partition("=")[0])
        return f"did you mean `{nearest}`?" if nearest else ""

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ANN401 - that of the base
        """Print, and fail where the output cannot be written; the base fails to say so."""
        put(message, end="", file=file)
        (file or sys.stdout).flush()

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong, and exit with 2."""
        choice = _CHOICE.match(message)
        if choice and (near := self._nearest_word(**choice.groupdict())):
            message = f"unknown: {choice['given']}; did you mean `{near}`?"
        put(self.format_usage(), end="", file=sys.stderr)
        put(f"{self.prog}: {localise(message)}", file=sys.stderr)
        sys.exit(2)

    def _nearest_word(self, given: str, known: str) -> str:
        """Return the word that is most like one that is not known; empty if none is.

        A folder belongs to the option for folders, where there is one.
        """
        if _FOLDER in self._option_string_actions and Path(given).is_dir():
            return f"{_FOLDER} {given}"
        return next(iter(get_close_matches(given, re.findall(r"[\w-]+", known), n=1)), "")

    def _nearest(self, option: str) -> str:
        """Return the option, or the key of a config, that is most like one; empty if none is."""
        name = option.lstrip(_DASHES)
        own = {known.lstrip("-"): known for known in self._option_string_actions}
        if near := get_close_matches(name, own, n=1):
            return own[near[0]]
        if _SET in self._option_string_actions and (key := _key(name)):
            return f"{_SET} {key}="
        return ""


def _key(name: str) -> str:
    """Return the key of a config that is called so, or nearly; empty if none is."""
    from evalkit.config.json_schema import ModelSchema
    from evalkit.config.schema import Config

    schema = ModelSchema(Config)
    by_name: dict[str, tuple[str, ...]] = {}
    for path in sorted(schema.paths, key=len):
        if path[-1] != "*":
            by_name.setdefault(path[-1], path)
    near = get_close_matches(name.replace("-", "_"), by_name, n=1)
    return ".".join(by_name[near[0]]).replace("*", "0") if near else ""
