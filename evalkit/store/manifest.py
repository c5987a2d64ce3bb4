"""The content of manifest.json: what was run, with what, on what."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evalkit.config.files import read_bytes
from evalkit.config.thinking import ThinkingMarks  # noqa: TC001 - as below
from evalkit.errors import StoreError, refusal
from evalkit.records import System  # noqa: TC001 - pydantic reads the annotation at run time

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 3
"""The version of the run folder's format that this evalkit writes and reads."""


class _Part(BaseModel):
    model_config = ConfigDict(
        allow_inf_nan=False, extra="forbid", strict=True, validate_assignment=True
    )


class Machine(_Part):
    """A machine that was used."""

    platform: str
    processor: str
    cores: int | None
    memory_bytes: int
    python: str


class SessionRecord(_Part):
    """When a run was started or resumed, on which machine and with which versions."""

    started: str
    evalkit: str
    libraries: dict[str, str]
    machine: Machine


class Speed(_Part):
    """Time, tokens and memory of a provider's generations, over all sessions of a run.

    Kept in the manifest, not in the summary, which is the same however often a run was
    interrupted. `peak_memory_bytes` is that of the whole process; `currency` is that of the
    model's price, empty where it has none.
    """

    load_s: float = 0.0
    generate_s: float = 0.0
    n_generated: int = 0
    n_prompt_tokens: int = 0
    n_computed_tokens: int = 0
    n_new_tokens: int = 0
    n_reasoning_tokens: int = 0
    cost: float = 0.0
    currency: str = ""
    peak_memory_bytes: int = 0


class ProviderRecord(_Part):
    """What is known of one entry of `models:`; `facts` are those of its latest session."""

    fingerprint: str = ""
    failure: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)
    speed: Speed = Speed()


class RougeCheck(_Part):
    """How many ROUGE values rouge-score computed too, and the largest difference."""

    n_checked: int
    largest_difference: float


class Manifest(_Part):
    """The whole content of manifest.json.

    `articles` and `references` hold a SHA-256 for each article id, `prompts` one for each template
    (`<folder>/<wording>`), `signatures` the metrics'. `files` binds the run's other files to it:
    the SHA-256 of each by its name; empty until the run has ended.
    """

    format: int = FORMAT
    run: str
    status: Literal["running", "complete", "incomplete"]
    started: str
    ended: str = ""
    sessions: list[SessionRecord]
    config: dict[str, Any]
    articles: dict[str, str]
    references: dict[str, str]
    prompts: dict[str, str]
    signatures: dict[str, str]
    providers: dict[str, ProviderRecord]
    systems: list[System]
    rouge_check: RougeCheck | None = None
    files: dict[str, str] = Field(default_factory=dict)


class _Model(BaseModel):
    name: str
    baseline: str | None = None
    thinking: ThinkingMarks | None = None


class _Task(BaseModel):
    prompts: str | None = None


class _Metrics(BaseModel):
    references: str | None = None


class _Config(BaseModel):
    name: str
    output: str
    models: list[_Model]
    tasks: dict[str, _Task | None] = Field(default_factory=dict)
    metrics: _Metrics = _Metrics()


class _Recorded(BaseModel):
    """What is read of a run's config, whatever else it holds."""

    config: _Config


def read(file: Path) -> Manifest | None:
    """Return a manifest; None where there is none.

    Raises:
        InputError: another version of evalkit wrote it.
        StoreError: it cannot be read, or is not what a run writes.
    """
    try:
        found = json.loads(read_bytes(file), parse_constant=_refuse)
        if isinstance(found, dict):
            # format 1 had no number
            _check_format(found.get("format", 1 if "config" in found else FORMAT), file)
        manifest = Manifest.model_validate_json(json.dumps(found))
        _Recorded.model_validate(found)
    except FileNotFoundError:
        return None
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        what = f"{place}: {first['msg'].lower()}" if place else "is not a mapping"
    except (ValueError, RecursionError):
        what = "is not JSON"
    else:
        return manifest
    message = f"{file}: {what}; delete it and run again"
    raise StoreError(message)


def _refuse(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise ValueError(message)


def _check_format(version: object, file: Path) -> None:
    if version == FORMAT or not isinstance(version, int):
        return
    if version < FORMAT:
        what = f"the run folder has format {version}, of an earlier evalkit"
        raise refusal(
            file, "outdated", what, f"python -m evalkit runs upgrade {quote(str(file.parent))}"
        )
    what = f"the run folder has format {version}, of a later evalkit"
    raise refusal(file, "unreadable", what, f"update evalkit; this version reads format {FORMAT}")
