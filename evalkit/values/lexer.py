"""Looks words up in a text: which of a set, and what of another text, begin or end at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

T = TypeVar("T")


class Words(Generic[T]):
    """A set of words, each with its meaning.

    >>> words = Words({"周": 7, "周年": 365})
    >>> list(words.starting("三周年", 1))
    [(365, 3), (7, 2)]
    >>> words.first("三天", 1), words.last("三周年", 3)
    (None, (365, 1))
    """

    def __init__(self, meanings: Mapping[str, T]) -> None:
        """Index the words by their first and by their last character."""
        self._meanings = dict(meanings)
        self._by_first: dict[str, tuple[str, ...]] = {}
        self._by_last: dict[str, tuple[str, ...]] = {}
        for word in sorted(self._meanings, key=len, reverse=True):
            self._by_first[word[0]] = (*self._by_first.get(word[0], ()), word)
            self._by_last[word[-1]] = (*self._by_last.get(word[-1], ()), word)

    def starting(self, text: str, at: int) -> Iterator[tuple[T, int]]:
        """Yield the meaning and the end of each word that begins at a place, the longest first."""
        for word in self._by_first.get(text[at : at + 1], ()):
            if text.startswith(word, at):
                yield self._meanings[word], at + len(word)

    def first(self, text: str, at: int) -> tuple[T, int] | None:
        """Return the meaning and the end of the longest word that begins at a place."""
        for word in self._by_first.get(text[at : at + 1], ()):
            if text.startswith(word, at):
                return self._meanings[word], at + len(word)
        return None

    def ending(self, text: str, end: int) -> Iterator[tuple[T, int]]:
        """Yield the meaning and the start of each word that ends at a place, the longest first."""
        for word in self._by_last.get(text[end - 1 : end], ()):
            if text.endswith(word, 0, end):
                yield self._meanings[word], end - len(word)

    def last(self, text: str, end: int) -> tuple[T, int] | None:
        """Return the meaning and the start of the longest word that ends at a place."""
        for word in self._by_last.get(text[end - 1 : end], ()):
            if text.endswith(word, 0, end):
                return self._meanings[word], end - len(word)
        return None


def word_set(words: str) -> Words[None]:
    """Return words, separated by spaces, that mean nothing more than that they stand there."""
    return Words(dict.fromkeys(words.split()))


def first_characters(*tables: Iterable[str]) -> frozenset[str]:
    """Return the characters with which the words of some tables begin.

    >>> sorted(first_characters({"周年": 365}, ["天", "周"]))
    ['周', '天']
    """
    return frozenset(word[0] for words in tables for word in words)


def longest_piece(text: str, at: int, vocabulary: str) -> int:
    """Return where the longest piece of a vocabulary ends that begins at a place, or 0.

    >>> longest_piece("共有45个", 0, "襄阳市共有多少个项目"), longest_piece("45个", 0, "多少个")
    (2, 0)
    """
    end = at + 1
    while end <= len(text) and text[at:end] in vocabulary:
        end += 1
    return end - 1 if end - 1 > at else 0


def cuts_word(text: str, at: int) -> bool:
    """Return whether a place of a text is inside a number or a Latin word.

    >>> cuts_word("13名", 1), cuts_word("13名", 2)
    (True, False)
    """
    edge = text[max(at - 1, 0) : at + 1]
    return len(edge) > 1 and edge.isascii() and edge.isalnum()
