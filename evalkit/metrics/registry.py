"""The metrics by name, one line each in the order in which tables show them, and plug-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from inspect import getdoc, signature
from typing import TYPE_CHECKING, Literal, get_args

from evalkit.errors import InputError, Problem, suggestion
from evalkit.records import Kind, StepName
from evalkit.results import Direction, MetricFacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import EntryPoint

    from evalkit.errors import Code
    from evalkit.interfaces import Metric
    from evalkit.values.segment import Cut

References = Literal["max", "mean", "jackknife"]
"""How the scores against several references become one."""
Factory = Callable[..., "Metric"]
"""Makes a metric; of `segmenter`, `references` and `sentences`, it is given those it has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the registry: what makes a metric, and how its values read.

    Attributes:
        factory: what makes it, or `<module>:<class>` below `evalkit.metrics`.
        kind: the kind of output that it scores.
        maximum: of its values, which begin at 0; None if there is none.
        better: which values are better.
        step: the step whose outputs it scores.
        reads_article: whether it cannot do without `Case.article`.
        reads_references: whether it cannot do without `Case.references`.
        headline: whether tables show it first.
        per_example: whether what is published is its mean over examples, not over articles.
        extra: the optional dependency that it needs; empty if none.
    """

    factory: str | Factory
    kind: Kind
    maximum: float | None = 1.0
    better: Direction = "higher"
    step: StepName = "article"
    reads_article: bool = False
    reads_references: bool = True
    headline: bool = False
    per_example: bool = False
    extra: str = ""

    @property
    def range(self) -> str:
        """The values it can take, such as `0 to 1`."""
        return "0 or more" if self.maximum is None else f"0 to {self.maximum:g}"


_summary = partial(Entry, kind="summary")
_of_article = partial(_summary, reads_article=True, reads_references=False)
_style = partial(_of_article, better="neither")
_answer = partial(Entry, kind="answer")

_ENTRIES = {
    "rouge1": _summary(factory="rouge:Rouge1"),
    "rouge2": _summary(factory="rouge:Rouge2", headline=True),
    "rougeL": _summary(factory="rouge:RougeL"),
    "rougeLsum": _summary(factory="rouge:RougeLsum", headline=True),
    "fact_precision": _of_article(factory="fact_precision:FactPrecision", headline=True),
    "number_precision": _of_article(factory="number_precision:NumberPrecision"),
    "number_recall": _summary(factory="number_precision:NumberRecall"),
    "name_precision": _of_article(factory="name_precision:NamePrecision", extra="names"),
    "coverage": _style(factory="copying:Coverage"),
    "density": _style(factory="copying:Density", maximum=None),
    "novel_bigrams": _style(factory="copying:NovelBigrams"),
    "repetition": _summary(factory="copying:Repetition", better="lower", reads_references=False),
    "compression": _style(factory="copying:Compression", maximum=None),
    "length": _summary(
        factory="copying:Length", better="neither", maximum=None, reads_references=False
    ),
    "length_kept": _summary(factory="copying:LengthKept"),
    "em": _answer(factory="answers:ExactMatch", headline=True),
    "em_extracted": _answer(factory="answers:ExtractedMatch", headline=True),
    "em_strict": _answer(factory="answers:StrictMatch"),
    "f1": _answer(factory="answers:TokenF1", headline=True),
    "em_cmrc": _answer(factory="cmrc:EmCmrc", per_example=True),
    "f1_cmrc": _answer(factory="cmrc:F1Cmrc", per_example=True),
    "em_from_summary": _answer(
        factory="answerability:EmFromSummary", step="summary_qa", headline=True
    ),
    "em_closed_book": _answer(
        factory="answerability:EmClosedBook", step="closed_book", headline=True
    ),
}
_PARTS = ("name", "kind", "signature", "score")  # what every metric has
_unread_groups = ["evalkit.metrics"]  # of entry points; read once, when the registry is first used
_failures: dict[str, Problem] = {}  # of plug-ins, by the name of the metric


def available(kind: Kind | None = None) -> tuple[str, ...]:
    """Return the names of all metrics, or of those that score one kind of output.

    >>> "rougeLsum" in available("summary"), "rougeLsum" in available("answer")
    (True, False)
    """
    _load_plugins()
    return tuple(name for name, entry in _ENTRIES.items() if kind in (None, entry.kind))


def entry(name: str) -> Entry:
    """Return the registry's line of a metric.

    Raises:
        InputError: there is no metric of that name, or the plug-in that has it does not load.

    >>> entry("rouge2").range
    '0 to 1'
    """
    _load_plugins()
    if name in _failures:
        raise InputError([_failures[name]])
    if name not in _ENTRIES:
        raise _refused(name, "unknown", "there is no such metric", suggestion(name, _ENTRIES))
    return _ENTRIES[name]


def metric(
    name: str,
    segmenter: str = "zhmix-1",
    references: References = "max",
    sentences: Cut = "marks",
) -> Metric:
    """Return a metric, ready to score.

    Args:
        name: One of `available()`.
        segmenter: What it counts, for the metrics that count tokens; others ignore it.
        references: How several references are brought together, for ROUGE; others ignore it.
        sentences: Where sentences end, for `rougeLsum`; others ignore it.

    Raises:
        InputError: there is no metric of that name, the plug-in that has it does not load, or what
            its factory makes is not the metric that was registered.

    >>> metric("rougeL", references="mean").signature
    'rougeL|seg:zhmix-1|refs:mean|v2'
    """
    factory = _factory(name)
    settings = {"segmenter": segmenter, "references": references, "sentences": sentences}
    wanted = signature(factory).parameters
    made = factory(**{key: value for key, value in settings.items() if key in wanted})
    if lacking := [part for part in _PARTS if not hasattr(made, part)]:
        what = f"what its factory makes has no {', '.join(f'`{part}`' for part in lacking)}"
        raise _refused(name, "mismatch", what, "define them, as docs/metrics.md shows")
    if (made.name, made.kind) != (name, entry(name).kind):
        what = f"its factory makes `{made.name}` for kind `{made.kind}`"
        raise _refused(name, "mismatch", what, "register it under its own name and kind")
    return made


def document(name: str) -> str:
    """Return the docstring of a metric: first one sentence, then what it can't see.

    Raises:
        InputError: there is no metric of that name, or the plug-in that has it does not load.

    >>> document("rouge1").splitlines()[0]
    'Share of single tokens in common (F of precision and recall).'
    """
    return getdoc(_factory(name)) or "No description."


def facts_of(metric: Metric, n_by_article: Mapping[str, int]) -> MetricFacts:
    """Return what a run records of a metric, which is to score so many examples of each article.

    >>> facts_of(metric("em_closed_book"), {"a": 20}).step
    'closed_book'
    """
    line = entry(metric.name)
    return MetricFacts(
        name=metric.name,
        kind=line.kind,
        step=line.step,
        maximum=line.maximum,
        better=line.better,
        headline=line.headline,
        reads_references=line.reads_references,
        per_example=line.per_example,
        signature=metric.signature,
        n_planned=sum(n_by_article.values()),
        n_by_article=dict(n_by_article),
    )


def register_metric(  # noqa: PLR0913 - a line of the registry, field by field
    name: str,
    factory: Factory,
    *,
    kind: Kind,
    maximum: float | None = 1.0,
    better: Direction = "higher",
    step: StepName = "article",
    reads_article: bool = False,
    reads_references: bool = True,
    headline: bool = False,
) -> None:
    """Add a metric to the registry of this process; docs/metrics.md has an example.

    Args:
        name: What configs, tables and run folders call it.
        factory: Makes it, such as its class.
        kind: The kind of output that it scores.
        maximum: Of its values, which begin at 0; None if there is none.
        better: Which values are better.
        step: The step whose outputs it scores.
        reads_article: Whether it cannot do without `Case.article`.
        reads_references: Whether it cannot do without `Case.references`.
        headline: Whether tables show it first.

    Raises:
        InputError: the name is taken, or a value is not one of those allowed.
    """
    _load_plugins()
    if name in _ENTRIES:
        raise _refused(name, "duplicate", "is the name of another metric", "choose another name")
    if not callable(factory):
        raise _refused(name, "invalid", "its factory cannot be called", "give its class")
    _require_one_of(name, "kind", kind, get_args(Kind))
    _require_one_of(name, "better", better, get_args(Direction))
    _require_one_of(name, "step", step, get_args(StepName))
    _ENTRIES[name] = Entry(
        factory=factory,
        kind=kind,
        maximum=maximum,
        better=better,
        step=step,
        reads_article=reads_article,
        reads_references=reads_references,
        headline=headline,
    )


def _require_one_of(name: str, key: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        remedy = f"choose from {', '.join(allowed)}"
        raise _refused(name, "invalid", f"`{value}` is not allowed", remedy, key=key)


def _factory(name: str) -> Factory:
    found = entry(name).factory
    if not isinstance(found, str):
        return found
    module, _, kind = found.partition(":")
    made: Factory = getattr(import_module(f"evalkit.metrics.{module}"), kind)
    return made


def _refused(name: str, code: Code, what: str, remedy: str, *, key: str = "") -> InputError:
    return InputError(
        [Problem(code=code, file=f"metric {name}", key=key, what=what, remedy=remedy)]
    )


def _load_plugins() -> None:
    """Have each installed plug-in register its metric; keep why one could not."""
    while _unread_groups:
        for point in entry_points(group=_unread_groups.pop()):
            if problem := _load_plugin(point):
                _failures[point.name] = problem


def _load_plugin(point: EntryPoint) -> Problem | None:
    code: Code = "unusable"
    try:
        point.load()()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other metrics still work
        code = error.problems[0].code if isinstance(error, InputError) else code
        what = f"the plug-in `{point.value}` does not load ({type(error).__name__}: {error})"
    else:
        if point.name in _ENTRIES:
            return None
        what = f"the plug-in `{point.value}` registers no metric of this name"
    package = point.dist.name if point.dist else "its package"
    remedy = f"repair or uninstall {package}"
    return Problem(code=code, file=f"metric {point.name}", what=what, remedy=remedy)
