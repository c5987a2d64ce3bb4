"""Judgements of an answer: exact match by value, strict match, and token F1."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit import __version__
from evalkit.metrics.answer_rules import decide
from evalkit.metrics.decisions import Pair, verdict
from evalkit.records import Score
from evalkit.values.answer_form import read_answer
from evalkit.values.questions import ask
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from evalkit.metrics.decisions import Verdict
    from evalkit.records import Case, Task

_SEGMENTER = "zhmix-1"
_NAME_TYPES = frozenset({"person", "organization", "place"})


@dataclass(frozen=True, slots=True)
class ExactMatch:
    """Whether a prediction is one of the reference answers: the same value, nothing added.

    Form never matters (width, script, numeral, 万 and 亿, separators, markdown), what is said does:
    units, markers (近, 多, 以上), signs, order where the question fixes one. `decided_by` names the
    rule that decided, `compared` holds both sides in canonical form. It can't see the article, nor
    that other words mean the same: a synonym or short name matches only where it is a reference.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="三百余人", references=("300多人",), question="多少人？")
    >>> score = ExactMatch().score(case)
    >>> score.value, score.decided_by
    (1.0, 'number')
    """

    name: ClassVar[str] = "em"
    task: ClassVar[Task] = "answer"

    @property
    def signature(self) -> str:
        """All that changes its number."""
        return f"{self.name}|v2|evalkit:{__version__}"

    def score(self, case: Case) -> Score:
        """Return 1 for the same answer as any reference, else 0, and the rule that decided."""
        said = _strict(case) or _best(case)
        return Score(
            value=float(said.matched),
            decided_by=said.rule,
            compared={"prediction": said.prediction, "reference": said.reference},
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
    task: ClassVar[Task] = "answer"

    @property
    def signature(self) -> str:
        """All that changes its number."""
        return f"{self.name}|v1|evalkit:{__version__}"

    def score(self, case: Case) -> Score:
        """Return 1 for a prediction equal to a reference after `strip()`, else 0."""
        prediction = case.prediction.strip()
        references = [reference.strip() for reference in case.references]
        said = _strict(case)
        return Score(
            value=float(said is not None),
            decided_by=said.rule if said else "none",
            compared={"prediction": prediction, "references": references},
        )


@dataclass(frozen=True, slots=True)
class TokenF1:
    """How many zhmix-1 tokens a prediction shares with the best reference, as a bag.

    It can't see order, nor that one wrong digit makes a wrong number: 2018 shares nothing with
    2019, but 近300人次 shares most of 300多人次.

    >>> from evalkit.records import Case
    >>> TokenF1().score(Case(id="1", prediction="襄阳市", references=("襄阳",))).value
    0.8
    """

    name: ClassVar[str] = "f1"
    task: ClassVar[Task] = "answer"

    @property
    def signature(self) -> str:
        """All that changes its number."""
        return f"{self.name}|seg:{_SEGMENTER}|refs:max|evalkit:{__version__}"

    def score(self, case: Case) -> Score:
        """Return the harmonic mean of token precision and recall, of the best reference."""
        tokens = segmenter(_SEGMENTER).tokens
        prediction = tokens(case.prediction)
        scores = (_overlap(prediction, tokens(reference)) for reference in case.references)
        return max(scores, key=lambda score: score.value)


def _strict(case: Case) -> Verdict | None:
    prediction = case.prediction.strip()
    if not prediction or prediction not in (reference.strip() for reference in case.references):
        return None
    return verdict("strict", prediction, prediction, matched=True)


def _best(case: Case) -> Verdict:
    """Return the first match with a reference, else the first verdict of a rule, else none."""
    prediction = read_answer(case.prediction)
    question = ask(case.question, case.unit, ordered=case.ordered, listed=case.type == "list")
    verdicts = []
    for reference in case.references:
        pair = Pair(prediction=prediction, reference=read_answer(reference), question=question)
        said = decide(pair, values=case.type not in _NAME_TYPES)
        if said.matched:
            return said
        verdicts.append(said)
    return next((said for said in verdicts if said.rule != "none"), verdicts[0])


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
