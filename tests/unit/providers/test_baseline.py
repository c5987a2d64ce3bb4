"""Baselines and the oracle: extraction that anybody can check by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from evalkit.config.schema import Baseline
from evalkit.metrics.rouge import Rouge1
from evalkit.providers import Setting, baseline
from evalkit.providers.baseline import open_provider
from evalkit.records import Case, Corpus, Example
from evalkit.values.segment import segmenter
from tests.support.asking import request
from tests.support.progress import Said

if TYPE_CHECKING:
    from evalkit.interfaces import Provider

Kind = Literal["lead", "textrank", "oracle"]
SETTING = Setting(corpus=Corpus(articles=(), references={}), examples=(), progress=Said())

ARTICLE = """标题没有句号
襄阳有13名创客。他们来自三个省！活动在晚上举行？
创客讲述创客的创业故事；天气很好。"""


def write(kind: Kind, example: Example, article: str = ARTICLE) -> str:
    """Return what a baseline writes."""
    asked = request(system="row", example=example, read=article)
    provider = open_provider(Baseline(name="row", baseline=kind), SETTING)
    with provider.session([asked]) as session:
        (generation,) = session.generate([asked])
    assert (generation.key, generation.system) == ("k", "row")
    assert generation.finish_reason == "stop"
    return generation.text


def summary(n_characters: int, *references: str) -> Example:
    """Return a summary to write."""
    return Example(
        id="a/short",
        article_id="a",
        task="short",
        kind="summary",
        references=references or ("无",),
        n_characters=n_characters,
    )


def answer(question: str, *answers: str) -> Example:
    """Return a question to answer."""
    return Example(
        id="a/q",
        article_id="a",
        task="answer",
        kind="answer",
        references=answers or ("无",),
        question=question,
        type="phrase",
    )


@pytest.mark.parametrize(
    ("kind", "role"), [("lead", "baseline"), ("textrank", "baseline"), ("oracle", "oracle")]
)
def test_a_baseline_is_a_provider(kind: Kind, role: str) -> None:
    """Its role and fingerprint; there is nothing to check, fetch, count, cache or describe."""
    entry = Baseline(name="row", baseline=kind)
    provider: Provider = open_provider(entry, SETTING)
    assert (entry.role, provider.role, provider.name) == (role, role, "row")
    assert provider.fingerprint == f"{kind}|v2"
    assert (provider.budget, provider.cacheable, provider.describe([])) == (None, False, "")
    assert (list(baseline.problems(entry)), baseline.n_bytes_to_download(entry)) == ([], 0)


def test_lead_takes_whole_sentences_from_the_beginning() -> None:
    """As many as fit the requested length, and never none."""
    assert write("lead", summary(18)) == "标题没有句号襄阳有13名创客。"
    assert write("lead", summary(1)) == "标题没有句号"


def test_lead_answers_with_the_first_sentence() -> None:
    """It is a baseline: it does not read the question."""
    assert write("lead", answer("谁？")) == "标题没有句号"


def test_textrank_answers_with_the_sentence_most_like_the_question() -> None:
    """Overlap of tokens decides."""
    assert write("textrank", answer("活动在什么时候举行？")) == "活动在晚上举行？"


def test_textrank_summarises_by_what_is_central() -> None:
    """The sentence that shares most with the others comes, in the article's order."""
    article = "甲乙丙丁。甲乙戊己。庚辛壬癸。丙丁戊己甲乙。"
    assert write("textrank", summary(7), article) == "丙丁戊己甲乙。"


def test_textrank_summarises_a_focus_by_the_sentences_most_like_it() -> None:
    """Other sentences, however central, come only where there is room."""
    article = "甲乙丙丁。甲乙戊己。庚辛壬癸。丙丁戊己甲乙。"
    assert write("textrank", replace(summary(5), question="庚辛"), article) == "庚辛壬癸。"


def test_oracle_answers_with_the_reference() -> None:
    """It is the upper bound of extraction."""
    assert write("oracle", answer("几名？", "13名", "十三名")) == "13名"


def test_oracle_picks_the_sentences_that_score_best() -> None:
    """No single sentence, and no other pair, reaches more against the reference."""
    reference = "13名创客晚上举行活动。"
    chosen = write("oracle", summary(100, reference))
    assert chosen == "襄阳有13名创客。活动在晚上举行？"
    rouge = Rouge1()
    best = rouge.score(Case(id="x", prediction=chosen, references=(reference,))).value
    lead = write("lead", summary(100))
    assert best > rouge.score(Case(id="x", prediction=lead, references=(reference,))).value


def test_oracle_reads_an_article_once_for_all_of_its_summaries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its sentences are cut into tokens with the first, and not again with the others."""
    article = f"{ARTICLE}这一句只在这篇文章里。"
    write("oracle", summary(100, "十三名创客。"), article)
    read: list[str] = []
    tokens = segmenter("zhmix-1").tokens

    def reading(text: str) -> list[str]:
        read.append(text)
        return tokens(text)

    monkeypatch.setattr(baseline, "_TOKENS", reading)
    write("oracle", summary(50, "他们来自三个省份。"), article)
    assert read == ["他们来自三个省份。"]


@pytest.mark.parametrize("kind", ["lead", "textrank", "oracle"])
@pytest.mark.parametrize("article", ["", "。！？", "一", "。" * 50, "\u200b\n"])
def test_no_article_is_too_odd(kind: Kind, article: str) -> None:
    """Empty and degenerate articles give a text, if an empty one, and no crash."""
    assert isinstance(write(kind, summary(100, "摘要"), article), str)
    assert isinstance(write(kind, answer("谁？", "王"), article), str)
