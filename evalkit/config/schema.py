"""The YAML of a run as typed, strict models; every problem names file, line, key and remedy."""

from __future__ import annotations

import os
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, Tag

from evalkit.config import document as strict_yaml
from evalkit.config.document import FileName, PosixPath, Strict, fitting
from evalkit.config.overrides import anchor_paths, override
from evalkit.config.sources import (
    ArticleData,
    Columns,
    Data,
    FolderWeights,
    GgufWeights,
    HubData,
    HubWeights,
    PresetWeights,
    SquadData,
    TableData,
    TinyWeights,
    Weights,
    one_of,
)
from evalkit.errors import InputError, Problem
from evalkit.records import Length  # noqa: TC001 - pydantic reads the annotation at run time

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "LETTERS",
    "ArticleData",
    "Baseline",
    "Columns",
    "Config",
    "Data",
    "Dtype",
    "FolderWeights",
    "GenerationSettings",
    "GgufWeights",
    "HubData",
    "HubWeights",
    "LanguageModel",
    "Metrics",
    "NCharacters",
    "Name",
    "PresetWeights",
    "SquadData",
    "TableData",
    "Tasks",
    "TinyWeights",
    "Weights",
    "cache_folder",
    "load",
]

Device = Annotated[str, *fitting(r"auto|cpu|mps|cuda(:\d+)?", "auto, cpu, cuda, cuda:1 or mps")]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]
LETTERS = r"A-Za-z0-9\u3400-\u4dbf\u4e00-\u9fff"
"""What a name begins with: Latin and Chinese letters and digits; each has one form on any disk."""
Name = Annotated[
    FileName,
    *fitting(
        rf"[{LETTERS}][{LETTERS}._-]{{0,63}}",
        "up to 64 letters, digits, `.`, `_` and `-`, a letter or digit first",
    ),
]
Positive = Annotated[int, Field(ge=1)]


class MaxNewTokens(Strict):
    """How many tokens a model may write, per kind of example."""

    answer: Positive = 48
    """For an answer."""
    short: Positive = 160
    """For a short summary."""
    long: Positive = 320
    """For a long summary."""


class GenerationSettings(Strict):
    """How a model writes; decoding is always greedy."""

    max_new_tokens: MaxNewTokens = MaxNewTokens()
    """How much it may write; what is longer is cut off, and counted as odd."""
    stop: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Where any of these is written, the generation ends before it."""


class LanguageModel(Strict):
    """A language model to be compared."""

    name: Name
    """What it is called in every table; each system has another."""
    weights: Weights
    """Where it comes from."""
    device: Device = "auto"
    """Where it runs; `auto` is a GPU where there is one, `cuda:1` the second one."""
    dtype: Dtype = "auto"
    """What it computes in; `auto` is bfloat16 where the hardware has it, else float32."""
    batch_size: Literal["auto"] | Positive = "auto"
    """How many generations are written side by side; `auto` is as many as memory allows."""
    max_context: Annotated[int, Field(ge=64)] | None = None
    """How many tokens prompt and generation may have together; articles are shortened to fit. The
    model's own limit holds as well."""
    chat_template_kwargs: Mapping[str, Any] = Field(default_factory=dict)
    """What its chat template is told, such as `enable_thinking: false`."""
    generation: GenerationSettings = GenerationSettings()
    """How it writes."""
    trust_remote_code: bool = False
    """Whether Python code that comes with the weights may run; it can do all that you can."""


class Baseline(Strict):
    """A system that is no language model."""

    name: Name
    """What it is called in every table; each system has another."""
    baseline: Literal["lead", "textrank", "oracle"]
    """`lead` and `textrank` copy sentences of the article; `oracle`, the roof, copies the
    references."""


System = Annotated[
    Annotated[LanguageModel, Tag("<weights>")] | Annotated[Baseline, Tag("<baseline>")],
    one_of("weights", "baseline"),
]


class NCharacters(Strict):
    """How many characters a summary is asked to have."""

    short: Positive = 100
    """Of a short summary."""
    long: Positive = 250
    """Of a long summary."""


