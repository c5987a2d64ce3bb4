"""Times scoring: ROUGE against rouge_score on the same tokens, and all metrics of summaries.

Usage: python benchmarks/scoring.py

The pairs for ROUGE are made from the articles: 600 characters against 600 that share some of their
sentences. Both sides split the texts again for every score. The result is the median over the
pairs.

The summaries for all metrics are the first reference of each summary task of each article, against
the other references. Each copy of the articles has a number before every text, so that nothing that
was read of one copy serves the next. `fact_precision` takes longer than all others together: they
are timed without it, too. Prints JSON.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.metrics import available, metric, tokens
from evalkit.metrics.registry import entry
from evalkit.records import Case
from evalkit.runner.parallel import Scorer, n_cores
from evalkit.values.normalise import fold
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
N_COPIES = 60
SIZE = 600


class Zhmix:
    """rouge_score's tokenizer interface over the same tokens."""

    def tokenize(self, text: str) -> list[str]:
        """Return the zhmix-1 tokens of a text."""
        return segmenter("zhmix-1").tokens(text)


def make_pairs() -> list[tuple[str, str]]:
    """Return one pair per article: its beginning, and a part that starts after a third of it."""
    pairs = []
    for file in sorted(SEEDS.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        pairs.append((text[:SIZE], text[SIZE * 2 // 3 : SIZE * 5 // 3]))
    return pairs


def in_lines(text: str) -> str:
    """Return a text with one sentence per line, as rouge_score wants it for rougeLsum."""
    folded = fold(text).replace("...", "。")
    return folded.translate({ord(end): "\n" for end in "。!?;"})


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the mean time of a call."""
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats


def compare(name: str) -> dict[str, float]:
    """Return the milliseconds that both take for one score of one type, and their ratio."""
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415 - not in what scores too

    peer = RougeScorer([name], tokenizer=Zhmix())
    ours = metric(name)
    rows = []
    for prediction, reference in make_pairs():
        case = Case(id="1", prediction=prediction, references=(reference,))
        lines = in_lines(reference), in_lines(prediction)

        def score(case: Case = case) -> float:
            tokens.tokens_of.cache_clear()
            tokens.sentences_of.cache_clear()
            return ours.score(case).parts["fmeasure"]

        def score_slowly(lines: tuple[str, str] = lines) -> float:
            return float(peer.score(*lines)[name].fmeasure)

        if abs(score() - score_slowly()) > 1e-12:  # noqa: PLR2004 - what is promised
            sys.exit(f"{name}: {score()} is not rouge_score's {score_slowly()}")
        rows.append((seconds(score_slowly, 5), seconds(score, 200)))
    slow, fast = (statistics.median(column) for column in zip(*rows, strict=True))
    return {
        "rouge_score_ms": round(slow * 1e3, 3),
        "evalkit_ms": round(fast * 1e3, 3),
        "ratio": round(slow / fast, 1),
    }


def time_long_text(name: str) -> float:
    """Return the seconds for 100,000 characters against themselves."""
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(SEEDS.glob("*.txt")))
    long = (text * (100_000 // len(text) + 1))[:100_000]
    case = Case(id="1", prediction=long, references=(long,))
    return round(seconds(lambda: metric(name).score(case), 1), 3)


def make_summaries(config: Path) -> list[Case]:
    """Return the cases of a config's summary tasks, article by article, in numbered copies."""
    # Not in the processes that score: they import this file, but make no cases.
    from evalkit.config.loading import load  # noqa: PLC0415
    from evalkit.runner.job import prepare  # noqa: PLC0415

    job = prepare(load(config, [])[0])
    summaries = [e for e in job.examples if e.kind == "summary" and len(e.references) > 1]
    return [
        Case.of(
            replace(example, references=tuple(f"{copy}号。{r}" for r in others)),
            f"{copy}号。{first}",
            texts[example.article_id],
        )
        for copy in range(N_COPIES)
        for texts in [{id_: f"{copy}号。{text}" for id_, text in job.texts.items()}]
        for example in summaries
        for first, *others in [example.references]
    ]


def time_metrics(cases: Sequence[Case], *, without: Container[str] = ()) -> dict[str, float]:
    """Return how many summaries a second all metrics score, on one core and on all.

    The first is of CPU time, the second of time, with the starting of processes; that it takes more
    CPU time shows what these cost.
    """
    names = [name for name in available("summary") if not entry(name).extra and name not in without]
    metrics = tuple(map(metric, names))
    alone = Scorer()
    list(alone.score_all([(cases[0], metrics)]))  # tables are read when they are first needed
    before = cpu_seconds()
    list(alone.score_all((case, metrics) for case in cases))
    one = cpu_seconds() - before
    start, before = time.perf_counter(), cpu_seconds()
    with Scorer(n_cores()) as scorer:
        list(scorer.score_all((case, metrics) for case in cases))
    several, all_ = time.perf_counter() - start, cpu_seconds() - before
    return {
        "metrics": len(metrics),
        "summaries": len(cases),
        "cores": n_cores(),
        "per_second_on_one": round(len(cases) / one),
        "per_second_on_all": round(len(cases) / several),
        "cpu_seconds_on_one": round(one, 1),
        "cpu_seconds_on_all": round(all_, 1),
    }


def cpu_seconds() -> float:
    """Return the processor time of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


def main() -> None:
    """Print the comparison."""
    names = ("rougeL", "rougeLsum")
    cases = make_summaries(ROOT / "configs" / "quickstart.yaml")
    found = {
        "pairs_of_600_characters": {name: compare(name) for name in names},
        "100000_characters_against_themselves_s": {name: time_long_text(name) for name in names},
        "all_metrics": time_metrics(cases),
        "without_fact_precision": time_metrics(cases, without={"fact_precision"}),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
