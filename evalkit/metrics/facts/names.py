"""Names in a summary that its article lacks, or has something else in the place of."""

from __future__ import annotations

import re
from collections import defaultdict
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.metrics.facts.people import SharedPeople
from evalkit.values.claims import EMPTY_CHARACTERS
from evalkit.values.name_patterns import (
    blank_known_names,
    find_known_names,
    find_named,
    find_people,
    find_titled,
    is_surname,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.metrics.facts.document import Document

_NOT_IN_NAMES = EMPTY_CHARACTERS - {"中"} | frozenset("设约比较按据经受向往")
_BODIES = {"body", "company"}
_LEFT_OUT = "[^,。;、]?"  # characters of a name that may be left out between two others
_FULL = 3  # characters of a family name with a given name of two


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A name and where it begins in its clause."""

    start: int
    name: str


class Names:
    """The names of an article, as far as words beside them show that they are names.

    Attributes:
        known_people: by the first two characters of their names: of the third it is not sure that
            it belongs to the name.
    """

    def __init__(self, article: Document) -> None:
        """Find the people of an article, and whose words its parts are."""
        self._article = article
        self.known_people = {name[:2]: name for _, name in find_people(article.text)}
        self._given = {name[1:]: name for name in self.known_people.values() if len(name) == _FULL}
        # 西安 is not in 陕西安康.
        self._without_provinces = blank_known_names(article.text)
        self._shared = SharedPeople(article.text)
        self._titles = _titles(article)

    def shared_with(self, summary: str) -> Names:
        """Return the same with the people whom no title shows, but that a summary names as well."""
        names = copy(self)
        names.known_people = {
            name[:2]: name for name in self._shared.find(summary)
        } | self.known_people
        return names

    def people(self, text: str) -> list[str]:
        """Return the first two characters of the article's people whom a text names, in order."""
        return sorted((pair for pair in self.known_people if pair in text), key=text.find)

    def missing(self, clause: str) -> Iterator[Named]:
        """Yield the names in a clause of a summary that the article lacks."""
        text = self._article.text
        for start, name in find_known_names(clause):
            if name not in text:
                yield Named(start=start, name=name)
        for start, name, kind in find_named(clause):
            known = kind == "company" or self._is_shortened(name)
            if not known and self._is_unknown_stem(clause, start):
                yield Named(start=start, name=name)
        for start, name in find_people(clause):
            if self._is_unknown(name):
                yield Named(start=start, name=name)
        yield from self._misspelt(clause)

    def other_titles(self, clause: str) -> Iterator[tuple[Named, str]]:
        """Yield each person with a title that the article gives to somebody else, and theirs."""
        for start, title, name in find_titled(clause):
            theirs = self._titles.get(name[:2], ())
            if theirs and not any(title.endswith(t) or t.endswith(title) for t in theirs):
                yield Named(start=start, name=title + name), theirs[0] + name

    def _is_shortened(self, name: str) -> bool:
        """Return whether the article has a name, be it in full: 外国语学院 for 外语学院."""
        return re.search(_LEFT_OUT.join(map(re.escape, name)), self._article.text) is not None

    def _is_unknown_stem(self, clause: str, start: int) -> bool:
        """Return whether the article lacks what stands before the last word of a name.

        Where it has 农业, it may yet lack 华中 of 华中农业大学.
        """
        text = self._without_provinces
        stem, before = clause[start : start + 2], clause[max(0, start - 2) : start]
        if set(stem) & _NOT_IN_NAMES or before[-1:].isdigit():  # 1599年大村
            return False
        if any(start < len(name) + at and at < start + 2 for at, name in find_known_names(clause)):
            return False  # 湖北省, where the article has 湖北
        named = before.isalpha() and not set(before) & _NOT_IN_NAMES
        return stem not in text or (named and before not in text)

    def _is_unknown(self, name: str) -> bool:
        if name in self._article.text:
            return False
        known = self.known_people.get(name[:2], "")
        return name[:2] not in self._article.text or len(known) == len(name) == _FULL

    def _misspelt(self, clause: str) -> Iterator[Named]:
        """Yield a given name of the article with another family name."""
        for given, name in self._given.items():
            start = clause.find(given) - 1
            wrong = clause[max(start, 0) : start + _FULL]
            known = wrong == name or wrong in self._article.text
            if start >= 0 and is_surname(wrong[0]) and not known:
                yield Named(start=start, name=wrong)

    def exchanged(self, text: str, clause: int) -> tuple[str, str] | None:
        """Return a name in a text, and the one that a clause of the article has in its place.

        People are compared with those of the clause, else of its sentence, else with whose words
        they are; bodies and places with those of the clause, of their kind.
        """
        ours, theirs = self.people(text), self._people_of(clause)
        if ours and theirs and not set(ours) & set(theirs):
            return self.known_people[ours[0]], self.known_people[theirs[0]]
        here, sentence = self._article.clauses[clause].text, self._sentence(clause)
        others = [(name, kind) for _, name, kind in find_named(here) if name not in text]
        for _, name, kind in find_named(text):
            # A place may be named once for its whole sentence.
            said = here if kind in _BODIES else sentence
            kinds = _BODIES if kind in _BODIES else {kind}
            rivals = [other for other, their_kind in others if their_kind in kinds]
            if rivals and name not in said and name in self._article.text:
                return name, rivals[0]
        return None

    def _people_of(self, clause: int) -> Sequence[str]:
        here = self._article.clauses[clause].text
        return (
            self.people(here)
            or self.people(self._article.before(clause))
            or self.people(self._sentence(clause))
            or self._meant_by_pronoun(clause)
        )

    def _meant_by_pronoun(self, clause: int) -> Sequence[str]:
        """Return whom 他 or 她 means at the beginning of a sentence."""
        first = self._article.around(clause)[0]
        said_of = first and self._article.clauses[first].text.startswith(("他", "她"))
        return self.people(self._sentence(first - 1))[-1:] if said_of else []

    def _sentence(self, clause: int) -> str:
        return ",".join(self._article.clauses[i].text for i in self._article.around(clause))


def _titles(article: Document) -> dict[str, list[str]]:
    """Return the titles of people by the first two characters of their names."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, title, name in find_titled(article.text, chains=True):
        found[name[:2]].append(title)
    return found
