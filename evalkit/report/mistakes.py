"""One wrong answer of each model, with the sentence of the article that contradicts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.analysis.issues import VALUE_RULES
from evalkit.report.material import Mistake
from evalkit.report.table import in_order
from evalkit.results import role_in_question
from evalkit.values.abstention import is_abstention
from evalkit.values.form import read_answer
from evalkit.values.question import ask

if TYPE_CHECKING:
    from evalkit.records import Example
    from evalkit.report.material import Material

_SHORT = 12  # characters of an answer that says one thing


def find_mistakes(material: Material) -> dict[str, Mistake | None]:
    """Return the plainest wrong answer of each model, the same one every time.

    Of each baseline where no model was run: beside models, these copy sentences and no more. None
    for a system without any; nothing for one without scores.
    """
    metric = "".join(material.headline("answer")[:1])
    scores = {
        (s.system, s.example): s for s in material.scores if s.metric == metric and not s.sample
    }
    found: dict[str, Mistake | None] = {}
    systems = in_order(material.summary)
    role = role_in_question(systems)
    for system in (system for system in systems if system.role == role):
        judged = [(e, s) for e in material.examples if (s := scores.get((system.name, e.id)))]
        if judged:
            wrong = [
                Mistake(example=example, answer=answer, rule=score.rule)
                for example, score in judged
                if score.value == 0 and (answer := _answer(material, system.name, example))
            ]
            found[system.name] = min(wrong, key=_rank, default=None)
    return found


def _answer(material: Material, system: str, example: Example) -> str:
    generation = material.generations.get((system, example.id, 0))
    return generation.prediction.strip() if generation else ""


def _rank(mistake: Mistake) -> tuple[bool, bool, bool, bool, int, bool]:
    """Return what sorts plain mistakes first: contradicted, of a value, short, easy, with its unit.

    An article's sentence that the question does not ask for is true, and an abstention claims
    nothing; neither is contradicted by a value that the reader finds in the evidence. Least plain
    is what holds the right answer and says more.
    """
    return (
        _holds_answer(mistake),
        not _is_contradicted(mistake),
        mistake.rule not in VALUE_RULES,
        len(mistake.answer) > _SHORT,
        mistake.example.difficulty or 0,
        mistake.answer[-1] not in {answer[-1:] for answer in mistake.example.references},
    )


def _holds_answer(mistake: Mistake) -> bool:
    given = read_answer(mistake.answer).plain
    return any(read_answer(answer).plain in given for answer in mistake.example.references)


def _is_contradicted(mistake: Mistake) -> bool:
    """Return whether one sentence of evidence holds the right answer, and nothing of this one."""
    given, example = mistake.answer, mistake.example
    if len(example.evidence) != 1:
        return False
    (quote,) = example.evidence
    return (
        any(answer in quote for answer in example.references)
        and given not in quote
        and not any(given in answer or answer in given for answer in example.references)
        and not is_abstention(read_answer(given).plain, ask(example.question))
    )
