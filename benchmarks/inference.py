"""Times ways to answer the questions of `references/` with one model; prints a table and JSON.

Usage: python benchmarks/inference.py [--questions N | --quick] [--ways WAY...]
           [--dtype DTYPE] [--gguf FILE] [--json FILE]

The model is the quickstart's; all ways get the same articles, prompts and number of new tokens:

    shared     evalkit, each article read once
    unshared   evalkit, the same code with sharing off
    lm_eval    lm-evaluation-harness's hf backend, at the best of batch sizes 1, 4 and 10
    llama_cpp  llama.cpp's server on the official Q4_K_M file (--gguf FILE), its prompt cache on
    summaries  evalkit, the summaries instead of the questions
    unguessed  the same, without guessing from the prompt what comes next

Each runs in a process of its own, so that peak memory is its own. `lm_eval` and `llama_cpp` need
the extra `[bench]`. `reading` times the reading of each article alone, and `steps` the decoding of
32 rows, beside the same products and attention by the fastest kernels known on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib import import_module
from itertools import cycle, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quickstart_model import open_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalkit.providers.local.provider import LocalProvider
    from evalkit.records import Request
    from evalkit.runner.job import Job

N_NEW = 32
QUICK = 10
REPEATS = 3
N_ROWS = 32
N_STEPS = 16
WAYS = ("reading", "steps", "shared", "unshared", "lm_eval", "llama_cpp", "summaries", "unguessed")
SUMMARIES = ("summaries", "unguessed")
EVALKIT: Mapping[str, Mapping[str, object]] = {
    "shared": {},
    "unshared": {"share": False},
    "summaries": {},
    "unguessed": {"guess_width": 0},
}
GIB = 1 << 30
COLUMNS = (
    "way",
    "seconds",
    "CPU seconds",
    "prompt tokens computed",
    "a second",
    "peak GiB",
    "right",
    "as evalkit",
    "note",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What one way did: seconds without loading, tokens it read, and what it answered."""

    way: str
    seconds: float
    cpu_seconds: float
    n_computed: int
    n_new: int
    peak_gib: float
    texts: Mapping[str, str]
    note: str = ""


def main() -> None:
    """Run the ways one after the other and print their results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=10**6, help="per article, at most")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} questions per article")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--dtype", default="auto", help="of all but llama.cpp: auto, float32, …")
    parser.add_argument("--gguf", type=Path, help="the model's official Q4_K_M file")
    parser.add_argument("--json", type=Path, help="also write all of it there")
    parser.add_argument("--only", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.questions = QUICK if options.quick else options.questions
    if options.only:
        job, provider = open_model(options.dtype)
        ask = summaries if options.only in SUMMARIES else questions
        requests = ask(job, provider, options.questions)
        result = RUN[options.only](provider, requests, options)
        options.json.write_text(json.dumps(asdict(result), ensure_ascii=False), encoding="utf-8")
        return
    attempts = [in_a_process(way, options) for way in options.ways]
    report([result for result in attempts if result], options)


def in_a_process(way: str, options: argparse.Namespace) -> Result | None:
    """Return the result of one way run alone; None where it cannot run."""
    if way == "llama_cpp" and options.gguf is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        command = [sys.executable, __file__, "--only", way, "--json", str(file)]
        command += ["--questions", str(options.questions), "--dtype", options.dtype]
        command += ["--gguf", str(options.gguf)] if options.gguf else []
        print(f"{way} …", file=sys.stderr, flush=True)
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - ourselves
        if done.returncode:
            return None
        return Result(**json.loads(file.read_text(encoding="utf-8")))


def report(results: Sequence[Result], options: argparse.Namespace) -> None:
    """Print the table, and all of it as JSON."""
    job, provider = open_model()
    requests = questions(job, provider, options.questions)
    ours = {one.way: one.texts for one in results}
    first = {**ours.get("shared", {}), **ours.get("summaries", {})}
    lines = [
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
    ]
    for one in results:
        same = [one.texts[key] == text for key, text in first.items() if key in one.texts]
        cells = [
            one.way,
            f"{one.seconds:.1f}",
            f"{one.cpu_seconds:.1f}",
            f"{one.n_computed:,}",
            f"{one.n_computed / one.seconds:.0f}",
            f"{one.peak_gib:.2f}",
            f"{share_right(requests, one.texts):.2f}" if requests[0].key in one.texts else "",
            f"{sum(same)}/{len(same)}" if same else "",
            one.note,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    print("\n".join(lines))
    document = {"questions": len(requests), "results": [asdict(one) for one in results]}
    text = json.dumps(document, ensure_ascii=False)
    if options.json:
        options.json.write_text(text, encoding="utf-8")
    else:
        print(text)


def questions(job: Job, provider: LocalProvider, n: int) -> list[Request]:
    """Return the first `n` questions of each article, with the same limit of new tokens."""
    chosen: list[Request] = []
    for article in job.corpus.articles:
        asked = [
            replace(request, decoding=replace(request.decoding, max_new_tokens=N_NEW))
            for request in planned(job, provider)
            if request.example.article_id == article.id and request.example.task == "answer"
        ]
        chosen += asked[:n]
    return chosen


def summaries(job: Job, provider: LocalProvider, _: int) -> list[Request]:
    """Return the summaries, with the quickstart's limits of new tokens."""
    return [one for one in planned(job, provider) if one.example.kind == "summary"]


