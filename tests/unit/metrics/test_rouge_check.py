"""Promises of the check of ROUGE values against Google's rouge_score package."""

from __future__ import annotations

import random
from dataclasses import replace
from math import nan

import pytest

from evalkit.errors import EvalkitError
from evalkit.metrics import metric
from evalkit.metrics.rouge_check import check_rouge
from evalkit.records import Case, ScoreLine
from tests.support.results import value_of

TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")


def write(rng: random.Random, n: int) -> str:
    """Return a text of n characters and some ends of sentences."""
    return "".join(rng.choice("襄阳市的创客空间2019年。\n") for _ in range(n))


def write_cases(n: int, length: int) -> dict[str, Case]:
    """Return cases by id, each with three references."""
    rng = random.Random(0)
    return {
        str(i): Case(
            id=str(i),
            prediction=write(rng, length),
            references=tuple(write(rng, length) for _ in range(3)),
        )
        for i in range(n)
    }


class Scored:
    """What one system's predictions scored, as a run holds it."""

    def __init__(self, cases: dict[str, Case], *settings: str) -> None:
        """Score all cases with all types of ROUGE."""
        self.cases = cases
        self.metrics = [metric(name, *settings) for name in (*TYPES, "repetition")]  # type: ignore[arg-type]  # known settings
        self.lines = [
            ScoreLine(
                system="s",
                article=key,
                example=key,
                metric=made.name,
                value=made.score(case).value,
            )
            for made in self.metrics
            for key, case in cases.items()
        ]

    def check(self) -> tuple[int, float]:
        """Return what the check finds."""
        return check_rouge(self.metrics, self.lines, lambda line: self.cases[line.example])


@pytest.mark.parametrize("segmenter", ["zhmix-1", "zhmix-1+jieba", "raw-char"])
@pytest.mark.parametrize("references", ["max", "mean", "jackknife"])
def test_right_values_pass(segmenter: str, references: str) -> None:
    """All values are checked where there are few, with every setting, and all agree."""
    n_checked, largest = Scored(write_cases(5, 40), segmenter, references).check()
    assert n_checked == 5 * len(TYPES)
    assert largest <= 1e-12


def test_twenty_values_of_each_metric_are_drawn() -> None:
    """Of many values 20 are checked for each metric, the same ones in whatever order they come."""
    scored = Scored(write_cases(50, 10))
    assert scored.check()[0] == 20 * len(TYPES)
    drawn: list[list[str]] = []
    for lines in (scored.lines, scored.lines[::-1]):
        asked: list[str] = []

        def case_of(line: ScoreLine, asked: list[str] = asked) -> Case:
            asked.append(line.example)
            return scored.cases[line.example]

        check_rouge(scored.metrics, lines, case_of)
        drawn.append(asked)
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("wrong", [1e-8, nan])
def test_a_wrong_value_is_caught(name: str, wrong: float) -> None:
    """One wrong value is an error that names metric, system, example and both values."""
    scored = Scored(write_cases(5, 40))
    place = next(
        i for i, line in enumerate(scored.lines) if (line.metric, line.example) == (name, "3")
    )
    right = value_of(scored.lines[place])
    scored.lines[place] = replace(scored.lines[place], value=right + wrong)
    with pytest.raises(EvalkitError) as caught:
        scored.check()
    assert f"{name} of s on 3: " in str(caught.value)
    assert repr(right + wrong) in str(caught.value)
    assert str(right)[:12] in str(caught.value)


def test_long_texts_are_skipped_and_not_counted() -> None:
    """Of texts that would take rouge_score minutes only the n-grams are checked."""
    assert Scored(write_cases(3, 4000)).check()[0] == 3 * 2


def test_other_metrics_are_ignored() -> None:
    """A run without ROUGE has nothing to check."""
    assert check_rouge([metric("em")], [], lambda _: write_cases(1, 1)["0"]) == (0, 0.0)
