"""What is wrong with an output: the kinds that the report counts, links to and filters by."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from evalkit.stats.output_issues import Issue, output_issues
from evalkit.values.form import read_answer
from evalkit.values.question import ask
from evalkit.values.statements import is_abstention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.records import Example, Generation
    from evalkit.report.material import Material

ErrorKind = Literal[
    Issue,
    "invented",
    "declined",
    "wrong_value",
    "in_sentence",
    "repeats",
    "same_text",
    "off_length",
    "copied",
    "other_language",
]
"""`invented` is an answer to what the text does not tell; `declined` says that the text does not
tell what it does; `wrong_value` is of the right kind (number, date, yes or no) and another;
`in_sentence` holds the right answer and more; `repeats` itself; `same_text` for two lengths;
`off_length` is under half or over one and a half times as long as was asked; `copied` is one
stretch of the article, as it is; `other_language` has more Latin letters than Chinese characters
where its references do not."""
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
ANSWER_ERRORS: tuple[ErrorKind, ...] = ("invented", "declined", "wrong_value", "in_sentence")
"""How an answer is wrong that is wrong at all."""

_VALUES = frozenset({"number", "date", "time", "range", "ratio", "ordinal", "yesno"})
_LEAST_REPEATED = 8  # characters; shorter ones recur in any text
_REPEATS = 0.25  # of the text
_TOO_SHORT, _TOO_LONG = 0.5, 1.5  # of the characters that were asked for
_LEAST_COPIED = 20  # characters; a short answer is often found in the article as it is
_LEAST_LETTERS = 8
_LATIN, _HAN = re.compile("[A-Za-z]"), re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def find_errors(material: Material) -> dict[tuple[str, str], tuple[ErrorKind, ...]]:
    """Return what is wrong with each output, in the order of `ERROR_KINDS`.

    Only outputs with something wrong are there, by (system, example); of several samples it is the
    first.
    """
    finder = _Finder(material)
    systems = [system.name for system in material.summary.systems if system.role != "human"]
    found = {
        (system, example.id): finder.kinds(system, example)
        for system in systems
        for example in material.examples
    }
    return {
        place: tuple(kind for kind in ERROR_KINDS if kind in kinds)
        for place, kinds in found.items()
        if kinds
    }


def find_repeats(text: str) -> list[tuple[int, int]]:
    """Return the stretches of a text, of eight characters or more, that it has had before.

    >>> find_repeats("创客在襄阳举办活动。创客在襄阳举办活动。")
    [(10, 20)]
    """
    first: dict[str, int] = {}
    found: list[tuple[int, int]] = []
    at = n_seen = 0
    while at + _LEAST_REPEATED <= len(text):
        for start in range(n_seen, at):
            first.setdefault(text[start : start + _LEAST_REPEATED], start)
        n_seen = at
        before = first.get(text[at : at + _LEAST_REPEATED])
        if before is None:
            at += 1
            continue
        end = at + _LEAST_REPEATED
        while end < len(text) and text[end] == text[before + end - at]:
            end += 1
        found.append((at, end))
        at = end
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    """What an output's judge decided: right or wrong, and by which rule."""

    is_right: bool
    rule: str


class _Finder:
    """Finds what is wrong with outputs, one at a time."""

    def __init__(self, material: Material) -> None:
        self._generations = material.generations
        self._articles = {a.id: "".join(a.text.split()) for a in material.articles}
        judges = set(material.judges("answer").values())
        self._judged = {
            (s.system, s.example): _Judged(is_right=s.value == 1, rule=s.rule)
            for s in material.scores
            if s.metric in judges and not s.sample and s.value is not None
        }
        self._extracted = {
            (s.system, s.example)
            for s in material.scores
            if s.metric == "em_extracted" and not s.sample and s.value == 1
        }
        self._same = _same_texts(material)

    def kinds(self, system: str, example: Example) -> set[ErrorKind]:
        """Return what is wrong with one output."""
        generation = self._generations.get((system, example.id, 0))
        found: set[ErrorKind] = set(output_issues(generation))
        judged = self._judged.get((system, example.id))
        is_right = judged is not None and judged.is_right
        if generation is None or not generation.is_answer or "empty" in found or is_right:
            return found
        text = generation.prediction.strip()
        if sum(end - start for start, end in find_repeats(text)) >= _REPEATS * len(text):
            found.add("repeats")
        if _is_latin(text) and not any(map(_is_latin, example.references)):
            found.add("other_language")
        if example.kind == "summary":
            found.update(self._of_summary(system, example, text))
        elif judged is not None:
            found.update(self._of_wrong_answer(system, example, text, judged.rule))
        return found

    def _of_summary(self, system: str, example: Example, text: str) -> Iterator[ErrorKind]:
        asked = example.n_characters
        if asked and not _TOO_SHORT * asked <= len(text) <= _TOO_LONG * asked:
            yield "off_length"
        if (system, example.id) in self._same:
            yield "same_text"
        if self._is_copied(example, text):
            yield "copied"

    def _of_wrong_answer(
        self, system: str, example: Example, text: str, rule: str
    ) -> Iterator[ErrorKind]:
        if (system, example.id) in self._extracted:
            yield "in_sentence"
        elif rule == "abstention":
            yield "invented"
        elif _abstains(text, example):
            yield "declined"
        elif rule in _VALUES:
            yield "wrong_value"
        elif self._is_copied(example, text):
            yield "copied"

    def _is_copied(self, example: Example, text: str) -> bool:
        solid = "".join(text.split())
        return len(solid) >= _LEAST_COPIED and solid in self._articles.get(example.article_id, "")


def _abstains(text: str, example: Example) -> bool:
    question = ask(example.question, example.unit, type=example.type, ordered=example.ordered)
    return is_abstention(read_answer(text).plain, question, loose=True)


def _is_latin(text: str) -> bool:
    n_latin = len(_LATIN.findall(text))
    return n_latin >= _LEAST_LETTERS and n_latin > len(_HAN.findall(text))


def _same_texts(material: Material) -> set[tuple[str, str]]:
    """Return each summary that its system also gave for another length of the same article."""
    examples = {e.id: e for e in material.examples if e.kind == "summary" and not e.question}
    by_text: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for (system, id_, sample), generation in material.generations.items():
        example = examples.get(id_)
        if example and not sample and (text := _text_of(generation)):
            by_text[system, example.article_id, text][id_] = example.n_characters
    return {
        (system, id_)
        for (system, _, _), lengths in by_text.items()
        if len(set(lengths.values())) > 1
        for id_ in lengths
    }


def _text_of(generation: Generation) -> str:
    return generation.prediction.strip() if generation.is_answer else ""
