"""Prints docs/config.md: every key of a config, from the models that read it.

Usage: make docs
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.config.json_schema import Form, key_names, telling_key
from evalkit.config.schema import Config

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.config.json_schema import Schema

HEAD = """\
# The keys of a config

Every key that a YAML file such as those of `configs/` may have. This page is written by `make docs`
from the models that read the file. Other keys are refused, and nothing is converted: `seed: "3"` is
text, not a number. Whatever does not fit is named with its line, its key and what would be right.

- `python -m evalkit check CONFIG` says what is wrong with a config, and what it would do.
- Relative paths start from the folder of the config; `~` is your home folder.
- `--set limit=1 --set models.0.device=cpu` changes values on the command line. Entries of a list
  are counted from 0, the value is YAML, and paths start from the current folder.
- With the first line `# yaml-language-server: $schema=schema.json`, editors that read YAML schemas
  show all of this while you type; `python -m evalkit schema` prints the schema.

## Environment

What belongs to the machine and not to the run is named by environment variables.

- `EVALKIT_CACHE`: the folder of converted weights and of generations that other runs may use. Where
  it is not set, that is `evalkit` in `XDG_CACHE_HOME` or in `~/.cache`. Files of a hub stay in the
  cache of the hub's own library, which `HF_HOME` names.
- `HF_ENDPOINT`: the hub that weights and data sets come from. Where it is not set, that is Hugging
  Face; the address of a mirror can stand in for it.
- `HF_HUB_OFFLINE`: with `1` no hub is asked; only what was fetched before is used.
- `HF_TOKEN`: your token of the hub, for models that are not open to all; no file of a run holds
  it."""


def sections(form: Form) -> Iterator[str]:
    """Yield the page, piece by piece."""
    yield HEAD
    yield from _section(form, form.root, ())


def _section(form: Form, kinds: Sequence[Schema], path: tuple[str, ...]) -> Iterator[str]:
    """Yield a table for each kind of mapping, then the sections of what lies below them."""
    yield f"\n## {': '.join(path) or 'The file'}"
    for kind in kinds:
        if len(kinds) > 1:
            yield f"\n### {path[-1]} with `{telling_key(kind, kinds)}:`"
        yield f"\n{kind['description']}\n\n| key | value | default | meaning |"
        yield "| --- | --- | --- | --- |"
        yield from (_row(form, kind, name, path) for name in kind["properties"])
    for name in key_names(kinds):
        if below := _mappings(form, form.values(kinds, name)):
            yield from _section(form, below, (*path, name))


def _row(form: Form, kind: Schema, name: str, path: tuple[str, ...]) -> str:
    schema, values = kind["properties"][name], form.values([kind], name)
    value = form.wanted(values)
    if _mappings(form, values):
        value = "a list of mappings" if form.entries(values) else "a mapping"
        value = f"[{value}](#{'-'.join((*path, name))})"
    default = "*needed*" if name in kind.get("required", ()) else _default(schema)
    return f"| `{name}` | {value} | {default} | {' '.join(schema['description'].split())} |"


def _mappings(form: Form, kinds: Sequence[Schema]) -> list[Schema]:
    """Return the mappings with known keys that a value is, or is a list of."""
    return [kind for kind in (*kinds, *form.entries(kinds)) if "properties" in kind]


def _default(schema: Schema) -> str:
    default = schema.get("default", {})
    if default is None:
        return "none"
    if isinstance(default, dict) and default:
        return "as there"
    text = default if isinstance(default, str) else json.dumps(default).replace('"', "")
    return f"`{text}`"


if __name__ == "__main__":
    print("\n".join(sections(Form(Config))))
