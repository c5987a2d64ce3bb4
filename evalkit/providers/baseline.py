"""Systems that are not language models: lead, TextRank, and the oracle of extraction."""

from __future__ import annotations

import re
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from evalkit.providers import generation_of
from evalkit.providers.textrank import CountedSentences
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from evalkit.config.schema import Baseline
    from evalkit.errors import Problem
    from evalkit.providers import Setting
    from evalkit.records import Example, Generation, Request, Role

READS_PROMPTS = False
RUNS_IN_WORKERS = False
VERSION = 2  # raise it with any change of what a baseline writes
_SENTENCE = re.compile(r"[^。！？!?;；\n\r]+[。！？!?;；]?[”’」』）)]*")
_TOKENS = segmenter("zhmix-1").tokens
NgramCounts = Counter[tuple[str, ...]]
Ngrams = tuple[NgramCounts, NgramCounts]
"""The unigrams and bigrams of a text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Parsed:
    """An article's sentences, in order, and their tokens."""

    sentences: Sequence[str]
    counted: CountedSentences


@lru_cache(maxsize=4)  # requests come article by article
def _parse(article: str) -> _Parsed:
    found = (match.group().strip() for match in _SENTENCE.finditer(article))
    pairs = [(sentence, Counter(_TOKENS(sentence))) for sentence in found]
    kept = [(sentence, bag) for sentence, bag in pairs if bag]
    return _Parsed(
        sentences=[sentence for sentence, _ in kept],
        counted=CountedSentences.of([bag for _, bag in kept]),
    )


def problems(_entry: Baseline) -> Sequence[Problem]:
    """Return nothing: a baseline needs nothing."""
    return ()


def n_bytes_to_download(_entry: Baseline) -> int:
    """Return 0."""
    return 0


def open_provider(entry: Baseline, _setting: Setting) -> BaselineProvider:
    """Return the baseline of an entry."""
    return BaselineProvider(entry=entry)


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineProvider:
    """One of the three baselines; its own session."""

    entry: Baseline
    cacheable: bool = False
    budget: None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the entry."""
        return self.entry.name

    @property
    def role(self) -> Role:
        """Its role in a comparison."""
        return self.entry.role

    @property
    def fingerprint(self) -> str:
        """The baseline and its version."""
        return f"{self.entry.baseline}|v{VERSION}"

    def describe(self, _requests: Sequence[Request]) -> str:
        """Return nothing: it takes no time worth mentioning."""
        return ""

    @contextmanager
    def session(self, _requests: Sequence[Request]) -> Iterator[BaselineProvider]:
        """Yield itself: nothing has to be loaded."""
        yield self

    def generate(self, requests: Sequence[Request]) -> Iterator[Generation]:
        """Yield one generation per request, in order."""
        write = {"lead": _lead, "textrank": _textrank, "oracle": _oracle}[self.entry.baseline]
        for request in requests:
            start = time.perf_counter()
            text = write(_parse(request.article), request.example)
            yield generation_of(request, text, seconds=time.perf_counter() - start)


def lead(article: str, n_characters: int) -> str:
    """Return the article's first sentences, at least one, that have at most so many characters."""
    parsed = _parse(article)
    return _in_order(parsed, range(len(parsed.sentences)), n_characters)


def _lead(article: _Parsed, example: Example) -> str:
    """Return the article's first sentences up to the requested length; its first for a question."""
    if example.kind == "answer":
        return "".join(article.sentences[:1])
    return _in_order(article, range(len(article.sentences)), example.n_characters)


def _textrank(article: _Parsed, example: Example) -> str:
    """Return the most central sentences; for a focus or a question, those most like it.

    A question gets a single one.
    """
    if example.question:
        ranks = article.counted.similarities(Counter(_TOKENS(example.question)))
    else:
        ranks = article.counted.centralities()
    order = np.argsort(-ranks, kind="stable").tolist()
    if example.kind == "answer":
        return "".join(article.sentences[i] for i in order[:1])
    return _in_order(article, order, example.n_characters)


def _oracle(article: _Parsed, example: Example) -> str:
    """Return the reference answer; for a summary, the sentences that score best against it.

    Greedy choice by ROUGE-1 + ROUGE-2 F, against the reference that it can reach best; without a
    reference summary, the lead.
    Source: Nallapati, Zhai and Zhou 2017 (SummaRuNNer), section 3.
    """
    if example.kind == "answer":
        return example.references[0]
    if not example.references:
        return _lead(article, example)
    sentences = [_ngrams(sentence) for sentence in article.sentences]
    found = (_greedy(sentences, _ngrams(reference)) for reference in example.references)
    _, chosen = max(found)
    return "".join(article.sentences[i] for i in chosen)


def _greedy(sentences: Sequence[Ngrams], reference: Ngrams) -> tuple[float, list[int]]:
    """Return the best score, and the sentences that reach it, in the article's order."""
    overlaps = [
        _Overlaps.of([sentence[at] for sentence in sentences], wanted)
        for at, wanted in enumerate(reference)
    ]
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < len(sentences):
        scores = np.sum([overlap.f1(chosen) for overlap in overlaps], axis=0)
        scores[chosen] = -1.0
        winner = int(scores.argmax())
        if scores[winner] <= best:
            break
        best = float(scores[winner])
        chosen.append(winner)
    return best, sorted(chosen)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Overlaps:
    """The n-grams of a reference, counted in it [n-grams] and in sentences [sentences, n-grams].

    `lengths` [sentences] and `length` are of all n-grams.
    """

    found: NDArray[np.int64]
    wanted: NDArray[np.int64]
    lengths: NDArray[np.int64]
    length: int

    @classmethod
    def of(cls, sentences: Sequence[NgramCounts], reference: NgramCounts) -> _Overlaps:
        found = [[counts.get(ngram, 0) for ngram in reference] for counts in sentences]
        return cls(
            found=np.array(found, dtype=np.int64),
            wanted=np.array(list(reference.values()), dtype=np.int64),
            lengths=np.array([counts.total() for counts in sentences]),
            length=reference.total(),
        )

    def f1(self, chosen: Sequence[int]) -> NDArray[np.float64]:
        """Return the F [sentences] of n-gram overlap that each reaches together with some."""
        hits = np.minimum(self.found + self.found[chosen].sum(axis=0), self.wanted).sum(axis=1)
        n_written = self.lengths + self.lengths[chosen].sum()
        f1: NDArray[np.float64] = 2 * hits / np.maximum(n_written + self.length, 1)
        return f1


@lru_cache(maxsize=1000)  # the sentences of an article, which every summary of it is made of
def _ngrams(text: str) -> Ngrams:
    tokens = _TOKENS(text)
    return Counter((token,) for token in tokens), Counter(pairwise(tokens))


def _in_order(article: _Parsed, order: Sequence[int], n_characters: int) -> str:
    """Return sentences in the article's order, taken as ranked while they fit in the length."""
    n_left = n_characters
    chosen: list[int] = []
    for i in order:
        length = len(article.sentences[i])
        if chosen and length > n_left:
            break
        chosen.append(i)
        n_left -= length
    return "".join(article.sentences[i] for i in sorted(chosen))
