"""The YAML of a run as typed, strict models; every problem names file, line, key and remedy."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, PlainSerializer, Tag, WithJsonSchema

from evalkit import strict_yaml
from evalkit.errors import InputError
from evalkit.overrides import anchor_paths, override
from evalkit.records import Length  # noqa: TC001 - pydantic reads the annotation at run time
from evalkit.strict_yaml import Strict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _text(pattern: str, remedy: str) -> tuple[AfterValidator, WithJsonSchema]:
    """Annotate a string that must match a pattern, with a remedy that a person understands."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            message = f"does not fit: {value!r}; {remedy}"
            raise ValueError(message)
        return value

    return AfterValidator(check), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _some(models: tuple[System, ...]) -> tuple[System, ...]:
    if not models:
        message = "is empty; name at least one model or baseline"
        raise ValueError(message)
    return models


Device = Annotated[str, *_text(r"auto|cpu|mps|cuda(:\d+)?", "use auto, cpu, cuda, cuda:1 or mps")]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]
Sha256 = Annotated[str, *_text(r"[0-9a-f]{64}", "give the 64 hexadecimal digits of the file")]
Revision = Annotated[str, *_text(r"[0-9a-f]{40}", "give the 40 digits of a commit: a tag can move")]
Name = Annotated[
    str,
    *_text(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "use up to 64 letters, digits, `.`, `_` and `-`"),
]
Positive = Annotated[int, Field(ge=1)]
PosixPath = Annotated[Path, PlainSerializer(lambda path: path.as_posix(), return_type=str)]


def _by_key(*keys: str) -> Callable[[object], str | None]:
    """Tell the members of a union apart by the one key that only they have."""

    def tag(value: object) -> str | None:
        for key in keys:
            if (isinstance(value, dict) and key in value) or hasattr(value, key):
                return f"<{key}>"
        return None

    return tag


def _one_of(*keys: str) -> Discriminator:
    return Discriminator(
        _by_key(*keys),
        custom_error_type="which_kind",
        custom_error_message=f"names no kind; give one of the keys {', '.join(keys)}",
    )


class PresetWeights(Strict):
    """Weights that evalkit knows by name and SHA-256."""

    preset: str


class FolderWeights(Strict):
    """A folder in the layout of the hub: config.json, tokenizer, *.safetensors."""

    folder: PosixPath


class GgufWeights(Strict):
    """A GGUF file, converted once to safetensors in the cache."""

    gguf: PosixPath
    sha256: Sha256


class HubWeights(Strict):
    """A model on a hub, pinned to one revision."""

    hub: str
    revision: Revision


class TinyWeights(Strict):
    """A two-layer Qwen2 with random weights, made on the spot from a seed and the articles."""

    tiny: Annotated[int, Field(ge=0)]


Weights = Annotated[
    Annotated[PresetWeights, Tag("<preset>")]
    | Annotated[FolderWeights, Tag("<folder>")]
    | Annotated[GgufWeights, Tag("<gguf>")]
    | Annotated[HubWeights, Tag("<hub>")]
    | Annotated[TinyWeights, Tag("<tiny>")],
    _one_of("preset", "folder", "gguf", "hub", "tiny"),
]


class MaxNewTokens(Strict):
    """How many tokens a model may write, per kind of example."""

    answer: Positive = 48
    short: Positive = 160
    long: Positive = 320


class GenerationSettings(Strict):
    """How a model writes; decoding is always greedy."""

    max_new_tokens: MaxNewTokens = MaxNewTokens()
    stop: tuple[Annotated[str, Field(min_length=1)], ...] = ()


class LanguageModel(Strict):
    """A language model to be compared."""

    name: Name
    weights: Weights
    device: Device = "auto"
    dtype: Dtype = "auto"
    batch_size: Literal["auto"] | Positive = "auto"
    max_context: Annotated[int, Field(ge=64)] | None = None
    chat_template_kwargs: Mapping[str, Any] = Field(default_factory=dict)
    generation: GenerationSettings = GenerationSettings()
    trust_remote_code: bool = False


class Baseline(Strict):
    """A system that is no language model: lead, TextRank, or the oracle (the roof)."""

    name: Name
    baseline: Literal["lead", "textrank", "oracle"]


System = Annotated[
    Annotated[LanguageModel, Tag("<weights>")] | Annotated[Baseline, Tag("<baseline>")],
    _one_of("weights", "baseline"),
]


class ArticleData(Strict):
    """evalkit's own layout: an index of articles, and a folder with a file of references each."""

    articles: PosixPath
    references: PosixPath


class SquadData(Strict):
    """A JSON file in SQuAD's layout, such as CMRC 2018 or DRCD."""

    squad: PosixPath


class Columns(Strict):
    """Which column of a table holds what; at least one of summary and answers is needed."""

    article: str
    id: str | None = None
    summary: str | None = None
    question: str | None = None
    answers: str | None = None


class TableData(Strict):
    """A JSONL, CSV or Parquet file with named columns, such as LCSTS or CNewSum."""

    table: PosixPath
    columns: Columns


class HubData(Strict):
    """A data set on a hub, pinned to one revision; its columns are flat SQuAD's by default."""

    hub_dataset: str
    revision: Revision
    split: str
    columns: Columns | None = None


Data = Annotated[
    Annotated[ArticleData, Tag("<articles>")]
    | Annotated[SquadData, Tag("<squad>")]
    | Annotated[TableData, Tag("<table>")]
    | Annotated[HubData, Tag("<hub_dataset>")],
    _one_of("articles", "squad", "table", "hub_dataset"),
]


class NCharacters(Strict):
    """How many characters a summary is asked to have."""

    short: Positive = 100
    long: Positive = 250


class Tasks(Strict):
    """What every system does with every article."""

    summaries: tuple[Length, ...] = ("short", "long")
    questions: bool = True
    n_characters: NCharacters = NCharacters()


class Prompts(Strict):
    """Which templates are used: `<folder>/<task>/<name>.jinja`."""

    folder: PosixPath
    summary: Name = "default"
    answer: Name = "default"


class Metrics(Strict):
    """Which metrics judge the predictions."""

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
    answer: tuple[str, ...] = ("em", "em_strict", "f1")
    segmenter: Literal["zhmix-1", "zhmix-1+jieba", "raw-char"] = "zhmix-1"
    references: Literal["max", "mean", "jackknife"] = "max"


class Config(Strict):
    """One run: several systems, the same examples, the same metrics.

    With `cache` off, generations of other runs are neither used nor kept for other runs: for
    measuring speed.
    """

    name: Name
    data: Data
    prompts: Prompts
    models: Annotated[tuple[System, ...], AfterValidator(_some)]
    output: PosixPath
    tasks: Tasks = Tasks()
    metrics: Metrics = Metrics()
    few_shot: Annotated[int, Field(ge=0)] = 0
    shorten: Literal["head", "head_tail", "sentences"] = "head"
    seed: Annotated[int, Field(ge=0)] = 0
    limit: Positive | None = None
    cache: bool = True


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
    """Return the user's cache folder: `$EVALKIT_CACHE`, else evalkit's place in the usual one."""
    if named := os.environ.get("EVALKIT_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evalkit"
