"""The human row: each reference summary scored against the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.records import HUMAN, ReferenceSummary
from evalkit.runner.human import score_human
from evalkit.runner.parallel import Scorer
from tests.support.jobs import corpus, job
from tests.support.results import value_of


def score(*references: str, aggregate: str = "max") -> tuple[list[float], list[object]]:
    """Return the values and what was compared, of one article with some reference summaries."""
    base = corpus("襄阳举办创客活动。")
    summaries = tuple(
        ReferenceSummary(id=f"s{i}", task="short", text=text) for i, text in enumerate(references)
    )
    texts = replace(base, references={"a0": replace(base.references["a0"], summaries=summaries)})
    metrics = {"summary": ["rouge1"], "answer": ["em"], "references": aggregate}
    found = list(score_human(job(texts, metrics=metrics), Scorer()))
    assert {(line.system, line.metric, line.example) for line, _ in found} <= {
        (HUMAN, "rouge1", "a0/short")
    }
    return [value_of(line) for line, _ in found], [d.compared["references"] for _, d in found]


def test_each_reference_is_scored_against_the_others() -> None:
    """Two references agree as much either way: the value is their F."""
    assert score("襄阳", "襄阳市")[0] == [pytest.approx(0.8)]


def test_three_references_give_the_mean_of_the_best() -> None:
    """Each of three is scored by the better of the other two, and the three are averaged."""
    values, compared = score("襄阳", "襄阳市", "荆州")
    assert compared == [pytest.approx([0.8, 0.8, 0.0])]
    assert values == [pytest.approx(1.6 / 3)]


def test_jackknife_scores_people_as_it_scores_systems() -> None:
    """A reference is scored against all others, as a system is: none is left out twice."""
    plain, _ = score("襄阳", "襄阳市", "襄阳城", aggregate="max")
    jackknife, _ = score("襄阳", "襄阳市", "襄阳城", aggregate="jackknife")
    assert jackknife == plain == [pytest.approx((0.8 + 0.8 + 0.8) / 3)]


def test_a_single_reference_has_no_score() -> None:
    """Nobody else wrote a summary of that length, so there is nothing to compare with."""
    assert score("襄阳") == ([], [])


def test_references_without_a_number_are_left_out() -> None:
    """The mean is over the references in which there is something to score."""
    base = corpus("襄阳举办创客活动，有13名代表。")
    texts = ("有13名代表。", "有14名代表。", "襄阳举办活动。")
    summaries = tuple(
        ReferenceSummary(id=f"s{i}", task="short", text=text) for i, text in enumerate(texts)
    )
    for chosen, expected in ((summaries, 0.5), (summaries[2:] * 2, None)):
        references = {"a0": replace(base.references["a0"], summaries=chosen)}
        metrics = {"summary": ["number_precision"], "answer": ["em"]}
        ((line, _),) = score_human(
            job(replace(base, references=references), metrics=metrics), Scorer()
        )
        assert (line.value, line.rule) == (expected, "" if expected else "nothing to score")
