"""Scores of an answer: exact match by value, strict match, and token F1."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.answer_match import match
from evalkit.metrics.decisions import decide_as
from evalkit.metrics.extraction import judge
from evalkit.metrics.inputs import references_of
from evalkit.metrics.versioned import Versioned
from evalkit.records import Score
from evalkit.values.form import read_answer
from evalkit.values.normalise import fold
from evalkit.values.question import ask
from evalkit.values.script import simplify
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evalkit.interfaces import Metric
    from evalkit.metrics.decisions import Decision
    from evalkit.records import Case, Kind
    from evalkit.values.question import Question

_SEGMENTER = "zhmix-1"


@dataclass(frozen=True, slots=True)
class ExactMatch(Versioned):
    """Whether a prediction is one of the reference answers and nothing more.

    Writing never matters (width, script, numeral, 万 and 亿, separators, markup, words of the
    question beside it), content does: units, qualifiers (近, 多, 以上), signs, order where the
    question fixes one. All readings of both sides are compared: they match if some pair is equal.
    `rule` names the kind of reading that decided, `compared` holds both sides in canonical form. It
    can't see the article, nor a right answer inside a sentence: see `em_extracted`.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="三百余人", references=("300多人",), question="多少人？")
    >>> score = ExactMatch().score(case)
    >>> score.value, score.rule
    (1.0, 'number')
    """

    name: ClassVar[str] = "em"
    kind: ClassVar[Kind] = "answer"
    version: ClassVar[int] = 10

    def score(self, case: Case) -> Score:
        """Return 1 for the same answer as any reference, else 0, and the rule that decided."""
        decision = _strict(case, self) or first_match(self._decisions(case))
        return Score(
            value=float(decision.matched),
            rule=decision.rule,
            compared={"prediction": decision.prediction, "reference": decision.reference},
        )

    def _decisions(self, case: Case) -> Iterator[Decision]:
        prediction, question = read_answer(case.prediction), _question(case)
        for reference in case.references:
            yield match(prediction, read_answer(reference), question)


@dataclass(frozen=True, slots=True)
class ExtractedMatch(ExactMatch):
    """Whether the answer that an output commits to is one of the reference answers, by `em`.

    The answer may stand inside a sentence, behind an explanation or in JSON. 0 where the output
    hedges, says beside it that the text does not tell, is a passage copied from the article, or
    answers the question in another clause.
    Where a sentence has the reference, features tell whether it is the answer: how much of the
    question its clause says and how much others do, what else that tells of, negation, rivals, and
    whether the article contradicts it.
    The weights are fitted on labelled pairs. It can't see a paraphrase, nor what makes a sentence
    of nearly the question's words tell of something else.
    Source: answer extraction before matching, as in the flexible-extract filter of
    lm-evaluation-harness, by a logistic regression of our own.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="有45个。", references=("45个",), question="共有几个项目？")
    >>> ExtractedMatch().score(case).value
    1.0
    """

    name: ClassVar[str] = "em_extracted"
    version: ClassVar[int] = 11

    def _decisions(self, case: Case) -> Iterator[Decision]:
        question = _question(case)
        for reference in case.references:
            yield judge(case.prediction, reference, question, case.article)


@dataclass(frozen=True, slots=True)
class StrictMatch(Versioned):
    """Whether a prediction is one of the reference answers letter by letter; a diagnostic only.

    It can't see that 13 名 is 13名. Compare `em`.

    >>> from evalkit.records import Case
    >>> StrictMatch().score(Case(id="1", prediction="襄阳 ", references=("襄阳市", "襄阳"))).value
    1.0
    """

    name: ClassVar[str] = "em_strict"
    kind: ClassVar[Kind] = "answer"
    version: ClassVar[int] = 1

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
class TokenF1(Versioned):
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
    def _settings(self) -> tuple[str, ...]:
        return (f"seg:{_SEGMENTER}", "refs:max")

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


def _question(case: Case) -> Question:
    return ask(case.question, case.unit, type=case.type, ordered=case.ordered)


def first_match(found: Iterable[Decision]) -> Decision:
    """Return the first decision for a match, else the first of a rule, else the first."""
    decisions = []
    for decision in found:
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
