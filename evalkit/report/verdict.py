"""The verdict of a run: a few sentences for each task, by rules, in every language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, get_args

import yaml

from evalkit.records import Kind
from evalkit.report.labels import LANGUAGES, fill, template
from evalkit.report.ranking import ABOVE, by_condition, means_of, rank, signs_of, unbeaten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.report.labels import Language
    from evalkit.results import Comparison, Estimate, Issue, IssueCount, Summary

Words = tuple[str, ...]
"""One text in each of `LANGUAGES`."""
FIRST = ("rougeLsum", "em")
"""The metrics that a verdict is on, where a run has them; else the first headline metric."""
FEW = 20
"""Articles below which a difference that is shown on these only is for want of articles."""
_RARE = 0.1  # the share of outputs below which an issue is no habit
_LISTED = 4  # names that a sentence holds at most
_HABITS: tuple[Issue, ...] = (
    "failed",
    "missing",
    "refused",
    "empty",
    "unclosed_thinking",
    "invented",
    "declined",
    "other_language",
    "repeats",
    "same_text",
    "copied",
    "truncated",
    "off_length",
)  # the worst first, for those equally frequent


@dataclass(frozen=True, kw_only=True, slots=True)
class Conclusion:
    """What a run shows of one task.

    Attributes:
        kind: the task: summaries, or answers.
        metric: that it rests on.
        condition: that models are asked under; empty where there is only one.
        title: what the task is called, with the condition.
        sentences: first what a reader has to know, then what bounds it.
        habits: the most frequent issue of each model that has one, the best model first.
    """

    kind: Kind
    metric: str
    condition: str
    title: Words
    sentences: tuple[Words, ...]
    habits: tuple[Words, ...]

    def text(self, language: Language) -> str:
        """Return the sentences as one paragraph."""
        i = list(LANGUAGES).index(language)
        return _table()["between"][i].join(sentence[i] for sentence in self.sentences)

    def lines(self, language: Language) -> list[str]:
        """Return it as text: the title with all that is said of the systems, then each habit."""
        i = list(LANGUAGES).index(language)
        words = {"title": self.title[i], "said": self.text(language)}
        return [fill(_table()["title.said"][i], words), *(habit[i] for habit in self.habits)]


def conclude(summary: Summary) -> list[Conclusion]:
    """Return the verdict on each kind of task, under each condition that models are asked under."""
    return [
        _conclude(_Case(summary, kind, metric, names), condition)
        for kind in get_args(Kind)
        if (metric := main_metric(summary, kind))
        for condition, names in by_condition(summary)
        if means_of(summary, metric, {"model", "baseline"}).keys() & set(names)
    ]


def main_metric(summary: Summary, kind: Kind) -> str:
    """Return the metric that the verdict on a kind of task is on; empty where there is none."""
    names = summary.headline(kind)
    order = sorted(names, key=lambda n: (summary.metric(n).step != "article", n not in FIRST))
    return order[0] if order else ""


class _Case:
    """The systems of one condition on the main metric of one kind of task."""

    def __init__(self, summary: Summary, kind: Kind, metric: str, names: Sequence[str]) -> None:
        self.summary, self.kind, self.metric, self.names = summary, kind, metric, names
        roles = {system.name: system.role for system in summary.systems}
        order = rank(summary, metric, names)
        self.asked = [name for name in names if roles[name] == "model"]
        self.models = [name for name in order if roles[name] == "model"]
        self.baselines = [name for name in order if roles[name] == "baseline"]
        self.signs = signs_of(summary, metric)
        self.estimates: Mapping[str, Estimate] = {
            system.name: estimate
            for system in summary.systems
            for estimate in system.estimates
            if estimate.metric == metric
        }
        self.n_articles = max((self.estimates[name].n_articles for name in order), default=0)

    def sign(self, a: str, b: str) -> str:
        return self.signs.get((a, b), "?")

    def scope(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Return the widest scope for which all of some differences are shown."""
        signs = {self.sign(*pair) for pair in pairs}
        return "general" if signs <= {">>", "<<"} else "here"

    def comparison(self, a: str, b: str) -> Comparison | None:
        found = (
            c for c in self.summary.comparisons if c.metric == self.metric and {c.a, c.b} == {a, b}
        )
        return next(found, None)


