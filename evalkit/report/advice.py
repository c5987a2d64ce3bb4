"""Which system to use for a task, and whether at all: one sentence, by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.report.sentences import hundredths, name_all, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.report.case import Case
    from evalkit.report.sentences import Words
    from evalkit.results import Estimate

_USABLE = 0.5
"""The share of right answers below which no model is recommended: most of them are wrong."""
_LEAST = 30
"""Scored outputs below which none is: their interval does not hold what it promises."""
_SAMPLED = 0.01
"""The share of wrong answers from which on a person has to look at each, not at samples."""


def advise(case: Case) -> Words | None:
    """Return what to do; None where the run does not tell.

    A model is recommended where enough of its outputs are scored, where it is shown to be better
    than copying on articles like these, and, if its answers are right or wrong, to have most of
    them right there; and never without saying that its outputs are to be checked.
    """
    if needs_people(case):
        return say("advice.people")
    shown = {name: case.copying(name)[0] for name in case.leading}
    usable = [name for name, found in shown.items() if found == "better"]
    if "missing" in shown.values() or case.is_missing((case.leading[0], n) for n in case.leading):
        return None
    if not usable:
        return say("advice.copying", names=name_all(case.models, "or"))
    return _recommend(case, usable)


def _recommend(case: Case, usable: list[str]) -> Words | None:
    """Return what to say of models that no baseline equals; nothing where nothing measures them."""
    right = _right(case, usable) if case.kind == "answer" else {}
    if not right and not case.baselines:
        return None
    names = name_all(usable, "or")
    if all(case.copying(name)[2] == "here" for name in usable):
        return say("advice.few", names=names, n=case.n_articles)
    n = min(case.estimates[name].n for name in usable)
    if n < _LEAST:
        return say(f"advice.scored.{case.kind}", names=names, n=n, least=_LEAST)
    return _of_answers(case, right) if right else say(f"advice.{case.kind}", names=names)


def needs_people(case: Case) -> bool:
    """Return whether only people can tell how good the outputs are: no metric reads references."""
    return case.kind == "summary" and not any(m.reads_references for m in case.summary.metrics)


def _of_answers(case: Case, right: Mapping[str, Estimate]) -> Words:
    """Return what to say of models by the share of answers that each has right."""
    best = next(iter(right))
    if right[best].plain_mean < _USABLE:
        return say("advice.wrong" if len(case.models) == 1 else "advice.wrong.all", a=best)
    if any(each.least is not None and each.least < _USABLE for each in right.values()):
        return say("undecided", names=name_all(list(right)))
    lows = {name: low for name in right if (low := right[name].general.low or 0.0) >= _USABLE}
    if not lows:
        return say("advice.few", names=name_all(list(right), "or"), n=case.n_articles)
    names, at_most = name_all(list(lows), "or"), 1 - min(lows.values())
    if at_most < _SAMPLED:
        return say("advice.sample", names=names)
    shares = [right[name].plain_mean for name in lows]
    least, most = (hundredths(1 - share) for share in (max(shares), min(shares)))
    if not most:
        return say("advice.check.bound", names=names, most=hundredths(at_most))
    wrong = f"{most}" if least == most else f"{least}–{most}"
    return say("advice.check", names=names, wrong=wrong)


def _right(case: Case, names: list[str]) -> Mapping[str, Estimate]:
    """Return the share of answers that each model has right, inside longer outputs too if told.

    Nothing where no metric tells.
    """
    for metric in ("em_extracted", "em"):
        found = case.summary.estimates(metric)
        if found.keys() >= set(names):
            return {name: found[name] for name in names}
    return {}
