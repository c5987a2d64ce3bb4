"""The config of a run as strict models."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from evalkit.config.default_metrics import ANSWER_METRICS, SUMMARY_METRICS
from evalkit.config.endpoint import EndpointSettings
from evalkit.config.rules import broken_rules
from evalkit.config.sources import Adapter, Data, Weights, tagged
from evalkit.config.strict import Name, PosixPath, Strict
from evalkit.config.thinking import ThinkingMarks  # noqa: TC001 - pydantic reads the annotation
from evalkit.config.validation import validate
from evalkit.config.workers import Device, Workers  # noqa: TC001 - pydantic reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.config.problems import ValidationProblem
    from evalkit.records import Kind, Role

Dtype = Literal["auto", "float32", "bfloat16", "float16"]
Positive = Annotated[int, Field(ge=1)]
ShotCount = Annotated[int, Field(ge=0)]
Rate = Annotated[float, Field(ge=0, le=1)]
Factor = Literal["wording", "n_shots", "noise"]
"""What conditions can differ in; the fields of `records.Condition`."""


class GenerationSettings(Strict):
    """How a model writes: greedily, or by drawing samples where `temperature` is above 0."""

    max_new_tokens: Mapping[Name, Positive] = Field(default_factory=dict)
    """How many tokens it may write, by task; overrides the task's own number; what is longer
    is truncated."""
    stop: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Where any of these is written, the generation ends before it."""
    temperature: Annotated[float, Field(ge=0)] = 0.0
    """0 decodes greedily; above 0, logits are divided by it before a token is drawn."""
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    """A token is drawn from the most probable ones that together reach this probability."""
    top_k: Annotated[int, Field(ge=0)] = 0
    """A token is drawn from this many of the most probable ones; 0 means all."""
    samples: Positive = 1
    """How many generations are drawn for each example; their scores are averaged."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Seeds the drawing of samples."""


class LanguageModel(Strict):
    """A language model whose weights are loaded by evalkit."""

    FACTORS: ClassVar[tuple[Factor, ...]] = ("wording", "n_shots", "noise")
    role: ClassVar[Role] = "model"

    name: Name
    """Its name in every table; unique in the config."""
    weights: Weights
    """Where it comes from."""
    adapter: Adapter | None = None
    """A LoRA adapter that is loaded on top of the weights; needs the extra `adapters`."""
    device: Device = "auto"
    """Where it runs; `auto` is a GPU where there is one, `cuda:1` the second one."""
    dtype: Dtype = "auto"
    """What it computes in; `auto` is bfloat16 where the hardware has it, else float32."""
    batch_size: Literal["auto"] | Positive = "auto"
    """How many generations are decoded together; `auto` is as many as memory allows."""
    max_context: Annotated[int, Field(ge=64)] | None = None
    """How many tokens prompt and generation may have together; articles are shortened to fit. The
    model's own limit holds as well."""
    chat_template_kwargs: Mapping[str, Any] = Field(default_factory=dict)
    """Arguments of its chat template, such as `enable_thinking: false`."""
    generation: GenerationSettings = GenerationSettings()
    """How it writes."""
    wordings: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    """The wordings for this model, in place of those of `prompts`."""
    thinking: ThinkingMarks | None = None
    """The marks around its thinking, where they are its own: most are known."""
    trust_remote_code: bool = False
    """Whether Python code that comes with the weights may run; it can do all that you can."""


class Endpoint(EndpointSettings):
    """A language model on a server: any that speaks the API of OpenAI's completions."""

    FACTORS: ClassVar[tuple[Factor, ...]] = ("wording", "n_shots", "noise")
    role: ClassVar[Role] = "model"

    generation: GenerationSettings = GenerationSettings()
    """How it writes."""
    wordings: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    """The wordings for this model, in place of those of `prompts`."""


class Baseline(Strict):
    """A system that is not a language model."""

    FACTORS: ClassVar[tuple[Factor, ...]] = ("noise",)
    generation: ClassVar[GenerationSettings] = GenerationSettings()

    name: Name
    """Its name in every table; unique in the config."""
    baseline: Literal["lead", "textrank", "oracle"]
    """`lead` and `textrank` copy sentences of the article; `oracle` copies those that score best
    against the references, the upper bound of copying."""

    @property
    def role(self) -> Role:
        """What its systems are in a comparison."""
        return "oracle" if self.baseline == "oracle" else "baseline"


class PredictionColumns(Strict):
    """The columns of a table of predictions."""

    id: str = "id"
    """The id of the example: `<article id>/<question id>`, `<article id>/<task>`, or a question's
    id alone where no two articles share it."""
    prediction: str = "prediction"
    """What the other program answered. An empty cell is an empty answer: it scores 0, and `issues`
    counts it. Where there is no answer, leave out the row; that example is then not scored."""


class Predictions(Strict):
    """Answers that another program wrote."""

    FACTORS: ClassVar[tuple[Factor, ...]] = ()
    generation: ClassVar[GenerationSettings] = GenerationSettings()
    role: ClassVar[Role] = "model"

    name: Name
    """Its name in every table; unique in the config."""
    predictions: PosixPath
    """A file of JSON Lines, CSV, TSV or Parquet with a row for each example, or of JSON with one
    object `{id: answer}`, as the scripts of SQuAD and CMRC write it."""
    columns: PredictionColumns = PredictionColumns()
    """The names of its columns."""
    thinking: ThinkingMarks | None = None
    """The marks around the thinking in them, where they are the model's own: most are known."""


