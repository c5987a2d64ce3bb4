"""What is said of a wrong option: that command's own usage, and the nearest right one."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

_SET = "--set"


class Parser(argparse.ArgumentParser):
    """A parser, of a command too, that refuses what it does not know in its own name."""

    def parse_known_args(  # type: ignore[override] # the base has overloads for other namespaces
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse arguments, of which none may be left."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            option = unknown[0].partition("=")[0]
            remedy = self._nearest(option) if option.startswith("-") else ""
            self.error(f"unknown: {' '.join(unknown)}{remedy and f'; did you mean `{remedy}`?'}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong, and exit with 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}\n")

    def _nearest(self, option: str) -> str:
        """Return the option, or the key of a config, that is most like one; empty if none is."""
        name = option.lstrip("-")
        own = {known.lstrip("-"): known for known in self._option_string_actions}
        if near := get_close_matches(name, own, n=1):
            return own[near[0]]
        return (
            f"{_SET} {key}=" if _SET in self._option_string_actions and (key := _key(name)) else ""
        )


def _key(name: str) -> str:
    """Return the key of a config that is called so, or nearly; empty if none is."""
    from evalkit.config.json_schema import ModelSchema
    from evalkit.config.schema import Config

    schema = ModelSchema(Config)
    by_name: dict[str, tuple[str, ...]] = {}
    for path in sorted(schema.paths(schema.root), key=len):
        if path[-1] != "*":
            by_name.setdefault(path[-1], path)
    near = get_close_matches(name.replace("-", "_"), by_name, n=1)
    return ".".join(by_name[near[0]]).replace("*", "0") if near else ""
