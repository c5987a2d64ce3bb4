"""What missing outputs could change: each counted as the worst value, or as the best.

An output in which there was nothing to score is none of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.stats.estimate import article_means

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.results import MetricFacts
    from evalkit.stats.estimate import Examples, Values

Bounds = tuple[float | None, float | None]


def union(parts: Iterable[Examples]) -> Examples:
    """Return the examples of all parts."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        for article, ids in part.items():
            found[article] |= ids
    return found


def to_score(metric: MetricFacts, empty: Examples) -> MetricFacts:
    """Return a metric as if the examples in which there was nothing to score were not planned."""
    left = {article: n - len(empty.get(article, ())) for article, n in metric.n_by_article.items()}
    return replace(metric, n_by_article={article: n for article, n in left.items() if n > 0})


def leave_out(values: Values, empty: Examples) -> Values:
    """Return values without those of some examples."""
    left = {
        article: {id_: v for id_, v in by_example.items() if id_ not in empty.get(article, ())}
        for article, by_example in values.items()
    }
    return {article: by_example for article, by_example in left.items() if by_example}


def bounds_of_mean(metric: MetricFacts, values: Values) -> Bounds:
    """Return a system's mean if all that it lacks had the lowest value, and the highest.

    Nothing where nothing is missing, and for a metric without a maximum.
    """
    if metric.maximum is None or not is_missing(metric.n_by_article, values):
        return None, None
    least, most = (
        float(article_means(completed(metric.n_by_article, [values], [fill])[0]).mean())
        for fill in (0.0, metric.maximum)
    )
    return least, most


def is_missing(n_by_article: Mapping[str, int], *sides: Values) -> bool:
    """Return whether any of some systems lacks an example that was planned or another has."""
    return tuple(sides) != completed(n_by_article, sides, [0.0] * len(sides))


def completed(
    n_by_article: Mapping[str, int], sides: Sequence[Values], fills: Sequence[float]
) -> tuple[Values, ...]:
    """Return the values of some systems with one in each place where a system has none.

    Args:
        n_by_article: how many examples each article has; those that no system has a value for have
            no id, and are named by their number.
        sides: the values of each system.
        fills: what each system gets where it has no value.
    """
    articles = dict.fromkeys([*n_by_article, *(article for side in sides for article in side)])
    ids = {article: _ids(article, n_by_article, sides) for article in articles}
    return tuple(
        {
            article: {id_: side.get(article, {}).get(id_, fill) for id_ in ids[article]}
            for article in articles
        }
        for side, fill in zip(sides, fills, strict=True)
    )


def _ids(article: str, n_by_article: Mapping[str, int], sides: Sequence[Values]) -> list[str]:
    known = list(dict.fromkeys(id_ for side in sides for id_ in side.get(article, {})))
    n_unknown = n_by_article.get(article, 0) - len(known)
    return known + [f"{article} {i}" for i in range(n_unknown)]
