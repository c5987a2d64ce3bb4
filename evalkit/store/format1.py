"""Run folders of format 1, as records of this version: what evalkit 0.1 wrote."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from pydantic import TypeAdapter, ValidationError

from evalkit.errors import StoreError
from evalkit.records import (
    Condition,
    Detail,
    FinishReason,
    Generation,
    PlannedRequest,
    ScoreLine,
    System,
)
from evalkit.results import MetricFacts, OutputCounts, Summary, SystemSummary
from evalkit.store import format1_manifest
from evalkit.store.jsonl import read_all
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Kind, Role, StepName
    from evalkit.results import Direction

_ROLES: Final[dict[str, Role]] = {
    "contestant": "model",
    "floor": "baseline",
    "roof": "oracle",
    "ceiling": "human",
}
_NAMES: Final = {"human ceiling": "human"}
_STEPS: Final[dict[str, StepName]] = {
    "nothing": "closed_book",
    "summary": "summary_qa",
}
_ANSWER_METRICS: Final[dict[str, StepName]] = {
    "em": "article",
    "em_strict": "article",
    "f1": "article",
    "em_cmrc": "article",
    "f1_cmrc": "article",
    "em_from_summary": "summary_qa",
    "em_closed_book": "closed_book",
}
_BETTER: Final[dict[str, Direction]] = {
    "repetition": "lower",
    "coverage": "neither",
    "density": "neither",
    "novel_bigrams": "neither",
    "compression": "neither",
}
_UNBOUNDED: Final = {"density", "compression"}
_HEADLINE: Final = {
    "rouge2",
    "rougeLsum",
    "number_precision",
    "em",
    "f1",
    "em_from_summary",
    "em_closed_book",
}
_CANNOT: Final = "impossible:"  # begins the keys of requests that cannot be sent


@dataclass(frozen=True, kw_only=True, slots=True)
class _Request:
    model: str
    example_id: str
    key: str
    n_prompt_tokens: int
    question: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Generation:
    key: str
    model: str
    example_id: str
    text: str
    finish_reason: FinishReason
    n_prompt_tokens: int = 0
    n_computed_tokens: int = 0
    n_new_tokens: int = 0
    n_article_tokens_dropped: int = 0
    template_sha256: str = ""
    latency_s: float = 0.0
    error: str = ""
    from_cache: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Score:
    model: str
    example_id: str
    article_id: str
    metric: str
    value: float
    parts: dict[str, float]
    decided_by: str
    compared: dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counts:
    n_generated: int
    n_failed: int
    n_missing: int
    n_empty: int
    n_cut_off: int
    n_shortened: int
    n_unclosed_thinking: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Estimate:
    metric: str
    n_planned: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    name: str
    estimates: tuple[_Estimate, ...]
    counts: _Counts
    role: Literal["contestant", "floor", "roof", "ceiling"] = "contestant"
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Summary:
    run: str
    status: Literal["complete", "incomplete"]
    systems: tuple[_Row, ...]
    signatures: dict[str, str]


class OldFolder:
    """A run folder of format 1. What cannot be read raises a StoreError that names the place."""

    def __init__(self, path: Path) -> None:
        """Read its manifest and generations."""
        self._path = path
        self._generations = read_all(path / "generations.jsonl", _Generation)
        self.manifest = format1_manifest.read(path / "manifest.json")
        for name, n in self._n_generated().items():
            if name in self.manifest.providers:
                self.manifest.providers[name].speed.n_generated = n

    def generations(self) -> list[Generation]:
        """Return one generation for each old one, in order."""
        return [
            Generation(
                key=old.key,
                system=old.model,
                example=_example_id(old.example_id),
                text=old.text,
                prediction=(spoken := strip_thinking(old.text)).prediction,
                unclosed_thinking=spoken.unclosed,
                finish_reason=old.finish_reason,
                n_prompt_tokens=old.n_prompt_tokens,
                n_computed_tokens=old.n_computed_tokens,
                n_new_tokens=old.n_new_tokens,
                n_article_tokens_dropped=old.n_article_tokens_dropped,
                template_sha256=old.template_sha256,
                seconds=old.latency_s,
                error=old.error,
                from_cache=old.from_cache,
            )
            for old in self._generations
        ]

    def requests(self) -> list[PlannedRequest]:
        """Return what was planned; `question` is empty where it was not written down."""
        return [_request(old) for old in read_all(self._path / "requests.jsonl", _Request)]

    def scores(self) -> list[tuple[ScoreLine, Detail]]:
        """Return every score with its details."""
        return [_score(old) for old in read_all(self._path / "scores.jsonl", _Score)]

    def summary(self) -> Summary | None:
        """Return the summary without estimates and comparisons; None where there is none."""
        file = self._path / "summary.json"
        try:
            old = TypeAdapter(_Summary).validate_json(file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError):
            message = f"{file}: is not such as evalkit 0.1 wrote"
            raise StoreError(message) from None
        systems = {system.name: system for system in self.manifest.systems}
        return Summary(
            run=old.run,
            status=old.status,
            metrics=tuple(_facts(name, text, old) for name, text in old.signatures.items()),
            systems=tuple(_row(row, systems.get(row.name)) for row in old.systems),
            comparisons=(),
        )

    def _n_generated(self) -> Counter[str]:
        return Counter(
            old.model
            for old in self._generations
            if not (old.from_cache or old.key.startswith(_CANNOT))
        )


def _step(example_id: str) -> StepName:
    return _STEPS.get(example_id.rpartition("@")[2], "article")


def _example_id(old: str) -> str:
    """Return an example's id; `@nothing` is `@closed_book` now, `@summary` is `@summary_qa`."""
    step = _step(old)
    return old if step == "article" else f"{old.rpartition('@')[0]}@{step}"


