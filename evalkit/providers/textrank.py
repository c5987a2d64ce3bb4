"""TextRank: an article's sentences by how much they overlap with a text, or with each other.

Source: Mihalcea and Tarau 2004.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

DAMPING = 0.85  # section 2
N_STEPS = 100  # far beyond convergence: each step shrinks the error by the damping


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedSentences:
    """How often each sentence of an article has each of its tokens: `counts`, [sentences, tokens].

    `columns` says where a token is counted; `logs` are the logarithms of the lengths [sentences].
    """

    counts: NDArray[np.int64]
    columns: Mapping[str, int]
    logs: NDArray[np.float64]

    @classmethod
    def of(cls, bags: Sequence[Counter[str]]) -> CountedSentences:
        """Return the counts of some sentences, none of which is empty."""
        columns = {token: at for at, token in enumerate(dict.fromkeys(chain(*bags)))}
        counts = np.zeros((len(bags), len(columns)), dtype=np.int64)
        for row, bag in zip(counts, bags, strict=True):
            row[[columns[token] for token in bag]] = list(bag.values())
        logs = np.array([math.log1p(bag.total()) for bag in bags])
        return cls(counts=counts, columns=columns, logs=logs)

    def similarities(self, bag: Counter[str]) -> NDArray[np.float64]:
        """Return how much each sentence overlaps with a text [sentences]. Source: section 4.1."""
        wanted = np.zeros(len(self.columns), dtype=np.int64)
        for token in bag.keys() & self.columns.keys():
            wanted[self.columns[token]] = bag[token]
        return self._similarities(wanted, math.log1p(bag.total()))

    def centralities(self) -> NDArray[np.float64]:
        """Return each sentence's weight in a walk along similar ones, [sentences], of sum 1."""
        n = len(self.counts)
        if not n:
            return np.zeros(0)
        pairs = zip(self.counts, self.logs, strict=True)
        weights = np.array([self._similarities(row, log) for row, log in pairs])
        np.fill_diagonal(weights, 0)
        sums = weights.sum(axis=1, keepdims=True)
        walk = np.divide(weights, sums, out=np.full_like(weights, 1 / n), where=sums > 0)
        ranks = np.full(n, 1 / n)
        for _ in range(N_STEPS):
            ranks = (1 - DAMPING) / n + DAMPING * ranks @ walk
        return ranks

    def _similarities(self, wanted: NDArray[np.int64], log: float) -> NDArray[np.float64]:
        columns = wanted.nonzero()[0]  # few of them: a sentence has few of an article's tokens
        overlaps = np.minimum(self.counts[:, columns], wanted[columns]).sum(axis=1)
        similarities: NDArray[np.float64] = overlaps / (self.logs + log)
        return similarities
