"""The text that systems read in each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.prompts.noise import disturb
from evalkit.records import model_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from evalkit.records import Article, Example, PlannedRequest, StepName, System
    from evalkit.runner.outputs import Outputs


@dataclass(frozen=True, kw_only=True, slots=True)
class StepText:
    """What is read about one article.

    `waits` where an earlier step has to write it first; `problem` says why there will be none.
    """

    text: str = ""
    waits: bool = False
    problem: str = ""


class EarlierSteps:
    """The requests and outputs of the earlier steps of one system."""

    def __init__(
        self,
        examples: Mapping[str, Example],
        rows: Iterable[PlannedRequest],
        outputs: Outputs,
    ) -> None:
        """Find the request for the longest summary of each article.

        Of several samples it is the first.
        """
        self._outputs = outputs
        self._longest: dict[str, tuple[int, PlannedRequest]] = {}
        for row in rows:
            example = examples[row.example]
            before = self._longest.get(example.article_id)
            if (
                example.kind == "summary"
                and not example.question  # a focused one leaves out the rest of the article
                and row.sample == 0
                and (before is None or example.n_characters > before[0])
            ):
                self._longest[example.article_id] = example.n_characters, row

    def summary(self, article_id: str) -> StepText:
        """Return the system's own summary of an article."""
        _, row = self._longest[article_id]
        model = model_of(row.system)
        if (written := self._outputs.find(model, row.key)) is not None:
            return StepText(text=written)
        if row.problem or self._outputs.has_failed(model, row.key):
            return StepText(problem="the system has no summary of this article to answer from")
        return StepText(waits=True)


def _article(article: Article, system: System, _earlier: EarlierSteps) -> StepText:
    text = disturb(article.text, system.condition.noise, article_id=article.id)
    return StepText(text=text)


def _closed_book(_article: Article, _system: System, _earlier: EarlierSteps) -> StepText:
    return StepText()


def _summary_qa(article: Article, _system: System, earlier: EarlierSteps) -> StepText:
    return earlier.summary(article.id)


STEP_TEXTS: Mapping[StepName, Callable[[Article, System, EarlierSteps], StepText]] = {
    "article": _article,
    "closed_book": _closed_book,
    "summary_qa": _summary_qa,
}
"""What a system reads about an article in each step, in the order of the steps."""
