"""People whom no title shows: a summary and its article name them alike, and go on differently."""

from __future__ import annotations

from collections import defaultdict

from evalkit.values.name_patterns import ends_name, is_surname, may_begin_name, read_name

_MOST = 4  # times that an article names somebody whom no title introduces
_PAIR = 2


class SharedPeople:
    """The places of an article where a name may stand, by their first two characters."""

    def __init__(self, article: str) -> None:
        """Find them in a folded text."""
        self._article = article
        self._places: dict[str, list[int]] = defaultdict(list)
        for start, character in enumerate(article):
            if is_surname(character):
                self._places[article[start : start + _PAIR]].append(start)

    def find(self, summary: str) -> list[str]:
        """Return the names that a summary shares with the article, in order.

        >>> article = "神农架林区的杨勇创办公司。潜江的姚舜主动放弃工作"
        >>> SharedPeople(article).find("姚舜在神农架,杨勇回到潜江")
        ['姚舜', '杨勇']
        """
        names = (self._shared(summary, i) for i, at in enumerate(summary) if is_surname(at))
        return [name for name in dict.fromkeys(names) if name]

    def _shared(self, summary: str, start: int) -> str:
        """Return the name at a place of a summary, if one ends where its words leave the article's.

        Empty if none does.
        """
        places = self._places.get(summary[start : start + _PAIR], ())
        name = read_name(summary, start)
        if not 0 < len(places) <= _MOST or not name or not may_begin_name(summary, start):
            return ""
        length = max(self._n_common(summary, start, place) for place in places)
        name = name[:length]
        goes_on = summary[start + len(name) : start + length]
        begins = all(may_begin_name(self._article, place) for place in places)
        return name if begins and ends_name(name, goes_on) else ""

    def _n_common(self, summary: str, start: int, place: int) -> int:
        """Return how many characters two places have in common, up to one behind a name."""
        ours = summary[start : start + 2 * _PAIR]
        theirs = self._article[place : place + 2 * _PAIR]
        alike = (one == other for one, other in zip(ours, theirs, strict=False))
        return next((n for n, same in enumerate(alike) if not same), min(len(ours), len(theirs)))
