"""Reads what people exported from the page, and refuses what belongs to another package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evalkit.annotate.package import Key
from evalkit.annotate.saved import read_saved
from evalkit.config import document as strict_yaml
from evalkit.config.strict import Strict
from evalkit.data.references import Text  # noqa: TC001 - a field of a model
from evalkit.errors import InputError, Problem
from evalkit.report.people import Choice, Reason  # noqa: TC001 - fields of a model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Judgement(Strict):
    """What one person said of one pair."""

    pair: str
    choice: Choice
    reasons: tuple[Reason, ...] = ()
    note: str = ""


class Export(Strict):
    """What one person has saved; `judgements` may cover only a part of the package."""

    format: Literal["evalkit preferences 1"]
    package: str
    person: Text
    judgements: tuple[Judgement, ...]


def read_key(file: Path) -> Key:
    """Return the key of a package.

    Raises:
        InputError: there is none, or the file is something else.
    """
    if not file.is_file():
        remedy = "make a page first: python -m evalkit annotate preferences RUN"
        problem = Problem(code="missing", file=str(file), what="does not exist", remedy=remedy)
        raise InputError([problem])
    return strict_yaml.read(file).parse(Key)


def read_exports(files: Sequence[Path], key: Key) -> list[Export]:
    """Return the exports of several people.

    Raises:
        InputError: a file is no export, or of another package, or two are of the same person; with
            every problem.
    """
    problems: list[Problem] = []
    found: dict[str, Path] = {}
    exports: list[Export] = []
    for file, document, export in read_saved(files, Export, problems):
        problems += _check(document, export, key)
        if export.person in found:
            what = f"`{export.person}` has saved {found[export.person]} too"
            remedy = "give the later one of the two"
            problems.append(document.problem(("person",), what, remedy, code="duplicate"))
        found[export.person] = file
        exports.append(export)
    if problems:
        raise InputError(problems)
    return exports


def _check(document: strict_yaml.Document, export: Export, key: Key) -> Iterator[Problem]:
    if export.package != key.package:
        what = f"is of the package {export.package}; that of this run is {key.package}"
        remedy = "give the folder of the run that the page was made of"
        yield document.problem(("package",), what, remedy, code="mismatch")
        return
    if not export.judgements:
        yield document.problem(("judgements",), "is empty", "judge some pairs first", code="empty")
    known, seen = {pair.id for pair in key.pairs}, set[str]()
    for i, judgement in enumerate(export.judgements):
        place = ("judgements", i, "pair")
        if judgement.pair not in known:
            what = f"the package has no pair `{judgement.pair}`"
            yield document.problem(place, what, "save the page again", code="unknown")
        if judgement.pair in seen:
            what = f"duplicate pair `{judgement.pair}`"
            yield document.problem(place, what, "save the page again", code="duplicate")
        seen.add(judgement.pair)
