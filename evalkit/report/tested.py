"""What was tested, in one line: articles, examples by task, systems, wordings of the prompts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from evalkit.report.labels import label, labels
from evalkit.report.sentences import listed, name_all, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.report.material import Material
    from evalkit.report.sentences import Words
    from evalkit.store.manifest import Manifest


def what_was_tested(material: Material) -> Words:
    """Return the line in every language."""
    models = [system for system in material.summary.systems if system.role == "model"]
    baselines = [system for system in material.summary.systems if system.role == "baseline"]
    facts = {name: f for manifest in material.manifests for name, f in _facts(manifest).items()}
    given = _given(material.manifests)
    asked = [system for system in models if system.model.rpartition("/")[2] not in given]
    wordings = dict.fromkeys(system.condition.wording for system in asked)
    prompts = say("tested.given" if models else "tested.no")
    if asked:
        prompts = say("tested.wordings", names=listed(list(wordings)))
    tested = [_system(system.name, facts.get(system.model, ())) for system in models or baselines]
    systems = listed(tested)
    if models and baselines:
        names = name_all([system.name for system in baselines], "comma")
        systems = say("tested.beside", systems=systems, names=names)
    counts = Counter(example.task for example in material.examples)
    return say(
        "tested",
        articles=len(material.articles),
        tasks=listed([name_task(task, n) for task, n in counts.items()]),
        systems=systems,
        prompts=prompts,
    )


def _given(manifests: Sequence[Manifest]) -> set[str]:
    """Return the models whose outputs another program generated: how it asked is not known."""
    models = [model for manifest in manifests for model in manifest.config["models"]]
    return {model["name"] for model in models if model.get("predictions")}


def _facts(manifest: Manifest) -> dict[str, Sequence[Words | str]]:
    """Return what each model is: the size and the precision of its weights, or its served name."""
    found: dict[str, Sequence[Words | str]] = {}
    for name, record in manifest.providers.items():
        size, facts = record.facts.get("n_parameters"), record.facts
        parts = [say("tested.size", size=_short(size))] if isinstance(size, int) else []
        found[name] = [
            *parts,
            *(str(facts[key]) for key in ("dtype", "served_model") if facts.get(key)),
        ]
    return found


def _short(n_parameters: int) -> Words:
    """Return a number of parameters as models are named, in every language.

    >>> _short(82_119_680), _short(7_615_616_512)
    (('82M', '8212 万'), ('7.6B', '76.2 亿'))
    """
    millions = n_parameters / 1e6
    english = f"{millions / 1000:.1f}B" if millions >= 999.5 else f"{millions:.0f}M"  # noqa: PLR2004 - rounds to 1.0B
    return english, f"{millions / 100:.1f} 亿" if millions >= 100 else f"{millions * 100:.0f} 万"  # noqa: PLR2004 - of 亿


def _system(name: str, facts: Sequence[Words | str]) -> Words | str:
    return say("tested.system", name=name, facts=listed(facts)) if facts else name


def name_task(name: str, n: int) -> Words:
    """Return a task with the number of its examples, in every language."""
    key = f"task.{name}"
    return say("tested.task", task=label(key) if key in labels() else name, n=n)
