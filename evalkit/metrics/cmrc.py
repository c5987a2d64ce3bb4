"""The official CMRC 2018 rules, for comparison with published tables only.

Source: `cmrc2018_evaluate.py` of github.com/ymcui/cmrc2018 (v5 special, v6: the same rules), equal
row for row, but for text other than Han that has several sentences: the script first splits it into
sentences with a trained model (punkt); here they count as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.config.environment import some_home
from evalkit.metrics.inputs import references_of
from evalkit.metrics.versioned import Versioned
from evalkit.records import Score

if TYPE_CHECKING:
    from nltk.tokenize import NLTKWordTokenizer

    from evalkit.records import Case, Kind

# `……` is in the official list, too, but as two characters it never equals one.
_DROPPED = re.compile(r"[-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』]")
_HAN = re.compile(r"([\u4e00-\u9fa5])")


@dataclass(frozen=True, slots=True)
class EmCmrc(Versioned):
    """Whether a prediction is a reference answer by the official rules of CMRC 2018.

    It can't see that １３名 is 13名 or 13人 is 13名, and it takes 2:1 for 21: the listed marks are
    deleted. Source: Cui et al. 2019, section 3.3, and its script.

    >>> from evalkit.records import Case
    >>> EmCmrc().score(Case(id="1", prediction="“泥鳅”。", references=("泥鳅",))).value
    1.0
    """

    name: ClassVar[str] = "em_cmrc"
    kind: ClassVar[Kind] = "answer"
    version: ClassVar[int] = 1

    def score(self, case: Case) -> Score:
        """Return 1 where the texts without the listed marks are equal, else 0."""
        prediction = _without_marks(case.prediction)
        references = [_without_marks(reference) for reference in references_of(case, self)]
        compared = {"prediction": prediction, "references": references}
        return Score(value=float(prediction in references), compared=compared)


@dataclass(frozen=True, slots=True)
class F1Cmrc(Versioned):
    """Harmonic mean over the longest common run of tokens, by the official rules of CMRC 2018.

    It can't see what two answers share outside of their longest common run. Source: as `EmCmrc`.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳市创客", references=("襄阳创客",))
    >>> round(F1Cmrc().score(case).value, 4)
    0.4444
    """

    name: ClassVar[str] = "f1_cmrc"
    kind: ClassVar[Kind] = "answer"
    version: ClassVar[int] = 1

    def score(self, case: Case) -> Score:
        """Return the measure of the best reference."""
        prediction = _segments(case.prediction)
        return max(
            (_overlap(prediction, _segments(text)) for text in references_of(case, self)),
            key=lambda score: score.value,
        )


def _without_marks(text: str) -> str:
    return _DROPPED.sub("", text.lower().strip())


def _segments(text: str) -> list[str]:
    """Return Han one by one, and the text between them in English words."""
    pieces = _HAN.split(_without_marks(text))
    return [
        token
        for i, piece in enumerate(pieces)
        for token in ([piece] if i % 2 else _english_words(piece))
    ]


def _english_words(text: str) -> list[str]:
    if not text or text.isdigit():
        return [text] if text else []
    words: list[str] = _tokenizer().tokenize(text)
    return words


def _overlap(prediction: list[str], reference: list[str]) -> Score:
    matcher = SequenceMatcher(None, reference, prediction, autojunk=False)
    run = matcher.find_longest_match()
    if not run.size:
        return Score(value=0.0, compared={"longest run": []})
    precision, recall = run.size / len(prediction), run.size / len(reference)
    f1 = 2 * precision * recall / (precision + recall)
    return Score(
        value=f1,
        parts={"precision": precision, "recall": recall, "fmeasure": f1},
        compared={"longest run": prediction[run.b : run.b + run.size]},
    )


@cache
def _tokenizer() -> NLTKWordTokenizer:
    with some_home():
        from nltk.tokenize import NLTKWordTokenizer  # noqa: PLC0415 - slow, and only used here

    return NLTKWordTokenizer()
