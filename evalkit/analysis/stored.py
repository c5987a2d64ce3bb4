"""The generations and articles of a run where they are: on the disk, each read when looked at."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from evalkit.records import Article, Generation, Place, model_of
from evalkit.store.jsonl import RandomAccess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from evalkit.records import PlannedRequest

Key = TypeVar("Key")
Record = TypeVar("Record")


class _Stored(Mapping[Key, Record]):
    """Records of a file, of which only the places are held: all do not fit into memory.

    The file stays open, so that what replaces it changes nothing here.
    """

    def __init__(self, file: RandomAccess[Record], at: Mapping[Key, int]) -> None:
        """Take an open file, and the place of each record in it."""
        self._file, self._at = file, at
        weakref.finalize(self, file.close)

    def __getitem__(self, key: Key) -> Record:
        """Read a record."""
        return self._file.read(self._at[key])

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys, in order."""
        return iter(self._at)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._at)

    def __contains__(self, key: object) -> bool:
        """Return whether there is such a record, without reading it."""
        return key in self._at


class StoredGenerations(_Stored[Place, Generation]):
    """The generation of each request that has one, by system, example id and number of the sample.

    They are in the order of the requests. Requests of one model with one key share one generation;
    of several attempts the latest counts.
    """

    def __init__(
        self,
        path: Path,
        requests: Iterable[PlannedRequest],
        prepare: Callable[[Generation], Generation],
        names: Mapping[str, str],
    ) -> None:
        """Find the generations of requests.

        Args:
            path: of generations.jsonl.
            requests: what was asked.
            prepare: what is done to each generation that is read.
            names: what systems are called here, by their names in the file, where these differ.

        Raises:
            StoreError: it cannot be read, or a line is no generation.
        """
        file = RandomAccess(path, Generation)
        by_key = {(model_of(g.system), g.key): at for at, g in file.records()}
        places = {
            (names.get(r.system, r.system), r.example, r.sample): at
            for r in requests
            if (at := by_key.get((model_of(r.system), r.key))) is not None
        }
        super().__init__(file, places)
        self._prepare = prepare

    def __getitem__(self, place: Place) -> Generation:
        """Read a generation."""
        return self._prepare(super().__getitem__(place))


class StoredArticles(_Stored[str, Article]):
    """The articles of a run by id, in order."""

    def __init__(self, path: Path) -> None:
        """Find the articles in articles.jsonl.

        Raises:
            StoreError: it cannot be read, or a line is no article.
        """
        file = RandomAccess(path, Article)
        super().__init__(file, {article.id: at for at, article in file.records()})
        self._read = lru_cache(maxsize=1)(file.read)  # its examples follow one another

    def __getitem__(self, id_: str) -> Article:
        """Read an article."""
        return self._read(self._at[id_])


class Texts(Mapping[str, str]):
    """The texts of articles, by id."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        """Take articles, of which none is read before its text is looked at."""
        self._articles = articles

    def __getitem__(self, id_: str) -> str:
        """Return the text of an article."""
        return self._articles[id_].text

    def __iter__(self) -> Iterator[str]:
        """Yield the ids, in order."""
        return iter(self._articles)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._articles)


class Joined(Mapping[Key, Record]):
    """Several mappings, such as those of several runs, as one; of two records the later counts."""

    def __init__(self, *parts: Mapping[Key, Record]) -> None:
        """Join mappings, of which none is copied."""
        self._parts = parts

    def __getitem__(self, key: Key) -> Record:
        """Return a record."""
        for part in reversed(self._parts):
            if key in part:
                return part[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys, those of the first mapping first."""
        return iter(dict.fromkeys(chain(*self._parts)))

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(1 for _ in self)