def _conclude(case: _Case, condition: str) -> Conclusion:
    title = say(f"title.{case.kind}")
    return Conclusion(
        kind=case.kind,
        metric=case.metric,
        condition=condition,
        title=say("title.condition", title=title, condition=condition) if condition else title,
        sentences=tuple(_sentences(case)),
        habits=tuple(_habits(case)),
    )


def _sentences(case: _Case) -> Iterable[Words]:
    """Yield what is shown; of a single model first how often it is right."""
    unscored = [name for name in case.asked if name not in case.models]
    if case.models:
        leading = _leading(case)
        compared = [*_among_models(case, leading), *_against_copying(case, leading)]
        level = _level(case, leading[0])
        is_first = case.kind == "answer" and len(case.models) == 1
        yield from [level, *compared] if is_first else [*compared, level]
        yield from _elsewhere(case, leading[0])
        yield from _doubts(case, leading)
    elif not unscored:
        yield say("baselines")
    if unscored:
        yield say("unscored", names=_names(unscored), **{"is": _is(unscored)})


def _leading(case: _Case) -> list[str]:
    """Return the best model, and those that it is not shown to be better than, best first."""
    first = (unbeaten(case.models, case.signs) or case.models)[0]
    return [first, *(n for n in case.models if n != first and case.sign(first, n) not in ABOVE)]


def _among_models(case: _Case, leading: Sequence[str]) -> Iterable[Words]:
    first, others = leading[0], [name for name in case.models if name not in leading]
    scope = case.scope((first, name) for name in others)
    above = {"a": first, "others": _names(others), "scope": _scope(case, scope)}
    if len(leading) == 1:
        if others:
            yield say("winner", **above)
        elif not case.baselines:
            yield say("alone", a=first)
        return
    if _is_missing(case, ((first, name) for name in leading[1:])):
        yield say("tie.missing", names=_names(leading))
    elif others:
        yield say("tie.above", names=_names(leading), **above)
    else:
        pair = len(leading) == 2  # noqa: PLR2004
        yield say("tie.pair" if pair else "tie", names=_names(leading))


def _against_copying(case: _Case, leading: Sequence[str]) -> Iterable[Words]:
    """Yield what is shown of the leading models against the baselines, a sentence for each case."""
    groups: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for name in leading:
        if case.baselines:
            groups.setdefault(_copying(case, name), []).append(name)
    for (shown, baselines, scope), names in groups.items():
        yield say(
            f"copying.{shown}",
            names=_names(names),
            baselines=_names(baselines, last="comma"),
            scope=_scope(case, scope),
            **{"is": _is(names)},
        )


def _copying(case: _Case, name: str) -> tuple[str, tuple[str, ...], str]:
    """Return what a model is to the baselines, which of them show it, and for which scope."""
    signs = {baseline: case.sign(name, baseline) for baseline in case.baselines}
    worse = tuple(b for b, sign in signs.items() if sign in {"<", "<<"})
    level = tuple(b for b, sign in signs.items() if sign not in ABOVE)
    if worse:
        return "worse", worse, case.scope((name, b) for b in worse)
    if level:
        missing = _is_missing(case, ((name, b) for b in level))
        return "missing" if missing else "level", level, "here"
    return "better", tuple(signs), case.scope((name, b) for b in signs)


