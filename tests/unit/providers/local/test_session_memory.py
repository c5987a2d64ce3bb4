"""A session whose memory runs out: smaller batches, and nothing lost or done twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from evalkit.providers.local.rows import RunsToTheEnd
from evalkit.providers.local.weights.tiny import make_tiny
from tests.support.article_requests import answers, ask
from tests.support.tiny_model import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.providers.local.rows import Batch, Row
    from evalkit.providers.local.rows import Path as RunPath

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, articles: list[str]) -> Path:
    """Return the folder of the tiny model."""
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny(0, articles, folder)
    return folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Scarce(RunsToTheEnd):
    """A path that runs out of memory with too many rows, in all or together, after its first."""

    path: RunPath
    limits: Mapping[str, int]
    name: str = "shared"
    attention: str = "flash"
    tried: list[tuple[int, int]] = field(default_factory=list)

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield rows until memory runs out, as torch says it."""
        self.tried.append((len(rows), n_rows))
        done = self.path.run(rows, n_rows)
        sizes = {"n_rows": len(rows), "n_together": n_rows}
        if all(sizes[key] <= most for key, most in self.limits.items()):
            yield from done
            return
        if len(rows) > 1:
            yield next(done)
        message = "DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"
        raise RuntimeError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScarceLater:
    """A path whose batches run out of memory in a call that finishes, with too many together."""

    path: RunPath
    most: int
    name: str = "shared"
    attention: str = "flash"

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield each row as it ends."""
        return self.path.run(rows, n_rows)

    def batch(self) -> ScarceBatch:
        """Return such a batch."""
        return ScarceBatch(batch=self.path.batch(), most=self.most)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScarceBatch:
    """A batch that runs out of memory, as torch says it, after a row."""

    batch: Batch
    most: int

    def add(self, rows: Sequence[Row]) -> None:
        """Have rows wait."""
        self.batch.add(rows)

    def results(self, n_rows: int, *, finish: bool) -> Iterator[Row]:
        """Yield rows until memory runs out."""
        for row in self.batch.results(n_rows, finish=finish):
            yield row
            if finish and n_rows > self.most:
                message = "DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"
                raise RuntimeError(message)


@pytest.mark.parametrize(
    ("scarce", "tried"),
    [
        ({"n_together": 3}, [(12, 64), (11, 5), (10, 2)]),
        ({"n_rows": 7}, [(12, 64), (11, 5), (10, 2), (9, 1), (4, 1), (4, 1)]),
    ],
)
def test_a_batch_that_does_not_fit_is_halved(
    folder: Path, articles: list[str], scarce: dict[str, int], tried: list[tuple[int, int]]
) -> None:
    """First those decoded together, in one call, so that an article is not computed for each.

    Then the requests. Each is answered once, and as ever.
    """
    requests = ask(articles, temperature=1.0)
    with loaded(folder) as session:
        whole = {key: one.text for key, one in answers(session, requests).items()}
        path = Scarce(path=session.path, limits=scarce)
        done = list(replace(session, path=path).generate(requests))
    assert len(done) == len(requests)
    assert {one.key: one.text for one in done} == whole
    assert path.tried == tried


@pytest.mark.parametrize("most", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("scarce", ["n_rows", "n_together"])
def test_running_out_of_memory_loses_and_repeats_nothing(
    folder: Path, articles: list[str], scarce: str, most: int
) -> None:
    """Whatever fits, every request is done exactly once, also those with equal keys."""
    requests = [replace(one, key="same") for one in ask(articles)]
    with loaded(folder) as session:
        path = Scarce(path=session.path, limits={scarce: most})
        done = list(replace(session, path=path).generate(requests))
    assert sorted(one.example for one in done) == sorted(one.example.id for one in requests)
    assert all(one.finish_reason != "error" for one in done)


def test_a_request_that_never_fits_fails_alone_with_its_reason(
    folder: Path, articles: list[str]
) -> None:
    """It has no text, and says why."""
    with loaded(folder) as session:
        scarce = replace(session, path=Scarce(path=session.path, limits={"n_rows": 0}))
        (done,) = scarce.generate(ask(articles)[:1])
    assert (done.finish_reason, done.text) == ("error", "")
    assert done.error.startswith("out of memory")


def test_batch_size_follows_memory(folder: Path, articles: list[str]) -> None:
    """The rows decoded together are as configured, or as many as memory allows, at least one."""
    with loaded(folder) as session:
        rows = [session.row(request) for request in ask(articles)]
        fixed = replace(session, entry=session.entry.model_copy(update={"batch_size": 5}))
        assert fixed.batch_size(rows, 0) == 5
        assert session.batch_size(rows, 1 << 40) == 64
        assert session.batch_size([], 1 << 40) == 64
        # 2 layers of keys and values, 2 heads of 16 numbers of 4 bytes: 512 bytes a token.
        assert 1 < session.batch_size(rows, 2 * 512 * (3 * 260 + 10 * 80)) < 30
        assert session.batch_size(rows, 0) == 1


def test_memory_that_runs_out_after_others_joined_loses_and_repeats_nothing(
    folder: Path, articles: list[str]
) -> None:
    """Requests of two calls are answered once each, in smaller batches."""
    requests = ask(articles)
    with loaded(folder) as session:
        whole = {key: one.text for key, one in answers(session, requests).items()}
        scarce = replace(session, path=ScarceLater(path=session.path, most=3))
        first = list(scarce.generate(requests[:4], finish=False))
        rest = list(scarce.generate(requests[4:]))
    assert len(first) < 4
    assert sorted(one.key for one in (*first, *rest)) == sorted(one.key for one in requests)
    assert {one.key: one.text for one in (*first, *rest)} == whole
