"""Fits what each feature of `em_extracted` counts on the labelled pairs, and measures that.

Usage: PYTHONPATH=. python benchmarks/fit_evidence.py [--write]

A logistic regression with an L2 penalty on standardised features; of the places that have the
reference the one counts that speaks for it most. Precision and recall that it prints for a set are
by weights that were fitted on the other sets, without its questions. `--write` makes
`evalkit/metrics/evidence_weights.py` from all sets but those of `HELD_OUT`, on which nothing is
fitted.
"""

from __future__ import annotations

import argparse
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from answer_pairs import SETS, Pair, make_table, read_sets
from scipy.optimize import minimize
from scipy.special import expit

from evalkit.metrics.evidence import features
from evalkit.metrics.extraction import occurrences_of
from evalkit.values.question import ask

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from numpy.typing import NDArray

TARGET = Path(__file__).parents[1] / "evalkit" / "metrics" / "evidence_weights.py"
N_ROUNDS = 3
PENALTY, PRICE = 12.0, 2.5  # of large weights; of a match that is wrong, against a missed one
HELD_OUT = tuple(f"unseen_outputs held out {part}" for part in (3, 4, 6, 11))
SMALLEST = 0.005  # weights nearer to 0 count nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A labelled pair.

    Attributes:
        set_name: the file it is from, and the part of that.
        group: a number for its question.
        right: whether it answers the question rightly.
        matched: whether em, or a reading without evidence, decides that it does.
        places: the features of each place that has a reference, where only the evidence decides.
    """

    set_name: str
    group: int
    right: bool
    matched: bool
    places: Sequence[dict[str, float]]


def read_examples() -> list[Example]:
    """Return the labelled pairs that are not debatable."""
    return [
        _example(f"{title} {pair.part}".strip(), pair)
        for title, pairs in read_sets(SETS).items()
        for pair in pairs
        if not (title.endswith(" short") or pair.right.debatable)
    ]


def _example(set_name: str, pair: Pair) -> Example:
    case = pair.case
    question = ask(case.question, case.unit, type=case.type, ordered=case.ordered)
    opened = [
        occurrences_of(case.prediction, reference, question, case.article)
        for reference in case.references
    ]
    matched = any(not isinstance(one, list) and one.matched for one in opened)
    occurrences = [occurrence for one in opened if isinstance(one, list) for occurrence in one]
    return Example(
        set_name=set_name,
        group=zlib.crc32(case.question.encode()),
        right=pair.right.value,
        matched=matched,
        places=[] if matched else [features(occurrence) for occurrence in occurrences],
    )


class Fit:
    """Weights of features, and the bias."""

    def __init__(self, bags: Sequence[NDArray[np.float64]], right: NDArray[np.bool_]) -> None:
        """Fit to the places of each pair, and whether it is right."""
        every = np.concatenate(bags)
        self.mean, self.scale = every.mean(axis=0), every.std(axis=0)
        self.scale[self.scale == 0] = 1.0
        scaled = [(bag - self.mean) / self.scale for bag in bags]
        self.weights = np.zeros(every.shape[1])
        self.bias = 0.0
        chosen = np.array([bag[0] for bag in scaled])
        for _ in range(N_ROUNDS):
            self._descend(chosen, right)
            chosen = np.array([bag[int(np.argmax(bag @ self.weights))] for bag in scaled])

    def _descend(self, rows: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
        price = np.where(right, 1.0, PRICE)

        def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            odds = rows @ theta[1:] + theta[0]
            lost = price * np.logaddexp(0, np.where(right, -odds, odds))
            slope = price * (expit(odds) - right)
            gradient = np.concatenate([[slope.sum()], rows.T @ slope + PENALTY * theta[1:]])
            return float(lost.sum() + PENALTY / 2 * (theta[1:] ** 2).sum()), gradient

        found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B")
        self.bias, self.weights = float(found.x[0]), found.x[1:]

    def odds(self, bag: NDArray[np.float64]) -> float:
        """Return the log-odds of the place that speaks for its pair most."""
        return float(max((bag - self.mean) / self.scale @ self.weights) + self.bias)

    def plain(self) -> tuple[NDArray[np.float64], float]:
        """Return the weights of features as they are, not standardised, and the bias."""
        weights = self.weights / self.scale
        return weights, self.bias - float(self.mean @ weights)


def leave_one_out(
    bags: Sequence[NDArray[np.float64]], examples: Sequence[Example]
) -> NDArray[np.bool_]:
    """Return whether each pair matches by weights fitted without its set and its question."""
    matched = np.array([example.matched for example in examples])
    for name in dict.fromkeys(example.set_name for example in examples):
        left = [i for i, example in enumerate(examples) if example.set_name == name]
        asked = {examples[i].group for i in left}
        fit = _fit_without(name, asked, bags, examples)
        for i in left:
            if examples[i].places:
                matched[i] = fit.odds(bags[i]) > 0
    return matched


def _fit_without(
    name: str,
    asked: Container[int],
    bags: Sequence[NDArray[np.float64]],
    examples: Sequence[Example],
) -> Fit:
    """Return the weights by all pairs but those of a set, of questions and of `HELD_OUT`."""
    used = [
        i
        for i, example in enumerate(examples)
        if example.places
        and example.set_name not in {name, *HELD_OUT}
        and example.group not in asked
    ]
    return Fit([bags[i] for i in used], np.array([examples[i].right for i in used]))


def table(matched: NDArray[np.bool_], examples: Sequence[Example]) -> str:
    """Return precision and recall by set."""
    groups = defaultdict(list)
    for match, example in zip(matched, examples, strict=True):
        for name in ("all", example.set_name):
            groups[name].append((bool(match), example.right))
    rows = []
    for name, said in groups.items():
        n_right = sum(right for _, right in said)
        hits = sum(match and right for match, right in said)
        n_matched = sum(match for match, _ in said)
        rows.append(
            (
                name,
                len(said),
                n_right,
                f"{hits / max(n_matched, 1):.3f}",
                f"{hits / max(n_right, 1):.3f}",
            )
        )
    return make_table(("set", "pairs", "right", "precision", "recall"), rows)


def _row(place: dict[str, float], names: Sequence[str]) -> list[float]:
    """Return the features of a place, then what values have beside that, 0 for a name."""
    row = [place.get(name, 0.0) for name in names]
    return [*row, *(value * place["value"] for value in row)]


def write(names: Sequence[str], fit: Fit) -> None:
    """Write the weights as a module."""
    weights, bias = fit.plain()
    of_names = weights[: len(names)]
    of_values = of_names + weights[len(names) :]
    lines = [
        f'    "{name}": ({of_name:.3f}, {of_value:.3f}),'
        for name, of_name, of_value in zip(names, of_names, of_values, strict=True)
        if max(abs(of_name), abs(of_value)) >= SMALLEST
    ]
    head = TARGET.read_text(encoding="utf-8").split("BIAS")[0]
    body = "\n".join(["WEIGHTS: dict[str, tuple[float, float]] = {", *lines, "}"])
    TARGET.write_text(f"{head}BIAS = {bias:.3f}\n{body}\n", encoding="utf-8")


def main() -> None:
    """Print the table; write the weights if the command line asks for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="write the weights")
    args = parser.parse_args()
    examples = read_examples()
    names = sorted({n for one in examples for place in one.places for n in place})
    bags = [np.array([_row(place, names) for place in one.places]) for one in examples]
    print(table(leave_one_out(bags, examples), examples))
    if args.write:
        write(names, _fit_without("", (), bags, examples))


if __name__ == "__main__":
    main()
