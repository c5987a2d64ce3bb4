"""Planning, fitting and batching: nothing cut in silence, nothing done twice, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.config.schema import Config, LanguageModel, Tasks, TinyWeights
from evalkit.errors import OutOfMemoryError
from evalkit.prompts import templates as prompts
from evalkit.prompts.examples import examples, reading, shots
from evalkit.prompts.shorten import fit, shorten
from evalkit.providers.local.halving import generate
from evalkit.records import (
    Article,
    Corpus,
    Generation,
    Message,
    Question,
    References,
    ReferenceSummary,
    Request,
    Task,
)
from evalkit.runner.plan import Reader, plan_baseline, plan_model
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.prompts.shorten import Way


def corpus(*texts: str) -> Corpus:
    """Return a corpus with two summaries and two questions for each text."""
    ids = [f"a{i}" for i in range(len(texts))]
    return Corpus(
        articles=tuple(
            Article(id=name, title="", text=text, sha256=f"sha-{text}")
            for name, text in zip(ids, texts, strict=True)
        ),
        references={
            name: References(
                summaries=(
                    ReferenceSummary(id="s1", length="short", text=f"{name}短一"),
                    ReferenceSummary(id="s2", length="short", text=f"{name}短二"),
                ),
                questions=tuple(
                    Question(
                        id=f"q{n}", question=f"{name}问{n}？", type="phrase", answers=(f"答{n}",)
                    )
                    for n in (1, 2)
                ),
            )
            for name in ids
        },
    )


class CharacterChat:
    """A tokenizer of one token a character, which real ones only approach."""

    def encode(self, messages: Sequence[Message]) -> tuple[int, ...]:
        """Return the code points of all turns."""
        return tuple(ord(char) for message in messages for char in message.content)

    def count(self, text: str) -> int:
        """Return the length."""
        return len(text)


TEMPLATES = {task: prompts.load(ROOT / "prompts", task, "default") for task in get_args(Task)}
CONFIG = Config.model_validate_json(
    """{"name": "t", "output": "runs", "data": {"articles": "a", "references": "r"},
        "prompts": {"folder": "%s"}, "models": [{"name": "m", "weights": {"tiny": 0}}]}"""
    % (ROOT / "prompts")
)
MODEL = LanguageModel(name="m", weights=TinyWeights(tiny=0))


def reader(context: int = 10_000, fingerprint: str = "f") -> Reader:
    """Return a reader of so much context."""
    return Reader(chat=CharacterChat(), fingerprint=fingerprint, context=context, model=MODEL)


def test_examples_are_summaries_first_then_questions_article_by_article() -> None:
    """Lengths without a reference are no examples."""
    found = examples(corpus("甲", "乙"), Tasks())
    assert [example.id for example in found] == [
        "a0/short",
        "a0/q1",
        "a0/q2",
        "a1/short",
        "a1/q1",
        "a1/q2",
    ]
    assert found[0].references == ("a0短一", "a0短二")
    assert found[0].n_characters == 100


def test_tasks_choose_the_examples() -> None:
    """Questions and summaries can each be left out."""
    assert {e.task for e in examples(corpus("甲"), Tasks(summaries=()))} == {"answer"}
    assert {e.task for e in examples(corpus("甲"), Tasks(questions=False))} == {"summary"}


def test_questions_can_be_asked_of_another_source_as_well() -> None:
    """The same questions again, under ids of their own, and no summaries again."""
    found = examples(corpus("甲"), Tasks(), ("summary", "nothing"))
    assert [(e.id, e.source) for e in found[3:]] == [
        ("a0/q1@summary", "summary"),
        ("a0/q2@summary", "summary"),
        ("a0/q1@nothing", "nothing"),
        ("a0/q2@nothing", "nothing"),
    ]


def test_a_source_stands_in_the_place_of_the_article() -> None:
    """Summaries replace what they summarise, nothing is empty, and the hash follows the text."""
    texts = corpus("甲", "乙")
    assert reading(texts, "article", {}) is texts
    (only,) = reading(texts, "summary", {"a1": "乙的摘要"}).articles
    assert (only.id, only.text) == ("a1", "乙的摘要")
    assert [article.text for article in reading(texts, "nothing", {}).articles] == ["", ""]
    hashes = {a.sha256 for a in (*texts.articles, only, *reading(texts, "nothing", {}).articles)}
    assert len(hashes) == 4


def test_shots_come_from_other_articles_and_are_the_same_for_all_questions_of_one() -> None:
    """A shot never shows the article that is asked about, and is drawn by the seed alone."""
    texts = corpus("甲", "乙", "丙")
    found = examples(texts, Tasks())
    asked = [example for example in found if example.article_id == "a0" and example.question]
    first, second = (shots(example, found, texts, n=2, seed=7) for example in asked)
    assert first == second
    assert len(first) == 2
    assert all(shot.example.article_id != "a0" and shot.example.question for shot in first)
    assert all(shot.article == {"a1": "乙", "a2": "丙"}[shot.example.article_id] for shot in first)
    drawn = {shots(asked[0], found, texts, n=2, seed=seed) for seed in range(9)}
    assert len(drawn) > 1


@given(
    text=st.text(alphabet="甲乙。！\n", max_size=60),
    n=st.integers(0, 60),
    way=st.sampled_from(["head", "head_tail", "sentences"]),
)
def test_shortening_never_adds_and_never_exceeds(text: str, n: int, way: Way) -> None:
    """At most n characters come out, and what fits is not touched."""
    short = shorten(text, n, way)
    assert len(short) <= n
    assert short == text if n >= len(text) else text.startswith(short) or way == "head_tail"


@given(text=st.text(alphabet="甲乙。", max_size=80), room=st.integers(0, 80))
def test_fitting_keeps_as_much_as_fits(text: str, room: int) -> None:
    """One character more would be too many."""
    assert fit(text, "head", lambda part: len(part) - room) == text[:room]


def test_a_long_article_is_shortened_and_the_question_stays_whole() -> None:
    """Only the article loses tokens, every prompt fits, and each record says how many went."""
    texts = corpus("很" * 3000)
    context = 1000
    plan = plan_model(reader(context), texts, examples(texts, Tasks()), TEMPLATES, CONFIG)
    assert not plan.impossible
    bare = replace(texts.articles[0], text="")
    whole = plan_model(
        reader(),
        Corpus(articles=(bare,), references=texts.references),
        examples(texts, Tasks()),
        TEMPLATES,
        CONFIG,
    )
    for request, unfilled in zip(plan.requests, whole.requests, strict=True):
        assert len(request.prompt_ids) + request.max_new_tokens <= context
        assert request.n_article_tokens_dropped == 3000 - len(request.article) > 0
        assert len(request.prompt_ids) == len(unfilled.prompt_ids) + len(request.article)
        assert request.article == plan.requests[0].article


def test_a_prompt_that_cannot_fit_is_named_and_the_others_go_on() -> None:
    """A context too small even without the article is an impossible example, with the reason."""
    texts = corpus("文")
    plan = plan_model(reader(250), texts, examples(texts, Tasks()), TEMPLATES, CONFIG)
    assert set(plan.impossible) == {"a0/short"}
    assert "over the context of 250" in plan.impossible["a0/short"]
    assert [request.example.id for request in plan.requests] == ["a0/q1", "a0/q2"]


def test_a_key_changes_with_whatever_changes_the_generation() -> None:
    """Model, article and question are in the key; another article's edit is not."""
    base = corpus("甲", "乙")

    def keys(texts: Corpus, fingerprint: str = "f") -> list[str]:
        plan = plan_model(
            reader(fingerprint=fingerprint), texts, examples(texts, Tasks()), TEMPLATES, CONFIG
        )
        return [request.key for request in plan.requests]

    before = keys(base)
    assert len(set(before)) == len(before)
    assert not set(before) & set(keys(base, fingerprint="other"))
    edited = keys(corpus("甲", "乙改"))
    assert edited[:3] == before[:3]
    assert not set(edited[3:]) & set(before[3:])


