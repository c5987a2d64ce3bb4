"""Judgements of an answer: exact match by value, strict match, and token F1."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit import __version__
from evalkit.metrics.answer_rules import decide
from evalkit.metrics.verdicts import Pair, Verdict, verdict
from evalkit.records import Score
from evalkit.text.answer_form import read_answer
from evalkit.text.questions import ask
from evalkit.text.segment import segmenter

if TYPE_CHECKING:
    from evalkit.records import Case

_NAME_TYPES = frozenset({"person", "organization", "place"})


@dataclass(frozen=True, slots=True)
class ExactMatch:
    """Whether a prediction is one of the reference answers: the same value, nothing added."""

    name: str = "em"
    task: Literal["answer"] = "answer"

    @property
    def signature(self) -> str:
        """All that changes the number."""
        return f"em|v1|evalkit:{__version__}"

    def score(self, case: Case) -> Score:
        """Return 1 for the same answer as any reference, else 0, and the rule that decided."""
        stripped = case.prediction.strip()
        for reference in case.references:
            if stripped and stripped == reference.strip():
                return _score(
                    Verdict(
                        matched=True,
                        rule="strict",
                        prediction=stripped,
                        reference=reference.strip(),
                    )
                )
        return _score(_best(case))


@dataclass(frozen=True, slots=True)
class StrictMatch:
    """Whether a prediction is one of the reference answers letter by letter; a diagnostic only."""

    name: str = "em_strict"
    task: Literal["answer"] = "answer"

    @property
    def signature(self) -> str:
        """All that changes the number."""
        return f"em_strict|v1|evalkit:{__version__}"

    def score(self, case: Case) -> Score:
        """Return 1 for a prediction equal to a reference after `strip()`, else 0."""
        stripped = case.prediction.strip()
        equal = bool(stripped) and stripped in {reference.strip() for reference in case.references}
        return Score(
            value=float(equal),
            decided_by="strict" if equal else "none",
            compared={"prediction": stripped, "reference": case.references[0].strip()},
        )


@dataclass(frozen=True, slots=True)
class TokenF1:
    """How many zhmix-1 tokens a prediction shares with the best reference, as a bag."""

    name: str = "f1"
    task: Literal["answer"] = "answer"

    @property
    def signature(self) -> str:
        """All that changes the number."""
        return f"f1|seg:zhmix-1|refs:max|evalkit:{__version__}"

    def score(self, case: Case) -> Score:
        """Return the harmonic mean of token precision and recall, of the best reference."""
        tokens = segmenter("zhmix-1").tokens
        prediction = tokens(case.prediction)
        return max(
            (_overlap(prediction, tokens(reference)) for reference in case.references),
            key=lambda score: score.value,
        )


def _best(case: Case) -> Verdict:
    prediction = read_answer(case.prediction)
    question = ask(case.question, case.unit, ordered=case.ordered)
    values = case.type not in _NAME_TYPES
    verdicts = []
    for reference in case.references:
        pair = Pair(prediction=prediction, reference=read_answer(reference), question=question)
        verdict = decide(pair, values=values)
        if verdict.matched:
            return verdict
        verdicts.append(verdict)
    return next((verdict for verdict in verdicts if verdict.rule != "none"), verdicts[0])


def _score(verdict: Verdict) -> Score:
    return Score(
        value=float(verdict.matched),
        decided_by=verdict.rule,
        compared={"prediction": verdict.prediction, "reference": verdict.reference},
    )


def _overlap(prediction: list[str], reference: list[str]) -> Score:
    common = (Counter(prediction) & Counter(reference)).total()
    precision = common / len(prediction) if prediction else 0.0
    recall = common / len(reference) if reference else 0.0
    f1 = 2 * common / (len(prediction) + len(reference)) if common else 0.0
    return Score(
        value=f1,
        parts={"precision": precision, "recall": recall, "fmeasure": f1},
        compared={"prediction": prediction, "reference": reference},
    )
