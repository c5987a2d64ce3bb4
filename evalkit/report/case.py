"""What a verdict rests on: the systems of one condition, on the main metric of one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evalkit.report.ranking import ABOVE, rank, signs_of, unbeaten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.records import Kind
    from evalkit.results import Comparison, Summary

Copying = Literal["better", "level", "worse", "missing"]
"""What a model is shown to be beside the baselines; `missing` where outputs could reverse it."""


class Case:
    """The systems of one condition on the main metric of one kind of task.

    Attributes:
        asked: the models, in the order of the config.
        models: those with a score, best first.
        baselines: with a score, best first.
        leading: the best model, and those that it is not shown to be better than, best first.
    """

    def __init__(self, summary: Summary, kind: Kind, metric: str, names: Sequence[str]) -> None:
        """Rank the systems of the given names."""
        self.summary, self.kind, self.metric = summary, kind, metric
        roles = summary.roles
        order = rank(summary, metric, names)
        self.signs = signs_of(summary, metric)
        self.asked = [name for name in names if roles[name] == "model"]
        self.models = [name for name in order if roles[name] == "model"]
        self.baselines = [name for name in order if roles[name] == "baseline"]
        self.leading = self._leading()
        self.estimates = summary.estimates(metric)
        self.n_articles = max((self.estimates[name].n_articles for name in order), default=0)

    def _leading(self) -> list[str]:
        if not self.models:
            return []
        first = (unbeaten(self.models, self.signs) or self.models)[0]
        level = [n for n in self.models if n != first and self.sign(first, n) not in ABOVE]
        return [first, *level]

    def sign(self, a: str, b: str) -> str:
        """Return the sign between two systems, as `ranking` has it."""
        return self.signs.get((a, b), "?")

    def scope(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Return the widest scope for which all of some differences are shown."""
        signs = {self.sign(*pair) for pair in pairs}
        return "general" if signs <= {">>", "<<"} else "here"

    def comparison(self, a: str, b: str) -> Comparison | None:
        """Return the comparison of two systems; None where there is none."""
        found = (
            c for c in self.summary.comparisons if c.metric == self.metric and {c.a, c.b} == {a, b}
        )
        return next(found, None)

    def is_missing(self, pairs: Iterable[tuple[str, str]]) -> bool:
        """Return whether missing outputs could reverse what some pairs show."""
        return any((c := self.comparison(*pair)) and c.verdict == "missing" for pair in pairs)

    def copying(self, name: str) -> tuple[Copying, tuple[str, ...], str]:
        """Return what a model is to the baselines, which of them show it, and for which scope."""
        signs = {baseline: self.sign(name, baseline) for baseline in self.baselines}
        worse = tuple(b for b, sign in signs.items() if sign in {"<", "<<"})
        level = tuple(b for b, sign in signs.items() if sign not in ABOVE)
        if worse:
            return "worse", worse, self.scope((name, b) for b in worse)
        if level:
            missing = self.is_missing((name, b) for b in level)
            return "missing" if missing else "level", level, "here"
        return "better", tuple(signs), self.scope((name, b) for b in signs)
