"""What is made of judgements: wins, agreement of people and of metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.annotate.exports import read_exports
from evalkit.annotate.preferences import evaluate
from evalkit.errors import InputError
from tests.support.judging import judge, prefer, write_export

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.analysis.run import Run
    from evalkit.annotate.package import Key, Pair
    from evalkit.report.people import Preferences


def _evaluate(run: Run, key: Key, folder: Path, **people: Callable[[Pair], str]) -> Preferences:
    files = [
        write_export(folder / f"{name}.json", judge(key, name, choose))
        for name, choose in people.items()
    ]
    return evaluate(run, key, read_exports(files, key))


def test_a_system_that_is_always_preferred_wins(run: Run, key: Key, tmp_path: Path) -> None:
    """Two people who always prefer qwen give it every pair, and the difference is shown."""
    found = _evaluate(run, key, tmp_path, li=prefer("qwen"), wang=prefer("qwen"))
    (comparison,) = found.comparisons
    assert (comparison.a, comparison.b, comparison.difference) == ("llama", "qwen", -1.0)
    assert (comparison.wins, comparison.losses, comparison.ties) == (0, 12, 0)
    assert (comparison.n, comparison.n_articles) == (12, 3)
    assert comparison.here.verdict == "worse"
    assert found.answers == (
        ("llama", "qwen", {"llama": 0, "qwen": 24, "both good": 0, "both bad": 0}),
    )


def test_people_who_disagree_show_nothing(run: Run, key: Key, tmp_path: Path) -> None:
    """One for each system is a tie on every example, and agreement is below chance."""
    found = _evaluate(run, key, tmp_path, li=prefer("qwen"), wang=prefer("llama"))
    (comparison,) = found.comparisons
    assert comparison.difference == 0.0
    assert comparison.scope is None
    assert found.alpha is not None
    assert found.alpha.value is not None
    assert found.alpha.value < 0
    assert (found.alpha.n_units, found.alpha.n_articles) == (12, 3)


def test_sides_do_not_matter_to_wins_and_repeats(run: Run, key: Key, tmp_path: Path) -> None:
    """Whoever always says A is found out by the repeats; whoever prefers a system is not."""
    found = _evaluate(run, key, tmp_path, li=prefer("qwen"), lazy=lambda _: "a")
    steady, lazy = found.people
    assert (steady.n, steady.n_repeated, steady.n_same) == (14, 2, 2)
    assert (lazy.n, lazy.n_repeated, lazy.n_same) == (14, 2, 0)


def test_repeats_count_once(run: Run, key: Key, tmp_path: Path) -> None:
    """A pair that came twice weighs no more than another; the second answer tells steadiness."""
    found = _evaluate(run, key, tmp_path, li=lambda p: "both bad" if p.mirrors else "both good")
    ((_, _, counts),) = found.answers
    assert counts["both good"] == 12
    assert counts["both bad"] == 0
    assert sum(judged.is_repeat for judged in found.judgements) == 2


def test_metrics_agree_with_people_or_not(run: Run, key: Key, tmp_path: Path) -> None:
    """Of people who prefer qwen, rougeLsum says the same always and rouge1 never."""
    found = _evaluate(run, key, tmp_path, li=prefer("qwen"))
    means = {metric.metric: metric.estimate.mean for metric in found.metrics}
    assert means == {"rougeLsum": 1.0, "rouge1": 0.0}
    assert all(metric.estimate.n == 12 for metric in found.metrics)


def test_a_metric_is_not_asked_where_people_prefer_neither(
    run: Run, key: Key, tmp_path: Path
) -> None:
    """Where everything is equally good there is nothing to agree with."""
    found = _evaluate(run, key, tmp_path, li=lambda _: "both good")
    assert found.metrics == ()
    assert found.alpha is None


def test_everything_wrong_with_exports_is_said_at_once(key: Key, tmp_path: Path) -> None:
    """Another package, a pair twice, an unknown pair, a person twice, words that are no choice."""
    good = judge(key, "li", prefer("qwen"))
    first = good["judgements"][0]
    exports = [
        good | {"judgements": [first, first, {"pair": "p99", "choice": "a"}]},
        good | {"package": "0" * 16, "person": "wang"},
        good,
        good | {"person": "zhao", "judgements": [{"pair": "p1", "choice": "left"}]},
        good | {"person": "qian", "judgements": []},
    ]
    files = [write_export(tmp_path / f"{i}.json", export) for i, export in enumerate(exports)]
    with pytest.raises(InputError) as error:
        read_exports(files, key)
    found = [(problem.code, problem.key) for problem in error.value.problems]
    assert found == [
        ("duplicate", "judgements.1.pair"),
        ("unknown", "judgements.2.pair"),
        ("mismatch", "package"),
        ("duplicate", "person"),
        ("invalid", "judgements.0.choice"),
        ("empty", "judgements"),
    ]
    assert all(problem.line for problem in error.value.problems)


def test_a_part_of_a_package_is_enough(run: Run, key: Key, tmp_path: Path) -> None:
    """Whoever stops early counts for what was judged."""
    export = judge(key, "li", prefer("llama"))
    export["judgements"] = export["judgements"][:3]
    found = evaluate(run, key, read_exports([write_export(tmp_path / "li.json", export)], key))
    assert found.comparisons[0].n == 3
    assert found.people[0].n_repeated == 0