_Models = (
    Annotated[LanguageModel, Tag("<weights>")]
    | Annotated[Endpoint, Tag("<endpoint>")]
    | Annotated[Baseline, Tag("<baseline>")]
    | Annotated[Predictions, Tag("<predictions>")]
)
ModelEntry = Annotated[_Models, tagged(_Models)]


class TaskSettings(Strict):
    """One task; known tasks have defaults for what is left out."""

    prompts: Name | None = None
    """The folder of its templates below `prompts.folder`: `summary` for `short` and `long`, else
    the task's own name."""
    n_characters: Positive | None = None
    """How long a summary is asked to be, in characters: 100 for `short`, 250 for `long`, 90 for
    `focused`, 30 for `headline`; required for any other task."""
    max_new_tokens: Positive | None = None
    """How many tokens a model may write: 48 for `answer` and `headline`, 160 for `short` and
    `focused`, 320 for `long`, else twice the characters."""


class Prompts(Strict):
    """Which templates are used: `<folder>/<prompts of the task>/<wording>.jinja`."""

    folder: PosixPath | None = None
    """The folder, such as `prompts`; by default that of evalkit's own templates, of which `evalkit
    init` writes copies to edit."""
    wordings: Annotated[tuple[Name, ...], Field(min_length=1)] = ("default",)
    """The names of the templates; every model is asked in each wording, as a system of its own."""


class NoiseSettings(Strict):
    """Seeded disturbances of the articles, each at a rate from 0 to 1; `{}` leaves them clean."""

    full_width: Rate = 0.0
    """The share of ASCII digits and punctuation marks that become full-width."""
    line_breaks: Rate = 0.0
    """The share of places within a sentence at which the line is broken."""
    ocr: Rate = 0.0
    """The share of characters with a known OCR confusion that are replaced by it."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Seeds the choice of places."""


class Metrics(Strict):
    """Which metrics score the predictions; docs/metrics.md has them all."""

    summary: tuple[str, ...] = SUMMARY_METRICS
    """For summaries; without this key, `name_precision` only where its extra is installed."""
    answer: tuple[str, ...] = ANSWER_METRICS
    """For answers."""
    segmenter: Literal["zhmix-1", "zhmix-1+jieba", "raw-char"] = "zhmix-1"
    """How ROUGE splits a text: Chinese by character, other words and numbers whole; the same with
    Chinese by word; or all by character."""
    sentences: Literal["marks", "newline"] = "marks"
    """Where sentences end for `rougeLsum`: at Chinese end marks and line breaks, or at line breaks
    alone, as in rouge_score."""
    references: Literal["max", "mean", "jackknife"] = "max"
    """How the scores against several reference summaries are combined."""

    def by_kind(self) -> dict[Kind, tuple[str, ...]]:
        """Return the names of the metrics for each kind of task."""
        return {"summary": self.summary, "answer": self.answer}


ShotCounts = Annotated[
    Annotated[ShotCount, Tag("<one>")]
    | Annotated[tuple[ShotCount, ...], Field(min_length=1), Tag("<list>")],
    Discriminator(lambda value: "<list>" if isinstance(value, list | tuple) else "<one>"),
]


class Config(Strict):
    """One run: several systems, the same examples, the same metrics."""

    name: Name
    """The name of the run and of its folder."""
    data: Data
    """The articles and their references."""
    prompts: Prompts | None = None
    """How language models are asked; by default with evalkit's own templates."""
    models: Annotated[tuple[ModelEntry, ...], Field(min_length=1)]
    """What is compared: language models, baselines, predictions of other programs."""
    output: PosixPath
    """The folder in which the run's own folder is made."""
    tasks: Annotated[Mapping[Name, TaskSettings], Field(min_length=1)] = {
        name: TaskSettings() for name in ("short", "long", "answer")
    }
    """What every system is asked, by name: `answer` asks the questions, every other task asks for a
    summary; `short`, `long`, `focused` and `headline` are known and have defaults."""
    metrics: Metrics = Metrics()
    """How the predictions are scored."""
    few_shot: ShotCounts = 0
    """How many worked examples, of other articles, a prompt shows before its task; every number of
    a list is a condition of its own."""
    noise: Annotated[tuple[NoiseSettings, ...], Field(min_length=1)] = (NoiseSettings(),)
    """How the articles are disturbed before they are read; every entry is a condition of its own.
    Scores are against the clean references."""
    shorten: Literal["head", "head_tail", "sentences"] = "head"
    """What is kept of an article too long for a model: its beginning, its beginning and end, or
    the whole sentences of its beginning."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Seeds the choice of worked examples."""
    workers: Workers | None = None
    """Where language models with `weights` run, if not in this process: several devices, or a Ray
    cluster. What they write is the same but for rounding."""
    limit: Positive | None = None
    """How many articles are read, from the first on, those without references left out where some
    have them; all by default."""
    cache: bool = True
    """Whether generations are shared with other runs through the generation cache; use `false` to
    measure speed."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - what YAML can hold, or models
        """Make a config in Python, without YAML.

        Settings may be what YAML would hold: text for paths, lists, mappings; or the models of this
        module. Relative paths start from the current folder.

        >>> config = Config(
        ...     name="trial",
        ...     data={"squad": "dev.json"},
        ...     models=[{"name": "lead", "baseline": "lead"}],
        ...     output="runs",
        ... )
        >>> config.models[0].role
        'baseline'

        Raises:
            InputError: with every problem of the settings.
        """
        validate(type(self), settings, lambda found: found.in_file("config"), instance=self)

    @classmethod
    def broken_rules(cls, data: Mapping[str, object]) -> Iterable[ValidationProblem]:
        """Return the problems that types cannot express, such as duplicate names."""
        return broken_rules(data)
