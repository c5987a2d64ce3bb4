"""The verdict of a run: a few sentences for each task, by rules, in every language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from evalkit.language import LANGUAGES, in_language
from evalkit.records import Kind
from evalkit.report.advice import advise, needs_people
from evalkit.report.case import Case
from evalkit.report.habits import RARE, find_habits
from evalkit.report.ranking import ABOVE, by_condition, means_of, people_of, signs_of
from evalkit.report.sentences import hundredths, join, name_all, say, verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.language import Language
    from evalkit.report.habits import Habit
    from evalkit.report.sentences import Words
    from evalkit.results import Summary

FIRST = ("rougeLsum", "em")
"""The metrics that a verdict is on, where a run has them; else the first headline metric."""
STOPPED = "stopped before its budget"
"""How the failure of a model begins whose budget was used up."""
FEW = 20
"""Articles below which a difference that is shown on these only is for want of articles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conclusion:
    """What a run shows of one task.

    Attributes:
        kind: the task: summaries, or answers.
        metric: that it rests on.
        condition: that models are asked under; empty where there is only one.
        title: what the task is called, with the condition.
        sentences: first what to do, where the run tells; then what it rests on, and what bounds it.
        habits: the most frequent issue of each model that has one, the best model first.
    """

    kind: Kind
    metric: str
    condition: str
    title: Words
    sentences: tuple[Words, ...]
    habits: tuple[Habit, ...]

    def text(self, language: Language) -> str:
        """Return the sentences as one paragraph."""
        return join(self.sentences, language)

    @property
    def support(self) -> Words:
        """All sentences but the first, as one paragraph."""
        return tuple(join(self.sentences[1:], language) for language in LANGUAGES)

    def lines(self, language: Language) -> list[str]:
        """Return it as text: the title with all that is said of the systems, then each habit."""
        said = say("title.said", title=self.title, said=self.text(language))
        return [in_language(words, language) for words in (said, *(h.words for h in self.habits))]


