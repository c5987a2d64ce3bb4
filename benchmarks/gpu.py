"""Times evalkit on one GPU beside the card's own limits; prints a Markdown table.

Usage: python benchmarks/gpu.py [--seconds N] [--parts PART...] [--device DEVICE]

Needs no network and no weights: models have the shapes of Qwen2.5-0.5B and Qwen3-8B and random
weights. Each part runs in a process of its own and reports what it measures at once, so one that
fails or runs out of time leaves a line, and the others go on:

    card     what a large matrix product and a copy reach: the limits of all that follows
    correct  token ids of the shared path in float32 beside those of `generate`
    small    the 0.5B shape in bfloat16: which kernels the probe takes, reading, decoding, memory
    large    the same for the 8B shape
    peers    articles with many questions each, beside transformers' `generate_batch`

Made for torch 2.7 or later and transformers 5 or later; others are tried, and said to be. On a CPU
all shapes are tiny: that shows that the script runs, and no speed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # a checkout need not be installed

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from evalkit.providers.local.attention_kernels import Kernels, kernels_of
from evalkit.providers.local.kernels import choose_products
from evalkit.providers.local.layers import n_parameters
from evalkit.providers.local.plain import greedy
from evalkit.providers.local.probe import choose_path
from evalkit.providers.local.rows import Row, StoppingCriteria
from evalkit.providers.local.shared import SharedPath

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transformers import PreTrainedModel

    Ids = tuple[int, ...]

OLDEST = {"torch": (2, 7), "transformers": (5, 0)}
GIB = 1 << 30
# The smallest limit that a part is started with, in seconds.
LEAST_S = 20.0
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "tiny": (
        "qwen2",
        {
            "vocab_size": 500,
            "hidden_size": 64,
            "intermediate_size": 96,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
        },
    ),
    "0.5B": (
        "qwen2",
        {
            "vocab_size": 151936,
            "hidden_size": 896,
            "intermediate_size": 4864,
            "num_hidden_layers": 24,
            "num_attention_heads": 14,
            "num_key_value_heads": 2,
            "tie_word_embeddings": True,
        },
    ),
    "8B": (
        "qwen3",
        {
            "vocab_size": 151936,
            "hidden_size": 4096,
            "intermediate_size": 12288,
            "num_hidden_layers": 36,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 128,
        },
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much is measured: tokens of an article, rows together, new tokens, articles, repeats."""

    article: int
    rows: tuple[int, ...]
    new: int
    articles: int
    matrix: int
    repeats: int


ON_GPU = Size(article=8192, rows=(1, 32, 256), new=33, articles=8, matrix=8192, repeats=3)
ON_CPU = Size(article=96, rows=(1, 4), new=5, articles=2, matrix=256, repeats=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the card reaches in bfloat16: operations and bytes a second."""

    flops: float
    bytes: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the table."""

    part: str
    what: str
    value: str
    share: str = ""
    note: str = ""


def main() -> int:
    """Run the parts one after the other within the time there is; print their lines as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=480.0, help="for all parts together")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--device", default="cuda:0" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--only", choices=PARTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    device = torch.device(options.device)
    if options.only:
        torch.manual_seed(0)
        with torch.no_grad():  # generate_batch reads the weights in a thread of its own
            PARTS[options.only](device)
        return 0
    end = time.monotonic() + options.seconds
    print(about(device))
    print("\n| part | what | value | of the limit | note |\n|---|---|---|---|---|")
    for part in options.parts:
        run_part(part, options.device, end - time.monotonic())
    return 0


def about(device: torch.device) -> str:
    """Return the card and the versions, and whether the script was made for these."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "no GPU, tiny shapes"
    said = []
    for package, oldest in OLDEST.items():
        found = version(package)
        numbers = tuple(int(part) for part in found.split("+")[0].split(".")[:2])
        said.append(f"{package} {found}" + (" (older than tolerated)" if numbers < oldest else ""))
    return f"{name}; {', '.join(said)}; CUDA {torch.version.cuda}"


def run_part(part: str, device: str, seconds: float) -> None:
    """Run one part in its own process and print its lines, and why it ended if it did not end."""
    if seconds < LEAST_S:
        show(Line(part=part, what="not run", value="", note="no time left"))
        return
    command = [sys.executable, __file__, "--only", part, "--device", device]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)  # noqa: S603 - ourselves
        output, problem = done.stdout, done.stderr.decode(errors="replace").strip()
        failed = done.returncode != 0
    except subprocess.TimeoutExpired as error:
        output, problem, failed = error.stdout or b"", f"stopped after {seconds:.0f} s", True
    for line in output.decode(errors="replace").splitlines():
        if line.startswith("{"):
            show(Line(**json.loads(line)))
    if failed:
        note = problem.splitlines()[-1] if problem else "no reason given"
        show(Line(part=part, what="failed", value="", note=note.replace("|", "/")))


