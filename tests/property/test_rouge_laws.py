"""ROUGE equals rouge_score on generated pairs, and keeps the laws of a score."""

from __future__ import annotations

import json
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from evalkit.metrics import lcs, metric
from evalkit.records import Case
from evalkit.values.segment import segmenter

TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
PIECES = (
    *"襄阳市创客的一𠀀㐀𰀀豈か한ａＢ。！，…\u0301\u200b👍\n",
    *("2019", "2018", "60.18％", "GDP", "café", "3.5", "..", " ", "襄阳", "创客空间"),
)


class Lines:
    """rouge_score's tokenizer interface over text whose every line is a JSON list of tokens."""

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of all lines."""
        return [token for line in text.split("\n") if line for token in json.loads(line)]


PEER = rouge_scorer.RougeScorer(list(TYPES), tokenizer=Lines())


def in_lines(name: str, text: str) -> str:
    """Return the text's sentences, one per line, as rouge_score wants them."""
    return "\n".join(json.dumps(sentence) for sentence in segmenter(name).sentences(text))


def check_against_peer(prediction: str, references: list[str], name: str = "zhmix-1") -> None:
    """Every part of every type equals rouge_score's, given the same tokens."""
    targets = [in_lines(name, reference) for reference in references]
    expected = PEER.score_multi(targets, in_lines(name, prediction))
    case = Case(id="1", prediction=prediction, references=tuple(references))
    for kind in TYPES:
        parts = metric(kind, name).score(case).parts
        assert list(parts.values()) == pytest.approx(list(expected[kind]), abs=1e-12), kind


def write(rng: random.Random, n: int, variety: int) -> str:
    """Return a text of n pieces, of which there are few kinds, so that they often match."""
    kinds = rng.sample(PIECES, variety)
    return "".join(rng.choice(kinds) for _ in range(n))


def rewrite(rng: random.Random, text: str) -> str:
    """Return a text with some parts left out, repeated and in another order."""
    cuts = sorted(rng.randrange(len(text) + 1) for _ in range(rng.randrange(8)))
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return "".join(rng.choices(parts, k=len(parts)))


@pytest.mark.parametrize("seed", range(8))
def test_equals_rouge_score_on_generated_pairs(seed: int) -> None:
    """Thousands of pairs, short and long, alike and not, score as in rouge_score to 1e-12."""
    rng = random.Random(seed)
    for _ in range(400):
        text = write(rng, rng.choice((0, 1, 3, 10, 40)), rng.choice((2, 5, 20)))
        references = [rewrite(rng, text) for _ in range(rng.randrange(1, 3))]
        check_against_peer(text if rng.random() < 0.7 else write(rng, 30, 8), references)


@pytest.mark.parametrize("name", ["zhmix-1+jieba", "raw-char"])
def test_equals_rouge_score_with_other_segmenters(name: str) -> None:
    """Words score as rouge_score does on them; so do raw characters, line by line."""
    rng = random.Random(0)
    for _ in range(200):
        text = write(rng, 20, 10)
        check_against_peer(text, [rewrite(rng, text)], name)


@pytest.mark.slow
def test_equals_rouge_score_on_huge_pairs() -> None:
    """Pairs of a thousand tokens, with and without sentence ends, score as in rouge_score."""
    rng = random.Random(0)
    for ends in ("。", ""):
        text = ends.join(write(rng, 60, 25) for _ in range(20))
        text = text if ends else text.translate({ord(mark): None for mark in "。！…\n."})
        check_against_peer(text, [rewrite(rng, text)])


@given(st.text(max_size=60), st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_equals_rouge_score_on_any_text(prediction: str, references: list[str]) -> None:
    """Any Unicode text scores as in rouge_score."""
    check_against_peer(prediction, references)


SENTENCES = st.lists(st.lists(st.sampled_from("襄阳荆州"), max_size=12), max_size=5)


@given(SENTENCES, SENTENCES)
def test_union_equals_rouge_scores_backtrack(
    references: list[list[str]], predictions: list[list[str]]
) -> None:
    """The union takes, position for position, the way that rouge_score's backtrack takes."""
    expected = [
        sorted({i for sentence in predictions for i in rouge_scorer.lcs_ind(reference, sentence)})
        for reference in references
    ]
    assert lcs.union_lcs(references, predictions) == expected


@given(st.text("襄阳荆州", max_size=30), st.text("襄阳荆州", max_size=30))
def test_alignment_is_a_longest_common_subsequence(reference: str, prediction: str) -> None:
    """Aligned positions rise on both sides, hold equal tokens, and are as many as can be."""
    pairs = lcs.align(reference, prediction)
    assert len(pairs) == lcs.lcs_length(reference, prediction)
    assert all(reference[i] == prediction[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


PIECED = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@given(PIECED, st.lists(PIECED, min_size=1, max_size=3), st.sampled_from(TYPES))
def test_laws(prediction: str, references: list[str], kind: str) -> None:
    """Scores lie in [0, 1]; references may come in any order; swapping sides swaps P and R."""
    case = Case(id="1", prediction=prediction, references=tuple(references))
    turned = Case(id="1", prediction=prediction, references=tuple(references[::-1]))
    for aggregation in ("max", "mean", "jackknife"):
        made = metric(kind, references=aggregation)
        score = made.score(case)
        assert all(0 <= part <= 1 for part in score.parts.values())
        assert made.score(turned).value == pytest.approx(score.value)
    if kind != "rougeLsum":  # its union is taken over the reference's sentences alone
        one = metric(kind).score(Case(id="1", prediction=prediction, references=(references[0],)))
        back = metric(kind).score(Case(id="1", prediction=references[0], references=(prediction,)))
        assert one.parts["precision"] == back.parts["recall"]
        assert one.value == pytest.approx(back.value)


@given(PIECED, st.sampled_from(TYPES))
def test_identity(text: str, kind: str) -> None:
    """A text scores 1 against itself, unless it has too few tokens to count."""
    n = len(segmenter("zhmix-1").tokens(text))
    score = metric(kind).score(Case(id="1", prediction=text, references=(text,)))
    assert score.value == (1.0 if n > (kind == "rouge2") else 0.0)