def planned(job: Job, provider: LocalProvider) -> tuple[Request, ...]:
    """Return all that the model is asked about the articles."""
    from evalkit.runner.outputs import Outputs  # noqa: PLC0415 - as above
    from evalkit.runner.plan import plan  # noqa: PLC0415 - as above

    return plan(job, {provider.name: provider}, Outputs([])).requests


def share_right(requests: Sequence[Request], texts: Mapping[str, str]) -> float:
    """Return the exact match of the answers."""
    from evalkit.metrics.answers import ExactMatch  # noqa: PLC0415 - as above
    from evalkit.records import Case  # noqa: PLC0415 - as above
    from evalkit.values.thinking import strip_thinking  # noqa: PLC0415 - as above

    em = ExactMatch()
    scores = [
        em.score(Case.of(one.example, strip_thinking(texts[one.key]).prediction, one.article)).value
        for one in requests
    ]
    return sum(scores) / len(scores)


def measured(way: str, work: Callable[[], tuple[int, int, Mapping[str, str], str]]) -> Result:
    """Return the result of a piece of work: tokens read, tokens written, answers, a note."""
    start, cpu = time.perf_counter(), time.process_time()
    n_computed, n_new, texts, note = work()
    return Result(
        way=way,
        seconds=time.perf_counter() - start,
        cpu_seconds=time.process_time() - cpu,
        n_computed=n_computed,
        n_new=n_new,
        peak_gib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB,
        texts=texts,
        note=note,
    )


def run_evalkit(
    way: str, provider: LocalProvider, requests: Sequence[Request], _: argparse.Namespace
) -> Result:
    """Answer with evalkit, with sharing or guessing off for the ways that say so."""
    with provider.session(requests) as session:
        path: Any = session.path
        changed = replace(session, path=replace(path, **EVALKIT[way]))

        def work() -> tuple[int, int, Mapping[str, str], str]:
            done = list(changed.generate(requests))
            n_new = sum(one.n_new_tokens for one in done)
            return (
                sum(one.n_computed_tokens for one in done),
                n_new,
                {one.key: one.text for one in done},
                "{dtype}, {n_threads} threads; ".format(**session.facts)
                + f"{n_new:,} tokens written",
            )

        return measured(way, work)


def run_reading(
    provider: LocalProvider, requests: Sequence[Request], _: argparse.Namespace
) -> Result:
    """Compute one prompt of each article alone, and the same kernels beside it."""
    from layer_kernels import reading_seconds  # noqa: PLC0415 - after the arguments are read

    provider = replace(provider, entry=provider.entry.model_copy(update={"batch_size": 1}))
    short = replace(requests[0].decoding, max_new_tokens=1)
    one_each = {one.example.article_id: replace(one, decoding=short) for one in requests}
    prompts = list(one_each.values())
    with provider.session(prompts) as session:
        list(session.generate(prompts[:1]))  # the first pass pays for what libraries set up

        def work() -> tuple[int, int, Mapping[str, str], str]:
            done = list(session.generate(prompts))
            return sum(one.n_computed_tokens for one in done), len(done), {}, ""

        # The fastest of several, as for the kernels: other work slows both at random.
        result = min(
            (measured("reading", work) for _ in range(REPEATS)), key=lambda one: one.seconds
        )
        kernels = reading_seconds(session.model, [one.n_prompt_tokens for one in prompts])
    note = f"kernels alone {kernels:.1f} s: {kernels / result.seconds:.0%} of their speed"
    return replace(result, note=note)


