"""Families: which systems are compared, and what is averaged before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.records import Condition, Noise
from evalkit.stats.families import (
    AVERAGED,
    BASELINES,
    CONDITIONS,
    MODELS,
    ORACLE,
    compare_all,
)
from tests.support.results import metric_facts, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.results import Comparison, SystemSummary
    from evalkit.stats.estimate import Values

EM = metric_facts()
TERSE = Condition(wording="terse")
OCR = Condition(noise=Noise(ocr=0.1))
TWO_WORDINGS = [
    row("qwen@default"),
    row("qwen@terse", condition=TERSE),
    row("glm@default"),
    row("glm@terse", condition=TERSE),
    row("lead", role="baseline"),
    row("oracle", role="oracle"),
]


def values_of(systems: Sequence[SystemSummary]) -> dict[tuple[str, str], Values]:
    """Return scores of two questions in each of six articles, different for every system."""
    return {
        (system.name, "em"): {
            f"a{i}": {f"a{i}/q{j}": ((3 * i + 5 * j + 2 * n * i) % 7) / 7 for j in range(2)}
            for i in range(6)
        }
        for n, system in enumerate(systems)
    }


def compare_em(systems: Sequence[SystemSummary]) -> dict[str, list[Comparison]]:
    """Return the comparisons of each family on em, by the family's name."""
    found: dict[str, list[Comparison]] = {}
    for comparison in compare_all(systems, values_of(systems), [EM]):
        found.setdefault(comparison.family.removeprefix("em, "), []).append(comparison)
    return found


def pairs(comparisons: Sequence[Comparison]) -> list[tuple[str, str]]:
    """Return the names of the two of each comparison."""
    return [(comparison.a, comparison.b) for comparison in comparisons]


def test_families_are_metric_by_metric_with_the_oracle_apart() -> None:
    """Models, baselines and the oracle have a family each, per metric; no human row."""
    systems = [
        row("qwen"),
        row("glm"),
        row("lead", role="baseline"),
        row("oracle", role="oracle"),
        row("human", role="human"),
    ]
    one = values_of(systems)
    values = one | {(name, "em_strict"): side for (name, _), side in one.items()}
    metrics = [EM, metric_facts("em_strict")]
    found = {(c.metric, c.a, c.b): c for c in compare_all(systems, values, metrics)}
    assert len(found) == 2 * (1 + 2 + 3)
    alone, oracle = found["em", "qwen", "glm"], found["em", "qwen", "oracle"]
    assert (alone.family, alone.n_family) == ("em, models", 1)
    assert (alone.here.p_adjusted, alone.general.p_adjusted) == (alone.here.p, alone.general.p)
    lead = found["em", "qwen", "lead"]
    assert (lead.family, lead.n_family) == ("em, with the baselines", 2)
    assert (oracle.family, oracle.n_family) == ("em, each with the oracle", 3)
    assert oracle.general.p_adjusted is not None
    assert oracle.general.p is not None
    assert oracle.general.p_adjusted >= oracle.general.p


@pytest.mark.parametrize("condition", [Condition(), Condition(wording="terse", n_shots=3)])
def test_one_condition_is_compared_pair_by_pair(condition: Condition) -> None:
    """With one condition every two systems are compared, in order.

    Predictions and baselines know no wording and no worked examples: they take part all the same.
    """
    systems = [row("qwen", condition=condition), row("lead", role="baseline"), row("other")]
    found = compare_em(systems)
    assert set(found) == {MODELS, BASELINES}
    assert pairs(found[MODELS]) == [("qwen", "other")]
    assert pairs(found[BASELINES]) == [("qwen", "lead"), ("lead", "other")]


def test_models_are_compared_under_the_same_condition() -> None:
    """Wordings meet their like; baselines and the oracle, which read no prompt, meet every one."""
    found = compare_em(TWO_WORDINGS)
    assert pairs(found[MODELS]) == [
        ("qwen@default", "glm@default"),
        ("qwen@terse", "glm@terse"),
    ]
    assert pairs(found[BASELINES]) == [
        ("qwen@default", "lead"),
        ("qwen@terse", "lead"),
        ("glm@default", "lead"),
        ("glm@terse", "lead"),
    ]
    assert pairs(found[ORACLE]) == [(system.name, "oracle") for system in TWO_WORDINGS[:-1]]


def test_conditions_are_compared_where_one_factor_differs() -> None:
    """Two conditions of one model that differ in two factors say nothing about either."""
    three = Condition(wording="terse", n_shots=3)
    systems = [
        row("qwen@default"),
        row("qwen@terse", condition=TERSE),
        row("qwen@terse,3-shot", condition=three),
    ]
    found = compare_em(systems)
    assert set(found) == {CONDITIONS}
    assert pairs(found[CONDITIONS]) == [
        ("qwen@default", "qwen@terse"),
        ("qwen@terse", "qwen@terse,3-shot"),
    ]


def test_baselines_read_the_same_noise() -> None:
    """A model that reads disturbed articles is compared with a baseline that does so too."""
    systems = [
        row("qwen@clean"),
        row("qwen@ocr", condition=OCR),
        row("lead@clean", role="baseline"),
        row("lead@ocr", role="baseline", condition=OCR),
    ]
    found = compare_em(systems)
    assert pairs(found[BASELINES]) == [("qwen@clean", "lead@clean"), ("qwen@ocr", "lead@ocr")]
    assert pairs(found[CONDITIONS]) == [("qwen@clean", "qwen@ocr"), ("lead@clean", "lead@ocr")]
    assert pairs(found[f"{BASELINES}, {AVERAGED}"]) == [("qwen", "lead")]


def test_conditions_are_averaged_before_models_are_compared() -> None:
    """Each example counts once, with its mean over the conditions: n does not grow."""
    families = compare_em(TWO_WORDINGS)
    found = [*families[f"{MODELS}, {AVERAGED}"], *families[f"{BASELINES}, {AVERAGED}"]]
    assert pairs(found) == [("qwen", "glm"), ("qwen", "lead"), ("glm", "lead")]
    assert [(c.n, c.n_articles, c.n_family) for c in found] == [(12, 6, 1)] + [(12, 6, 2)] * 2
    values = values_of(TWO_WORDINGS)
    means = {
        name: sum(v for ids in values[name, "em"].values() for v in ids.values()) / 12
        for name, _ in values
    }
    qwen, glm = (means[f"{m}@default"] / 2 + means[f"{m}@terse"] / 2 for m in ("qwen", "glm"))
    assert found[0].difference == pytest.approx(qwen - glm)
    assert found[1].difference == pytest.approx(qwen - means["lead"])


def test_averages_are_over_examples_that_every_condition_has() -> None:
    """An example that one condition lacks is left out; a condition without scores is not shared."""
    values = values_of(TWO_WORDINGS)
    del values["qwen@terse", "em"]["a0"]["a0/q0"]
    found = compare_all(TWO_WORDINGS, values, [EM])
    assert {c.n for c in found if c.family.endswith(AVERAGED) and c.a == "qwen"} == {11}
    values["qwen@terse", "em"] = {}
    found = compare_all(TWO_WORDINGS, values, [EM])
    assert pairs([c for c in found if c.family.endswith(AVERAGED)]) == [("glm", "lead")]
