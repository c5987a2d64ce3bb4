"""What was tested, in one line: articles, examples by task, models, wordings of the prompts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from evalkit.report.labels import label, labels
from evalkit.report.verdict import listed, say

if TYPE_CHECKING:
    from evalkit.report.material import Material
    from evalkit.report.verdict import Words
    from evalkit.store.manifest import Manifest


def what_was_tested(material: Material) -> Words:
    """Return the line in every language."""
    models = [system for system in material.summary.systems if system.role == "model"]
    named = models or [system for system in material.summary.systems if system.role == "baseline"]
    facts = {name: f for manifest in material.manifests for name, f in _facts(manifest).items()}
    wordings = dict.fromkeys(system.condition.wording for system in models)
    counts = Counter(example.task for example in material.examples)
    return say(
        "tested",
        articles=len(material.articles),
        tasks=listed([say("tested.task", task=_task(task), n=n) for task, n in counts.items()]),
        systems=listed([_system(system.name, facts.get(system.model, "")) for system in named]),
        prompts=say("tested.wordings", names=listed(list(wordings)))
        if models
        else say("tested.no"),
    )


def _facts(manifest: Manifest) -> dict[str, str]:
    """Return what each model ran as: the precision of its weights, or the server's own name."""
    return {
        name: str(record.facts.get("dtype") or record.facts.get("served_model") or "")
        for name, record in manifest.providers.items()
    }


def _system(name: str, facts: str) -> Words | str:
    return say("tested.system", name=name, facts=facts) if facts else name


def _task(name: str) -> Words | str:
    key = f"task.{name}"
    return label(key) if key in labels() else name
