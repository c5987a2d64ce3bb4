"""What transformers, tokenizers, peft and a model's own files raise, as one error."""

from __future__ import annotations

from contextlib import contextmanager
from traceback import format_exc
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError, ModelLoadError, first_line
from evalkit.store.log import LONGEST, warn

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def library_errors(what: str, key: str = "") -> Iterator[None]:
    """Raise any exception of a library as a ModelLoadError, in one line.

    These libraries raise whatever a model's files make them run into: TypeError, KeyError, and from
    Rust a bare Exception or a panic. The log has where it came from.

    Args:
        what: what failed; the first line of the exception follows.
        key: the key of the model's config that is to blame.

    Raises:
        ModelLoadError: something failed inside.
    """
    try:
        yield
    except (EvalkitError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # a panic in Rust, or SystemExit of a model's own code
        warn("a library failed", what=what, traceback=format_exc()[-LONGEST:])
        message = f"{what}: {first_line(error)}"
        raise ModelLoadError(message, key) from error
