"""`python -m evalkit schema`: the JSON Schema of a config, for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import put

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "schema",
        help="print the JSON Schema of a config, for editors",
        description="Print the JSON Schema of a config; configs/schema.json holds a copy.",
    )
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Print the schema."""
    from evalkit.config.schema import Config

    put(json.dumps(Config.model_json_schema(), ensure_ascii=False, indent=2))
    return 0
