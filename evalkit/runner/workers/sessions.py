"""Opens providers whose sessions are held by the workers of the config."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalkit.config.workers import DeviceWorkers
from evalkit.providers import module_of
from evalkit.runner.workers.agreement import Agreement
from evalkit.runner.workers.host import Assignment
from evalkit.runner.workers.pool import Pool
from evalkit.runner.workers.processes import ProcessWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.config.schema import ModelEntry
    from evalkit.config.workers import Workers as WorkersSettings
    from evalkit.interfaces import Progress, Provider
    from evalkit.providers import Setting
    from evalkit.records import Request
    from evalkit.runner.job import Job
    from evalkit.runner.workers.pool import Workers


def placed(entry: ModelEntry, workers: WorkersSettings | None, place: int = 0) -> ModelEntry:
    """Return an entry with the device that it has in a place of the workers, if it uses one."""
    if workers is None or not module_of(entry).RUNS_IN_WORKERS:
        return entry
    if isinstance(workers, DeviceWorkers):
        device = workers.devices[place]
    else:
        device = "auto" if workers.gpus else "cpu"
    return entry.model_copy(update={"device": device})


def open_provider(job: Job, entry: ModelEntry, setting: Setting) -> Provider:
    """Return the provider of an entry, its sessions held by the workers of the config, if any.

    Raises:
        ProviderError: it cannot answer anything.
    """
    workers = job.config.workers
    here = placed(entry, workers)
    provider = module_of(here).open_provider(here, setting)
    if workers is None or not module_of(here).RUNS_IN_WORKERS:
        return provider
    return SpreadProvider(provider, job, workers, setting.progress)


class SpreadProvider:
    """A provider whose sessions are held by workers; all else is as it is without them."""

    def __init__(
        self, provider: Provider, job: Job, workers: WorkersSettings, progress: Progress
    ) -> None:
        """Take the provider, opened in this process."""
        self._provider = provider
        self._job = job
        self._workers = workers
        self._progress = progress
        self.name = provider.name
        self.role = provider.role
        self.cacheable = provider.cacheable
        self.fingerprint = provider.fingerprint
        self.budget = provider.budget

    @property
    def facts(self) -> Mapping[str, object]:
        """What the provider knows of itself."""
        return self._provider.facts

    def describe(self, requests: Sequence[Request]) -> str:
        """Return what the provider says of the requests."""
        return self._provider.describe(requests)

    @contextmanager
    def session(self, _requests: Sequence[Request]) -> Iterator[Pool]:
        """Start workers, and stop them afterwards.

        Raises:
            ProviderError: none can be had, or what one runs is not what was planned for.
        """
        agreement = Agreement(self.fingerprint, mixed_devices=self._workers.mixed_devices)
        with _workers(self._job, self._workers, self.name) as workers:
            pool = Pool(self.name, workers, agreement, self._progress)
            try:
                pool.open()
                yield pool
            finally:
                pool.close()


@contextmanager
def _workers(job: Job, settings: WorkersSettings, model: str) -> Iterator[Workers]:
    """Yield workers for sessions of a model; those that are started in the block are stopped."""
    characters = "".join(sorted({char for text in job.texts.values() for char in text}))

    def assignment(place: int) -> Assignment:
        entry = placed(job.entry(model), settings, place)
        return Assignment(entry=entry, characters=characters)

    if isinstance(settings, DeviceWorkers):
        yield ProcessWorkers([assignment(place) for place in range(len(settings.devices))])
        return
    from evalkit.runner.workers.actors import connected  # noqa: PLC0415 - an extra: ray

    with connected(settings, assignment(0)) as workers:
        yield workers
