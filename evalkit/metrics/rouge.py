"""ROUGE over the tokens of a segmenter: rouge_score's numbers, without its cost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from math import fsum
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.inputs import references_of
from evalkit.metrics.lcs import align, lcs_length, union_lcs
from evalkit.metrics.tokens import counts_of, sentences_of, tokens_of
from evalkit.metrics.versioned import Versioned
from evalkit.records import Score
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from evalkit.metrics.registry import References
    from evalkit.records import Case, Kind
    from evalkit.values.segment import Cut

    Tokens = Sequence[str]

Parts = dict[str, float]


@dataclass(frozen=True, slots=True)
class Rouge(Versioned, ABC):
    """What the four ROUGE types share: tokens, precision, recall, F, several references."""

    segmenter: str = "zhmix-1"
    references: References = "max"

    kind: ClassVar[Kind] = "summary"
    version: ClassVar[int] = 2

    @property
    def _settings(self) -> tuple[str, ...]:
        return (f"seg:{segmenter(self.segmenter).signature}", f"refs:{self.references}")

    def score(self, case: Case) -> Score:
        """Return F as the value, with precision and recall, and the same for each reference.

        A side without tokens scores 0.

        Raises:
            ValueError: the case has no reference.
        """
        each = [
            _parts(*self._overlap(case.prediction, reference))
            for reference in references_of(case, self)
        ]
        parts = _AGGREGATE[self.references](each)
        compared = {"references": each, "best": each.index(_best(each))}
        return Score(value=parts["fmeasure"], parts=parts, compared=compared)

    def explain(self, case: Case) -> str:
        """Return what was matched with each reference, one paragraph a reference."""
        paragraphs = []
        for i, reference in enumerate(case.references, 1):
            parts = _parts(*self._overlap(case.prediction, reference))
            values = "  ".join(f"{part} {value:.4f}" for part, value in parts.items())
            lines = [f"reference {i}: {values}", *self._matched(case.prediction, reference)]
            paragraphs.append("\n".join(lines))
        return "\n\n".join(paragraphs)

    @abstractmethod
    def _overlap(self, prediction: str, reference: str) -> tuple[int, int, int]:
        """Return how many items match, how many the prediction has, how many the reference has."""

    @abstractmethod
    def _matched(self, prediction: str, reference: str) -> list[str]:
        """Return lines that show what matched."""


class _Ngrams(Rouge):
    """ROUGE-N: the n-grams of both sides, each counted as often as the side with fewer has it."""

    __slots__ = ()
    n: ClassVar[int]

    def _count(self, text: str) -> Counter[str]:
        return counts_of(self.segmenter, text, self.n)

    def _overlap(self, prediction: str, reference: str) -> tuple[int, int, int]:
        predicted, wanted = self._count(prediction), self._count(reference)
        hits = sum(min(predicted[ngram], wanted[ngram]) for ngram in predicted.keys() & wanted)
        return hits, predicted.total(), wanted.total()

    def _matched(self, prediction: str, reference: str) -> list[str]:
        predicted, wanted = self._count(prediction), self._count(reference)
        rows = (
            ("in both", predicted & wanted),
            ("prediction only", predicted - wanted),
            ("reference only", wanted - predicted),
        )
        return [f"  {label}: {_list_ngrams(ngrams)}" for label, ngrams in rows]


class Rouge1(_Ngrams):
    """Share of single tokens in common (F of precision and recall).

    It can't see order, and hardly a wrong figure: a summary in which every number is wrong still
    earns about 0.95.

    Source: Lin 2004, section 2; `rouge1` of rouge_score 0.1.2 to 1e-12.

    >>> from evalkit.records import Case
    >>> Rouge1().score(Case(id="1", prediction="襄阳", references=("荆州", "襄阳市"))).parts
    {'precision': 1.0, 'recall': 0.6666666666666666, 'fmeasure': 0.8}
    """

    __slots__ = ()
    name = "rouge1"
    n = 1


class Rouge2(_Ngrams):
    """Share of pairs of neighbouring tokens in common (F of precision and recall).

    It can't see the order beyond a pair, nor that two ways of saying the same agree. A text of one
    token has no pair and scores 0.

    Source: Lin 2004, section 2; `rouge2` of rouge_score 0.1.2 to 1e-12.

    >>> from evalkit.records import Case
    >>> Rouge2().score(Case(id="1", prediction="襄阳创客", references=("创客襄阳",))).value
    0.6666666666666666
    """

    __slots__ = ()
    name = "rouge2"
    n = 2


class RougeL(Rouge):
    """Longest common subsequence of tokens over the whole text (F of precision and recall).

    It can't see sentences: two that are swapped cost half the score.

    Source: Lin 2004, section 3.1; `rougeL` of rouge_score 0.1.2 to 1e-12.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳创业空间", references=("襄阳市创客空间",))
    >>> RougeL().score(case).parts
    {'precision': 0.8333333333333334, 'recall': 0.7142857142857143, 'fmeasure': 0.7692307692307692}
    """

    __slots__ = ()
    name = "rougeL"

    def _overlap(self, prediction: str, reference: str) -> tuple[int, int, int]:
        predicted, wanted = self._pair(prediction, reference)
        return lcs_length(predicted, wanted), len(predicted), len(wanted)

    def _matched(self, prediction: str, reference: str) -> list[str]:
        predicted, wanted = self._pair(prediction, reference)
        pairs = align(wanted, predicted)
        return [
            "  prediction: " + _mark(predicted, {j for _, j in pairs}),
            "  reference:  " + _mark(wanted, {i for i, _ in pairs}),
        ]

    def _pair(self, prediction: str, reference: str) -> tuple[Tokens, Tokens]:
        return tokens_of(self.segmenter, prediction), tokens_of(self.segmenter, reference)


@dataclass(frozen=True, slots=True)
class RougeLsum(Rouge):
    """Longest common subsequences sentence by sentence, united (F of precision and recall).

    It can't see the order of sentences, nor which of them a token came from.

    Sentences end at Chinese end marks and line breaks; with `sentences: newline` at line breaks
    alone, as in rouge_score.

    Source: Lin 2004, section 3.2; `rougeLsum` of rouge_score 0.1.2 to 1e-12, given one sentence a
    line.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="空间是荆州。创客在襄阳。", references=("创客在襄阳。",))
    >>> RougeLsum().score(case).parts
    {'precision': 0.5, 'recall': 1.0, 'fmeasure': 0.6666666666666666}
    """

    sentences: Cut = "marks"

    name: ClassVar[str] = "rougeLsum"

    @property
    def _settings(self) -> tuple[str, ...]:
        cut, references = super(RougeLsum, self)._settings
        return (cut, f"sent:{self.sentences}", references)

    def _overlap(self, prediction: str, reference: str) -> tuple[int, int, int]:
        predicted, wanted = self._pair(prediction, reference)
        counts = Counter(chain.from_iterable(predicted))
        united = Counter(
            sentence[i]
            for sentence, positions in zip(wanted, union_lcs(wanted, predicted), strict=True)
            for i in positions
        )
        # A token counts at most as often as the prediction has it, as in ROUGE-1.5.5.
        hits = sum(min(n, counts[token]) for token, n in united.items())
        return hits, counts.total(), sum(map(len, wanted))

    def _matched(self, prediction: str, reference: str) -> list[str]:
        predicted, wanted = self._pair(prediction, reference)
        united = union_lcs(wanted, predicted)
        return [
            f"  reference sentence {i}: {_mark(sentence, set(positions))}"
            for i, (sentence, positions) in enumerate(zip(wanted, united, strict=True), 1)
        ] + [f"  prediction sentence {i}: {' '.join(said)}" for i, said in enumerate(predicted, 1)]

    def _pair(self, prediction: str, reference: str) -> tuple[Sequence[Tokens], Sequence[Tokens]]:
        predicted, wanted = (
            sentences_of(self.segmenter, text, self.sentences) for text in (prediction, reference)
        )
        return predicted, wanted


def _parts(hits: int, n_predicted: int, n_wanted: int) -> Parts:
    precision = hits / max(n_predicted, 1)
    recall = hits / max(n_wanted, 1)
    both = precision + recall
    fmeasure = 2 * precision * recall / both if both > 0 else 0.0
    return {"precision": precision, "recall": recall, "fmeasure": fmeasure}


def _best(each: Sequence[Parts]) -> Parts:
    return max(each, key=lambda parts: parts["fmeasure"])  # the first on ties


def _mean(each: Sequence[Parts]) -> Parts:
    return {part: fsum(parts[part] for parts in each) / len(each) for part in each[0]}


def _jackknife(each: Sequence[Parts]) -> Parts:
    if len(each) == 1:
        return each[0]
    return _mean([_best([*each[:i], *each[i + 1 :]]) for i in range(len(each))])


_AGGREGATE = {"max": _best, "mean": _mean, "jackknife": _jackknife}


def _mark(tokens: Sequence[str], matched: Container[int]) -> str:
    return " ".join(f"[{token}]" if i in matched else token for i, token in enumerate(tokens))


def _list_ngrams(ngrams: Mapping[str, int]) -> str:
    return "  ".join(ngram + (f" ×{count}" if count > 1 else "") for ngram, count in ngrams.items())