def conclude(summary: Summary) -> list[Conclusion]:
    """Return the verdict on each kind of task, under each condition that models are asked under."""
    return [
        _conclude(Case(summary, kind, metric, names), condition)
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


def _conclude(case: Case, condition: str) -> Conclusion:
    title = say(f"title.{case.kind}")
    return Conclusion(
        kind=case.kind,
        metric=case.metric,
        condition=condition,
        title=say("title.condition", title=title, condition=condition) if condition else title,
        sentences=tuple(_sentences(case)),
        habits=tuple(find_habits(case)),
    )


def _sentences(case: Case) -> Iterable[Words]:
    """Yield what to do and what is shown; of a single model first how often it is right."""
    unscored = [name for name in case.asked if name not in case.models]
    yield from _lacking(case)
    if case.models:
        if advice := advise(case):
            yield advice
        compared = [*_among_models(case), *_against_copying(case)]
        level = _level(case)
        is_first = case.kind == "answer" and len(case.models) == 1
        yield from [level, *compared] if is_first else [*compared, level]
        yield from _elsewhere(case)
        yield from _doubts(case)
    elif not unscored:
        yield say("baselines")
        if needs_people(case):
            yield say("advice.people")
    if unscored:
        yield say("unscored", names=name_all(unscored), **{"is": verb(unscored)})


def _lacking(case: Case) -> Iterable[Words]:
    """Yield of each model, many of whose outputs were never there, how many are, and why."""
    failures = {system.name: system.failure for system in case.summary.systems}
    for name in case.models:
        counts = [c for c in case.summary.issues if (c.system, c.kind) == (name, case.kind)]
        n_of = sum(count.n_of for count in counts if count.issue == "missing")
        n = n_of - sum(count.n for count in counts if count.issue in {"missing", "failed"})
        if n_of and n <= (1 - RARE) * n_of:
            is_budget = failures[name].startswith(STOPPED)
            outputs = say(f"outputs.{case.kind}", n=n_of)
            yield say(
                "lacking.budget" if is_budget else "lacking",
                name=name,
                n=n,
                outputs=outputs,
            )


def _among_models(case: Case) -> Iterable[Words]:
    first, *level = case.leading
    others = [name for name in case.models if name not in case.leading]
    scope = case.scope((first, name) for name in others)
    above = {"a": first, "others": name_all(others), "scope": _scope(case, scope)}
    if not level:
        if others:
            yield say("winner", **above)
        elif not case.baselines:
            yield say("alone", a=first)
        return
    if case.is_missing((first, name) for name in level):
        yield say("undecided", names=name_all(case.leading))
    elif others:
        yield say("tie.above", names=name_all(case.leading), **above)
    else:
        yield say("tie.pair" if len(level) == 1 else "tie", names=name_all(case.leading))


def _against_copying(case: Case) -> Iterable[Words]:
    """Yield what is shown of the leading models against the baselines, a sentence for each case."""
    groups: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for name in case.leading:
        if case.baselines:
            groups.setdefault(case.copying(name), []).append(name)
    for (shown, baselines, scope), names in groups.items():
        is_all = names == case.leading and len(names) > 1 and len(names) == len(case.models)
        yield say(
            f"copying.{shown}",
            names=say("they") if is_all else name_all(names),
            baselines=name_all(baselines, "comma"),
            scope=_scope(case, scope),
            **{"is": verb(names)},
        )


def _level(case: Case) -> Words:
    """Return how far the best model is from people, or how often it is right."""
    name, metric = case.leading[0], case.metric
    mean = case.estimates[name].mean
    if metric in {"em", "em_extracted"}:
        exact = case.estimates[name]
        extracted = case.summary.estimates("em_extracted").get(name, exact)
        right, around = hundredths(exact.plain_mean), hundredths(extracted.plain_mean)
        key = "level.around" if around > right else "level.right"
        return say(key, a=name, right=right, around=around)
    shown = {"a": name, "metric": metric, "mean": f"{mean:.3f}"}
    found = people_of(case.summary, metric)
    if found is None or not found.mean or case.summary.metric(metric).better != "higher":
        return say("level.mean", **shown)
    against = {"share": hundredths(mean / found.mean), "people": f"{found.mean:.3f}"}
    if found.n == found.n_planned:
        return say("level.people", **shown, **against)
    return say("level.people.part", **shown, **against, n=found.n, all=found.n_planned)


def _elsewhere(case: Case) -> Iterable[Words]:
    """Yield the other headline metrics in which another model is shown to be better."""
    first, step = case.leading[0], case.summary.metric(case.metric).step
    for metric in case.summary.headline(case.kind):
        signs = signs_of(case.summary, metric)
        better = [name for name in case.models if signs.get((name, first)) in ABOVE]
        facts = case.summary.metric(metric)
        if metric != case.metric and facts.step == step and facts.better != "neither" and better:
            yield say("level.other", metric=metric, names=name_all(better), **{"is": verb(better)})


def _doubts(case: Case) -> Iterable[Words]:
    """Yield whether articles are too few for what is shown here only, or for a difference."""
    first = case.leading[0]
    rivals = [name for name in (*case.models, *case.baselines) if name != first]
    found = [c for name in rivals if (c := case.comparison(first, name))]
    unlike = [c for c in found if c.verdict == "tied" and (c.wins or c.losses)]
    level = [c.general.detectable for c in unlike if c.general.detectable]
    if level and len(level) == len(unlike):
        least = f"{max(level):.2f}"
        yield say("detectable", n=case.n_articles, least=least, metric=case.metric)
    elif any(c.scope == "here" or c.verdict == "tied" for c in found):
        yield say("few", n=case.n_articles) if case.n_articles < FEW else say("unshown")


def _scope(case: Case, scope: str) -> Words:
    return say(f"scope.{scope}", n=case.n_articles)
