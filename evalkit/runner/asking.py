"""Has a provider generate what a run lacks, and writes down each answer before the next."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from evalkit.analysis.run import reread
from evalkit.config.thinking import own_marks
from evalkit.errors import ProviderError
from evalkit.providers import failed
from evalkit.runner.interrupt import deferred_interrupt
from evalkit.runner.memory import peak_memory
from evalkit.store.log import note, warn
from evalkit.store.secrets import hide_in_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.config.thinking import ThinkingMarks
    from evalkit.interfaces import Progress, Provider, Session
    from evalkit.records import Generation, Request
    from evalkit.runner.generation_cache import GenerationCache
    from evalkit.runner.outputs import Outputs
    from evalkit.store.jsonl import Appender
    from evalkit.store.manifest import Manifest, ProviderRecord


class Writer:
    """Writes generations: each is on disk before the next is made."""

    def __init__(
        self, appender: Appender, outputs: Outputs, cache: GenerationCache, progress: Progress
    ) -> None:
        """Write with an appender, and add what is written to the outputs of the run."""
        self.outputs = outputs
        self.cache = cache
        self.progress = progress
        self._appender = appender

    def write(self, generation: Generation) -> None:
        """Write down a generation."""
        cost_s = 0.0 if generation.from_cache else generation.seconds
        self._appender.append(generation, cost_s)
        self.outputs.add(generation)


def ask(
    provider: Provider,
    requests: Sequence[Request],
    writer: Writer,
    manifest: Manifest,
    *,
    n_kept: int,
) -> None:
    """Have a provider answer requests, those of the cache first; it answered `n_kept` before."""
    left = _from_cache(provider, requests, writer, own_marks(manifest.config))
    record = manifest.providers[provider.name]
    if not left:
        writer.progress.stage(provider.name, 0, n_kept)
        record.facts = record.facts or dict(provider.facts)
        return
    writer.progress.stage(f"{provider.name}: loading", 1)
    start = time.perf_counter()
    try:
        with provider.session(left) as session:
            load_s = time.perf_counter() - start
            writer.progress.advance()
            writer.progress.stage(provider.name, len(left), n_kept)
            record.facts = dict(session.facts)
            record.speed.load_s = load_s
            note("loaded", model=provider.name, seconds=load_s, **record.facts)
            try:
                _generate(provider, session, left, writer, record)
            finally:
                record.facts = dict(session.facts)
                record.speed.currency = str(record.facts.get("currency", ""))
    except ProviderError as error:
        record_failure(manifest, provider.name, error, writer.progress)
        for request in left:
            if not writer.outputs.is_done(provider.name, request.key):
                writer.outputs.add(failed(request, str(error)))


def _from_cache(
    provider: Provider,
    requests: Sequence[Request],
    writer: Writer,
    own: Mapping[str, ThinkingMarks],
) -> list[Request]:
    """Write down what other runs generated, and return what is left to do."""
    if not provider.cacheable:
        return list(requests)
    found = writer.cache.find(requests)
    for generation in found.values():
        writer.write(reread(generation, own))
    if found:
        note("from the cache", model=provider.name, n=len(found))
        writer.progress.say(f"{provider.name}: {len(found)} from the cache")
    return [request for request in requests if request.key not in found]


def _generate(
    provider: Provider,
    session: Session,
    requests: Sequence[Request],
    writer: Writer,
    record: ProviderRecord,
) -> None:
    start = time.perf_counter()
    speed = record.speed
    try:
        with deferred_interrupt() as check:
            for generation in session.generate(requests):
                writer.write(generation)
                if provider.cacheable:
                    writer.cache.keep(generation)
                speed.n_generated += 1
                speed.n_prompt_tokens += generation.n_prompt_tokens
                speed.n_computed_tokens += generation.n_computed_tokens
                speed.n_new_tokens += generation.n_new_tokens
                speed.n_reasoning_tokens += generation.n_reasoning_tokens
                speed.cost += generation.cost
                if generation.finish_reason != "stop":
                    _note_unfinished(generation, provider.name)
                writer.progress.advance(generation.n_new_tokens)
                check()
    finally:  # an interrupted session took its time as well
        speed.generate_s += time.perf_counter() - start
        speed.peak_memory_bytes = max(speed.peak_memory_bytes, peak_memory())


def _note_unfinished(generation: Generation, model: str) -> None:
    note(
        "unfinished generation",
        model=model,
        system=generation.system,
        example=generation.example,
        finish_reason=generation.finish_reason,
        n_new_tokens=generation.n_new_tokens,
        seconds=generation.seconds,
    )


def record_failure(manifest: Manifest, name: str, error: ProviderError, progress: Progress) -> None:
    """Note in the manifest and the log, and say, why a model cannot run."""
    reason = hide_in_text(str(error))
    manifest.providers[name].failure = reason
    warn("cannot run", model=name, reason=reason)
    progress.say(f"{name}: {reason}")
