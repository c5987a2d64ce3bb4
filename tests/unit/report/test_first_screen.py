"""What is beside the sentences of the verdict: strips, letters, the table, what was tested."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from evalkit.records import Detail
from evalkit.report.number_count import NumberCount
from evalkit.report.ranking import letters
from evalkit.report.strips import draw_strip
from evalkit.report.tested import what_was_tested
from evalkit.report.verdict import conclude
from evalkit.stats.summarise import summarise
from evalkit.store.manifest import ProviderRecord
from tests.support.results import metric_facts, row, score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.records import Role
    from evalkit.report.material import Material
    from evalkit.results import Summary


def found(means: Mapping[str, Mapping[str, float]], **roles: Role) -> Summary:
    """Return the summary of systems of about one value on all examples of three articles."""
    scores = [
        score(f"{article}/{i}", value + (i - 1) / 100, system=system, metric=metric)
        for metric, values in means.items()
        for system, value in values.items()
        for article in "abc"
        for i in range(3)
    ]
    names = dict.fromkeys(system for values in means.values() for system in values)
    rows = [row(name, role=roles.get(name, "model")) for name in names]
    facts = [metric_facts(name, n_planned=9) for name in means]
    return summarise("run", rows, facts, scores)


def test_a_strip_ends_where_people_are() -> None:
    """Each dot is at its share of what people reach; baselines are marked as a line to beat."""
    summary = found(
        {"em": {"qwen": 0.2, "lead": 0.1, "human": 0.4}}, lead="baseline", human="human"
    )
    strip = draw_strip(summary, conclude(summary)[0])
    assert [(dot.name, round(dot.at)) for dot in strip.dots] == [("qwen", 50), ("lead", 25)]
    assert (strip.people, strip.bar) == (100, 25)
    assert strip.people_mean is not None
    assert round(strip.people_mean, 9) == 0.4


def test_a_strip_without_people_ends_at_the_maximum_of_the_metric() -> None:
    """And no dot or interval is beyond its ends, also where a system is above people."""
    for values in ({"qwen": 0.2, "tiny": 0.1}, {"qwen": 0.9, "tiny": 0.1, "human": 0.4}):
        summary = found({"em": values}, human="human")
        strip = draw_strip(summary, conclude(summary)[0])
        assert (strip.top == 1) == ("human" not in values)
        assert strip.top >= 0.9
        for dot in strip.dots:
            assert 0 <= dot.low <= dot.at <= dot.high <= 100


def test_only_models_have_a_line_to_beat() -> None:
    """Among baselines alone none is marked."""
    summary = found({"em": {"lead": 0.1, "textrank": 0.2}}, lead="baseline", textrank="baseline")
    assert draw_strip(summary, conclude(summary)[0]).bar is None


def test_many_systems_have_letters() -> None:
    """Beyond four, letters say which are not shown to differ; with few, the sentences do."""
    five = found({"em": {f"m{i}": i / 5 for i in range(5)}})
    assert all(dot.letters for dot in draw_strip(five, conclude(five)[0]).dots)
    two = found({"em": {"a": 0.1, "b": 0.2}})
    assert not any(dot.letters for dot in draw_strip(two, conclude(two)[0]).dots)


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] < p[1])))
def test_letters_say_exactly_which_pairs_differ(pairs: set[tuple[int, int]]) -> None:
    """Two systems have a letter in common if, and only if, they are not shown to differ."""
    names = "uvwxyz"
    signs = {(names[a], names[b]): ">" for a, b in pairs}
    groups = letters(names, signs | {(b, a): "<" for a, b in signs})
    for a in range(6):
        for b in range(a + 1, 6):
            share = set(groups[names[a]]) & set(groups[names[b]])
            assert bool(share) == ((a, b) not in pairs)


def test_numbers_are_counted_over_the_summaries_that_have_any() -> None:
    """Three numbers, one of which the article lacks; a summary without numbers adds nothing."""
    numbers = [{"text": str(i)} for i in range(3)]
    count = NumberCount()
    for name, listed in (("a", numbers), ("b", [])):
        detail = Detail(
            system="qwen", example=name, metric="number_precision", parts={},
            compared={"numbers": listed, "not in the article": listed[:1]},
        )  # fmt: skip
        count.add(detail)
    assert count.found == {("qwen", "number_precision"): (2, 3)}


def test_what_was_tested_is_one_line(material: Material) -> None:
    """Articles, examples by task, systems with their precision, wording of the prompts."""
    english, chinese = what_was_tested(material)
    assert english == (
        "3 articles: short summary 3, question 6. Tested: lead, textrank. No prompt."
    )
    assert chinese == "3 篇文章：短摘要 3、问答 6。参评：lead、textrank。不用提示词。"
    first, *others = material.summary.systems
    asked = replace(
        material, summary=replace(material.summary, systems=(replace(first, role="model"), *others))
    )
    assert what_was_tested(asked)[0].endswith(
        "Tested: lead, beside copying sentences (textrank). Wording of the prompt: default."
    )
    (manifest,) = material.manifests
    facts = {"n_parameters": 494_032_768, "dtype": "bfloat16"}
    providers = {"lead": ProviderRecord(fingerprint="f", facts=facts)}
    known = replace(asked, manifests=(manifest.model_copy(update={"providers": providers}),))
    assert (
        "Tested: lead (494M parameters, bfloat16), beside copying sentences (textrank)."
        in what_was_tested(known)[0]
    )
    assert (
        "参评：lead（4.9 亿参数、bfloat16）；对照：照抄原句（textrank）。"
        in what_was_tested(known)[1]
    )
