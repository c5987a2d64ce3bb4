"""The rules for a config beyond the types of single values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.config.json_schema import joined
from evalkit.config.keys import ANY, find
from evalkit.config.known_tasks import KNOWN
from evalkit.config.noise import noise_label
from evalkit.config.problems import ValidationProblem, nearest, shown
from evalkit.records import HUMAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{name}{i}" for name in ("COM", "LPT") for i in range(10)),
}
"""What Windows takes for a device, whatever follows the first dot."""
_DISTINCT = (
    ("models", "*.name", "name"),
    ("prompts.wordings", ANY, "wording"),
    ("models.*.wordings", ANY, "wording"),
    ("few_shot", ANY, "number of shots"),
    ("noise", ANY, "noise"),
    ("metrics.summary", ANY, "metric"),
    ("metrics.answer", ANY, "metric"),
)
"""Lists, what must differ between their entries, and the noun for it."""


def broken_rules(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    """Yield every broken rule in the plain data of a config, whose types may be wrong as well."""
    yield from _duplicates(data)
    yield from _reserved_names(data)
    yield from _names_of_devices(data)
    yield from _incomplete_tasks(data)
    yield from _useless_samples(data)
    yield from _unknown_tasks(data)
    yield from _endpoint_conflicts(data)
    yield from _two_places(data)
    yield from _equal_marks(data)


def _duplicates(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    for list_, pattern, noun in _DISTINCT:
        for start, entries in find(data, list_):
            seen: set[str] = set()
            for key, value in find(entries, pattern):
                label = shown(noise_label(value) if isinstance(value, dict) else value)
                if label in seen:
                    yield ValidationProblem(
                        key=(*start, *key),
                        what=f"duplicate {noun} {label}",
                        remedy="choose another name" if noun == "name" else "remove one of the two",
                        code="duplicate",
                    )
                seen.add(label)


def _reserved_names(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    for key, name in find(data, "models.*.name"):
        if name == HUMAN:
            yield ValidationProblem(
                key=key,
                what=f"`{HUMAN}` is reserved for the scores of the references",
                remedy="choose another name",
                code="invalid",
            )


def _names_of_devices(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    """Yield the name of a run whose folder could not be copied to Windows."""
    name = data.get("name")
    if not isinstance(name, str) or not name.strip("."):
        return
    if name.endswith(".") or name.split(".")[0].upper() in _DEVICES:
        yield ValidationProblem(
            key=("name",),
            what=f"Windows allows no folder {shown(name)}",
            remedy="choose another name",
            code="invalid",
        )


def _incomplete_tasks(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    for (*parents, name), settings in find(data, "tasks.*"):
        if not isinstance(name, str) or not isinstance(settings, dict):
            continue
        is_given = settings.get("n_characters") is not None
        key = (*parents, name, "n_characters")
        if name in KNOWN:
            if is_given and KNOWN[name].kind == "answer":
                what, remedy = "does not apply to answers", "remove it"
                yield ValidationProblem(key=key, what=what, remedy=remedy, code="conflict")
        elif not is_given:
            near = nearest(name, list(KNOWN))
            yield ValidationProblem(
                key=key,
                what=f"is missing, and needed as `{name}` is not one of the known tasks",
                remedy=f"did you mean `{near}`?" if near else "give a whole number, 1 or more",
                code="missing",
            )


def _useless_samples(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    for key, settings in find(data, "models.*.generation"):
        if not isinstance(settings, dict) or settings.get("temperature", 0) != 0:
            continue
        samples = settings.get("samples")
        if isinstance(samples, int) and samples > 1:
            yield ValidationProblem(
                key=(*key, "samples"),
                what=f"cannot be {samples} with temperature 0, where all samples are the same",
                remedy="set `temperature` above 0",
                code="conflict",
            )


def _unknown_tasks(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    known = [*KNOWN, *(str(key[-1]) for key, _ in find(data, "tasks.*"))]
    for key, _ in find(data, "models.*.generation.max_new_tokens.*"):
        if isinstance(name := key[-1], str) and name not in known:
            near = nearest(name, known)
            use = f"use {joined([f'`{task}`' for task in dict.fromkeys(known)])}"
            yield ValidationProblem(
                key=key,
                what="unknown task",
                remedy=f"did you mean `{near}`?" if near else use,
                code="unknown",
            )


def _equal_marks(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    for key, marks in find(data, "models.*.thinking"):
        if isinstance(marks, dict) and marks.get("start") == marks.get("end") is not None:
            yield ValidationProblem(
                key=(*key, "end"),
                what="is also the mark at the start",
                remedy="give the mark that ends the thinking",
                code="conflict",
            )


_NEEDS = (
    ("budget", "price", "what tokens cost is not known"),
    ("max_context", "tokenizer", "tokens cannot be counted"),
)
"""Keys of an endpoint, the key that each needs, and why."""


def _endpoint_conflicts(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    for key, entry in find(data, "models.*"):
        if not isinstance(entry, dict) or "endpoint" not in entry:
            continue
        needs = [*_NEEDS]
        if entry.get("api") == "tokens":
            needs.append(("api", "tokenizer", "there are no token ids to send"))
        for name, needed, why in needs:
            if entry.get(name) is not None and entry.get(needed) is None:
                what = f"needs `{needed}`: without it {why}"
                remedy = f"add `{needed}:`, or remove `{name}`"
                yield ValidationProblem(key=(*key, name), what=what, remedy=remedy, code="conflict")


def _two_places(data: Mapping[str, object]) -> Iterator[ValidationProblem]:
    if data.get("workers") is None:
        return
    for key, device in find(data, "models.*.device"):
        if device != "auto":
            what, remedy = "is decided by `workers`", "remove one of the two"
            yield ValidationProblem(key=key, what=what, remedy=remedy, code="conflict")
