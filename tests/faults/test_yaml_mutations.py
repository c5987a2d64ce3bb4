"""Promise: a mutated config, index or references file is valid, or one clear error, at once."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from evalkit.config.document import Document
from evalkit.config.schema import Config
from evalkit.data.articles import Index
from evalkit.data.references import ReferencesFile
from evalkit.errors import InputError
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.config.strict import Strict
    from evalkit.errors import Problem

N_MUTATIONS = 5_000
SECONDS = 2.0
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
        start = time.perf_counter()
        problems = problems_of_text(changed, model)
        assert time.perf_counter() - start < SECONDS, changed
        assert all(problem.file == "f.yaml" and problem.what for problem in problems), changed
        n_valid += not problems
    assert 100 < n_valid < N_MUTATIONS - 100


def problems_of_text(text: str, model: type[Strict]) -> tuple[Problem, ...]:
    """Return what is wrong with a text; anything but an InputError fails the test."""
    try:
        Document("f.yaml", text).parse(model)
    except InputError as error:
        return error.problems
    return ()