def _request(old: _Request) -> PlannedRequest:
    sendable = not old.key.startswith(_CANNOT)
    return PlannedRequest(
        system=old.model,
        step=_step(old.example_id),
        example=_example_id(old.example_id),
        question=old.question or "",
        key=old.key if sendable else "",
        problem="" if sendable else old.key.removeprefix(f"{_CANNOT}{old.example_id}: "),
        n_prompt_tokens=old.n_prompt_tokens,
    )


def _score(old: _Score) -> tuple[ScoreLine, Detail]:
    system, example = _NAMES.get(old.model, old.model), _example_id(old.example_id)
    line = ScoreLine(
        system=system,
        article=old.article_id,
        example=example,
        metric=old.metric,
        value=old.value,
        rule=old.decided_by,
    )
    detail = Detail(
        system=system,
        example=example,
        metric=old.metric,
        parts=old.parts,
        compared=old.compared,
    )
    return line, detail


def _facts(name: str, signature: str, summary: _Summary) -> MetricFacts:
    planned = [e.n_planned for row in summary.systems for e in row.estimates if e.metric == name]
    kind: Kind = "answer" if name in _ANSWER_METRICS else "summary"
    return MetricFacts(
        name=name,
        kind=kind,
        step=_ANSWER_METRICS.get(name, "article"),
        maximum=None if name in _UNBOUNDED else 1.0,
        better=_BETTER.get(name, "higher"),
        headline=name in _HEADLINE,
        signature=format1_manifest.translate_signature(signature),
        n_planned=max(planned, default=0),
    )


def _row(old: _Row, system: System | None) -> SystemSummary:
    counts = old.counts
    name = _NAMES.get(old.name, old.name)
    return SystemSummary(
        name=name,
        model=name,
        role=_ROLES[old.role],
        condition=system.condition if system else Condition(),
        estimates=(),
        counts=OutputCounts(
            n_generated=counts.n_generated,
            n_failed=counts.n_failed,
            n_missing=counts.n_missing,
            n_empty=counts.n_empty,
            n_truncated=counts.n_cut_off,
            n_shortened=counts.n_shortened,
            n_unclosed_thinking=counts.n_unclosed_thinking,
        ),
        failure=old.failure,
    )
