"""`evalkit metrics`: what can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_HEAD = """\
# How a number is made

Each metric is one class of `evalkit/metrics/` and one line of its registry. This page is written
from their docstrings (`make docs`). A signature stands beside every number: it holds all that can
change it. ROUGE takes other segmenters and other ways of bringing several references together;
shown are the defaults."""


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse keeps this type to itself
    """Add the command."""
    parser = subparsers.add_parser("metrics", help="list the metrics")
    parser.add_argument("--markdown", action="store_true", help="print docs/metrics.md")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each metric's signature, range, direction and one sentence; return 0."""
    from evalkit.metrics import available, document, entry, metric  # noqa: PLC0415 - not for --help

    if args.markdown:
        print("\n".join(_page()))
        return 0
    for name in available():
        line = entry(name)
        better = "" if line.better == "neither" else f", {line.better} is better"
        print(f"{metric(name).signature}  ({line.task}; {line.range}{better})")
        print(f"    {document(name).splitlines()[0]}")
    return 0


def _page() -> Iterator[str]:
    from evalkit.metrics import available, document, entry, metric  # noqa: PLC0415 - not for --help

    yield from (
        _HEAD,
        "",
        "| metric | judges | range | better | measures |",
        "|---|---|---|---|---|",
    )
    for name in available():
        line = entry(name)
        cells = (line.task, line.range, line.better, document(name).splitlines()[0])
        yield f"| [`{name}`](#{name.lower()}) | {' | '.join(cells)} |"
    for name in available():
        text, _, example = document(name).partition(">>>")
        yield from ("", f"## {name}", "", f"`{metric(name).signature}`", "")
        yield text.strip().replace("Source:", "**Source:**")
        yield from ("", "```pycon", f">>> {example.strip()}", "```")
