"""Which system to use for a task, and whether at all: one sentence, by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.report.sentences import hundredths, name_all, say

if TYPE_CHECKING:
    from evalkit.report.case import Case
    from evalkit.report.sentences import Words

_USABLE = 0.5
"""The share of right answers below which no model is recommended: most of them are wrong."""


def advise(case: Case) -> Words | None:
    """Return what to do; None where the run does not tell.

    A model that is not shown to be better than copying on articles like these is never recommended,
    and none without saying that its outputs are to be checked.
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
    """Return what to say of models that beat copying: nothing of a lone one without a level."""
    names = name_all(usable, "or")
    if all(case.copying(name)[2] == "here" for name in usable):
        return say("advice.few", names=names, n=case.n_articles)
    if case.kind == "answer" and (right := _shares_right(case, usable)):
        return _of_answers(case, usable, right)
    is_alone = len(case.models) == 1 and not case.baselines
    return None if is_alone else say(f"advice.{case.kind}", names=names)


def needs_people(case: Case) -> bool:
    """Return whether only people can tell how good the outputs are: no metric reads references."""
    return case.kind == "summary" and not any(m.reads_references for m in case.summary.metrics)


def _of_answers(case: Case, usable: list[str], right: list[float]) -> Words:
    if right[0] < _USABLE:
        return say("advice.wrong" if len(case.models) == 1 else "advice.wrong.all", a=usable[0])
    least, most = (hundredths(1 - share) for share in (max(right), min(right)))
    wrong = f"{most}" if least == most else f"{least}–{most}"
    key = "advice.check" if most else "advice.sample"
    return say(key, names=name_all(usable, "or"), wrong=wrong)


def _shares_right(case: Case, names: list[str]) -> list[float]:
    """Return how often each model is right, inside longer outputs too where that was looked for.

    Nothing where no metric tells.
    """
    for metric in ("em_extracted", "em"):
        found = [share for name in names if (share := case.share(name, metric)) is not None]
        if len(found) == len(names):
            return found
    return []
