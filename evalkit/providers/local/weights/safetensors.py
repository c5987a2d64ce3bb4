"""The safetensors format, written tensor by tensor, so that no whole model need fit into memory.

Source: <https://huggingface.co/docs/safetensors/index#format>
"""

from __future__ import annotations

import json
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from evalkit.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

Dtype = Literal["BF16", "F32"]
_SIZES: Final[dict[Dtype, int]] = {"BF16": 2, "F32": 4}
_FLOATS: Final = {"F64", "F32", "F16", "BF16"}
# The reference reader refuses longer headers too.
_MAX_HEADER: Final = 100_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Tensor:
    """One tensor to be written: `chunks` gives its bytes, row-major and little-endian."""

    name: str
    dtype: Dtype
    shape: tuple[int, ...]
    chunks: Callable[[], Iterable[bytes]]

    @property
    def n_bytes(self) -> int:
        """Its size in the file."""
        return math.prod(self.shape) * _SIZES[self.dtype]


def write(path: Path, tensors: Sequence[Tensor], *, on_tensor: Callable[[int], None]) -> None:
    """Write the tensors into a new file, calling `on_tensor` with the count written so far.

    Raises:
        OSError: the file cannot be written.
    """
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for tensor in tensors:
        start, end = end, end + tensor.n_bytes
        header[tensor.name] = {
            "dtype": tensor.dtype,
            "shape": tensor.shape,
            "data_offsets": (start, end),
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for n_written, tensor in enumerate(tensors, start=1):
            file.writelines(tensor.chunks())
            on_tensor(n_written)


def files_of(folder: Path) -> list[Path]:
    """Return the files of a model's weights, sorted; others beside them repeat the same weights."""
    return sorted(folder.glob("model*.safetensors")) or sorted(folder.glob("*.safetensors"))


def check_length(path: Path) -> None:
    """Raise unless the file is as long as its header says; reads the header only.

    Raises:
        WeightsError: the file is not a safetensors file, or is truncated.
    """
    length = path.stat().st_size
    with _reading_header(path) as (n_header, entries):
        ends = [entry["data_offsets"][1] for entry in entries.values()]
        expected = 8 + n_header + max(ends, default=0)
    if length != expected:
        message = f"{path}: {length} bytes where its header says {expected}; fetch it again"
        raise WeightsError(message)


def n_bytes(path: Path, width: int) -> int:
    """Return how many bytes a file's tensors take, floating-point ones with so many a number.

    Reads the header only.

    Raises:
        WeightsError: the file is not a safetensors file.
    """
    with _reading_header(path) as (_, entries):
        return sum(
            math.prod(entry["shape"]) * width
            if entry["dtype"] in _FLOATS
            else entry["data_offsets"][1] - entry["data_offsets"][0]
            for entry in entries.values()
        )


def n_numbers(path: Path) -> int:
    """Return how many numbers a file's tensors hold; reads the header only.

    Raises:
        WeightsError: the file is not a safetensors file.
    """
    with _reading_header(path) as (_, entries):
        return sum(math.prod(entry["shape"]) for entry in entries.values())


def offset_of(path: Path, name: str) -> int:
    """Return at which byte of a file a tensor begins; reads the header only.

    Raises:
        WeightsError: the file is not a safetensors file, or has no such tensor.
    """
    with _reading_header(path) as (n_header, entries):
        return 8 + n_header + int(entries[name]["data_offsets"][0])


@contextmanager
def _reading_header(path: Path) -> Iterator[tuple[int, dict[str, dict[str, Any]]]]:
    """Yield the length of a file's header, and the entries of its tensors, whatever is in them.

    Raises:
        WeightsError: the file is not a safetensors file.
    """
    with path.open("rb") as file:
        n_header = int.from_bytes(file.read(8), "little")
        text = file.read(n_header) if n_header <= _MAX_HEADER else b""
    try:
        header = json.loads(text)
        yield n_header, {key: entry for key, entry in header.items() if key != "__metadata__"}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        message = f"{path}: this is not a safetensors file; fetch it again"
        raise WeightsError(message) from error
