"""What was run, on what, with what: the content of manifest.json."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import psutil

from evalkit import __version__, prompts
from evalkit.errors import InputError, Problem
from evalkit.store.records import line

if TYPE_CHECKING:
    from evalkit.config import Config
    from evalkit.pipeline.job import Job
    from evalkit.records import Corpus, Task
    from evalkit.store.folder import RunFolder

LIBRARIES = ("torch", "transformers", "tokenizers", "datasets", "rouge-score", "numpy", "scipy")
_SECRET_WORDS = ("token", "secret", "password", "api_key", "credential")


def begin(folder: RunFolder, job: Job, *, adopt: bool) -> dict[str, Any]:
    """Return the manifest of a run that begins, or goes on, in a folder.

    Raises:
        InputError: the folder holds a run of another config, and `adopt` does not allow for it.
    """
    old = folder.manifest()
    config = _plain_config(job.config)
    if old and not adopt:
        changed = _differences(old.get("config", {}), config)
        if changed:
            problem = Problem(
                file=str(folder.path),
                what=f"holds a run whose config differs in {', '.join(changed)}",
                remedy="set another `name`, or pass --adopt to reuse what still matches",
            )
            raise InputError([problem])
    return {
        "evalkit": __version__,
        "status": "running",
        "started": old.get("started", _now()),
        "config": config,
        "articles": {article.id: article.sha256 for article in job.corpus.articles},
        "prompts": _prompt_hashes(job.config),
        **_yardsticks(job),
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": _machine(),
        "systems": old.get("systems", {}),
    }


def renew(manifest: dict[str, Any], job: Job) -> None:
    """Write down what the scores were made with, which may have changed since they were generated.

    Args:
        manifest: that of the run, changed in place.
        job: what the run is scored with now.
    """
    manifest.update(_yardsticks(job))


def _yardsticks(job: Job) -> dict[str, Any]:
    return {
        "references": hash_references(job.corpus),
        "signatures": {metric.name: metric.signature for metric in job.metrics},
    }


def hash_references(corpus: Corpus) -> dict[str, str]:
    """Return the SHA-256 of all that people wrote about each article, by its id."""
    return {
        name: hashlib.sha256(line(references).encode()).hexdigest()
        for name, references in corpus.references.items()
    }


def _prompt_hashes(config: Config) -> dict[Task, str]:
    names: dict[Task, str] = {"summary": config.prompts.summary, "answer": config.prompts.answer}
    return {
        task: prompts.load(config.prompts.folder, task, name).sha256 for task, name in names.items()
    }


def finish(manifest: dict[str, Any], *, complete: bool) -> None:
    """Mark a run as ended."""
    manifest["status"] = "complete" if complete else "incomplete"
    manifest["ended"] = _now()


def _plain_config(config: Config) -> dict[str, Any]:
    dumped: dict[str, Any] = config.model_dump(mode="json")
    return {key: _hide(value) for key, value in dumped.items()}


def _hide(value: Any) -> Any:  # noqa: ANN401 - a config value is anything
    """Replace values whose keys look like secrets; counts of tokens are none."""
    if isinstance(value, dict):
        return {
            key: "(hidden)" if _looks_secret(key) and isinstance(item, str) else _hide(item)
            for key, item in value.items()
        }
    return [_hide(item) for item in value] if isinstance(value, list) else value


def _looks_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET_WORDS)


def _differences(old: Any, new: Any, key: str = "") -> list[str]:  # noqa: ANN401 - as above
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            found
            for name in sorted(old.keys() | new.keys())
            for found in _differences(old.get(name), new.get(name), f"{key}.{name}".strip("."))
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [d for i, (a, b) in pairs for d in _differences(a, b, f"{key}.{i}")]
    return [] if old == new else [key]


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
