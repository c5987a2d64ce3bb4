"""The human ceiling: each reference summary against the others."""

from __future__ import annotations

import pytest

from evalkit import metrics
from evalkit.config.schema import Config, Metrics
from evalkit.records import Article, Corpus, Example
from evalkit.runner.human import HUMAN, human_ceiling
from evalkit.runner.job import Job


def job(*references: str, aggregate: metrics.References = "max") -> Job:
    """Return a job with one summary and one question, and rouge1 to score them."""
    article = Article(id="a", title="", text="襄阳举办创客活动。", sha256="")
    config = Config.model_construct(
        metrics=Metrics(summary=("rouge1",), answer=("em",), references=aggregate)
    )
    return Job(
        config=config,
        corpus=Corpus(articles=(article,), references={}),
        templates={},
        examples=(
            Example(id="a/short", article_id="a", task="summary", references=references),
            Example(id="a/q1", article_id="a", task="answer", references=("襄阳", "襄阳市")),
        ),
        metrics=(metrics.metric("rouge1", references=aggregate), metrics.metric("em")),
    )


def test_each_reference_is_judged_by_the_others() -> None:
    """Two references agree as much either way: the ceiling is their F."""
    (score,) = human_ceiling(job("襄阳", "襄阳市"))
    assert (score.model, score.metric, score.example_id) == (HUMAN, "rouge1", "a/short")
    assert score.value == pytest.approx(0.8)


def test_three_references_give_the_mean_of_the_best() -> None:
    """Each of three is judged by the better of the other two, and the three are averaged."""
    (score,) = human_ceiling(job("襄阳", "襄阳市", "荆州"))
    assert score.compared == {"references": pytest.approx([0.8, 0.8, 0.0])}
    assert score.value == pytest.approx(1.6 / 3)


def test_jackknife_puts_people_and_systems_on_the_same_footing() -> None:
    """A person is judged by all the others, as a system is: nobody is left out twice."""
    (plain,) = human_ceiling(job("襄阳", "襄阳市", "襄阳城", aggregate="max"))
    (score,) = human_ceiling(job("襄阳", "襄阳市", "襄阳城", aggregate="jackknife"))
    assert score.value == plain.value == pytest.approx((0.8 + 0.8 + 0.8) / 3)


def test_single_reference_has_no_ceiling() -> None:
    """Nobody else wrote a summary of that length, so there is nothing to compare with."""
    assert human_ceiling(job("襄阳")) == []
