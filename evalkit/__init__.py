"""Compares Chinese language models: summaries and answers, scored against written references.

From Python:

    import evalkit

    finished = evalkit.run("configs/smoke.yaml", set={"limit": 1})
    finished.scores().groupby(["system", "metric"])["value"].mean()

Everything here is imported when it is first used: `import evalkit` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from evalkit.version import __version__

if TYPE_CHECKING:
    from evalkit.api import Run, load, run, score, score_file
    from evalkit.config.schema import Config
    from evalkit.metrics import register_metric

__all__ = [
    "Config",
    "Run",
    "__version__",
    "load",
    "register_metric",
    "run",
    "score",
    "score_file",
]

_PLACES = {
    "Config": "evalkit.config.schema",
    "register_metric": "evalkit.metrics",
} | dict.fromkeys(("Run", "load", "run", "score", "score_file"), "evalkit.api")


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        message = f"module 'evalkit' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
