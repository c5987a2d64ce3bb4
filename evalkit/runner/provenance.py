"""Keeps the manifest of a run: what is run, with which versions, on which machines."""

from __future__ import annotations

import json
import os
import platform
import re
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from evalkit.config.overrides import anchor_paths, change_paths
from evalkit.config.strict import expand
from evalkit.data import without_texts
from evalkit.errors import InputError, Problem
from evalkit.providers.local.cores import processor_name
from evalkit.records.hashing import hash_text
from evalkit.store.jsonl import line
from evalkit.store.manifest import Machine, Manifest, ProviderRecord, SessionRecord
from evalkit.store.secrets import hide_by_key
from evalkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.records import Corpus
    from evalkit.runner.job import Job
    from evalkit.store.folder import RunFolder

LIBRARIES = (
    "torch",
    "transformers",
    "tokenizers",
    "safetensors",
    "peft",
    "httpx2",
    "jinja2",
    "datasets",
    "jieba",
    "OpenCC",
    "rapidfuzz",
    "rouge-score",
    "numpy",
    "scipy",
)
# Of a config: where a run is kept and done and how a server is reached, not what is run.
_NOT_COMPARED = ("output", "name", "cache", "workers")
_NOT_COMPARED_OF_MODELS = re.compile(
    r"models\.\d+\.(?:budget|cache|concurrency|key_env|price|retry_for_s|silence_s)(?:\..+)?"
)


def begin(folder: RunFolder, old: Manifest | None, job: Job, *, adopt: bool) -> Manifest:
    """Return the manifest of a run that begins or resumes in a folder.

    Args:
        folder: the run's folder.
        old: its current manifest.
        job: what is run.
        adopt: whether the folder may hold a run of another config.

    Raises:
        InputError: the folder holds a run of another config, and `adopt` does not allow for it.
    """
    config = hide_by_key(job.config.model_dump(mode="json"))
    anchor_paths(config, Path.cwd())
    if old and not adopt:
        _refuse_another(folder, config_of(old, folder.path), config)
    change_paths(config, _without_user)
    session = _session()
    before = old.model_copy(deep=True).providers if old else {}
    return Manifest(
        run=job.config.name,
        status="running",
        started=old.started if old else session.started,
        sessions=[*(old.sessions if old else ()), session],
        config=config,
        prompts={f"{folder}/{wording}": p.sha256 for (folder, wording), p in job.templates.items()},
        articles=_hash_articles(job.corpus),
        references=hash_references(job.corpus),
        signatures={metric.name: metric.signature for metric in job.metrics},
        providers={
            entry.name: before.get(entry.name, ProviderRecord()) for entry in job.config.models
        },
        systems=list(job.systems),
    )


def same_inputs(old: Manifest | None, new: Manifest) -> bool:
    """Return whether the results of one manifest's run fit the other manifest."""
    return old is not None and all(
        getattr(old, key) == getattr(new, key)
        for key in ("config", "articles", "prompts", "references", "signatures")
    )


def still_complete(old: Manifest, new: Manifest) -> bool:
    """Return whether a complete run's results hold for the other manifest, generations included."""
    return (
        old.status == "complete"
        and same_inputs(old, new)
        and _fingerprints(old) == _fingerprints(new)
    )


def _fingerprints(manifest: Manifest) -> dict[str, str]:
    return {name: record.fingerprint for name, record in manifest.providers.items()}


def config_of(manifest: Manifest, folder: Path) -> dict[str, Any]:
    """Return the config of a run, its paths as they are found from wherever it is read.

    A path that exists at its old place relative to the run's folder comes first: the project may
    have been moved or copied as a whole. All others stay as they are.
    """
    config: dict[str, Any] = deepcopy(manifest.config)
    change_paths(config, expand)
    before = Path(config["output"], config["name"])

    def find(path: str) -> str:
        moved = os.path.normpath(folder.absolute() / os.path.relpath(path, before))
        return moved if Path(moved).exists() else path

    change_paths(config, find)
    return config


def renewed(manifest: Manifest, job: Job) -> Manifest:
    """Return a manifest with what a job scores with, which may have changed since the run.

    A job of the run's own copies has no references, and leaves theirs as they are.
    """
    changes = {
        "articles": _hash_articles(job.corpus),
        "references": hash_references(job.corpus) or manifest.references,
        "signatures": {metric.name: metric.signature for metric in job.metrics},
    }
    return manifest.model_copy(update=changes)


def finish(manifest: Manifest, *, complete: bool) -> None:
    """Mark a run as ended."""
    manifest.status = "complete" if complete else "incomplete"
    manifest.ended = _now()


def _hash_articles(corpus: Corpus) -> dict[str, str]:
    """Return the SHA-256 of the text of each article, by its id."""
    return {article.id: article.sha256 for article in without_texts(corpus.articles)}


def hash_references(corpus: Corpus) -> dict[str, str]:
    """Return the SHA-256 of the references of each article, by its id."""
    return {name: hash_text(line(references)) for name, references in corpus.references.items()}


def _without_user(path: str) -> str:
    """Return an absolute path with `~` for the home folder, as a manifest may be shared."""
    home = expand("~")
    return f"~{path[len(home) :]}" if path.startswith(f"{home}{os.sep}") else path


def _refuse_another(folder: RunFolder, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Raise if the folder's config is another one, with a problem for each difference."""
    file = str(folder.path)
    found = [
        Problem(
            code="conflict", file=file, key=key, what=f"was {_show(before)}, is {_show(now)} now"
        )
        for key, before, now in _differences(old, new)
        if key.partition(".")[0] not in _NOT_COMPARED and not _NOT_COMPARED_OF_MODELS.fullmatch(key)
    ]
    if found:
        what = "holds a run of another config"
        remedy = "set another `name`, or pass --adopt to reuse what still matches"
        raise InputError([Problem(code="conflict", file=file, what=what, remedy=remedy), *found])


def _differences(old: Any, new: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 - a config value is anything
    """Yield the key, the old and the new value of everything that differs."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from _differences(old.get(name), new.get(name), f"{key}.{name}".strip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _differences(a, b, f"{key}.{i}")
    elif old != new:
        yield key, old, new


def _show(value: object) -> str:
    """Return a value of a config as a person reads it; of much only that it is set."""
    if value is None or isinstance(value, dict):
        return "not set" if value is None else "set"
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"  # noqa: PLR2004 - one line on a screen


def _session() -> SessionRecord:
    """Return when and on what a run begins or resumes."""
    return SessionRecord(
        started=_now(), evalkit=__version__, libraries=installed(), machine=machine()
    )


def installed() -> dict[str, str]:
    """Return the versions of the libraries that a run may use, as far as they are installed."""
    found: dict[str, str] = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def machine() -> Machine:
    """Return what this machine is."""
    return Machine(
        platform=platform.platform(),
        processor=processor_name(),
        cores=psutil.cpu_count(logical=False),
        memory_bytes=psutil.virtual_memory().total,
        python=platform.python_version(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