def show(line: Line) -> None:
    """Print one line of the table."""
    cells = (line.part, line.what, line.value, line.share, line.note)
    print(f"| {' | '.join(cells)} |", flush=True)


def tell(part: str, what: str, value: str, share: str = "", note: str = "") -> None:
    """Hand one line to the process that prints them."""
    line = Line(part=part, what=what, value=value, share=share, note=note.replace("|", "/"))
    print(json.dumps(asdict(line)), flush=True)


def size_on(device: torch.device) -> Size:
    """Return how much to measure on a device."""
    return ON_CPU if device.type == "cpu" else ON_GPU


def shape_on(device: torch.device, shape: str) -> str:
    """Return a shape; on a CPU always the tiny one."""
    return "tiny" if device.type == "cpu" else shape


def make(shape: str, device: torch.device, dtype: torch.dtype) -> PreTrainedModel:
    """Return a model of a shape with random weights, made on the device."""
    kind, settings = SHAPES[shape]
    library: Any = AutoModelForCausalLM
    config: Any = AutoConfig.for_model(kind, max_position_embeddings=40960, **settings)
    with torch.device(device):
        model = library.from_config(config, dtype=dtype)
    model.generation_config = greedy(1)
    loaded: PreTrainedModel = model.eval()
    return loaded


def seconds_of(work: Callable[[], object], device: torch.device, repeats: int) -> float:
    """Return the shortest time of some calls, after one that is left out."""
    times = []
    for _ in range(repeats + 1):
        wait(device)
        start = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - start)
    return min(times[1:])


def wait(device: torch.device) -> None:
    """Wait until the device has done its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def limits(device: torch.device) -> Limits:
    """Return what a square matrix product and a copy reach."""
    size = size_on(device)
    n = size.matrix
    matrix = torch.randn(n, n, device=device, dtype=torch.bfloat16)
    product_s = seconds_of(lambda: matrix @ matrix, device, 10)
    source = torch.zeros(n * n * 8, dtype=torch.bfloat16, device=device)
    target = torch.empty_like(source)
    copy_s = seconds_of(lambda: target.copy_(source), device, 10)
    return Limits(flops=2 * n**3 / product_s, bytes=2 * source.nbytes / copy_s)


def run_card(device: torch.device) -> None:
    """Measure the limits by themselves."""
    found, n = limits(device), size_on(device).matrix
    tell("card", f"bfloat16 product of {n} × {n}", f"{found.flops / 1e12:.1f} TFLOP/s")
    tell("card", "copy, read and written", f"{found.bytes / 1e9:.0f} GB/s")


def draw(n: int, seed: int) -> Ids:
    """Return random token ids that every shape has."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randint(1, 499, (n,), generator=generator).tolist())


def prompts_of(n_articles: int, n_rows: int, length: int) -> list[Ids]:
    """Return prompts of articles of a length, each with as many questions of 24 tokens."""
    articles = [draw(length, seed) for seed in range(n_articles)]
    return [
        (*article, *draw(24, 1000 + at * n_rows + row))
        for at, article in enumerate(articles)
        for row in range(n_rows)
    ]


def written(path: Any, prompts: Sequence[Ids], n_new: int, together: int) -> list[list[int]]:  # noqa: ANN401 - any path
    """Return what a path writes, `together` rows decoded at once; nothing ends an answer early."""
    stopping = StoppingCriteria(max_new_tokens=n_new, eos_ids=frozenset(), decode=str)
    rows = [Row(prompt=prompt, stopping=stopping) for prompt in prompts]
    for _ in path.run(rows, together):
        pass
    return [row.new for row in rows]


