"""Planning: nothing cut in silence, nothing asked twice, nothing without a key or a reason."""

from __future__ import annotations

import pickle
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.data import KeptArticles
from evalkit.errors import ModelLoadError
from evalkit.providers import generation_of
from evalkit.runner.outputs import Outputs
from evalkit.runner.plan import plan
from tests.support.jobs import Characters, corpus, job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.records import Corpus, Message
    from evalkit.runner.plan import Plan

NOTHING = Outputs([])


def planned(texts: Corpus, provider: Characters | None = None, **changes: object) -> Plan:
    """Return the plan of a job before anything is generated."""
    return plan(job(texts, **changes), {"m": provider or Characters()}, NOTHING)


def test_a_plan_has_a_row_for_every_system_and_example() -> None:
    """In the order of articles and tasks, with a key or a reason; one request for each key."""
    found = planned(corpus("甲", "乙"))
    assert [row.example for row in found.rows] == [
        "a0/short", "a0/q1", "a0/q2", "a1/short", "a1/q1", "a1/q2",
    ]  # fmt: skip
    assert [row.key for row in found.rows] == [request.key for request in found.requests]
    assert found.rows[1].question == "a0问1？"
    assert not found.waits


def test_the_requests_about_an_article_hold_it_once() -> None:
    """In memory, where all are planned before the first answer, and on the way to a worker."""
    text = "甲" * 5000
    requests = planned(corpus(text)).requests
    assert all(text in request.messages[0].content for request in requests)
    assert len(requests) == 3
    assert len(pickle.dumps(requests)) < 2 * len(text.encode())


@pytest.mark.parametrize("kind", [{"weights": {"tiny": 0}}, {"baseline": "lead"}], ids=str)
def test_a_plan_holds_no_article(kind: dict[str, object]) -> None:
    """Those of a large job do not fit into memory: each is read when its requests are sent."""
    texts = corpus(*(f"{i}{'文' * 100_000}" for i in range(100)))
    made = job(replace(texts, articles=KeptArticles(texts.articles)), models=[{"name": "m"} | kind])
    del texts
    tracemalloc.start()
    try:
        requests = plan(made, {"m": Characters(limit=1_000_000)}, NOTHING).requests
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(requests) == 300
    assert held < 5_000_000  # of 20 million bytes of text
    assert requests[-1].article.startswith("99文")


def test_a_model_that_cannot_run_has_rows_without_keys() -> None:
    """So that what it did not answer is counted."""
    found = plan(job(corpus("甲")), {}, NOTHING)
    assert [row.key for row in found.rows] == [""] * 3
    assert not found.requests


class Refusing(Characters):
    """A provider whose chat template refuses every conversation."""

    def counts(self, _conversations: Sequence[Sequence[Message]]) -> list[int]:
        """Raise as a template does that does not take such turns."""
        raise ModelLoadError("its chat template cannot be used")  # noqa: EM101, TRY003 - as raised


def test_a_model_whose_prompts_cannot_be_made_stops_no_other() -> None:
    """It has rows without keys and a reason; the others are planned."""
    models = [{"name": "m", "weights": {"tiny": 0}}, {"name": "n", "weights": {"tiny": 0}}]
    providers = {"m": Refusing(), "n": Characters(name="n")}
    found = plan(job(corpus("甲"), models=models), providers, NOTHING)
    assert [*found.failures] == ["m"]
    assert [bool(row.key) for row in found.rows] == [False] * 3 + [True] * 3


def test_a_long_article_is_shortened_and_the_question_stays_whole() -> None:
    """Only the article loses tokens, every prompt fits, and each record says how many went."""
    texts = corpus("很" * 3000)
    provider = Characters(limit=1000)
    requests = planned(texts, provider).requests
    bare = planned(replace(texts, articles=(replace(texts.articles[0], text=""),))).requests
    assert len(requests) == 3
    for request, unfilled in zip(requests, bare, strict=True):
        assert request.n_prompt_tokens + request.decoding.max_new_tokens <= 1000
        assert request.n_article_tokens_dropped == 3000 - len(request.article) > 0
        assert request.n_prompt_tokens == unfilled.n_prompt_tokens + len(request.article)
        assert request.article == requests[0].article


def test_a_prompt_that_cannot_fit_is_named_and_the_others_go_on() -> None:
    """A limit too small even without the article is a row with the reason."""
    found = planned(corpus("文"), Characters(limit=250))
    problems = {row.example: row.problem for row in found.rows if row.problem}
    assert list(problems) == ["a0/short"]
    assert "over the limit of 250" in problems["a0/short"]
    assert [request.example.id for request in found.requests] == ["a0/q1", "a0/q2"]


