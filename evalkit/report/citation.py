"""What one must cite of a run for others to know what was measured, and its manifest as rows."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from evalkit.records.hashing import hash_text
from evalkit.report.labels import label
from evalkit.report.sentences import listed, say
from evalkit.report.tested import name_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.report.material import Material
    from evalkit.report.sentences import Words
    from evalkit.store.manifest import Manifest

_LIBRARIES = ("torch", "transformers")
_MOST_ENTRIES = 20  # of a mapping that is listed one by one; hashes of a thousand articles are not
_DIGITS = 12  # of a SHA-256


def cite(material: Material, manifest: Manifest) -> list[Words]:
    """Return lines in every language: run, systems, data, prompts if any, metrics, machine."""
    latest, providers = manifest.sessions[-1], manifest.providers
    tasks = Counter(example.task for example in material.examples)
    python = f"Python {latest.machine.python}"
    libraries = [f"{n} {latest.libraries[n]}" for n in _LIBRARIES if n in latest.libraries]
    systems = [
        f"{s.name} [{providers[s.model].fingerprint[:_DIGITS]}]" if s.model in providers else s.name
        for s in manifest.systems
    ]
    prompts = [f"{name} [{sha[:_DIGITS]}]" for name, sha in manifest.prompts.items()]
    return [
        say(
            "cite.run",
            version=latest.evalkit,
            run=manifest.run,
            date=manifest.started[:10],
            status=tuple(word.lower() for word in label(f"status.{manifest.status}")),
        ),
        say("cite.systems", names=listed(systems)),
        say(
            "cite.data",
            n=len(material.articles),
            articles=_digest(manifest.articles),
            references=_digest(manifest.references),
            tasks=listed([name_task(task, n) for task, n in tasks.items()]),
        ),
        *([say("cite.prompts", names=listed(prompts))] if prompts else []),
        say(
            "cite.metrics",
            names=listed([manifest.signatures[name] for name in _headline(material, manifest)]),
        ),
        say("cite.machine", names=listed([latest.machine.processor, python, *libraries])),
    ]


def _headline(material: Material, manifest: Manifest) -> list[str]:
    return [name for name in material.summary.headline() if name in manifest.signatures]


def _digest(hashes: Mapping[str, str]) -> str:
    """Return one hash for many, whatever their order."""
    return hash_text(json.dumps(hashes, sort_keys=True))[:_DIGITS]


def rows_of(manifest: Manifest) -> list[tuple[str, str]]:
    """Return a manifest as rows: the path of a key, such as `config.seed`, and its value.

    Of a mapping with many entries there is one row with their number and their hash.
    """
    return list(_rows("", manifest.model_dump(mode="json")))


def _rows(path: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and len(value) > _MOST_ENTRIES and path:
        yield path, f"{len(value)} [{_digest(value)}]"
    elif isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from _rows(f"{path}.{key}" if path else str(key), each)
    else:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
