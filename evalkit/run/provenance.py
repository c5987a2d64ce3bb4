"""What was run, on what, with what: the content of manifest.json."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from copy import deepcopy
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from evalkit import __version__
from evalkit.config.overrides import anchor_paths, change_paths, expand
from evalkit.errors import InputError, Problem
from evalkit.store.jsonl import line
from evalkit.store.secrets import hide_by_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.records import Corpus
    from evalkit.run.job import Job
    from evalkit.store.folder import RunFolder

LIBRARIES = (
    "torch",
    "transformers",
    "tokenizers",
    "safetensors",
    "jinja2",
    "datasets",
    "jieba",
    "OpenCC",
    "rapidfuzz",
    "rouge-score",
    "numpy",
    "scipy",
)
_ELSEWHERE = ("output", "name", "cache")  # of a config: where a run is kept, not what it is
_INGREDIENTS = ("config", "articles", "prompts", "references", "signatures")


def begin(folder: RunFolder, old: Mapping[str, Any], job: Job, *, adopt: bool) -> dict[str, Any]:
    """Return the manifest of a run that begins, or goes on, in a folder.

    Args:
        folder: where the run lies.
        old: the manifest that lies there now; empty where there is none.
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
    return {
        **session,
        "status": "running",
        "started": old.get("started", session["started"]),
        "sessions": [*old.get("sessions", []), session],
        "config": config,
        "prompts": {task: prompt.sha256 for task, prompt in job.templates.items()},
        **_yardsticks(job),
        "systems": {
            model.name: old.get("systems", {}).get(model.name, {}) for model in job.config.models
        },
    }


def same_ingredients(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether results of one manifest's run can stand beside the other manifest."""
    return all(old.get(key) == new[key] for key in _INGREDIENTS)


def config_of(manifest: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the config of a run, its paths as they are found from wherever it is read.

    What lies where it lay, seen from the run's folder, comes first: the project may have been moved
    or copied as a whole. All else is where it was.
    """
    config: dict[str, Any] = deepcopy(dict(manifest["config"]))
    change_paths(config, expand)
    before = Path(config["output"], config["name"])

    def find(path: str) -> str:
        moved = os.path.normpath(folder.absolute() / os.path.relpath(path, before))
        return moved if Path(moved).exists() else path

    change_paths(config, find)
    return config


def _without_user(path: str) -> str:
    """Return an absolute path that names no user, as a manifest may be shown to anyone."""
    home = expand("~")
    return f"~{path[len(home) :]}" if path.startswith(f"{home}{os.sep}") else path


def _refuse_another(folder: RunFolder, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Raise if the folder's config is another one, with a problem for each difference."""
    found = [
        Problem(file=str(folder.path), key=key, what=f"was {_show(before)}, is {_show(now)} now")
        for key, before, now in _differences(old, new)
        if key not in _ELSEWHERE
    ]
    if found:
        what = "holds a run of another config"
        remedy = "set another `name`, or pass --adopt to reuse what still matches"
        raise InputError([Problem(file=str(folder.path), what=what, remedy=remedy), *found])


def renew(manifest: dict[str, Any], job: Job) -> None:
    """Write down what the scores were made with, which may have changed since they were generated.

    Args:
        manifest: that of the run, changed in place.
        job: what the run is scored with now.
    """
    manifest.update(_yardsticks(job))


def _yardsticks(job: Job) -> dict[str, Any]:
    return {
        "articles": {article.id: article.sha256 for article in job.corpus.articles},
        "references": hash_references(job.corpus),
        "signatures": {metric.name: metric.signature for metric in job.metrics},
    }


def hash_references(corpus: Corpus) -> dict[str, str]:
    """Return the SHA-256 of all that people wrote about each article, by its id."""
    return {
        name: hashlib.sha256(line(references).encode()).hexdigest()
        for name, references in corpus.references.items()
    }


def finish(manifest: dict[str, Any], *, complete: bool) -> None:
    """Mark a run as ended."""
    manifest["status"] = "complete" if complete else "incomplete"
    manifest["ended"] = _now()


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
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"  # noqa: PLR2004 - one line on a screen


def _session() -> dict[str, Any]:
    """Return when and on what a run begins, or goes on."""
    return {
        "started": _now(),
        "evalkit": __version__,
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": _machine(),
    }


def _machine() -> dict[str, Any]:
    return {
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": psutil.cpu_count(logical=False),
        "memory_bytes": psutil.virtual_memory().total,
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - a file of the kernel
            names = [row.partition(":")[2].strip() for row in file if row.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
