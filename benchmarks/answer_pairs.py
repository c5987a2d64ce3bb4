"""Prints how often answer metrics agree with a person on labelled pairs, as Markdown.

Usage: PYTHONPATH=. python benchmarks/answer_pairs.py [FILE.jsonl ...] [--metrics NAME,...]
           [--misses | --speed]

A pair is a prediction beside its references, labelled by hand: whether it answers the question
rightly, and in a file that has `em` and `lenient`, whether it is the answer and nothing else; the
metrics of em are held to the latter. Each metric has a table: precision and recall of its matches
by set and kind, over the pairs whose label is not debatable. Beside them stands with how many of
the debatable ones it agrees. Pairs with `long_form` say more than the answer; the part `short` is
a set without them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, get_args

from evalkit.data import articles
from evalkit.metrics import metric
from evalkit.metrics.answers import ExactMatch
from evalkit.metrics.decisions import Rule
from evalkit.records import Case
from evalkit.values.form import read_answer
from evalkit.values.thinking import strip_thinking

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
ARTICLES = GOLDEN / "planted_articles.jsonl"  # written for labelled pairs and summaries
LABELLED = GOLDEN / "answers.jsonl"
SETS = (LABELLED, *sorted(GOLDEN.glob("judged_*.jsonl")), *sorted(GOLDEN.glob("unseen_*.jsonl")))
Matcher = Callable[[Case], bool]
PARTS, KINDS = attrgetter("part"), attrgetter("kind")


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """Whether a pair should match, and whether two careful people could differ about it."""

    value: bool
    debatable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A prediction beside its references, as a person judged it.

    Attributes:
        case: what a metric reads, without thinking.
        kind: what the pair is an example of.
        right: whether it answers the question rightly, whatever else it says.
        exact: whether it is the right answer and, form aside, nothing else.
        long_form: whether it says more than the answer.
        part: which part of its file it is in, where that has parts.
    """

    case: Case
    kind: str
    right: Label
    exact: Label
    long_form: bool
    part: str = ""

    def label(self, name: str) -> Label:
        """Return the label that a metric is held to, by the metric's name."""
        lenient = name in {"contains", "em_extracted"}
        return self.right if lenient else self.exact


def read_pairs(file: Path, texts: Mapping[str, str] | None = None) -> list[Pair]:
    """Return the pairs of a file; `texts` holds the articles by the first digits of their ids."""
    lines = file.read_text(encoding="utf-8").split("\n")
    rows = [row for row in map(json.loads, filter(None, lines)) if "_meta" not in row]
    return [_pair(row, texts or {}) for row in rows]


def _pair(row: Mapping[str, Any], texts: Mapping[str, str]) -> Pair:
    case = Case(
        id=row["id"],
        prediction=strip_thinking(row["prediction"]).prediction,
        references=tuple(row.get("references") or row["gold"]),
        question=row["question"],
        type=row.get("type"),
        unit=row.get("unit"),
        ordered=row.get("ordered", False),
        article=texts.get(row.get("article", "")[:3], ""),
    )
    debatable = row.get("debatable", False)
    right = row["lenient"] if "lenient" in row else row["should_match"]
    exact = row.get("em", right)
    return Pair(
        case=case,
        kind=row.get("kind") or row["category"],
        right=Label(value=right, debatable=debatable),
        exact=Label(value=exact, debatable=debatable or row.get("em_debatable", False)),
        long_form=row.get("long_form", False),
        part=row.get("part", ""),
    )


def matcher(name: str) -> Matcher:
    """Return what decides whether a case matches: a metric by its name, or `contains`."""
    if name == "contains":
        return contains
    scorer = metric(name)
    return lambda case: scorer.score(case).value == 1


def contains(case: Case) -> bool:
    """Return whether the prediction contains a reference, once both are normalised."""
    said = read_answer(case.prediction).plain
    return any(read_answer(reference).plain in said for reference in case.references)


def methods_table(pairs: Sequence[Pair]) -> str:
    """Return precision and recall of em beside strict, CMRC and contains matching."""
    certain = [pair for pair in pairs if not pair.exact.debatable]
    names = ("em", "em_strict", "em_cmrc", "contains")
    rows = [(name, *_shares(_judged(name, certain))) for name in names]
    return make_table(("matching", "matches", "precision", "recall"), rows)


def rules_table(pairs: Iterable[Pair]) -> str:
    """Return for each rule of em how often it decided, for or against a match, and how rightly."""
    decided = defaultdict(list)
    certain = [pair for pair in pairs if not pair.exact.debatable]
    for pair in certain:
        score = ExactMatch().score(pair.case)
        decided[score.rule].append((score.value == 1, pair.exact.value))
    n_wanted = sum(pair.exact.value for pair in certain)
    rows = []
    for rule in get_args(Rule):
        said = decided[rule]
        n_matched, precision, _ = _shares(said)
        right = sum(matched and should for matched, should in said)
        missed = sum(should and not matched for matched, should in said)
        rows.append((rule, len(said), n_matched, precision, _share(right, n_wanted), missed))
    return make_table(("rule", "decided", "matches", "precision", "recall", "missed"), rows)


