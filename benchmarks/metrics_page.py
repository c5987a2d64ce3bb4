"""Prints docs/metrics.md: what each metric says about itself, and what each rule of em decides.

Usage: make docs
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from answers import methods_table, read_pairs, rules_table

from evalkit.metrics import available, document, entry, metric

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# How a number is made

Each metric is one class in `evalkit/metrics/` and one line of the registry. This page is written
from their docstrings by `make docs`. The signature stands beside every number and holds all that
can change it. ROUGE also takes the segmenters `zhmix-1+jieba` (words) and `raw-char`, and brings
several references together by `max`, `mean` or `jackknife`; the signatures below show the defaults.

| metric | judges | range | better | what it is |
| --- | --- | --- | --- | --- |"""

RULES = """
## What em decides on the judged pairs

Pairs of a reference answer and a prediction that a person judged, without the debatable ones. A
match is right where the person says that both answers say the same. First, em beside other ways of
matching: letter by letter, by the rules of CMRC 2018, and by whether the prediction contains the
reference. The rules were written with these pairs in view: for em the table shows that they hold,
not how well it does on pairs nobody has seen.
"""

EACH_RULE = """
Then each rule of em: how many pairs it decided, how many of them as a match, the precision of
those, their share of all pairs that should match, and how many such pairs it turned down.
"""


def sections() -> Iterator[str]:
    """Yield the page, piece by piece."""
    yield HEAD
    for name in available():
        line = entry(name)
        cells = (line.task, line.range, line.better, document(name).splitlines()[0])
        yield f"| [`{name}`](#{name.lower()}) | {' | '.join(cells)} |"
    for name in available():
        text, _, example = document(name).partition(">>>")
        yield f"\n## {name}\n\n`{metric(name).signature}`\n"
        yield text.strip().replace("Source:", "**Source:**")
        yield f"\n```pycon\n>>> {example.strip()}\n```"
    pairs = read_pairs()
    yield from (RULES, methods_table(pairs), EACH_RULE, rules_table(pairs))


if __name__ == "__main__":
    print("\n".join(sections()))