def run_correct(device: torch.device) -> None:
    """Compare the token ids of the shared path, by each list of kernels, with those of generate."""
    shape = shape_on(device, "0.5B")
    model: Any = make(shape, device, torch.float32)
    prompts = prompts_of(2, 3, size_on(device).article // 8)
    expected = []
    for prompt in prompts:
        ids = torch.tensor([prompt], device=device)
        mask = torch.ones_like(ids)
        output = model.generate(input_ids=ids, attention_mask=mask, generation_config=greedy(16))
        expected.append(output[0, len(prompt) :].tolist())
    for kernels in kernels_of(device):
        path = SharedPath(model=model, chunk=512, kernels=Kernels(kernels))
        found = written(path, prompts, 16, len(prompts))
        n_equal = sum(one == other for one, other in zip(found, expected, strict=True))
        value = f"{n_equal} of {len(prompts)} prompts"
        tell("correct", f"{shape}, float32: ids of generate", value, note=path.attention)


def run_model(part: str, shape: str, device: torch.device) -> None:
    """Measure reading, decoding and memory of one shape in bfloat16."""
    size, found, shape = size_on(device), limits(device), shape_on(device, shape)
    model = make(shape, device, torch.bfloat16)
    start = time.perf_counter()
    choice = choose_path(model, choose_products(model))
    note = "; ".join(f"{name}: {why}" for name, why in choice.rejected.items())
    value = f"{choice.path.name}, {choice.attention}"
    tell(part, f"{shape}: path and kernels, {time.perf_counter() - start:.1f} s", value, note=note)
    if not isinstance(choice.path, SharedPath):
        return
    path = replace(choice.path, guess_width=0)  # each step computes one token a row
    work = Work.of(model)
    prompt = draw(size.article, 0)
    seconds = seconds_of(lambda: written(path, [prompt], 1, 1), device, size.repeats)
    share = work.flops_to_read(size.article) / seconds / found.flops
    value = f"{size.article / seconds:,.0f} tokens/s"
    tell(part, f"{shape}: reading {size.article} tokens", value, f"{share:.0%} of the product")
    length = size.article // 4
    for n_rows in size.rows:
        prompts = prompts_of(1, n_rows, length)
        long, short = (
            seconds_of(partial(written, path, prompts, n, n_rows), device, size.repeats)
            for n in (size.new, 1)
        )
        step = (long - short) / (size.new - 1)
        n_bytes = work.weight_bytes + work.kv_bytes * (length + n_rows * (24 + size.new / 2))
        of_limit = f"{n_bytes / step / found.bytes:.0%} of the copy" if step > 0 else ""
        tell(part, f"{shape}: a step of {n_rows} rows", f"{1000 * step:.2f} ms", of_limit)
    if device.type == "cuda":
        tell(part, f"{shape}: memory", f"{torch.cuda.max_memory_allocated(device) / GIB:.1f} GiB")


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What a model's weights and cache ask of a card."""

    n_multiplied: int
    weight_bytes: int
    kv_bytes: int
    attention: int

    @classmethod
    def of(cls, model: PreTrainedModel) -> Work:
        """Count the weights of one model."""
        config: Any = model.config
        dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        head = config.vocab_size * config.hidden_size
        embedded = 0 if config.tie_word_embeddings else head
        n_read = n_parameters(model) - embedded  # the table of embeddings is hardly read
        kv = 2 * config.num_hidden_layers * config.num_key_value_heads * dim
        return cls(
            n_multiplied=n_read - head,  # logits are computed for the last token alone
            weight_bytes=n_read * model.dtype.itemsize,
            kv_bytes=kv * model.dtype.itemsize,
            attention=config.num_hidden_layers * config.num_attention_heads * dim,
        )

    def flops_to_read(self, n: int) -> float:
        """Return the operations of a prompt of n tokens, attention being causal."""
        return 2.0 * self.n_multiplied * n + 2.0 * self.attention * n * n


def run_peers(device: torch.device) -> None:
    """Answer the questions of several articles, and have `generate_batch` do it, too."""
    size, shape = size_on(device), shape_on(device, "8B")
    model: Any = make(shape, device, torch.bfloat16)
    n_rows = size.rows[-1] // 8 or 2
    prompts = prompts_of(size.articles, n_rows, size.article // 4)
    what = f"{shape}: {size.articles} articles of {size.article // 4} tokens, {n_rows} questions"
    path = choose_path(model, choose_products(model)).path
    seconds = seconds_of(lambda: written(path, prompts, size.new, 256), device, 1)
    tell("peers", what, f"{seconds:.2f} s", note="evalkit")
    model.set_attn_implementation("sdpa")
    if device.type == "cpu":
        tell("peers", what, "", note="generate_batch needs a GPU")
        return
    config = greedy(size.new)
    config.eos_token_id = -1  # of no token
    ask = [list(prompt) for prompt in prompts]
    done: dict[str, Any] = {}

    def work() -> None:
        done.clear()
        done.update(model.generate_batch(inputs=ask, generation_config=config))

    seconds = seconds_of(work, device, 1)
    n_whole = sum(len(one.generated_tokens) == size.new for one in done.values())
    # it returns what it has when it fails
    note = f"generate_batch; {n_whole} of {len(ask)} answers whole"
    tell("peers", what, f"{seconds:.2f} s", note=note)


PARTS: dict[str, Callable[[torch.device], None]] = {
    "card": run_card,
    "correct": run_correct,
    "small": lambda device: run_model("small", "0.5B", device),
    "large": lambda device: run_model("large", "8B", device),
    "peers": run_peers,
}

if __name__ == "__main__":
    sys.exit(main())
