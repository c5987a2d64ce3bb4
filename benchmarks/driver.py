"""Measures what the one driver of a run sustains: records written, and bytes per slice.

Usage: python benchmarks/driver.py [FOLDER]

Writes made generations of 60 characters into FOLDER (default: a temporary one), each of which took
a model so many seconds, as the driver does, and prints a table: records a second with and without
syncing each, CPU time a record, and bytes on the disk. Then the bytes of a slice, which is sent to
a worker, and of its answers: an article of 1,500 characters with as many questions.
"""

from __future__ import annotations

import argparse
import pickle
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from evalkit.prompts.sent import SentMessages, take_apart
from evalkit.records import Decoding, Example, Generation, Message, Request, TextRead
from evalkit.store.jsonl import Appender, line

N = 5_000
COSTS_S = (0.0, 0.001, 0.01, 0.1)
N_QUESTIONS = (1, 4, 20)
GENERATION = Generation(
    key="0" * 64,
    system="qwen@default",
    example="article/q1",
    text="襄阳市" * 20,
    prediction="襄阳市" * 20,
    finish_reason="stop",
    n_prompt_tokens=1200,
    n_new_tokens=40,
    seconds=0.21,
)


def write(folder: Path, cost_s: float) -> tuple[float, float]:
    """Return the seconds and the CPU seconds that it takes to write N records."""
    file = folder / f"{cost_s}.jsonl"
    start, cpu = time.perf_counter(), time.process_time()
    with Appender(file) as appender:
        for _ in range(N):
            appender.append(GENERATION, cost_s)
    return time.perf_counter() - start, time.process_time() - cpu


def slice_of(n: int) -> tuple[list[Request], list[Generation]]:
    """Return the requests about one article, and their answers."""
    texts = {"a": "襄阳市创客空间" * 214}
    example = Example(id="a/q", article_id="a", task="answer", kind="answer", references=("3公里",))
    requests = []
    for i in range(n):
        question = f"第{i}问：大桥有多少公里？"
        rendered = (Message(role="user", content=f"{texts['a']}\n{question}"),)
        sent = take_apart(rendered, texts, texts)
        requests.append(
            Request(
                key=f"{i:064}",
                system="qwen@default",
                example=replace(example, id=f"a/q{i}", question=question),
                read=TextRead(article="a"),
                messages=SentMessages(sent, texts),
                decoding=Decoding(max_new_tokens=64),
                prompt_sha256=sent.sha256,
                texts=texts,
            )
        )
    return requests, [replace(GENERATION, key=request.key) for request in requests]


def main() -> None:
    """Print the two tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    chosen = parser.parse_args().folder
    with tempfile.TemporaryDirectory(dir=chosen) as folder:
        print(f"{N:,} records of {len(line(GENERATION).encode())} bytes")
        print("| a record took, s | records a second | CPU ms a record |")
        print("|---:|---:|---:|")
        for cost_s in COSTS_S:
            seconds, cpu_seconds = write(Path(folder), cost_s)
            print(f"| {cost_s:g} | {N / seconds:,.0f} | {cpu_seconds / N * 1e3:.3f} |")
    print("\n| questions in a slice | bytes sent | bytes back |")
    print("|---:|---:|---:|")
    for n in N_QUESTIONS:
        requests, answers = slice_of(n)
        sent, back = (len(pickle.dumps(each, protocol=5)) for each in (requests, answers))
        print(f"| {n} | {sent:,} | {back:,} |")


if __name__ == "__main__":
    main()
