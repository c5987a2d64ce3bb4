"""The metrics by name: one line each; a metric's module is imported when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from inspect import getdoc
from math import inf
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from evalkit.interfaces import Metric
    from evalkit.records import Source, Task

References = Literal["max", "mean", "jackknife"]
Direction = Literal["higher", "lower", "neither"]
"""Which way is better; `neither` for a description that is no judgement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the registry: where a metric lives, and how its value reads.

    `source` is what the answers that it judges were read from; asking for a metric with another
    source than the article has every system answer all questions from that source as well.
    """

    place: str
    task: Task
    top: float = 1.0
    better: Direction = "higher"
    reads_article: bool = False
    source: Source = "article"

    @property
    def range(self) -> str:
        """The values it can take, such as `0 to 1`."""
        return "0 or more" if self.top == inf else f"0 to {self.top:g}"


_of_article = partial(Entry, task="summary", reads_article=True)
_of_answer = partial(Entry, task="answer")

_ENTRIES = {
    "rouge1": Entry(place="rouge:Rouge1", task="summary"),
    "rouge2": Entry(place="rouge:Rouge2", task="summary"),
    "rougeL": Entry(place="rouge:RougeL", task="summary"),
    "rougeLsum": Entry(place="rouge:RougeLsum", task="summary"),
    "number_precision": _of_article(place="numbers:NumberPrecision"),
    "number_recall": Entry(place="numbers:NumberRecall", task="summary"),
    "name_precision": _of_article(place="names:NamePrecision"),
    "coverage": _of_article(place="copying:Coverage", better="neither"),
    "density": _of_article(place="copying:Density", top=inf, better="neither"),
    "novel_bigrams": _of_article(place="copying:NovelBigrams", better="neither"),
    "repetition": Entry(place="copying:Repetition", task="summary", better="lower"),
    "compression": _of_article(place="copying:Compression", top=inf, better="neither"),
    "length_kept": Entry(place="copying:LengthKept", task="summary"),
    "em": _of_answer(place="answers:ExactMatch"),
    "em_strict": _of_answer(place="answers:StrictMatch"),
    "f1": _of_answer(place="answers:TokenF1"),
    "em_cmrc": _of_answer(place="cmrc:EmCmrc"),
    "f1_cmrc": _of_answer(place="cmrc:F1Cmrc"),
    "em_from_summary": _of_answer(place="answerability:EmFromSummary", source="summary"),
    "em_closed_book": _of_answer(place="answerability:EmClosedBook", source="nothing"),
}


def available(task: Task | None = None) -> tuple[str, ...]:
    """Return the names of all metrics, or of those for one task.

    >>> "rougeLsum" in available("summary"), "rougeLsum" in available("answer")
    (True, False)
    """
    return tuple(name for name, entry in _ENTRIES.items() if task in (None, entry.task))


def entry(name: str) -> Entry:
    """Return the registry's line of a metric.

    Raises:
        KeyError: there is no metric of that name.

    >>> entry("rouge2").range
    '0 to 1'
    """
    return _ENTRIES[name]


def metric(name: str, segmenter: str = "zhmix-1", references: References = "max") -> Metric:
    """Return a metric, ready to score.

    Args:
        name: One of `available()`.
        segmenter: What it counts, for the metrics that count tokens; others ignore it.
        references: How several references are brought together, for ROUGE; others ignore it.

    Raises:
        KeyError: there is no metric of that name.

    >>> metric("rougeL", references="mean").signature.rpartition("|")[0]
    'rougeL|seg:zhmix-1|refs:mean'
    """
    kind = _kind(name)
    settings = {"segmenter": segmenter, "references": references}
    made: Metric = kind(**{key: settings[key] for key in kind.__match_args__ if key in settings})
    return made


def document(name: str) -> str:
    """Return what a metric says about itself: first one sentence, then what it can't see.

    Raises:
        KeyError: there is no metric of that name.

    >>> document("rouge1").splitlines()[0]
    'Share of single tokens in common (F of precision and recall).'
    """
    return getdoc(_kind(name)) or ""


def _kind(name: str) -> Any:  # noqa: ANN401 - each metric is a dataclass with settings of its own
    module, _, kind = _ENTRIES[name].place.partition(":")
    return getattr(import_module(f"evalkit.metrics.{module}"), kind)
