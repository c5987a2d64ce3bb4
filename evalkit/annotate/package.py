"""What people are asked to judge: pairs of outputs of a run, without the names of systems."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, combinations, islice, zip_longest
from typing import TYPE_CHECKING, Literal

from evalkit.analysis.comparison import unknown
from evalkit.config.strict import Strict
from evalkit.errors import InputError, Problem
from evalkit.records import Kind  # noqa: TC001 - a field of a model
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.analysis.run import Run
    from evalkit.records import Example

REPEATED = 0.1
"""The share of pairs that are shown a second time, mirrored."""


class Pair(Strict):
    """One pair as it is shown: an example, and the systems whose outputs are A and B.

    `mirrors` is the id of the pair that this one repeats with its sides exchanged; empty for the
    first showing.
    """

    id: str
    example: str
    a: str
    b: str
    mirrors: str = ""


class Key(Strict):
    """What joins judgements with systems: `preferences-key.json`, which stays beside the run.

    `package` identifies the pairs and their texts; a page and its exports carry it. `n_identical`
    pairs had the same text on both sides, and `n_unanswered` an output that failed or was refused:
    they are not shown.
    """

    format: Literal[1] = 1
    package: str
    kind: Kind
    n_identical: int
    n_unanswered: int
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidates:
    """Examples to show for each pair of systems, and how many there is nothing to choose in."""

    examples: dict[tuple[str, str], list[str]]
    n_identical: int
    n_unanswered: int


def choose_pairs(run: Run, tasks: Sequence[str], systems: Sequence[str], most: int) -> Key:
    """Return which outputs are shown against which, in which order and on which sides.

    Everything is drawn by hashes of the run's generations: the same run gives the same package.
    All pairs of systems are shown equally often, as far as they have outputs that differ.

    Args:
        run: a finished one.
        tasks: of one kind; where empty all summary tasks or, in a run without any, the questions.
        systems: by name; where empty all models or, if these are fewer than two, baselines too.
        most: how many pairs to show, without repeats.

    Raises:
        InputError: a task or a system is unknown, the tasks are of two kinds, or nothing is left.
    """
    examples = _examples(run, tasks)
    salt = run.manifest.files["generations.jsonl"]
    found = _candidates(run, examples, _systems(run, systems))
    queues = [
        sorted(((id_, *pair) for id_ in ids), key=lambda shown: _hash(salt, "drawn", *shown))
        for pair, ids in found.examples.items()
    ]
    rounds = chain.from_iterable(zip_longest(*queues))
    drawn = list(islice((shown for shown in rounds if shown), most))
    if not drawn:
        what = "the chosen systems never wrote different texts"
        raise InputError([Problem(code="empty", file=str(run.path), what=what)])
    pairs = tuple(_arrange(drawn, salt))
    return Key(
        package=_package(run, pairs),
        kind=examples[0].kind,
        n_identical=found.n_identical,
        n_unanswered=found.n_unanswered,
        pairs=pairs,
    )


def texts_of(run: Run, pair: Pair) -> tuple[str, str] | None:
    """Return the texts that are A and B; None where the run has no such outputs any more."""
    found = [run.generations.get((name, pair.example, 0)) for name in (pair.a, pair.b)]
    a, b = (one.prediction.strip() if one and one.is_answer else None for one in found)
    return None if a is None or b is None else (a, b)


def is_of(run: Run, key: Key) -> bool:
    """Return whether a run still has the outputs that the pairs of a key were made of."""
    return _package(run, key.pairs) == key.package


def _package(run: Run, pairs: Iterable[Pair]) -> str:
    shown = [(*pair.model_dump().values(), *(texts_of(run, pair) or ())) for pair in pairs]
    return _hash(json.dumps(shown, ensure_ascii=False))[:16]


def _examples(run: Run, tasks: Sequence[str]) -> list[Example]:
    asked = [example for example in run.examples.values() if example.step == "article"]
    known = list(dict.fromkeys(example.task for example in asked))
    if problems := [unknown("--task", task, known) for task in tasks if task not in known]:
        raise InputError(problems)
    summaries = [example.task for example in asked if example.kind == "summary"]
    chosen = set(tasks or summaries or known)
    found = [example for example in asked if example.task in chosen]
    if len({example.kind for example in found}) > 1:
        what, remedy = "names summaries and questions", "judge them in two packages"
        raise InputError([Problem(code="conflict", file="--task", what=what, remedy=remedy)])
    return found


def _systems(run: Run, names: Sequence[str]) -> list[str]:
    roles = {system.name: system.role for system in run.systems}
    if problems := [unknown("--system", name, list(roles)) for name in names if name not in roles]:
        raise InputError(problems)
    models = [name for name, role in roles.items() if role == "model"]
    others = [name for name, role in roles.items() if role == "baseline"]
    chosen = list(dict.fromkeys(names)) or (models if len(models) > 1 else models + others)
    if len(chosen) < 2:  # noqa: PLR2004 - it takes two to compare
        what, remedy = "fewer than two systems to compare", f"name two of {', '.join(roles)}"
        raise InputError([Problem(code="missing", file="--system", what=what, remedy=remedy)])
    return chosen


def _candidates(run: Run, examples: Sequence[Example], systems: Sequence[str]) -> _Candidates:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    n_identical = n_unanswered = 0
    for a, b in combinations(systems, 2):
        for example in examples:
            texts = texts_of(run, Pair(id="", example=example.id, a=a, b=b))
            if texts is None:
                n_unanswered += 1
            elif texts[0] == texts[1]:
                n_identical += 1
            else:
                found[a, b].append(example.id)
    return _Candidates(examples=found, n_identical=n_identical, n_unanswered=n_unanswered)


def _arrange(drawn: Sequence[tuple[str, str, str]], salt: str) -> Iterator[Pair]:
    """Yield the pairs in the order in which they are shown, repeats in the second half."""
    ordered = sorted(drawn, key=lambda shown: _hash(salt, "order", *shown))
    half = len(ordered) // 2
    first, rest = ordered[:half], [(shown, False) for shown in ordered[half:]]
    by_chance = sorted(first, key=lambda shown: _hash(salt, "repeat", *shown))
    repeats = [(shown, True) for shown in by_chance[: math.ceil(REPEATED * len(ordered))]]
    second = sorted([*rest, *repeats], key=lambda one: _hash(salt, "second", *one[0]))
    ids: dict[tuple[str, str, str], str] = {}
    for i, (shown, is_repeat) in enumerate([*((one, False) for one in first), *second], start=1):
        example, *names = shown
        mirrored = int(_hash(salt, "sides", *shown), 16) % 2 == 1
        a, b = reversed(names) if mirrored != is_repeat else names
        yield Pair(id=f"p{i}", example=example, a=a, b=b, mirrors=ids.get(shown, ""))
        ids[shown] = f"p{i}"


def _hash(*parts: str) -> str:
    return hash_text("\n".join(parts))
