"""Systems that are no language models: the floor (lead, TextRank) and the roof (oracle)."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalkit.records import Generation
from evalkit.text.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.records import Example, Request

Kind = Literal["lead", "textrank", "oracle"]
VERSION = 1  # raise it when a baseline writes anything else than before
DAMPING = 0.85  # Mihalcea and Tarau 2004, section 2
_SENTENCE = re.compile(r"[^。！？!?;；\n\r]+[。！？!?;；]?[”’」』）)]*")
_TOKENS = segmenter("zhmix-1").tokens


def sentences(article: str) -> list[str]:
    """Return the sentences of an article, in order, without the space around them."""
    found = (match.group().strip() for match in _SENTENCE.finditer(article))
    return [sentence for sentence in found if _TOKENS(sentence)]


class BaselineBackend:
    """One of the three baselines, speaking as a language model would."""

    def __init__(self, kind: Kind, name: str) -> None:
        """Take the baseline's kind, and the name of its row in the table."""
        self._write = {"lead": _lead, "textrank": _textrank, "oracle": _oracle}[kind]
        self._name = name
        self.fingerprint = f"{kind}|v{VERSION}"

    def generate(self, requests: Sequence[Request]) -> Iterator[Generation]:
        """Yield one generation a request, in order."""
        for request in requests:
            start = time.perf_counter()
            text = self._write(sentences(request.article), request.example)
            yield Generation(
                key=request.key,
                model=self._name,
                example_id=request.example.id,
                text=text,
                finish_reason="stop",
                latency_s=time.perf_counter() - start,
            )


def _lead(found: list[str], example: Example) -> str:
    """Return the article's first sentences up to the asked length; its first for a question."""
    if example.question is not None:
        return found[0] if found else ""
    return _in_order(found, range(len(found)), example)


def _textrank(found: list[str], example: Example) -> str:
    """Return the most central sentences; for a question, the one most like it."""
    bags = [Counter(_TOKENS(sentence)) for sentence in found]
    if example.question is not None:
        asked = Counter(_TOKENS(example.question.question))
        return max(zip(found, bags, strict=True), key=lambda pair: _similarity(pair[1], asked))[0]
    ranks = _pagerank(bags)
    return _in_order(found, sorted(range(len(found)), key=lambda i: -ranks[i]), example)


def _oracle(found: list[str], example: Example) -> str:
    """Return the reference answer; for a summary, the sentences that score best against it.

    Greedy choice by ROUGE-1 + ROUGE-2 F against the best reference.
    Source: Nallapati, Zhai and Zhou 2017 (SummaRuNNer), section 3.
    """
    if example.question is not None:
        return example.references[0]
    return max(
        (_greedy(found, reference) for reference in example.references), key=lambda pair: pair[0]
    )[1]


def _greedy(found: list[str], reference: str) -> tuple[float, str]:
    wanted = _grams(reference)
    bags = [_grams(sentence) for sentence in found]
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < len(found):
        total: Counter[tuple[str, ...]] = sum((bags[i] for i in chosen), Counter())
        gains = {i: _f1(total + bags[i], wanted) for i in range(len(found)) if i not in chosen}
        winner = max(gains, key=lambda i: gains[i])
        if gains[winner] <= best:
            break
        best = gains[winner]
        chosen.append(winner)
    return best, "".join(found[i] for i in sorted(chosen))


def _grams(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKENS(text)
    return Counter((token,) for token in tokens) + Counter(zip(tokens, tokens[1:], strict=False))


def _f1(bag: Counter[tuple[str, ...]], wanted: Counter[tuple[str, ...]]) -> float:
    """Return the sum of ROUGE-1 and ROUGE-2 F, from a bag that holds both kinds of n-gram."""
    total = 0.0
    for n in (1, 2):
        ours = {gram: count for gram, count in bag.items() if len(gram) == n}
        theirs = {gram: count for gram, count in wanted.items() if len(gram) == n}
        size = sum(ours.values()) + sum(theirs.values())
        total += 2 * sum(min(ours.get(gram, 0), theirs[gram]) for gram in theirs) / max(size, 1)
    return total


def _similarity(a: Counter[str], b: Counter[str]) -> float:
    """Return the overlap of two sentences. Source: Mihalcea and Tarau 2004, section 4.1."""
    scale = np.log1p(a.total()) + np.log1p(b.total())
    return float((a & b).total() / scale) if scale else 0.0


def _pagerank(bags: list[Counter[str]]) -> list[float]:
    """Return each sentence's rank: the stationary weights of a walk along similar sentences."""
    n = len(bags)
    weights = np.array([[_similarity(a, b) if a is not b else 0.0 for b in bags] for a in bags])
    sums = weights.sum(axis=1, keepdims=True)
    walk = np.divide(weights, sums, out=np.full_like(weights, 1 / max(n, 1)), where=sums > 0)
    ranks = np.full(n, 1 / max(n, 1))
    for _ in range(100):  # far beyond convergence: the error shrinks by the damping each time
        ranks = (1 - DAMPING) / n + DAMPING * ranks @ walk
    return [float(rank) for rank in ranks]


def _in_order(found: list[str], order: Sequence[int], example: Example) -> str:
    """Return sentences in the article's order, taken as ranked while they fit the asked length."""
    room = example.n_characters
    chosen: list[int] = []
    for i in order:
        if chosen and len(found[i]) > room:
            break
        chosen.append(i)
        room -= len(found[i])
    return "".join(found[i] for i in sorted(chosen))
