"""The manifest of a run folder of format 1, as one of this format."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from evalkit.errors import StoreError
from evalkit.store.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Role


def read(file: Path) -> Manifest:
    """Return a manifest of format 1, its config in today's schema.

    Raises:
        StoreError: it cannot be read, or is not what evalkit 0.1 wrote.
    """
    try:
        return Manifest.model_validate_json(json.dumps(_translate(json.loads(file.read_bytes()))))
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        message = f"{file}: is not a manifest of evalkit 0.1"
    raise StoreError(message) from None


def _translate(old: dict[str, Any]) -> dict[str, Any]:
    if "format" in old:
        message = "format 1 had no number"
        raise ValueError(message)
    wording = _wording(old["config"])
    return {
        "run": old["config"]["name"],
        "status": old["status"],
        "started": old["started"],
        "ended": old.get("ended", ""),
        "sessions": [_session(session) for session in old.get("sessions", [old])],
        "config": _config(old["config"], wording),
        "articles": old["articles"],
        "references": old.get("references", {}),
        "prompts": {
            f"{task}/{old['config']['prompts'].get(task, 'default')}": digest
            for task, digest in old["prompts"].items()
        },
        "signatures": {
            name: translate_signature(signature)
            for name, signature in old.get("signatures", {}).items()
        },
        "providers": {
            name: _provider(facts, old["machine"]) for name, facts in old["systems"].items()
        },
        "systems": [_system(model, old["config"], wording) for model in old["config"]["models"]],
    }


def _session(old: dict[str, Any]) -> dict[str, Any]:
    machine = {key: value for key, value in old["machine"].items() if key != "accelerator"}
    return {
        "started": old["started"],
        "evalkit": old["evalkit"],
        "libraries": old["libraries"],
        "machine": machine,
    }


def _config(old: dict[str, Any], wording: str) -> dict[str, Any]:
    asked = old.get("tasks", {})
    lengths = asked.get("n_characters", {})
    tasks = {
        name: {"n_characters": lengths[name]} if name in lengths else {}
        for name in asked.get("summaries", ("short", "long"))
    }
    if asked.get("questions", True):
        tasks["answer"] = {}
    prompts = {"folder": old["prompts"]["folder"], "wordings": [wording]}
    return {**old, "tasks": tasks, "prompts": prompts}


def _wording(config: dict[str, Any]) -> str:
    """Return the wording of a run: format 1 had one for summaries and one for answers."""
    named = (config["prompts"].get(task, "default") for task in ("summary", "answer"))
    return str(next((name for name in named if name != "default"), "default"))


def _provider(old: dict[str, Any], machine: dict[str, Any]) -> dict[str, Any]:
    known = ("fingerprint", "failure", "speed", "n_from_cache")
    facts = {key: value for key, value in old.items() if key not in known}
    if "accelerator" in machine and str(facts.get("device", "")).startswith("cuda"):
        facts["accelerator"] = machine["accelerator"]
    return {
        "fingerprint": old.get("fingerprint", ""),
        "failure": old.get("failure", ""),
        "facts": facts,
        "speed": old.get("speed", {}),
    }


def _system(model: dict[str, Any], config: dict[str, Any], wording: str) -> dict[str, Any]:
    kind = model.get("baseline")
    role: Role = "oracle" if kind == "oracle" else "baseline" if kind else "model"
    condition = {"wording": wording, "n_shots": config.get("few_shot", 0)}
    return {
        "name": model["name"],
        "model": model["name"],
        "role": role,
        "condition": condition if role == "model" else {},
    }


def translate_signature(old: str) -> str:
    """Return a signature without the package's version; a metric that had no other is `v1`.

    >>> translate_signature("em|v2|evalkit:0.1.0"), translate_signature("f1|refs:max|evalkit:0.1.0")
    ('em|v2', 'f1|refs:max|v1')
    """
    own = re.sub(r"\|evalkit:[^|]*$", "", old)
    return own if re.search(r"\|v\d+(\||$)", own) else f"{own}|v1"
