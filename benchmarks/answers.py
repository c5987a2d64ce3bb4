"""Prints what each rule for answers decides on the labelled pairs, beside other ways of matching.

python benchmarks/answers.py        the tables, as Markdown
python benchmarks/answers.py speed  pairs scored per second, on one core
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from evalkit.metrics.answers import ExactMatch, StrictMatch
from evalkit.metrics.cmrc import EmCmrc
from evalkit.metrics.decisions import Rule
from evalkit.records import Case
from evalkit.values.answer_form import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "answers.jsonl"
Labelled = tuple[Case, bool]


def read_pairs() -> list[Labelled]:
    """Return the pairs that are not debatable, each with whether it should match."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()[1:]
    rows = [row for row in map(json.loads, lines) if not row.get("debatable")]
    return [
        (
            Case(
                id=row["id"],
                prediction=row["prediction"],
                references=tuple(row["gold"]),
                question=row["question"],
            ),
            row["should_match"],
        )
        for row in rows
    ]


def contains(case: Case) -> bool:
    """Return whether the prediction contains a reference, once both are normalised."""
    said = read_answer(case.prediction).plain
    return any(read_answer(reference).plain in said for reference in case.references)


def methods_table(pairs: Sequence[Labelled]) -> str:
    """Return precision and recall of em beside strict, CMRC and contains matching."""
    ways: dict[str, Callable[[Case], bool]] = {
        "em": lambda case: ExactMatch().score(case).value == 1,
        "em_strict": lambda case: StrictMatch().score(case).value == 1,
        "em_cmrc": lambda case: EmCmrc().score(case).value == 1,
        "contains": contains,
    }
    rows = []
    for name, matches in ways.items():
        said = [(matches(case), wanted) for case, wanted in pairs]
        right = sum(matched and wanted for matched, wanted in said)
        n_matched, n_wanted = (sum(column) for column in zip(*said, strict=True))
        rows.append((name, n_matched, _share(right, n_matched), _share(right, n_wanted)))
    return make_table(("matching", "matches", "precision", "recall"), rows)


def rules_table(pairs: Sequence[Labelled]) -> str:
    """Return for each rule of em how often it decided, for or against a match, and how rightly."""
    decided = defaultdict(list)
    for case, wanted in pairs:
        score = ExactMatch().score(case)
        decided[score.rule].append((score.value == 1, wanted))
    n_wanted = sum(wanted for _, wanted in pairs)
    rows = []
    for rule in get_args(Rule):
        said = decided[rule]
        n_matched = sum(matched for matched, _ in said)
        right = sum(matched and wanted for matched, wanted in said)
        missed = sum(wanted and not matched for matched, wanted in said)
        shares = (_share(right, n_matched), _share(right, n_wanted))
        rows.append((rule, len(said), n_matched, *shares, missed))
    return make_table(("rule", "decided", "matches", "precision", "recall", "missed"), rows)


def measure_speed(pairs: Sequence[Labelled], rounds: int = 20) -> float:
    """Return how many pairs em scores in a second of processor time."""
    metric = ExactMatch()
    cases = [case for case, _ in pairs]
    for case in cases:
        metric.score(case)
    start = time.process_time()
    for _ in range(rounds):
        for case in cases:
            metric.score(case)
    return rounds * len(cases) / (time.process_time() - start)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def make_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


if __name__ == "__main__":
    labelled = read_pairs()
    if sys.argv[1:] == ["speed"]:
        print(json.dumps({"pairs_per_s": round(measure_speed(labelled))}))
    else:
        print(methods_table(labelled), rules_table(labelled), sep="\n\n")
