"""What the article of a question says of a clause that has the reference answer."""

from __future__ import annotations

from functools import lru_cache

from evalkit.metrics.clauses import Clause, split_clauses
from evalkit.metrics.facts.check import fact_check
from evalkit.metrics.outline import content_pairs
from evalkit.values.form import tidy


@lru_cache(maxsize=256)  # the systems answer the same questions
def contradicts(article: str, clause: Clause) -> bool:
    """Return whether an article says something else than a clause and what leads up to it.

    >>> (clause,) = split_clauses("产值下降6%")
    >>> contradicts("产值增长6%。", clause)
    True
    """
    said = f"{clause.topic},{clause.text}" if clause.topic else clause.text
    return bool(fact_check(article).check(said).flags)


def share_told(pairs: frozenset[str], article: str, *answers: str) -> float:
    """Return the share of pairs of characters that a clause of the article with an answer has.

    1 where there are no pairs, 0 where no clause has an answer.

    >>> share_told(frozenset({"花鼓"}), "花鼓戏在襄阳演出。", "襄阳")
    1.0
    """
    beside = (
        content_pairs(clause.text)
        for clause in _clauses(article)
        if any(answer in clause.text for answer in answers)
    )
    return max((len(pairs & told) / len(pairs) if pairs else 1.0 for told in beside), default=0.0)


@lru_cache(maxsize=16)
def _clauses(article: str) -> tuple[Clause, ...]:
    return tuple(split_clauses(tidy(article)))