def sets_table(names: Sequence[str], sets: Mapping[str, Sequence[Pair]]) -> str:
    """Return precision and recall of metrics by set and part, without the debatable pairs."""
    head = ["set", "part", "pairs"]
    rows: dict[tuple[str, str], list[object]] = {}
    for name in names:
        head += [f"{name}: right", "precision", "recall"]
        for title, pairs in sets.items():
            for part, group in (("all", pairs), *_by(PARTS, pairs)):
                _, n_right, _, precision, recall, *_ = _line(name, group)
                row = rows.setdefault((title, part), [title, part, len(group)])
                row += [n_right, precision, recall]
    return make_table(head, rows.values())


def kinds_table(name: str, sets: Mapping[str, Sequence[Pair]]) -> str:
    """Return precision and recall of a metric by set and kind, and what it says on debatable pairs.

    A precision or recall is a dash where nothing matched or nothing should.
    """
    head = ("set", "kind", "n", "right", "matches", "precision", "recall", "debatable", "agreed")
    rows = [
        (title, kind, *_line(name, group))
        for title, pairs in sets.items()
        for kind, group in (("all", pairs), *_by(PARTS, pairs), *_by(KINDS, pairs))
    ]
    return make_table(head, rows)


def _line(name: str, pairs: Sequence[Pair]) -> tuple[object, ...]:
    certain = _judged(name, [pair for pair in pairs if not pair.label(name).debatable])
    debated = _judged(name, [pair for pair in pairs if pair.label(name).debatable])
    n_right = sum(should for _, should in certain)
    agreed = sum(matched == should for matched, should in debated)
    return len(certain), n_right, *_shares(certain), len(debated), agreed


def _judged(name: str, pairs: Iterable[Pair]) -> list[tuple[bool, bool]]:
    """Return for each pair whether it matches, and whether it should."""
    matches = matcher(name)
    return [(matches(pair.case), pair.label(name).value) for pair in pairs]


def _by(name: Callable[[Pair], str], pairs: Iterable[Pair]) -> Iterable[tuple[str, list[Pair]]]:
    """Return pairs in groups by a name; those without one are in none."""
    groups = defaultdict(list)
    for pair in pairs:
        if name(pair):
            groups[name(pair)].append(pair)
    return groups.items()


def misses(name: str, sets: Mapping[str, Sequence[Pair]]) -> Iterator[str]:
    """Yield a line for each pair on which a metric is wrong."""
    matches = matcher(name)
    for title, pairs in sets.items():
        for pair in pairs:
            label = pair.label(name)
            if matches(pair.case) != label.value:
                fields = {
                    "set": title,
                    "id": pair.case.id,
                    "kind": pair.kind,
                    "should_match": label.value,
                    "debatable": label.debatable,
                    "question": pair.case.question,
                    "references": pair.case.references,
                    "prediction": pair.case.prediction,
                }
                yield json.dumps(fields, ensure_ascii=False)


def measure_speed(name: str, pairs: Sequence[Pair], rounds: int = 20) -> float:
    """Return how many pairs a metric scores in a second of processor time, on one core."""
    matches = matcher(name)
    cases = [pair.case for pair in pairs]
    for case in cases:
        matches(case)
    start = time.process_time()
    for _ in range(rounds):
        for case in cases:
            matches(case)
    return rounds * len(cases) / (time.process_time() - start)


def _shares(said: Sequence[tuple[bool, bool]]) -> tuple[int, str, str]:
    """Return the number of matches, their precision and their recall."""
    right = sum(matched and should for matched, should in said)
    n_matched = sum(matched for matched, _ in said)
    n_wanted = sum(should for _, should in said)
    return n_matched, _share(right, n_matched), _share(right, n_wanted)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def make_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def read_sets(files: Iterable[Path]) -> dict[str, list[Pair]]:
    """Return the pairs by the name of their file, and of those in short form after it."""
    texts = {article.id[:3]: article.text for article in articles.load(ROOT / "seeds/index.yaml")}
    written = ARTICLES.read_text(encoding="utf-8").split("\n")
    texts |= {row["id"]: row["text"] for row in map(json.loads, filter(None, written))}
    sets = {}
    for file in files:
        pairs = sets[file.stem] = read_pairs(file, texts)
        short = [pair for pair in pairs if not pair.long_form]
        if 0 < len(short) < len(pairs):
            sets[f"{file.stem} short"] = short
    return sets


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path, default=SETS, metavar="FILE.jsonl")
    parser.add_argument("--metrics", default="em", help="names, and `contains`; default: em")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--misses", action="store_true", help="print the pairs it is wrong on")
    only.add_argument("--speed", action="store_true", help="print pairs per second, on one core")
    args = parser.parse_args()
    sets = read_sets(args.files)
    for name in args.metrics.split(","):
        if args.misses:
            print(f"## {name}", *misses(name, sets), sep="\n")
        elif args.speed:
            rates = {title: round(measure_speed(name, pairs)) for title, pairs in sets.items()}
            print(json.dumps({"metric": name, "pairs_per_s": rates}))
        else:
            print(f"## {name}", kinds_table(name, sets), sep="\n\n", end="\n\n")


if __name__ == "__main__":
    main()
