"""The names of noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CLEAN = "clean"
_RATES = ("full_width", "line_breaks", "ocr")


def noise_label(noise: Mapping[str, Any]) -> str:
    """Return the name of noise, such as `ocr0.02-seed1`; the same for noise of the same effect.

    >>> noise_label({"full_width": 1.0, "ocr": 0.02}), noise_label({"seed": 3})
    ('full_width1-ocr0.02', 'clean')
    """
    rates = [f"{name}{noise[name]}".removesuffix(".0") for name in _RATES if noise.get(name)]
    seed = [f"seed{noise['seed']}"] if rates and noise.get("seed") else []
    return "-".join([*rates, *seed]) or CLEAN
