"""Measures how time and memory grow with the data: a run of baselines, stage by stage.

Usage: python benchmarks/growth.py [QUESTIONS …]

Each run, in a process of its own, is of made articles of some 500 characters in the layout of
SQuAD, four questions each, which two baselines answer. The exponent of a stage is that of the power
law between the first and the last run: 1 is linear. Beside the seconds are those of all cores, of
the processes that score too once these have ended; the exponent is of these, which a busy machine
changes less. Memory is the peak of the main process up to the end of the stage.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from evalkit.config.loading import load
from evalkit.runner import execute
from evalkit.runner.job import prepare
from evalkit.runner.memory import peak_memory
from evalkit.runner.parallel import n_cores

N_QUESTIONS = (3_000, 30_000)
N_SENTENCES = 12
VILLAGES = [f"{first}{last}村" for first in "东西南北上下大小" for last in "河山湾岭桥塘沟坪"]
CONFIG = """
name: growth
output: .
data: {squad: data.json}
tasks: {answer: {}}
cache: false
models:
  - {name: lead, baseline: lead}
  - {name: textrank, baseline: textrank}
"""
READING = "reading"


class Cost(NamedTuple):
    """What a stage took: seconds, seconds of all cores, and the peak of memory until its end."""

    seconds: float = math.nan
    cpu_seconds: float = math.nan
    gib: float = math.nan


class Stages:
    """Progress that notes when each stage ends, and how much memory there was until then."""

    def __init__(self) -> None:
        """Begin with the reading of config and data."""
        self._names = [READING]
        self._ends = [_now()]

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:  # noqa: ARG002 - a protocol
        """Note that a stage begins."""
        self.end()
        self._names.append(name)

    def advance(self, n_new_tokens: int = 0) -> None:
        """Show nothing."""

    def say(self, line: str) -> None:
        """Show nothing."""

    def end(self) -> None:
        """Note that the last stage has ended."""
        self._ends.append(_now())

    def found(self) -> dict[str, Cost]:
        """Return what each stage took."""
        rows: dict[str, Cost] = {}
        for name, (start, end) in zip(self._names, pairwise(self._ends), strict=True):
            before = rows.get(name, Cost(0.0, 0.0))
            rows[name] = Cost(
                before.seconds + end.seconds - start.seconds,
                before.cpu_seconds + end.cpu_seconds - start.cpu_seconds,
                end.gib,
            )
        return rows


def _now() -> Cost:
    used = os.times()
    spent = used.user + used.system + used.children_user + used.children_system
    return Cost(time.perf_counter(), spent, peak_memory() / 2**30)


def squad(n_questions: int) -> dict[str, object]:
    """Return made articles with four questions each, in the layout of SQuAD."""
    draw = random.Random(0)  # noqa: S311 - data, not a secret
    return {"data": [_article(i, draw) for i in range(math.ceil(n_questions / 4))]}


def _article(number: int, draw: random.Random) -> dict[str, object]:
    villages = draw.sample(VILLAGES, N_SENTENCES)
    lengths = [draw.randint(2, 900) for _ in villages]
    sentences = [
        f"{draw.randint(1990, 2025)}年{draw.randint(1, 12)}月，{village}新修公路{length}公里，"
        f"投入资金{draw.randint(10, 9000)}万元，惠及村民{draw.randint(20, 3000)}户。"
        for village, length in zip(villages, lengths, strict=True)
    ]
    questions = [
        {
            "id": f"{number}-{i}",
            "question": f"{villages[i]}新修公路多少公里？",
            "answers": [{"text": f"{lengths[i]}公里", "answer_start": 0}],
        }
        for i in draw.sample(range(N_SENTENCES), 4)
    ]
    context = f"第{number}号简报。" + "".join(sentences)
    return {"title": str(number), "paragraphs": [{"context": context, "qas": questions}]}


def measure(n_questions: int) -> dict[str, Cost]:
    """Run the baselines on so many questions, and return what each stage took."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "growth.yaml")
        config.write_text(CONFIG, encoding="utf-8")
        data = json.dumps(squad(n_questions), ensure_ascii=False)
        Path(folder, "data.json").write_text(data, encoding="utf-8")
        del data
        stages = Stages()
        loaded, document = load(config, [])
        execute.run(prepare(loaded, document), stages, processes=n_cores())
        stages.end()
        report = Path(folder, "growth", "report.html")
        megabytes = report.stat().st_size / 1e6 if report.exists() else math.nan
    found = stages.found()
    whole = Cost(
        sum(cost.seconds for cost in found.values()),
        sum(cost.cpu_seconds for cost in found.values()),
        max(cost.gib for cost in found.values()),
    )
    return {**found, "all": whole, "report.html, MB": Cost(megabytes)}


def main() -> None:
    """Print a table: a row for each stage."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", nargs="*", type=int, default=N_QUESTIONS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.questions[0])))
        return
    runs = [_in_a_process(n) for n in arguments.questions]
    heads = "".join(f" {n:,}: s | of all cores | GiB |" for n in arguments.questions)
    print(f"| stage |{heads} exponent |")
    print("|---|" + "---:|" * (3 * len(runs) + 1))
    size = math.log(arguments.questions[-1] / arguments.questions[0])
    for stage in runs[-1]:
        costs = [run.get(stage, Cost()) for run in runs]
        figures = "".join(f" {c.seconds:.1f} | {c.cpu_seconds:.1f} | {c.gib:.2f} |" for c in costs)
        print(
            f"| {stage} |{figures} {_exponent(costs[0], costs[-1], size):.2f} |".replace("nan", "–")
        )


def _exponent(first: Cost, last: Cost, size: float) -> float:
    if not (size and first.cpu_seconds > 0 and last.cpu_seconds > 0):
        return math.nan
    return math.log(last.cpu_seconds / first.cpu_seconds) / size


def _in_a_process(n_questions: int) -> dict[str, Cost]:
    command = [sys.executable, __file__, "--one", str(n_questions)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - ours
    found = json.loads(done.stdout.splitlines()[-1])
    return {stage: Cost(*figures) for stage, figures in found.items()}


if __name__ == "__main__":
    main()
