"""Sends requests through a backend in batches, halving them where memory runs out."""

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

    A batch that does not fit is halved, and so are all after it; a single request that does not fit
    yields a generation with `finish_reason` "error" and the reason.
    """
    waiting = list(requests)
    while waiting:
        batch, rest = waiting[:batch_size], waiting[batch_size:]
        missing = {request.example.id: request for request in batch}
        try:
            for generation in backend.generate(batch):
                del missing[generation.example_id]
                yield generation
            reason = "the backend returned nothing"
        except OutOfMemoryError as error:
            if len(batch) > 1:
                batch_size = len(batch) // 2
                warn("out of memory, batch halved", model=model, batch_size=batch_size)
                waiting = [*missing.values(), *rest]
                continue
            reason = str(error)
        for request in missing.values():
            warn("failed", model=model, example=request.example.id, reason=reason)
            yield failed(request, model, reason)
        waiting = rest


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
