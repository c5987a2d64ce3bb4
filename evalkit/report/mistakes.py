"""One wrong answer of each system, with the sentence of the article that proves it wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.report.table import in_order
from evalkit.values.answer_form import read_answer
from evalkit.values.polarity import is_abstention
from evalkit.values.questions import ask

if TYPE_CHECKING:
    from evalkit.records import Example, Question
    from evalkit.report.findings import Findings

_VALUES = {"number", "date", "time", "range", "ratio", "ordinal", "yesno"}
_SHORT = 12  # characters of an answer that says one thing


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """What a system said for an example, and the rule that found it wrong."""

    example: Example
    question: Question
    said: str
    rule: str


def mistakes(findings: Findings) -> dict[str, Mistake | None]:
    """Return the plainest wrong answer of each model and baseline, the same one every time.

    None for a system without any; nothing for one that was not judged, and for bounds.
    """
    metric = "".join(findings.headline("answer")[:1])
    scores = {(s.model, s.example_id): s for s in findings.scores if s.metric == metric}
    asked = [(e, e.question) for e in findings.examples if e.question]
    found: dict[str, Mistake | None] = {}
    for system in in_order(findings.summary):
        judged = [(e, q, s) for e, q in asked if (s := scores.get((system.name, e.id)))]
        if judged and system.role in {"contestant", "floor"}:
            wrong = [
                Mistake(example=example, question=question, said=said, rule=score.decided_by)
                for example, question, score in judged
                if not score.value and (said := score.prediction.strip())
            ]
            found[system.name] = min(wrong, key=_doubt, default=None)
    return found


def _doubt(mistake: Mistake) -> tuple[bool, bool, bool, bool, int, bool]:
    """Return what sorts plain mistakes first: contradicted, of a value, short, easy, with its unit.

    An article's sentence that the question does not ask for is true, and an abstention claims
    nothing; neither is contradicted by a value that the reader finds in the evidence. Least plain
    is what holds the right answer and says more.
    """
    return (
        _holds_answer(mistake),
        not _is_contradicted(mistake),
        mistake.rule not in _VALUES,
        len(mistake.said) > _SHORT,
        mistake.question.difficulty,
        mistake.said[-1] not in {answer[-1:] for answer in mistake.example.references},
    )


def _holds_answer(mistake: Mistake) -> bool:
    said = read_answer(mistake.said).plain
    return any(read_answer(answer).plain in said for answer in mistake.example.references)


def _is_contradicted(mistake: Mistake) -> bool:
    """Return whether one sentence of evidence holds the right answer, and nothing of this one."""
    said, answers = mistake.said, mistake.example.references
    if len(mistake.question.evidence) != 1:
        return False
    (proof,) = mistake.question.evidence
    return (
        any(answer in proof for answer in answers)
        and said not in proof
        and not any(said in answer or answer in said for answer in answers)
        and not is_abstention(read_answer(said).plain, ask(mistake.question.question))
    )