def test_a_baselines_key_changes_with_article_and_reference() -> None:
    """The oracle reads references, so they are in its key."""
    base = corpus("甲")
    found = examples(base, Tasks())
    first = plan_baseline("f", base, found).requests[0].key
    assert first != plan_baseline("g", base, found).requests[0].key
    other = [replace(found[0], references=("改",)), *found[1:]]
    assert first != plan_baseline("f", base, other).requests[0].key
    assert first != plan_baseline("f", corpus("乙"), found).requests[0].key


class Cramped:
    """A backend that holds so many requests at once and answers so many together; notes both."""

    fingerprint = "cramped"

    def __init__(self, *, n_requests: int = 100, n_together: int = 100) -> None:
        """Take what fits."""
        self.n_requests = n_requests
        self.n_together = n_together
        self.tried: list[tuple[int, int]] = []

    def generate(self, requests: Sequence[Request], batch_size: int, /) -> Iterator[Generation]:
        """Yield half of what is too much, then run out of memory."""
        self.tried.append((len(requests), batch_size))
        n_together = min(len(requests), batch_size)
        fits = len(requests) <= self.n_requests and n_together <= self.n_together
        for request in requests if fits else requests[: n_together // 2]:
            yield Generation(
                key=request.key,
                model="m",
                example_id=request.example.id,
                text=request.example.id,
                finish_reason="stop",
            )
        if not fits:
            message = "too many"
            raise OutOfMemoryError(message)


def requests(n: int) -> list[Request]:
    """Return requests that share one key, as equal prompts do."""
    found = examples(corpus(*("文" * n)), Tasks(questions=False))
    return [Request(key="same", example=example, article="文") for example in found]


@pytest.mark.parametrize("room", [1, 2, 3, 5, 9, 20])
@pytest.mark.parametrize("scarce", ["n_requests", "n_together"])
def test_running_out_of_memory_loses_and_repeats_nothing(scarce: str, room: int) -> None:
    """Batches are halved, what was finished is kept, and every request is done exactly once."""
    asked = requests(9)
    done = list(generate(Cramped(**{scarce: room}), asked, batch_size=9, model="m"))
    assert sorted(g.example_id for g in done) == sorted(r.example.id for r in asked)
    assert all(generation.finish_reason == "stop" for generation in done)


def test_a_halved_batch_keeps_the_requests_together() -> None:
    """Fewer are decoded together, but all stay in one call, so an article is not read for each."""
    backend = Cramped(n_together=3)
    done = list(generate(backend, requests(20), batch_size=64, model="m"))
    assert len(done) == 20
    assert backend.tried == [(20, 64), (10, 5), (8, 2)]


def test_a_request_that_never_fits_fails_alone_with_its_reason() -> None:
    """With one request there is nothing left to halve."""
    (done,) = generate(Cramped(n_requests=0), requests(1), batch_size=64, model="m")
    assert (done.finish_reason, done.text) == ("error", "")
    assert done.error == "too many"