class Tasks(Strict):
    """What every system does with every article."""

    summaries: tuple[Length, ...] = ("short", "long")
    """The lengths of summary that are asked for, of those that have a reference."""
    questions: bool = True
    """Whether the questions are asked."""
    n_characters: NCharacters = NCharacters()
    """How long summaries are asked to be."""


class Prompts(Strict):
    """Which templates are used: `<folder>/<task>/<name>.jinja`."""

    folder: PosixPath
    """The folder, such as `prompts`."""
    summary: Name = "default"
    """The name of the template that asks for a summary."""
    answer: Name = "default"
    """The name of the template that asks a question."""


class Metrics(Strict):
    """Which metrics judge the predictions; docs/metrics.md has them all."""

    summary: tuple[str, ...] = (
        "rouge1",
        "rouge2",
        "rougeL",
        "rougeLsum",
        "number_precision",
        "number_recall",
        "coverage",
        "novel_bigrams",
        "repetition",
    )
    """Those of summaries."""
    answer: tuple[str, ...] = ("em", "em_strict", "f1")
    """Those of answers."""
    segmenter: Literal["zhmix-1", "zhmix-1+jieba", "raw-char"] = "zhmix-1"
    """How ROUGE splits a text: Chinese by character, other words and numbers whole; the same with
    Chinese by word; or all by character."""
    references: Literal["max", "mean", "jackknife"] = "max"
    """How the scores against several reference summaries become one."""


class Config(Strict):
    """One run: several systems, the same examples, the same metrics."""

    name: Name
    """What the run is called, and its folder."""
    data: Data
    """The articles, and what people wrote about them."""
    prompts: Prompts
    """How the models are asked."""
    models: Annotated[tuple[System, ...], Field(min_length=1)]
    """The systems that are compared: language models and baselines."""
    output: PosixPath
    """The folder in which the run's own folder is made."""
    tasks: Tasks = Tasks()
    """What every system is asked."""
    metrics: Metrics = Metrics()
    """How the predictions are judged."""
    few_shot: Annotated[int, Field(ge=0)] = 0
    """How many worked examples, of other articles, a prompt shows before its task."""
    shorten: Literal["head", "head_tail", "sentences"] = "head"
    """What is kept of an article too long for a model: its beginning, its beginning and end, or
    the whole sentences of its beginning."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Draws the worked examples."""
    limit: Positive | None = None
    """How many articles are read, from the first on; all where not given."""
    cache: bool = True
    """Whether generations of other runs are used, and kept for other runs; `false` for measuring
    speed."""


def load(file: Path, overrides: Sequence[str] = ()) -> tuple[Config, strict_yaml.Document]:
    """Return the config of a file, changed by overrides such as `models.0.device=cpu`.

    Relative paths of the file start from its folder, those of overrides from the current one. The
    document tells where each value was written, for problems that are found later.

    Raises:
        InputError: with every problem of the file and the overrides.
    """
    document = strict_yaml.read(file)
    anchor_paths(document.data, file.parent)
    problems = [problem for text in overrides for problem in override(document, text)]
    if problems:
        raise InputError(problems)
    anchor_paths(document.data, Path())  # those of overrides: the shell leaves the `~` of `key=~/x`
    config = document.parse(Config)
    names = [model.name for model in config.models]
    repeated = [
        document.problem(("models", i, "name"), f"`{name}` stands twice", "give each its own name")
        for i, name in enumerate(names)
        if name in names[:i]
    ]
    if repeated:
        raise InputError(repeated)
    return config, document


def cache_folder() -> Path:
    """Return the user's cache folder: `$EVALKIT_CACHE`, else evalkit's place in the usual one.

    Raises:
        InputError: it is not named, and the user has no home folder.
    """
    if named := os.environ.get("EVALKIT_CACHE"):
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evalkit"
    except RuntimeError:  # no HOME, and nobody knows this user
        what, remedy = "is not set, and this user has no home folder", "name a folder for the cache"
        raise InputError([Problem(file="EVALKIT_CACHE", what=what, remedy=remedy)]) from None
