"""Bounds on what refused requests leave out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.records import System
from evalkit.stats.refusals import worst_value
from evalkit.stats.summarise import count_outputs, summarise
from tests.support.results import metric_facts, score

EM = metric_facts()
SYSTEMS = [System(name=name, model=name, role="model") for name in ("a", "b")]
ARTICLES = "甲乙丙丁"
ANSWERED = [
    *(score(f"{article}/1", 1.0, system="a") for article in ARTICLES[:3]),
    *(score(f"{article}/1", i / 4, system="b") for i, article in enumerate(ARTICLES)),
]
REFUSED = [score("丁/1", 0.0, system="a")]


@pytest.mark.parametrize(
    ("better", "maximum", "worst"),
    [("higher", 1.0, 0.0), ("lower", 1.0, 1.0), ("lower", None, None), ("neither", 1.0, None)],
)
def test_the_worst_value_is_at_the_other_end_of_the_range(
    better: str, maximum: float | None, worst: float | None
) -> None:
    """A metric that does not judge has none, nor has one without an end."""
    facts = replace(EM, better=better, maximum=maximum)  # type: ignore[arg-type] # one of its words
    assert worst_value(facts) == worst


def test_means_and_differences_are_of_what_was_answered() -> None:
    """Beside them stand those with each refusal as wrong: by hand, (1+1+1+0)/4."""
    rows = count_outputs(SYSTEMS, [], {}, {})
    found = summarise("run", rows, [EM], ANSWERED, REFUSED)
    (a,), (b,) = (system.estimates for system in found.systems)
    assert (a.mean, a.n, a.mean_with_refusals) == (1.0, 3, 0.75)
    assert (b.mean, b.n, b.mean_with_refusals) == (0.375, 4, None)
    (compared,), (bounded,) = found.comparisons, found.with_refusals
    assert (compared.n, compared.difference) == (3, 0.75)
    assert (bounded.n, bounded.difference) == (4, 0.375)


def test_without_refusals_there_is_nothing_to_bound() -> None:
    """No second number anywhere."""
    found = summarise("run", count_outputs(SYSTEMS, [], {}, {}), [EM], ANSWERED)
    assert found.with_refusals == ()
    assert [s.estimates[0].mean_with_refusals for s in found.systems] == [None, None]


def test_a_system_that_refused_everything_has_a_bound_and_no_mean() -> None:
    """Its difference is bounded, although there is nothing that both answered."""
    answered = [line for line in ANSWERED if line.system == "b"]
    refused = [score(f"{article}/1", 0.0, system="a") for article in ARTICLES]
    found = summarise("run", count_outputs(SYSTEMS, [], {}, {}), [EM], answered, refused)
    assert found.comparisons == ()
    (bounded,) = found.with_refusals
    assert (bounded.n, bounded.difference) == (4, -0.375)
