"""What conditions change: the spread over wordings, and the order of models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.records import Condition
from evalkit.results import OrderFlips, WordingSpread
from evalkit.stats.comparisons import compare_family
from evalkit.stats.conditions import order_flips, wording_spreads
from evalkit.stats.estimate import estimate
from tests.support.results import metric_facts, row

if TYPE_CHECKING:
    from evalkit.results import Comparison, Direction, SystemSummary

EM = metric_facts()


def scored(wording: str, mean: float, *, n_shots: int = 0) -> SystemSummary:
    """Return a row of `qwen` under a condition, with its mean on em."""
    condition = Condition(wording=wording, n_shots=n_shots)
    found = estimate(EM, {"a": {"a/1": mean}})
    return replace(row(f"qwen@{wording},{n_shots}", condition=condition), estimates=(found,))


def test_spread_is_over_wordings() -> None:
    """Mean, lowest and highest of a model's means over its wordings."""
    found = wording_spreads([scored("a", 0.25), scored("b", 0.75), scored("c", 0.5)])
    assert found == (
        WordingSpread(
            metric="em", model="qwen", n_wordings=3, mean=0.5, minimum=0.25, maximum=0.75
        ),
    )


def test_spread_has_all_else_equal() -> None:
    """Worked examples that one wording was not asked with are left out of every wording."""
    systems = [scored("a", 0.2), scored("b", 0.6), scored("b", 1.0, n_shots=3)]
    assert [(s.minimum, s.maximum) for s in wording_spreads(systems)] == [(0.2, 0.6)]
    assert wording_spreads([scored("a", 0.2), scored("b", 1.0, n_shots=3)]) == ()


def test_one_wording_has_no_spread() -> None:
    """Several numbers of worked examples are not several wordings."""
    assert wording_spreads([scored("a", 0.2), scored("a", 0.6, n_shots=3)]) == ()


def compared(a: str, b: str, difference: float, better: Direction) -> Comparison:
    """Return a comparison of one example with that difference."""
    metric = metric_facts(better=better)
    sides = {"x": {"x/1": 0.5 + difference}}, {"x": {"x/1": 0.5}}
    (found,) = compare_family(metric, {(a, b): sides}, among="two")
    return replace(found, a=a, b=b)


def flips(better: Direction) -> tuple[OrderFlips, ...]:
    """Return the flips of two models over three wordings, and of two that share one."""
    systems = [row(f"{model}@{i}") for model in ("qwen", "glm") for i in range(3)] + [row("other")]
    comparisons = [
        compared("qwen@0", "glm@0", 0.1, better),
        compared("qwen@1", "glm@1", -0.2, better),
        compared("qwen@2", "glm@2", 0.3, better),
        compared("qwen@0", "other", 0.1, better),
    ]
    return order_flips(comparisons, systems, [metric_facts(better=better)])


def test_flips_count_who_is_better_under_each_condition() -> None:
    """Two models that share one condition have no order to flip."""
    expected = OrderFlips(
        metric="em", a="qwen", b="glm", n_conditions=3, n_a_better=2, n_b_better=1
    )
    assert flips("higher") == (expected,)


def test_flips_follow_the_direction_of_the_metric() -> None:
    """Where lower is better the other model is; a metric without direction gives no order."""
    assert [(f.n_a_better, f.n_b_better) for f in flips("lower")] == [(1, 2)]
    assert flips("neither") == ()
