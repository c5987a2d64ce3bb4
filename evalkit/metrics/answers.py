"""Scores of an answer: exact match by value, strict match, and token F1."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.answer_rules import decide
from evalkit.metrics.decisions import Pair, decide_as
from evalkit.metrics.inputs import references_of
from evalkit.records import Score
from evalkit.values.answer_form import read_answer
from evalkit.values.normalise import fold
from evalkit.values.questions import ask
from evalkit.values.script import simplify
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from evalkit.interfaces import Metric
    from evalkit.metrics.decisions import Decision
    from evalkit.records import Case, Kind

_SEGMENTER = "zhmix-1"
_NAME_TYPES = frozenset({"person", "organization", "place"})


@dataclass(frozen=True, slots=True)
class ExactMatch:
    """Whether a prediction is one of the reference answers: the same value, nothing added.

    Form never matters (width, script, numeral, 万 and 亿, separators, markdown), content does:
    units, qualifiers (近, 多, 以上), signs, order where the question fixes one. `rule` names the
    rule that decided, `compared` holds both sides in canonical form. It can't see the article, nor
    that other words mean the same: a synonym or short name matches only where it is a reference.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="三百余人", references=("300多人",), question="多少人？")
    >>> score = ExactMatch().score(case)
    >>> score.value, score.rule
    (1.0, 'number')
    """

    name: ClassVar[str] = "em"
    kind: ClassVar[Kind] = "answer"
    version: ClassVar[int] = 2

    @property
    def signature(self) -> str:
        """All that changes its number."""
        return f"{self.name}|v{self.version}"

    def score(self, case: Case) -> Score:
        """Return 1 for the same answer as any reference, else 0, and the rule that decided."""
        decision = _strict(case, self) or _best(case)
        return Score(
            value=float(decision.matched),
            rule=decision.rule,
            compared={"prediction": decision.prediction, "reference": decision.reference},
        )


@dataclass(frozen=True, slots=True)
class StrictMatch:
    """Whether a prediction is one of the reference answers letter by letter; a diagnostic only.

    It can't see that 13 名 is 13名. Compare `em`.

    >>> from evalkit.records import Case
    >>> StrictMatch().score(Case(id="1", prediction="襄阳 ", references=("襄阳市", "襄阳"))).value
    1.0
    """

    name: ClassVar[str] = "em_strict"
    kind: ClassVar[Kind] = "answer"
    version: ClassVar[int] = 1

    @property
    def signature(self) -> str:
        """All that changes its number."""
        return f"{self.name}|v{self.version}"

    def score(self, case: Case) -> Score:
        """Return 1 for a prediction equal to a reference after `strip()`, else 0."""
        prediction = case.prediction.strip()
        references = [reference.strip() for reference in case.references]
        decision = _strict(case, self)
        return Score(
            value=float(decision is not None),
            rule=decision.rule if decision else "none",
            compared={"prediction": prediction, "references": references},
        )


@dataclass(frozen=True, slots=True)
class TokenF1:
    """How many zhmix-1 tokens a prediction shares with the best reference, as a bag.

    Width, case and script never matter, as in `em`: 臺灣 is 台湾. It can't see order, nor that one
    wrong digit makes a wrong number: 2018 shares nothing with 2019, but 近300人次 shares most of
    300多人次.

    >>> from evalkit.records import Case
    >>> TokenF1().score(Case(id="1", prediction="襄阳市", references=("襄阳",))).value
    0.8
    """

    name: ClassVar[str] = "f1"
    kind: ClassVar[Kind] = "answer"
    version: ClassVar[int] = 2

    @property
    def signature(self) -> str:
        """All that changes its number."""
        return f"{self.name}|seg:{_SEGMENTER}|refs:max|v{self.version}"

    def score(self, case: Case) -> Score:
        """Return the harmonic mean of token precision and recall, of the best reference."""
        prediction = _tokens(case.prediction)
        scores = (
            _overlap(prediction, _tokens(reference)) for reference in references_of(case, self)
        )
        return max(scores, key=lambda score: score.value)


def _strict(case: Case, metric: Metric) -> Decision | None:
    prediction = case.prediction.strip()
    references = [reference.strip() for reference in references_of(case, metric)]
    if not prediction or prediction not in references:
        return None
    return decide_as("strict", prediction, prediction, matched=True)


def _best(case: Case) -> Decision:
    """Return the first match with a reference, else the first decision of a rule, else none."""
    prediction = read_answer(case.prediction)
    question = ask(case.question, case.unit, ordered=case.ordered, listed=case.type == "list")
    decisions = []
    for reference in case.references:
        pair = Pair(prediction=prediction, reference=read_answer(reference), question=question)
        decision = decide(pair, values=case.type not in _NAME_TYPES)
        if decision.matched:
            return decision
        decisions.append(decision)
    return next((one for one in decisions if one.rule != "none"), decisions[0])


def _tokens(text: str) -> list[str]:
    return segmenter(_SEGMENTER).tokens(simplify(fold(text)))


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
