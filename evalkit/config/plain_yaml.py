"""The part of YAML that a config needs: no tags, no base-60 numbers, few aliases, little depth."""

from __future__ import annotations

import re
from typing import Any

import yaml

try:
    from yaml._yaml import CParser
except ImportError:  # built without libyaml
    CParser = None  # type: ignore[assignment,misc]

MAX_ALIASES = 1_000  # and anchors
MAX_DEPTH = 64
MAX_NODES = 100_000  # names and values: seconds to read; a list of 9,000 articles has as many
MAX_EXPANDED = 20_000  # in a file with aliases: a bomb expands to more
_READ_DIFFERENTLY = re.compile(r"[?\t\ufeff\ud800-\udfff]|[|>][-+\d]*#")
_LONGEST_TAG = 40  # characters of it that are shown


class RefusedError(Exception):
    """What YAML allows and no config needs."""

    def __init__(self, what: str, remedy: str, line: int) -> None:
        """Keep what a problem needs."""
        super().__init__(what)
        self.what, self.remedy, self.line = what, remedy, line


class Loader(yaml.SafeLoader):
    """SafeLoader of the plain part of YAML: no tags, and limits to aliases and nesting.

    Dates, and numbers in base 60 such as 1:30, are the text that was written.
    """

    n_aliases = 0
    _n_nodes = 0
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Return the next node, if it is plain.

        Raises:
            RefusedError: it is not.
        """
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # of the library
        line = event.start_mark.line + 1
        tag, self.n_aliases = None, self.n_aliases + bool(event.anchor)
        if not isinstance(event, yaml.AliasEvent):
            tag = event.tag
        self._depth += 1
        self._n_nodes += 1
        for is_refused, what, remedy in (
            (tag is not None, f"has the tag {str(tag)[:_LONGEST_TAG]!r}", "write a plain value"),
            (self.n_aliases > MAX_ALIASES, "has a thousand aliases", "write values out"),
            (self._n_nodes > MAX_NODES, "has more than a hundred thousand values", "divide it"),
            (self._depth > MAX_DEPTH, "is nested too deeply", "reduce the nesting"),
        ):
            if is_refused:
                raise RefusedError(what, remedy, line)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


class FastLoader(Loader):
    """The same by libyaml, in a fifth of the time; see `is_read_alike`."""

    def __init__(self, text: str) -> None:
        """Take the text, of which PyYAML's own parser sees nothing."""
        super().__init__("")
        parser = CParser(text)
        self.check_event = parser.check_event  # type: ignore[method-assign]
        self.peek_event = parser.peek_event  # type: ignore[method-assign]
        self.get_event = parser.get_event  # type: ignore[method-assign]


def is_read_alike(text: str) -> bool:
    """Return whether what libyaml reads of a text is what PyYAML's own parser reads of it.

    The two differ on tabs, U+FEFF, `?` in a flow and `|#`, and in what they say of a problem.
    """
    return CParser is not None and not _READ_DIFFERENTLY.search(text)


_NUMBERS = {
    "tag:yaml.org,2002:int": r"[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)",
    "tag:yaml.org,2002:float": (
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
        r"|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
    ),
}
Loader.yaml_implicit_resolvers = {
    first: [
        (tag, re.compile(rf"^(?:{_NUMBERS[tag]})$") if tag in _NUMBERS else pattern)
        for tag, pattern in resolvers
        if not tag.endswith(":timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
