"""Generations stay on the disk: memory holds where they are, not what they say."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.stored import Joined, StoredArticles, StoredGenerations, Texts
from evalkit.errors import StoreError
from evalkit.records import Article, Generation, PlannedRequest
from evalkit.store.jsonl import write_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

N = 60


def generation(number: int, text: str, system: str = "m@terse") -> Generation:
    """Return a generation of the model `m`."""
    return Generation(
        key=f"k{number}", system=system, example=f"e{number}", text=text, finish_reason="stop"
    )


def requests(n: int) -> list[PlannedRequest]:
    """Return requests of two systems that share a model, and so their generations."""
    return [
        PlannedRequest(system=system, step="article", example=f"e{i}", key=f"k{i}")
        for system in ("m@terse", "m@long")
        for i in range(n)
    ]


def stored(file: Path, generations: Iterable[Generation]) -> StoredGenerations:
    """Return generations that were written to a file."""
    write_all(file, generations)
    return StoredGenerations(file, requests(N), lambda one: one, {"m@long": "run/m@long"})


def test_generations_on_the_disk_are_those_in_memory(tmp_path: Path) -> None:
    """In the order of the requests; what has none is left out, and of several the latest counts."""
    made = [generation(i, f"第{i}个") for i in range(N - 1)] + [generation(0, "又一个")]
    found = stored(tmp_path / "generations.jsonl", made)
    latest = [made[-1], *made[1:-1]]
    assert list(found.items()) == [
        ((system, one.example, 0), one) for system in ("m@terse", "run/m@long") for one in latest
    ]


def test_texts_are_not_held(tmp_path: Path) -> None:
    """Of six megabytes less than one is in memory, also while each text is read."""
    file = tmp_path / "generations.jsonl"
    write_all(file, (generation(i, "襄阳" * 17_000) for i in range(N)))
    assert file.stat().st_size > 6_000_000
    tracemalloc.start()
    try:
        found = StoredGenerations(file, requests(N), lambda one: one, {})
        assert sum(len(one.text) for one in found.values()) == 2 * N * 34_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_articles_are_not_held(tmp_path: Path) -> None:
    """Of six megabytes less than one is in memory, also while each is read, twice."""
    file = tmp_path / "articles.jsonl"
    ids = [f"a{i}" for i in range(N)]
    write_all(file, (Article(id=id_, title=id_, text="襄阳" * 17_000, sha256="") for id_ in ids))
    tracemalloc.start()
    try:
        found = StoredArticles(file)
        assert list(found) == ids
        for _ in range(2):
            assert sum(map(len, Texts(found).values())) == N * 34_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_is_replaced_changes_nothing(tmp_path: Path) -> None:
    """As by a run that goes on in the folder while a report of it is made."""
    file = tmp_path / "generations.jsonl"
    found = stored(file, [generation(0, "前")])
    write_all(file, [generation(0, "后来的一个更长的答案")])
    assert found["m@terse", "e0", 0].text == "前"


def test_what_is_no_generation_is_named_by_its_line(tmp_path: Path) -> None:
    """Before anything is scored."""
    file = tmp_path / "generations.jsonl"
    write_all(file, [generation(0, "前"), {"key": "k1"}])
    with pytest.raises(StoreError, match=r"generations\.jsonl:2: is not a Generation"):
        StoredGenerations(file, requests(N), lambda one: one, {})
    assert not StoredGenerations(tmp_path / "none.jsonl", requests(N), lambda one: one, {})


def test_of_several_runs_the_later_counts() -> None:
    """Where two have one system; the places come in the order of the runs."""
    first, second = ("a", "e0", 0), ("b", "e0", 0)
    before, after = generation(0, "前"), generation(0, "后")
    found = Joined({first: before, second: before}, {second: after})
    assert list(found.items()) == [(first, before), (second, after)]
    assert len(found) == 2
    assert found.get(("c", "e0", 0)) is None