def run_steps(
    provider: LocalProvider, requests: Sequence[Request], _: argparse.Namespace
) -> Result:
    """Decode `N_ROWS` rows about the first article that never end, without guesses."""
    from layer_kernels import step_seconds  # noqa: PLC0415 - as above

    first = [one for one in requests if one.example.article_id == requests[0].example.article_id]
    prompts = list(islice(cycle(first), N_ROWS))
    with provider.session(prompts) as session:
        path: Any = session.path
        unguessed = replace(path, guess_width=0)

        def decode(n_new: int) -> float:
            rows = [session.row(one) for one in prompts]
            endless = replace(rows[0].stopping, max_new_tokens=n_new, eos_ids=frozenset())
            for row in rows:
                row.stopping = endless
            start = time.perf_counter()
            list(unguessed.run(rows, N_ROWS))
            return time.perf_counter() - start

        def work() -> tuple[int, int, Mapping[str, str], str]:
            decode(1)
            step = min((decode(1 + N_STEPS) - decode(1)) / N_STEPS for _ in range(REPEATS))
            alone = step_seconds(session.model, len(prompts), prompts[0].n_prompt_tokens)
            note = (
                f"a step of {len(prompts)} rows {step * 1e3:.1f} ms, {step / alone:.2f} × kernels"
            )
            return 0, 0, {}, note

        return measured("steps", work)


def run_lm_eval(
    provider: LocalProvider, requests: Sequence[Request], _: argparse.Namespace
) -> Result:
    """Answer with lm-evaluation-harness's hf backend, at the batch size best on one article."""
    instances: Any = import_module("lm_eval.api.instance")
    models: Any = import_module("lm_eval.models.huggingface")
    machine: Any = import_module("evalkit.providers.local.machine")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    device = machine.pick_device(provider.entry.device)
    model = models.HFLM(
        pretrained=str(provider.folder),
        dtype=machine.pick_dtype(provider.entry.dtype, device),
        device=str(device),
        max_length=32768,
    )

    def answer(some: Sequence[Request], batch_size: int) -> list[str]:
        model.batch_size_per_gpu = batch_size
        settings = {"until": ["<|im_end|>"], "max_gen_toks": N_NEW, "do_sample": False}
        asked = [
            instances.Instance("generate_until", {}, (prompt_text(provider, one), settings), at)
            for at, one in enumerate(some)
        ]
        return [str(text) for text in model.generate_until(asked, disable_tqdm=True)]

    # An article in each call, so that no batch is padded from one length to another.
    by_article = [list(some) for _, some in groupby(requests, lambda one: one.example.article_id)]
    pilot = {}
    for size in (1, 4, 10):
        start = time.perf_counter()
        answer(by_article[0][:QUICK], size)
        pilot[size] = time.perf_counter() - start
    size = min(pilot, key=pilot.__getitem__)
    tried = ", ".join(f"{one}: {pilot[one]:.0f}" for one in pilot)

    def work() -> tuple[int, int, Mapping[str, str], str]:
        texts = [text for some in by_article for text in answer(some, size)]
        keyed = {one.key: text for one, text in zip(requests, texts, strict=True)}
        return (
            sum(one.n_prompt_tokens for one in requests),
            0,
            keyed,
            f"batch {size}; on one article {tried} s",
        )

    return measured("lm_eval", work)


def prompt_text(provider: LocalProvider, request: Request) -> str:
    """Return the rendered prompt, template and all."""
    return str(provider.chat.tokenizer.decode(list(provider.budget.encode(request.messages))))


def run_llama_cpp(
    provider: LocalProvider, requests: Sequence[Request], options: argparse.Namespace
) -> Result:
    """Answer with llama.cpp's server, the questions of each article in a row."""
    xllamacpp: Any = import_module("xllamacpp")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(options.gguf)
    parameters.n_ctx = provider.chat.context_length
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = os.cpu_count()
    server = xllamacpp.Server(parameters)

    def work() -> tuple[int, int, Mapping[str, str], str]:
        n_computed = n_new = 0
        texts = {}
        for one in requests:
            prompt = list(provider.budget.encode(one.messages))
            body = {"prompt": prompt, "n_predict": N_NEW, "temperature": 0}
            reply = server.handle_completions(body | {"cache_prompt": True})
            texts[one.key] = reply["choices"][0]["text"]
            n_computed += reply["timings"]["prompt_n"]
            n_new += reply["timings"]["predicted_n"]
        return n_computed, n_new, texts, "Q4_K_M"

    return measured("llama_cpp", work)


RUN: Mapping[str, Callable[[LocalProvider, Sequence[Request], argparse.Namespace], Result]] = {
    "reading": run_reading,
    "steps": run_steps,
    **{way: partial(run_evalkit, way) for way in EVALKIT},
    "lm_eval": run_lm_eval,
    "llama_cpp": run_llama_cpp,
}

if __name__ == "__main__":
    main()
