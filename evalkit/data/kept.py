"""The articles of a job, in a file while the job lasts: their texts need not all be in memory."""

from __future__ import annotations

import math
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import IO, TYPE_CHECKING, Final, overload

from evalkit.errors import refusal
from evalkit.records import Article

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

_IN_MEMORY: Final = 16 << 20  # bytes of texts that need no file
_RECENT: Final = 16  # texts kept: those that a prompt shows, and that its neighbours show again


class KeptArticles(Sequence[Article]):
    """Articles in their order, of which each text is read when the article is looked at.

    Texts lie in a temporary file that no other process knows of, as they were when they were added:
    whatever becomes of the data meanwhile changes nothing. Few texts need no file, and where there
    can be none all are in memory.
    """

    def __init__(self, articles: Iterable[Article] = ()) -> None:
        """Keep some articles.

        Raises:
            InputError: the disk is full.
        """
        self._known: list[tuple[Article, int, int]] = []  # without text; its place, its bytes
        self._texts = _Texts()
        for article in articles:
            self.append(article)

    def append(self, article: Article) -> None:
        """Keep one more article.

        Raises:
            InputError: the disk is full.
        """
        self._known.append((replace(article, text=""), *self._texts.add(article.text)))

    def without_texts(self) -> list[Article]:
        """Return the articles with empty texts: none is read."""
        return [article for article, *_ in self._known]

    def only(self, ids: Container[str]) -> KeptArticles:
        """Return the articles that have one of these ids; their texts stay where they are."""
        found = KeptArticles()
        found._known = [known for known in self._known if known[0].id in ids]
        found._texts = self._texts
        return found

    @overload
    def __getitem__(self, at: int) -> Article: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Article, ...]: ...
    def __getitem__(self, at: int | slice) -> Article | tuple[Article, ...]:
        """Return an article, or some of them."""
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        article, start, size = self._known[at]
        return replace(article, text=self._texts.read(start, size))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._known)


def without_texts(articles: Sequence[Article]) -> Sequence[Article]:
    """Return articles for all that is known of them but their texts, which need not be there."""
    return articles.without_texts() if isinstance(articles, KeptArticles) else articles


class ById(Mapping[str, Article]):
    """Articles by their ids, in order; none is held."""

    def __init__(self, articles: Sequence[Article]) -> None:
        """Take articles."""
        self._articles = articles
        self._places = {article.id: i for i, article in enumerate(without_texts(articles))}

    def __getitem__(self, id_: str) -> Article:
        """Return an article."""
        return self._articles[self._places[id_]]

    def __iter__(self) -> Iterator[str]:
        """Yield the ids, in order."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)


class _Texts:
    """Texts in a temporary file, few of them in memory; threads may read them at once."""

    def __init__(self) -> None:
        self._file: IO[bytes] = BytesIO()
        self._most_in_memory: float = _IN_MEMORY
        self._end = 0
        self._lock = Lock()
        self.read = lru_cache(maxsize=_RECENT)(self._read)

    def add(self, text: str) -> tuple[int, int]:
        """Write a text behind the others, and return its place and its bytes."""
        data = text.encode("utf-8", "surrogatepass")
        start = self._end
        try:
            if start > self._most_in_memory:
                self._move()
            self._file.seek(start)
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            what = f"cannot hold the articles while they are worked on ({error.strerror})"
            remedy = "free space, or name another folder in TMPDIR"
            raise refusal(tempfile.gettempdir(), "unwritable", what, remedy) from None
        self._end += len(data)
        return start, len(data)

    def _move(self) -> None:
        """Move the texts to a file; where there can be none, all of them stay in memory."""
        self._most_in_memory = math.inf
        try:
            file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as this
        except OSError:  # a container in which nothing else than the run may be written
            return
        weakref.finalize(self, file.close)
        self._file.seek(0)
        shutil.copyfileobj(self._file, file)
        self._file = file

    def _read(self, start: int, size: int) -> str:
        with self._lock:
            self._file.seek(start)
            data = self._file.read(size)
        return data.decode("utf-8", "surrogatepass")
