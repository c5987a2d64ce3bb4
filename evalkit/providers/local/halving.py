"""Sends requests through a backend, halving the batch where memory runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.errors import OutOfMemoryError
from evalkit.records import Generation
from evalkit.store.log import warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.interfaces import Backend
    from evalkit.records import Request


def generate(
    backend: Backend, requests: Sequence[Request], *, batch_size: int, model: str
) -> Iterator[Generation]:
    """Yield one generation a request, each as soon as it ends.

    Where memory runs out, the rest goes on with half as many decoded together, so that what they
    share is read again only once. At one, the requests themselves are halved, since reading may
    need the memory; a single one that does not fit yields a generation with `finish_reason` "error"
    and the reason.
    """
    missing = {request.example.id: request for request in requests}
    reason, fits = "the backend returned nothing", True
    try:
        for generation in backend.generate(requests, batch_size):
            del missing[generation.example_id]
            yield generation
    except OutOfMemoryError as error:  # left at once: its traceback keeps what it ran out with
        reason, fits = str(error), False
    rest = list(missing.values())
    n_together = min(batch_size, len(rest))
    if fits or len(rest) == 1:
        for request in rest:
            warn("failed", model=model, example=request.example.id, reason=reason)
            yield failed(request, model, reason)
    elif n_together > 1:
        warn("out of memory, batch halved", model=model, batch_size=n_together // 2)
        yield from generate(backend, rest, batch_size=n_together // 2, model=model)
    else:
        half = len(rest) // 2
        warn("out of memory, requests halved", model=model, n_requests=half)
        for some in (rest[:half], rest[half:]):
            yield from generate(backend, some, batch_size=1, model=model)


def failed(request: Request, model: str, reason: str) -> Generation:
    """Return the record of a request that could not be done: a reason, never a score."""
    return Generation(
        key=request.key,
        model=model,
        example_id=request.example.id,
        text="",
        finish_reason="error",
        n_prompt_tokens=len(request.prompt_ids),
        n_article_tokens_dropped=request.n_article_tokens_dropped,
        template_sha256=request.template_sha256,
        error=reason,
    )
