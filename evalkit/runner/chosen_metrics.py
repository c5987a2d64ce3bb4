"""The metrics that a config chooses, and what keeps them from scoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit import metrics
from evalkit.config.schema import Metrics
from evalkit.config.tasks import tasks_of
from evalkit.errors import InputError, missing_extra, suggestion
from evalkit.prompts.examples import summarises
from evalkit.records import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalkit.config.keys import Key
    from evalkit.config.schema import Config
    from evalkit.errors import Code, Problem
    from evalkit.interfaces import Metric
    from evalkit.records import Kind, StepName


def wanted_steps(config: Config) -> tuple[StepName, ...]:
    """Return the steps, besides `article`, whose answers the chosen metrics score."""
    wanted = {metrics.entry(name).step for name in config.metrics.answer}
    return tuple(step for step in STEPS if step in wanted and step != "article")


def chosen_metrics(config: Config) -> tuple[Metric, ...]:
    """Return the metrics of a config, ready to score."""
    chosen = config.metrics
    names = (*summary_metrics(config), *chosen.answer)
    return tuple(
        metrics.metric(name, chosen.segmenter, chosen.references, chosen.sentences)
        for name in names
    )


def summary_metrics(config: Config) -> tuple[str, ...]:
    """Return the names of the metrics for summaries: of the defaults, those that can run here."""
    names = config.metrics.summary
    if names != Metrics().summary:
        return names
    return tuple(name for name in names if not metrics.missing_extras([name]))


def asked_for(config: Config, metric: Metric) -> bool:
    """Return whether a config names a metric, and not only leaves it among the defaults."""
    names: tuple[str, ...] = getattr(config.metrics, metric.kind)
    default: tuple[str, ...] = getattr(Metrics(), metric.kind)
    return names != default and metric.name in names


def metric_problems(config: Config, locate: Callable[..., Problem]) -> list[Problem]:
    """Return what keeps the metrics of a config from scoring; `locate` makes a problem of a key."""
    flaws = _metric_flaws(config)
    located = [locate(key, what, remedy, code=code) for key, what, remedy, code in flaws]
    return [*located, *_missing_extras(config)]


def _metric_flaws(config: Config) -> Iterator[tuple[Key, str, str, Code]]:
    """Yield the key, what is wrong, the remedy and the code for each metric that cannot be used."""
    has_summaries = any(map(summarises, tasks_of(config)))
    for kind, names in config.metrics.by_kind().items():
        for i, name in enumerate(names):
            key = ("metrics", kind, i)
            if name not in metrics.available(kind):
                yield key, *why_unusable(name, kind)
            elif metrics.entry(name).step == "summary_qa" and not has_summaries:
                what = f"`{name}` reads summaries, and no task asks for them"
                yield key, what, "add a summary task such as `long` to tasks", "conflict"


def why_unusable(name: str, kind: Kind) -> tuple[str, str, Code]:
    """Return why a kind has no such metric, what to do, and the code of that problem.

    No metric has the name, one of another kind has it, or a plug-in does not load.
    """
    try:
        metrics.entry(name)
    except InputError as error:
        found = error.problems[0]
        if found.code != "unknown":
            return found.what, found.remedy, found.code
    remedy = suggestion(name, metrics.available(kind))
    return f"`{name}` is not a metric for {kind} tasks", remedy, "unknown"


def _missing_extras(config: Config) -> list[Problem]:
    """Return a problem for each extra that the metrics need and that is not installed."""
    names = (*summary_metrics(config), *config.metrics.answer)
    known = [name for name in names if name in metrics.available()]
    extras = metrics.missing_extras(known, config.metrics.segmenter)
    return [missing_extra(extra, package, file="metrics") for extra, package in extras.items()]
