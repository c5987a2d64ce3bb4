"""Prints docs/config.md: every key of a config, from the models that read it.

Usage: make docs
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.config.json_schema import ModelSchema, distinguishing_key, key_names
from evalkit.config.schema import Config

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.config.json_schema import Schema

HEAD = """\
# The keys of a config

Every key that a YAML file such as those of `configs/` may have. `make docs` writes this page from
the models that read the file. Other keys are refused, and nothing is converted: `seed: "3"` is
text, not a number. Whatever does not fit is reported with its line, its key and what to write.

- `python -m evalkit check CONFIG` says what is wrong with a config, and what it would do.
- Relative paths start from the folder of the config; `~` is your home folder.
- `--set limit=1 --set models.0.device=cpu` changes values on the command line. Entries of a list
  are counted from 0, the value is YAML, and paths start from the current folder.
- With the first line `# yaml-language-server: $schema=schema.json`, editors that read YAML schemas
  show all of this while you type; `python -m evalkit schema` prints the schema.
- In Python, `evalkit.Config(name="trial", data={"squad": "dev.json"}, ...)` takes the same keys.

## Conditions

Every model is asked under every combination of what the config lists, and each combination is a
system with a row of its own in every table:

```yaml
prompts: {folder: prompts, wordings: [default, terse]}
few_shot: [0, 3]
noise: [{}, {ocr: 0.02}]
```

- A model with `weights:` is asked in every wording, with every number of worked examples and with
  every noise: 8 systems, from `qwen@default+0-shot+clean` to `qwen@terse+3-shot+ocr0.02`.
- A baseline reads no prompt, so only noise makes a difference: `lead@clean` and `lead@ocr0.02`.
- `predictions:` were made elsewhere: one system, `other`.

A name has a part only for what varies: with one wording and one noise the systems are `qwen@0-shot`
and `qwen@3-shot`, with one condition alone `qwen`. `check` prints the number of requests.

Several `samples` do not make a condition: their scores are averaged within each example. They need
a `temperature` above 0.

## Tasks

`answer` asks the questions; every other task asks for a summary. `short`, `long`, `headline` and
`focused` are known; any other name is a task of your own, with its templates in the folder of that
name and the references that name it. `focused` asks once for each focus that the references have:
what the article says about that alone; in its template, `question` is the focus.

```yaml
tasks:
  answer: {}
  headline: {}
  focused: {}
  minutes: {n_characters: 200}
```

## Thinking

A model's thinking is stripped before anything is scored; the whole text stays in
`generations.jsonl`. Known are tags such as `<think>`, `[THINK]`, `◁think▷`, `<|end_of_thought|>` or
【/思考】, in any case and width, the channels of gpt-oss and Gemma, and the phrases of Granite and
others. Before a lone closing mark everything is thinking; after an opening one that is never closed
there is no answer, and the output is counted under `issues`. A model whose marks are others names
them:

```yaml
models:
  - name: mine
    weights: {folder: ../weights/mine}
    thinking: {start: "<plan>", end: "</plan>"}
```

Marks that are special tokens of the tokenizer are kept in the text, which other special tokens are
not. Where the prompt itself ends with an opening mark, the text begins with it. `rescore` and
`report` find the marks in the run's own manifest.

## Environment

What belongs to the machine and not to the run is set by environment variables.

- `EVALKIT_CACHE`: the folder of converted weights and of generations that other runs may use. Where
  it is not set, that is `evalkit` in `XDG_CACHE_HOME` or in `~/.cache`. Files of a hub stay in the
  cache of the hub's own library, which `HF_HOME` names.
- `EVALKIT_CACHE_KEY`: a secret that signs the generations in that folder. With it, a run believes
  only those that were signed with the same secret, and keeps them in a file of their own: for a
  folder that others can write to. It does not sign converted weights.
- `HF_ENDPOINT`: the hub that weights and data sets come from. Where it is not set, that is Hugging
  Face; it may be the address of a mirror.
- `HF_HUB_OFFLINE`: with `1` no hub is asked; only what was fetched before is used.
- `HF_TOKEN`: your token of the hub, for models that are not open to all; no file of a run holds
  it.
- `TMPDIR`: the folder of the articles while a job lasts, in a file without a name; `/tmp` where it
  is not set."""


def sections(schema: ModelSchema) -> Iterator[str]:
    """Yield the page, piece by piece."""
    yield HEAD
    yield from _section(schema, schema.root, ())


def _section(
    schema: ModelSchema, variants: Sequence[Schema], path: tuple[str, ...]
) -> Iterator[str]:
    """Yield a table for each variant of a mapping, then the sections of what is below them."""
    yield f"\n## {': '.join(path) or 'The file'}"
    for variant in variants:
        if len(variants) > 1:
            yield f"\n### {path[-1]} with `{distinguishing_key(variant, variants)}:`"
        yield f"\n{' '.join(variant['description'].split())}\n\n| key | value | default | meaning |"
        yield "| --- | --- | --- | --- |"
        yield from (_row(schema, variant, name, path) for name in variant["properties"])
    for name in key_names(variants):
        if below := _mappings(schema, schema.values(variants, name)):
            yield from _section(schema, below, (*path, name))


def _row(schema: ModelSchema, variant: Schema, name: str, path: tuple[str, ...]) -> str:
    setting, variants = variant["properties"][name], schema.values([variant], name)
    value = schema.describe(variants)
    if _mappings(schema, variants):
        kind = {"array": "a list of mappings", "object": "`name: mapping` lines"}
        is_mapping = "properties" in variants[0]
        value = "a mapping" if is_mapping else kind[variants[0]["type"]]
        value = f"[{value}](#{'-'.join((*path, name))})"
    default = "*required*" if name in variant.get("required", ()) else _default(setting)
    return f"| `{name}` | {value} | {default} | {' '.join(setting['description'].split())} |"


def _mappings(schema: ModelSchema, variants: Sequence[Schema]) -> list[Schema]:
    """Return the mappings with known keys that a value is, or consists of."""
    return [each for each in (*variants, *schema.entries(variants)) if "properties" in each]


def _default(setting: Schema) -> str:
    """Return the default of a key; of mappings, which keys they have."""
    match setting.get("default", {}):
        case None:
            return "none"
        case {**names} if names and all(isinstance(each, dict) for each in names.values()):
            return " ".join(f"`{name}`" for name in names)
        case {**names} if names:
            return "see there"
        case [{**_names}]:
            return "`[{}]`"
        case str(text):
            return f"`{text}`"
        case other:
            return f"`{json.dumps(other).replace(chr(34), '')}`"


if __name__ == "__main__":
    print("\n".join(sections(ModelSchema(Config))))
