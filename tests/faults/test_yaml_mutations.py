"""Promise: a mutated or immense config, index or references file is valid, or an error, at once."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from evalkit.config.document import Document
from evalkit.config.plain_yaml import is_read_alike
from evalkit.config.schema import Config
from evalkit.data.articles import Index
from evalkit.data.references import ReferencesFile
from evalkit.errors import InputError
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.config.keys import Key
    from evalkit.config.strict import Strict
    from evalkit.errors import Problem

N_MUTATIONS = 5_000
SECONDS = 2.0  # of processor time, so that other processes change no verdict
MAX_LISTED = 300  # problems: a hundred of each of three kinds
KINDS: tuple[tuple[Path, type[Strict]], ...] = (
    (ROOT / "configs/smoke.yaml", Config),
    (ROOT / "seeds/index.yaml", Index),
    (min((ROOT / "references").glob("*.yaml")), ReferencesFile),
)
BITS = (
    *"&*?:-[]{}|>%@`#~\"'\t\n\r\x00\x85\u2028\ufeff\ud800",
    *(
        "&a ",
        "*a",
        "<<: *a",
        "!!int ",
        "!!python/object:os.system ",
        "? ",
        ": ",
        "- ",
        "  ",
        "襄阳",
    ),
    *("1:59:59", "0x", "1e999", ".nan", "null", "9" * 40, "\\UFFFFFFFF", "---\n", "...\n"),
    *("<<: [*a, *a]\n", "a: &a [*a]\n"),
)

WIDE = ",".join(["1"] * 18_000)
LONG = 299_000  # characters
BOMBS = {
    "entries": f"articles: [{WIDE}]",
    "keys": "".join(f"k{i}: 1\n" for i in range(9_900)),
    "duplicate keys": "k: 1\n" * 9_900,
    "unknown keys of entries": "models:\n"
    + "".join(f"- {{k{i}: 1, j: 1}}\n" for i in range(3_900)),
    "valid entries": "models:\n"
    + "".join(f"- {{baseline: lead, name: m{i}}}\n" for i in range(3_900)),
    "names given twice": "models:\n" + "- {baseline: lead, name: m}\n" * 3_900,
    "articles": "articles:\n" + "- {id: a, file: a.txt, title: a, source: a}\n" * 2_200,
    "questions": "questions:\n" + "- {id: q, question: a, answers: [a]}\n" * 2_400,
    "integers": "a: [" + ("9" * 30 + ",") * 9_600 + "]",
    "an integer": "a: " + "9" * LONG,
    "a number": "a: " + "1" * (LONG // 2) + "." + "1" * (LONG // 2),
    "a hexadecimal number": "a: 0x" + "_" * LONG,
    "lines of text": "a: >\n" + "  x\n" * (LONG // 4),
    "lines of plain text": "a: b" + "\n  b" * (LONG // 4),
    "comments": "#\n" * (LONG // 2) + "a: 1",
    "blank lines": "\n" * LONG + "a: 1",
    "escapes": 'a: "' + "\\u202e" * (LONG // 6) + '"',
    "anchors": "".join(f"a{i}: &{'x' * 280}{i} 1\n" for i in range(990)),
    "aliases": f"a: &a [{WIDE}]\n" + "".join(f"k{i}: *a\n" for i in range(900)),
    "aliases under one key": f"a: &a [{WIDE}]\n" + "k: *a\n" * 900,
    "levels of aliases": "a0: &a0 [1]\n"
    + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 100)),
    "merges": f"a: &a {{{','.join(f'k{i}: 1' for i in range(900))}}}\n"
    + "".join(f"b{i}: {{<<: *a}}\n" for i in range(900)),
    "merges of one key": f"a: &a [{WIDE}]\nm: &m {{k: *a}}\nx: {{<<: [{'*m,' * 900}]}}",
    "brackets": "a: " + "[" * LONG,
    "braces": "a: " + "{a: " * (LONG // 4),
    "dashes": "a:\n" + "- " * (LONG // 2),
    "question marks": "? " * (LONG // 2),
}


def mutated(text: str, chance: random.Random) -> str:
    """Return a text with one to four places changed, moved, doubled or cut out."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 1, 5, 40)))
        other = chance.randrange(len(text) + 1)
        new = chance.choice((*BITS, "", text[other : other + 60], text[start:end] * 3))
        text = text[:start] + new + text[end:]
    return text


def test_no_mutation_ends_in_a_traceback_or_takes_its_time(
    record_property: Callable[[str, object], None],
) -> None:
    """Each is read into its model, or is refused with its file and what to do, within 2 s."""
    record_property("faults", N_MUTATIONS)
    chance = random.Random(13)
    texts = [(file.read_text(encoding="utf-8")[:1500], model) for file, model in KINDS]
    n_valid = 0
    for _ in range(N_MUTATIONS):
        text, model = chance.choice(texts)
        changed = mutated(text, chance)
        start = time.process_time()
        problems = problems_of_text(changed, model)
        assert time.process_time() - start < SECONDS, changed
        assert all(problem.file == "f.yaml" and problem.what for problem in problems), changed
        n_valid += not problems
    assert 100 < n_valid < N_MUTATIONS - 100


def test_both_parsers_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every mutation: the same data on the same lines, or the same problems, without libyaml."""
    chance = random.Random(14)
    texts = [file.read_text(encoding="utf-8")[:1500] for file, _ in KINDS]
    n_fast = 0
    for _ in range(N_MUTATIONS // 5):
        changed = mutated(chance.choice(texts), chance)
        found = read(changed)
        with monkeypatch.context() as patch:
            patch.setattr("evalkit.config.document.is_read_alike", lambda _: False)
            assert found == read(changed), changed
        n_fast += isinstance(found, dict) and is_read_alike(changed)
    assert n_fast > 100


def read(text: str) -> dict[Key, object] | list[str]:
    """Return all values of a text with their lines, by key, or what is wrong with it."""
    try:
        document = Document("f.yaml", text)
    except InputError as error:
        return [str(problem) for problem in error.problems]
    waiting: list[tuple[Key, object]] = [((), document.data)]
    found: dict[Key, object] = {}
    while waiting:
        key, value = waiting.pop()
        found[key] = document.line(key), repr(value)
        if isinstance(value, dict | list):
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*key, name), inner) for name, inner in pairs]
    return found


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_at_once(
    bomb: str, record_property: Callable[[str, object], None]
) -> None:
    """Hundreds of thousands of characters, or values once it is expanded; read into each model."""
    record_property("faults", len(KINDS))
    for _, model in KINDS:
        start = time.process_time()
        problems = problems_of_text(BOMBS[bomb], model)
        assert time.process_time() - start < SECONDS
        assert 0 < len(problems) < MAX_LISTED


def problems_of_text(text: str, model: type[Strict]) -> tuple[Problem, ...]:
    """Return what is wrong with a text; anything but an InputError fails the test."""
    try:
        Document("f.yaml", text).parse(model)
    except InputError as error:
        return error.problems
    return ()
