"""Recomputes a sample of a run's ROUGE values with Google's rouge_score package."""

from __future__ import annotations

import json
from math import nan
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING

from evalkit.config.environment import some_home
from evalkit.errors import EvalkitError
from evalkit.metrics.inputs import references_of
from evalkit.metrics.rouge import Rouge1, Rouge2, RougeL, RougeLsum
from evalkit.metrics.tokens import sentences_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from evalkit.interfaces import Metric
    from evalkit.metrics.registry import References
    from evalkit.metrics.rouge import Rouge
    from evalkit.records import Case, ScoreLine

_SAMPLE = 20  # values of each metric
_TOLERANCE = 1e-9
_MOST_CELLS = 2_500_000  # of LCS tables, for each metric; rouge_score fills 5 million a second


def check_rouge(
    metrics: Iterable[Metric],
    lines: Iterable[ScoreLine],
    case_of: Callable[[ScoreLine], Case],
) -> tuple[int, float]:
    """Return how many ROUGE values were recomputed, and the largest difference found.

    Of each metric 20 values are drawn with a fixed seed, or all where there are fewer. rouge_score
    takes time in proportion to the product of both lengths: values of rougeL and rougeLsum that
    would bring one metric above about half a second are skipped and not counted.

    Args:
        metrics: Those of the run, with its settings; others than ROUGE are ignored.
        lines: The values, in any order; none of them a mean over several predictions.
        case_of: Returns the case that a line is the score of.

    Raises:
        EvalkitError: a value differs by more than 1e-9.
        ImportError: rouge_score is not installed.
    """
    by_metric: dict[str, list[ScoreLine]] = {}
    for line in lines:
        by_metric.setdefault(line.metric, []).append(line)
    differences = [
        _difference(metric, line, case)
        for metric in metrics
        if isinstance(metric, Rouge1 | Rouge2 | RougeL | RougeLsum)
        for line, case in _sample(metric, by_metric.get(metric.name, []), case_of)
    ]
    return len(differences), max(differences, default=0.0)


def _sample(
    metric: Rouge, lines: Sequence[ScoreLine], case_of: Callable[[ScoreLine], Case]
) -> list[tuple[ScoreLine, Case]]:
    ordered = sorted(lines, key=lambda line: (line.system, line.example, line.sample))
    drawn = Random(0).sample(ordered, min(_SAMPLE, len(ordered)))  # noqa: S311 - not a secret
    chosen = []
    n_cells = 0
    for line, case in ((line, case_of(line)) for line in drawn):
        cells = _n_cells(metric, case)
        if n_cells + cells <= _MOST_CELLS:
            n_cells += cells
            chosen.append((line, case))
    return chosen


def _n_cells(metric: Rouge, case: Case) -> int:
    if isinstance(metric, Rouge1 | Rouge2):
        return 0
    n_wanted = sum(len(tokens_of(metric.segmenter, text)) for text in case.references)
    return len(tokens_of(metric.segmenter, case.prediction)) * n_wanted


def _difference(metric: Rouge, line: ScoreLine, case: Case) -> float:
    expected = _recompute(metric, case)
    difference = nan if line.value is None else abs(line.value - expected)
    if not difference <= _TOLERANCE:  # also of NaN
        message = (
            f"{metric.name} of {line.system} on {line.example}: evalkit computed {line.value!r}, "
            f"rouge_score {expected!r}; please report this as a fault of evalkit"
        )
        raise EvalkitError(message)
    return difference


def _recompute(metric: Rouge, case: Case) -> float:
    with some_home():
        from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415 - loads nltk

    scorer = RougeScorer([metric.name], tokenizer=_JsonLines())
    prediction = _in_lines(metric, case.prediction)
    values = [
        float(scorer.score(_in_lines(metric, reference), prediction)[metric.name].fmeasure)
        for reference in references_of(case, metric)
    ]
    return _aggregate(values, metric.references)


def _aggregate(values: Sequence[float], how: References) -> float:
    if how == "mean":
        return fmean(values)
    if how == "max" or len(values) == 1:
        return max(values)
    return fmean(max([*values[:i], *values[i + 1 :]]) for i in range(len(values)))


def _in_lines(metric: Rouge, text: str) -> str:
    """Return the tokens as JSON: each sentence a line for rougeLsum, else one line for all."""
    if isinstance(metric, RougeLsum):
        return "\n".join(map(json.dumps, sentences_of(metric.segmenter, text, metric.sentences)))
    return json.dumps(tokens_of(metric.segmenter, text))


class _JsonLines:
    """rouge_score's tokenizer interface over lines that are JSON lists of tokens."""

    def tokenize(self, text: str) -> list[str]:
        return [token for line in text.splitlines() for token in json.loads(line)]