def _is_missing(case: _Case, pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether missing outputs could reverse what some pairs show."""
    return any((c := case.comparison(*pair)) and c.verdict == "missing" for pair in pairs)


def _level(case: _Case, name: str) -> Words:
    """Return how far a model is from people, or how often it is right."""
    mean, metric = case.estimates[name].mean, case.metric
    if metric in {"em", "em_extracted"}:
        around = _mean_of(case.summary, name, "em_extracted")
        right = {"a": name, "right": _hundredths(mean)}
        if metric == "em" and around is not None:
            return say("level.around", **right, around=_hundredths(around))
        return say("level.right", **right)
    shown = {"a": name, "metric": metric, "mean": f"{mean:.2f}"}
    people = next((s for s in case.summary.systems if s.role == "human"), None)
    found = case.estimates.get(people.name) if people else None
    if found is None or not found.mean or case.summary.metric(metric).better != "higher":
        return say("level.mean", **shown)
    against = {"share": _hundredths(mean / found.mean), "people": f"{found.mean:.2f}"}
    if found.n == found.n_planned:
        return say("level.people", **shown, **against)
    return say("level.people.part", **shown, **against, n=found.n, all=found.n_planned)


def _mean_of(summary: Summary, name: str, metric: str) -> float | None:
    if metric not in {facts.name for facts in summary.metrics}:
        return None
    return means_of(summary, metric, {"model"}).get(name)


def _elsewhere(case: _Case, first: str) -> Iterable[Words]:
    """Yield the other headline metrics in which another model is shown to be better."""
    step = case.summary.metric(case.metric).step
    for metric in case.summary.headline(case.kind):
        signs = signs_of(case.summary, metric)
        better = [name for name in case.models if signs.get((name, first)) in ABOVE]
        facts = case.summary.metric(metric)
        if metric != case.metric and facts.step == step and facts.better != "neither" and better:
            yield say("level.other", metric=metric, names=_names(better), **{"is": _is(better)})


def _doubts(case: _Case, leading: Sequence[str]) -> Iterable[Words]:
    """Yield whether articles are too few for what is shown here only, or for a difference."""
    first = leading[0]
    rivals = [name for name in (*case.models, *case.baselines) if name != first]
    found = [c for name in rivals if (c := case.comparison(first, name))]
    level = [c.general.detectable for c in found if c.verdict == "tied" and c.general.detectable]
    if level:
        least = f"{level[0]:.2f}"
        yield say("detectable", n=case.n_articles, least=least, metric=case.metric)
    elif any(c.scope == "here" or c.verdict == "tied" for c in found):
        yield say("few", n=case.n_articles) if case.n_articles < FEW else say("unshown")


def _habits(case: _Case) -> Iterable[Words]:
    for name in [*case.models, *(name for name in case.asked if name not in case.models)]:
        counts = [c for c in case.summary.issues if (c.system, c.kind) == (name, case.kind)]
        if worst := _worst(counts):
            issue, n, n_of = worst
            outputs = say(f"outputs.{case.kind}")
            yield say(f"habit.{issue}", name=name, n=n, all=n_of, outputs=outputs)


def _worst(counts: Sequence[IssueCount]) -> tuple[Issue, int, int] | None:
    """Return the most frequent issue over some tasks, with how many outputs have it and could."""
    found = []
    for issue in _HABITS:
        of_issue = [count for count in counts if count.issue == issue]
        n, n_of = sum(c.n for c in of_issue), sum(c.n_of for c in of_issue)
        if n > 1 and n / n_of >= _RARE:
            found.append((issue, n, n_of))
    return max(found, key=lambda each: each[1] / each[2], default=None)


def say(key: str, **values: object) -> Words:
    """Return a sentence in every language; a value may be `Words` itself."""
    return tuple(
        fill(words, {n: v[i] if isinstance(v, tuple) else v for n, v in values.items()})
        for i, words in enumerate(_table()[key])
    )


def _names(names: Sequence[str], last: str = "and") -> Words:
    """Return names as a list in words; of many the first and how many more there are."""
    if len(names) > _LISTED:
        return say("others", names=listed(names[: _LISTED - 1]), n=len(names) - _LISTED + 1)
    if last == "comma" or len(names) < 2:  # noqa: PLR2004
        return listed(names)
    return say("and", names=listed(names[:-1]), last=names[-1])


def listed(parts: Sequence[Words | str]) -> Words:
    """Return parts with commas between them, in every language."""
    return tuple(
        comma.join(part if isinstance(part, str) else part[i] for part in parts)
        for i, comma in enumerate(_table()["comma"])
    )


def _is(names: Sequence[str]) -> Words:
    return say("is.one" if len(names) == 1 else "is.many")


def _scope(case: _Case, scope: str) -> Words:
    return say(f"scope.{scope}", n=case.n_articles)


def _hundredths(share: float) -> int:
    return round(100 * share)


@cache
def _table() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(template("verdict.yaml"))
    return found
