"""What transformers, tokenizers, peft and a model's own files raise, as one error."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError, ModelLoadError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def library_errors(what: str, key: str = "") -> Iterator[None]:
    """Raise any exception of a library as a ModelLoadError, in one line.

    These libraries raise whatever a model's files make them run into: TypeError, KeyError, and from
    Rust a bare Exception.

    Args:
        what: what failed; the first line of the exception follows.
        key: the key of the model's config that is to blame.

    Raises:
        ModelLoadError: something failed inside.
    """
    try:
        yield
    except EvalkitError:
        raise
    except Exception as error:
        message = f"{what}: {first_line(error)}"
        raise ModelLoadError(message, key) from error


def first_line(error: Exception) -> str:
    """Return the first line of an exception's text, or its class where it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