def test_a_key_changes_with_whatever_changes_the_generation() -> None:
    """Model, article, question and decoding are in the key; another article's edit is not."""

    def keys(*texts: str, fingerprint: str = "f", **changes: object) -> list[str]:
        requests = planned(corpus(*texts), Characters(fingerprint=fingerprint), **changes).requests
        return [request.key for request in requests]

    before = keys("甲", "乙")
    assert len(set(before)) == len(before)
    assert not set(before) & set(keys("甲", "乙", fingerprint="other"))
    edited = keys("甲", "乙改")
    assert edited[:3] == before[:3]
    assert not set(edited[3:]) & set(before[3:])
    sampled = {"temperature": 0.7, "samples": 2}
    models = [{"name": "m", "weights": {"tiny": 0}, "generation": sampled}]
    drawn = keys("甲", models=models)
    assert len(set(drawn)) == 6
    assert not set(drawn) & set(before)


def test_a_baselines_key_changes_with_article_and_reference() -> None:
    """The oracle reads references, so they are in its key."""
    models = [{"name": "m", "baseline": "oracle"}]
    base = corpus("甲")
    (first, *_) = planned(base, models=models).requests
    assert first.messages == ()
    references = replace(
        base.references["a0"],
        summaries=tuple(replace(s, text="改") for s in base.references["a0"].summaries),
    )
    edited = replace(base, references={"a0": references})
    keys = {
        first.key,
        planned(edited, models=models).requests[0].key,
        planned(corpus("乙"), models=models).requests[0].key,
        planned(base, Characters(fingerprint="g"), models=models).requests[0].key,
    }
    assert len(keys) == 4


def test_questions_about_a_summary_wait_for_it() -> None:
    """They have rows from the beginning, and requests as soon as the summary is there."""
    texts = corpus("甲" * 9)
    metrics = {"summary": ["rouge1"], "answer": ["em", "em_from_summary", "em_closed_book"]}
    found = planned(texts, metrics=metrics)
    assert found.waits
    assert [row.example for row in found.rows if not row.key] == [
        "a0/q1@summary_qa", "a0/q2@summary_qa",
    ]  # fmt: skip
    (summary,) = (r for r in found.requests if r.example.kind == "summary")
    outputs = Outputs([generation_of(summary, "写好的摘要")])
    again = plan(job(texts, metrics=metrics), {"m": Characters()}, outputs)
    assert not again.waits
    assert {r.article for r in again.requests if r.example.step == "summary_qa"} == {"写好的摘要"}
    assert {r.article for r in again.requests if r.example.step == "closed_book"} == {""}
    assert [row.example for row in again.rows] == [row.example for row in found.rows]


def test_questions_about_a_summary_that_failed_cannot_be_asked() -> None:
    """Their rows say so, and nothing waits for ever."""
    texts = corpus("甲" * 9)
    metrics = {"summary": ["rouge1"], "answer": ["em_from_summary"]}
    (summary,) = (
        r for r in planned(texts, metrics=metrics).requests if r.example.kind == "summary"
    )
    outputs = Outputs([])
    outputs.add(replace(generation_of(summary, ""), finish_reason="error"))
    found = plan(job(texts, metrics=metrics), {"m": Characters()}, outputs)
    assert not found.waits
    problems = [row.problem for row in found.rows if row.step == "summary_qa"]
    assert problems == ["the system has no summary of this article to answer from"] * 2


def test_an_article_without_a_reference_summary_is_summarised_to_be_asked_about() -> None:
    """The summary is asked for and not scored, so that `em_from_summary` can be."""
    base = corpus("甲" * 9)
    texts = replace(base, references={"a0": replace(base.references["a0"], summaries=())})
    metrics = {"summary": ["rouge1"], "answer": ["em", "em_from_summary"]}
    made = job(texts, metrics=metrics)
    (summary,) = (example for example in made.examples if example.kind == "summary")
    assert (summary.id, summary.references) == ("a0/long", ())
    planned = {metric.name: made.n_by_article(metric) for metric in made.metrics}
    assert planned == {"em": {"a0": 2}, "em_from_summary": {"a0": 2}}


@pytest.mark.parametrize("n_shots", [0, 1])
def test_conditions_are_systems_of_their_own(n_shots: int) -> None:
    """Each is asked everything; prompts that are the same have one key."""
    found = planned(
        corpus("襄阳市2019年办会。", "武汉市办会。"),
        few_shot=[0, 1],
        noise=[{}, {"full_width": 1.0}],
    )
    names = list(dict.fromkeys(row.system for row in found.rows))
    assert names == [
        "m@0-shot+clean", "m@0-shot+full_width1", "m@1-shot+clean", "m@1-shot+full_width1",
    ]  # fmt: skip
    rows = [row for row in found.rows if row.system.startswith(f"m@{n_shots}-shot")]
    clean, noisy = rows[:6], rows[6:]
    assert clean[0].key != noisy[0].key
    assert [c.key for c in clean[3:]] == [n.key for n in noisy[3:]] or n_shots
    texts = {r.system: r.article for r in found.requests if r.example.id == "a0/q1"}
    assert texts["m@0-shot+clean"] == "襄阳市2019年办会。"
    assert texts["m@0-shot+full_width1"] == "襄阳市２０１９年办会。"
