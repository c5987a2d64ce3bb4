"""Writes the skeleton of a references file for a new article, for a person to fill in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.config import document as strict_yaml
from evalkit.data.articles import Index
from evalkit.data.documents import read_article
from evalkit.data.references import ABSTENTION, FOCUSED, TO_DO, command
from evalkit.errors import refusal
from evalkit.language import localise
from evalkit.lint.index import article_id, index_entry
from evalkit.lint.questions import HARD, JOINED, MIN_JOINED, MIN_OF_TYPES, MIN_QUESTIONS, NO
from evalkit.lint.summaries import BOUNDS, MAX_HEADLINE, MIN_OF_FOCUS, MIN_OF_TASK

if TYPE_CHECKING:
    from pathlib import Path

_LETTERS = "ab"
_COMMENT = re.compile(r"(?<=#)(?P<space> +)(?P<words>.+)")
_SKELETON = """\
# yaml-language-server: $schema=schema.json
# Write it by hand, from the article alone. Replace every {to_do} with your words, then run
#   {check}
# until nothing is wrong.
article: {article_id}
# lacks: [date]  # only where the article has fewer dates than the questions need
headline: {to_do}  # at most {max_headline} characters
# Each written from scratch in plain news prose: who, what, where, when, the most important facts,
# every figure as the article has it, nothing that it does not say.
summaries:
{summaries}
# What the article says about one thing in it, in {low} to {high} characters; at least
# {min_of_focus} for each focus, in different words. Only the task `focused` needs it.
focused:
  - id: f1
    focus: {to_do}  # as in 社区减负
    references:
{focused}
# Questions from the first paragraph to the last, each with one right answer; at least
#   {min_questions} in all, and of these
{minima}
#   2 of yesno, one for each answer
#   {min_joined} of difficulty {joined} or more, of any type
# difficulty: 1 read off, 2 found among similar facts, {joined} from two places or computed,
#   {hard} in two steps, 5 in three, or with a trap. From {hard} on a note says how it is found.
questions:
  - id: q01
    type: number  # number, date, person, organization, place, list, phrase, yesno, unanswerable
    difficulty: 2
    question: {to_do}
    answers: [{to_do}]  # the canonical one first, with its unit; then other forms that are right
    unit: {to_do}  # as in 名, 家, 亿元; remove it where none applies
    evidence:
      - {to_do}  # copied character by character, from one line of the article
  - id: q02
    type: list
    difficulty: 2
    question: {to_do}
    answers: [{to_do}]  # one string, its two to five items joined by 、
    ordered: false  # true where the question fixes the order
    evidence:
      - {to_do}
  - id: q03
    type: number
    difficulty: {joined}
    question: {to_do}
    answers: [{to_do}]
    evidence:
      - {to_do}
      - {to_do}
    note: {to_do}  # how it was computed, as in 1434 - 64 = 1370
  - id: q04
    type: yesno
    difficulty: 1
    question: {to_do}
    answers: [{no}]
    evidence:
      - {to_do}
  - id: q05
    type: unanswerable  # sounds as if the article said it, but it does not: no evidence
    difficulty: 2
    question: {to_do}
    answers: [{abstention}]
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Skeleton:
    """A file to be filled in, and the entry that the index still needs; empty if it has one."""

    file: Path
    index_entry: str


def write_skeleton(article: Path, index: Path, folder: Path) -> Skeleton:
    """Write `<article id>.yaml` into the folder, for a person to fill in.

    Raises:
        InputError: the article or the index cannot be read, the article's name gives no id, or
            its references exist already.
    """
    text, _ = read_article(article)
    listed = _listed_id(article, index)
    id_ = listed or article_id(article)
    if not id_:
        what, remedy = "has a name that gives no id", "name it in letters or digits"
        raise refusal(article, "invalid", what, remedy)
    target = folder / f"{id_}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_skeleton(id_, command("check", index, folder)))
    except OSError as error:
        what = "exists already" if target.exists() else f"cannot be written ({error.strerror})"
        remedy = "edit it, or choose another place"
        raise refusal(target, "unwritable", what, remedy) from None
    return Skeleton(file=target, index_entry="" if listed else index_entry(id_, article, text))


def _listed_id(article: Path, index: Path) -> str | None:
    if not index.exists():
        return None
    entries = strict_yaml.read(index).parse(Index).articles
    wanted = article.resolve()
    same = (entry.id for entry in entries if (index.parent / entry.file).resolve() == wanted)
    return next(same, None)


def _skeleton(id_: str, check: str) -> str:
    """Return the text of a file to be filled in, its comments in the language in use.

    Args:
        id_: of the article.
        check: the command that checks the file.
    """
    summaries = "\n".join(
        f"  - id: {task}-{letter}\n    task: {task}  # {low} to {high} characters\n"
        f"    text: |-\n      {TO_DO}"
        for task, least in MIN_OF_TASK.items()
        for low, high in (BOUNDS[task],)
        for letter in _LETTERS[:least]
    )
    minima = "\n".join(f"#   {' + '.join(types)}: {least}" for types, least in MIN_OF_TYPES)
    low, high = BOUNDS[FOCUSED]
    focused = f"      - text: |-\n          {TO_DO}\n        evidence:\n          - {TO_DO}"
    text = _SKELETON.format(
        check=check,
        low=low,
        high=high,
        min_of_focus=MIN_OF_FOCUS,
        focused="\n".join([focused] * MIN_OF_FOCUS),
        hard=HARD,
        article_id=id_,
        summaries=summaries,
        minima=minima,
        to_do=TO_DO,
        max_headline=MAX_HEADLINE,
        min_questions=MIN_QUESTIONS,
        min_joined=MIN_JOINED,
        joined=JOINED,
        no=NO,
        abstention=ABSTENTION,
    )
    return _COMMENT.sub(lambda found: f"{found['space']}{localise(found['words'])}", text)
