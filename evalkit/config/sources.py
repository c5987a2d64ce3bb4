"""Where weights, adapters and data come from: several kinds, each with a key of its own."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Discriminator, Field, Tag

from evalkit.config.strict import PosixPath, Strict, matching

Sha256 = Annotated[str, *matching(r"[0-9a-f]{64}", "the 64 hexadecimal digits of the file")]
Revision = Annotated[
    str, *matching(r"[0-9a-f]{40}", "the 40 digits of a commit, as a tag or branch can move")
]


def tags_of(union: Any) -> dict[str, Any]:  # noqa: ANN401 - no static type describes a union
    """Return the members of a union by the key that only they have, which is their tag."""
    return {
        tag.tag.strip("<>"): member
        for member, *annotations in map(get_args, get_args(union))
        for tag in annotations
        if isinstance(tag, Tag)
    }


def tagged(union: Any) -> Discriminator:  # noqa: ANN401 - as above
    """Tell the members of a union apart by the one key that only they have."""
    keys = tuple(tags_of(union))

    def tag(value: object) -> str | None:
        for key in keys:
            if (isinstance(value, dict) and key in value) or hasattr(value, key):
                return f"<{key}>"
        return None

    return Discriminator(tag)


class PresetWeights(Strict):
    """Weights that evalkit knows by name and SHA-256."""

    preset: str
    """The name, such as `qwen2.5-coder-0.5b-instruct`."""


class FolderWeights(Strict):
    """A folder in the layout of the hub: config.json, tokenizer, *.safetensors."""

    folder: PosixPath
    """The folder; pickles in it are never opened."""


class GgufWeights(Strict):
    """A GGUF file, converted once to safetensors in the cache."""

    gguf: PosixPath
    """The file, of Qwen2 or dense Qwen3."""
    sha256: Sha256
    """What `sha256sum` says of the file; another file is refused."""


class HubWeights(Strict):
    """A model on a hub, pinned to one revision."""

    hub: str
    """Its id, such as `Qwen/Qwen3-8B`."""
    revision: Revision
    """The commit; the hub's page of the model lists them under its history."""


class TinyWeights(Strict):
    """A two-layer Qwen2 with random weights, made from a seed and the articles."""

    tiny: Annotated[int, Field(ge=0)]
    """The seed. It writes nonsense: it tries out a config in seconds, without a download."""


_WeightsKinds = (
    Annotated[PresetWeights, Tag("<preset>")]
    | Annotated[FolderWeights, Tag("<folder>")]
    | Annotated[GgufWeights, Tag("<gguf>")]
    | Annotated[HubWeights, Tag("<hub>")]
    | Annotated[TinyWeights, Tag("<tiny>")]
)
Weights = Annotated[_WeightsKinds, tagged(_WeightsKinds)]


class FolderAdapter(Strict):
    """A LoRA adapter in a folder, as peft writes it."""

    folder: PosixPath
    """The folder that holds `adapter_config.json` and `adapter_model.safetensors`."""


class HubAdapter(Strict):
    """A LoRA adapter on a hub, pinned to one revision."""

    hub: str
    """Its id."""
    revision: Revision
    """The commit."""


_AdapterKinds = Annotated[FolderAdapter, Tag("<folder>")] | Annotated[HubAdapter, Tag("<hub>")]
Adapter = Annotated[_AdapterKinds, tagged(_AdapterKinds)]


class ArticleData(Strict):
    """evalkit's own layout: an index of articles, and a folder with a file of references each."""

    articles: PosixPath
    """The index, such as `seeds/index.yaml`, beside the articles that it lists."""
    references: PosixPath | None = None
    """The folder; its `<article id>.yaml` holds the references of that article. Without it, systems
    write summaries, and only the metrics that read no reference score them."""


class SquadData(Strict):
    """A JSON file in SQuAD's layout, such as DRCD, or in CMRC 2018's own."""

    squad: PosixPath
    """The file."""


class Columns(Strict):
    """The columns of a table.

    With neither summary nor answers, systems write summaries, and only the metrics that read no
    reference score them.
    """

    article: str
    """The text, also as a list of sentences, or of turns of a dialogue that each have a `speaker`
    (or `role`, `name`, `from`, `sender`) and an `utterance` (or `text`, `content`, `value`,
    `sentence`); rows with the same text are one article."""
    article_id: str | None = None
    """The article's id; without it the id is made from the text."""
    id: str | None = None
    """The question's id; without it questions are numbered. Of a table without questions, the
    article's id."""
    summary: str | None = None
    """A reference summary, also as a list of sentences or characters; it counts as a short one.
    Several are several rows, or a list of lists of sentences."""
    question: str | None = None
    """A question about the text."""
    answers: str | None = None
    """The accepted answers to the question: one, a list (also written as text: `["60辆", "60台"]`),
    or as SQuAD writes them. Where the column `is_impossible` says true, the
    article does not say."""
    type: str | None = None
    """The question's type as in hand-written references: `number`, `date`, `person`,
    `organization`, `place`, `list`, `phrase`, `yesno`, `unanswerable`, or blank. Metrics read it
    too: it says what is asked for."""
    difficulty: str | None = None
    """The question's difficulty, from 1 to 5, or blank."""
    evidence: str | None = None
    """The words of the article that prove the answer: one quote, or a list of them."""


class TableData(Strict):
    """A file with named columns, such as LCSTS or CNewSum."""

    table: PosixPath
    """The file: JSON Lines, JSON, CSV, TSV or Parquet, by its suffix."""
    columns: Columns
    """The names of its columns."""


class HubData(Strict):
    """A data set on a hub, pinned to one revision."""

    hub_dataset: str
    """Its id, such as `hfl/cmrc2018`."""
    revision: Revision
    """The commit."""
    config: str | None = None
    """Which of its configurations, where it has several."""
    split: str
    """Which part of it is read, such as `validation`."""
    columns: Columns | None = None
    """The names of its columns; by default those of flat SQuAD."""


_DataKinds = (
    Annotated[ArticleData, Tag("<articles>")]
    | Annotated[SquadData, Tag("<squad>")]
    | Annotated[TableData, Tag("<table>")]
    | Annotated[HubData, Tag("<hub_dataset>")]
)
Data = Annotated[_DataKinds, tagged(_DataKinds)]
