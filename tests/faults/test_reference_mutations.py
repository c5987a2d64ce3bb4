"""Promise: a slip in a hand-written references file is reported where it was made.

Each is drawn with a seed of its own from the files of the repository. No slip is drawn that leaves
a sound file behind, such as a figure changed to another figure of its quote.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from evalkit.config import document as strict_yaml
from evalkit.lint import check
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.config.keys import Key

FILES = sorted((ROOT / "references").glob("*.yaml"))
N_EACH = 7
NAMED = ("person", "organization", "place")
FIGURE = re.compile(r"[0-9]+")


@cache
def read(file: Path) -> strict_yaml.Document:
    """Return a sound file; parsing it takes most of the time of a case."""
    return strict_yaml.read(file)


class Draft:
    """A references file on which one slip is made; `touched` are the lines where it shows."""

    def __init__(self, file: Path, chance: random.Random) -> None:
        """Read the file."""
        self.document = read(file)
        self.lines = file.read_text(encoding="utf-8").splitlines()
        self.chance = chance
        self.touched = range(0)

    def draw(self, wanted: Callable[[dict[str, Any]], object]) -> tuple[int, dict[str, Any]]:
        """Draw a question that is wanted, and note its lines."""
        asked = self.document.data["questions"]
        i = self.chance.choice([i for i, question in enumerate(asked) if wanted(question)])
        self.touched = range(self.line("questions", i), self.end(i))
        return i, asked[i]

    def line(self, *key: str | int) -> int:
        """Return the line of a key, from 1."""
        return self.document.line(key) or 0

    def end(self, i: int) -> int:
        """Return the line after a question."""
        last = i + 1 == len(self.document.data["questions"])
        return len(self.lines) + 1 if last else self.line("questions", i + 1)

    def replace(self, key: Key, old: str, new: str) -> None:
        """Change the text on the line of a key."""
        at = self.line(*key) - 1
        assert old in self.lines[at]
        self.lines[at] = self.lines[at].replace(old, new, 1)

    def swap(self, text: str) -> str:
        """Return a text with one character changed to one that no article has."""
        at = self.chance.randrange(len(text))
        return f"{text[:at]}龘{text[at + 1 :]}"

    def drop(self, word: str) -> str:
        """Return a word without one of its letters."""
        return word.replace(self.chance.choice(word), "", 1)


def change_a_digit_of_an_answer(draft: Draft) -> None:
    """The first answer gets a figure that its quotes do not have."""
    i, question = draft.draw(lambda q: q["type"] == "number" and FIGURE.search(q["answers"][0]))
    answer = question["answers"][0]
    known = FIGURE.findall(" ".join(question["evidence"]))
    changed = [
        answer[:at] + digit + answer[at + 1 :]
        for at, old in enumerate(answer)
        for digit in "123456789"
        if old.isdecimal() and digit != old
    ]
    wrong = [new for new in changed if not set(FIGURE.findall(new)) <= set(known)]
    draft.replace(("questions", i, "answers", 0), answer, draft.chance.choice(wrong))


def change_a_figure_of_a_summary(draft: Draft) -> None:
    """A summary gets a figure that the article does not have."""
    i = draft.chance.randrange(len(draft.document.data["summaries"]))
    start = draft.line("summaries", i, "text")
    draft.touched = range(start, start + 2)
    draft.lines[start] = FIGURE.sub("98765", draft.lines[start], count=1)


def change_a_character_of_a_quote(draft: Draft) -> None:
    """A quote differs in one character."""
    i, question = draft.draw(lambda q: q.get("evidence"))
    j = draft.chance.randrange(len(question["evidence"]))
    quote = question["evidence"][j]
    draft.replace(("questions", i, "evidence", j), quote, draft.swap(quote))


def change_a_character_of_a_name(draft: Draft) -> None:
    """The first answer names another person, organisation or place."""
    i, question = draft.draw(lambda q: q["type"] in NAMED and not q.get("note"))
    answer = question["answers"][0]
    draft.replace(("questions", i, "answers", 0), answer, draft.swap(answer))


def change_an_item_of_a_list(draft: Draft) -> None:
    """One item of a list is another one."""
    i, question = draft.draw(lambda q: q["type"] == "list" and q["difficulty"] < 3)
    answer = question["answers"][0]
    draft.replace(("questions", i, "answers", 0), answer, draft.swap(answer))


def duplicate_a_question(draft: Draft) -> None:
    """A question is there twice, word for word."""
    draft.draw(lambda _: True)
    start, end = draft.touched.start - 1, draft.touched.stop - 1
    draft.lines[end:end] = draft.lines[start:end]
    draft.touched = range(end + 1, end + 1 + end - start)


def ask_a_question_again(draft: Draft) -> None:
    """A question is there twice, under another id and with another question mark."""
    i, question = draft.draw(lambda q: q["question"].endswith("？"))
    block = draft.lines[draft.touched.start - 1 : draft.touched.stop - 1]
    draft.replace(("questions", i, "question"), "？", "?")
    draft.replace(("questions", i, "id"), question["id"], "q99")
    end = draft.touched.stop - 1
    draft.lines[end:end] = block
    draft.touched = range(end + 1, end + 1 + len(block))


def misspell_a_type(draft: Draft) -> None:
    """A type loses a letter."""
    i, question = draft.draw(lambda _: True)
    draft.replace(
        ("questions", i, "type"), f" {question['type']}", f" {draft.drop(question['type'])}"
    )


def misspell_a_key(draft: Draft) -> None:
    """A key loses a letter."""
    i, question = draft.draw(lambda _: True)
    key = draft.chance.choice([key for key in question if key not in {"id", "note"}])
    draft.replace(("questions", i, key), f"{key}:", f"{draft.drop(key)}:")


def break_an_indent(draft: Draft) -> None:
    """A line is too far to the left or the right, or is indented with a tab."""
    i, question = draft.draw(lambda _: True)
    key = draft.chance.choice([key for key in question if key != "id"])
    indent = draft.chance.choice(["   ", "     ", "\t", ""])
    draft.replace(("questions", i, key), f"    {key}:", f"{indent}{key}:")


def leave_a_quotation_open(draft: Draft) -> None:
    """A quotation mark of YAML is never closed."""
    i, question = draft.draw(lambda _: True)
    draft.replace(("questions", i, "question"), question["question"], f'"{question["question"]}')
    draft.touched = range(draft.touched.start, len(draft.lines) + 2)


def give_an_answer_away(draft: Draft) -> None:
    """A question names its answer."""
    i, question = draft.draw(lambda q: q["type"] in {*NAMED, "number", "phrase"})
    asked = question["question"]
    draft.replace(("questions", i, "question"), asked, f"{asked}{question['answers'][0]}")


def support_the_unanswerable(draft: Draft) -> None:
    """An unanswerable question gets a quote."""
    _, other = draft.draw(lambda q: q.get("evidence"))
    draft.draw(lambda q: q["type"] == "unanswerable")
    draft.lines.insert(draft.touched.start, f"    evidence: ['{other['evidence'][0]}']")


def lose_the_evidence(draft: Draft) -> None:
    """A question that has an answer loses its quotes."""
    i, question = draft.draw(lambda q: q.get("evidence"))
    start = draft.line("questions", i, "evidence") - 1
    del draft.lines[start : start + 1 + len(question["evidence"])]


def turn_an_answer(draft: Draft) -> None:
    """The answer of a yes/no or an unanswerable question is not one that is allowed."""
    i, question = draft.draw(lambda q: q["type"] in {"yesno", "unanswerable"})
    answer = question["answers"][0]
    draft.replace(("questions", i, "answers", 0), answer, draft.swap(answer))


def put_in_a_control_character(draft: Draft) -> None:
    """A character that no editor shows has come in with a paste."""
    i, question = draft.draw(lambda _: True)
    draft.replace(("questions", i, "question"), question["question"], f"{question['question']}\x07")


def raise_a_difficulty(draft: Draft) -> None:
    """A difficulty is none of the five."""
    i, question = draft.draw(lambda _: True)
    draft.replace(("questions", i, "difficulty"), str(question["difficulty"]), "6")


def lose_the_note(draft: Draft) -> None:
    """A hard question no longer says how its answer is found."""
    i, question = draft.draw(lambda q: q["difficulty"] > 3)
    draft.replace(("questions", i, "note"), f"note: {question['note']}", "note: ''")


def change_a_figure_of_a_focused_summary(draft: Draft) -> None:
    """A focused summary has a figure that its quotes do not have."""
    entries = draft.document.data["focused"]
    places = [
        (i, j)
        for i, entry in enumerate(entries)
        for j, reference in enumerate(entry["references"])
        if FIGURE.search(reference["text"])
    ]
    i, j = draft.chance.choice(places)
    start = draft.line("focused", i, "references", j, "text")
    draft.touched = range(start, start + 2)
    draft.lines[start] = FIGURE.sub("98765", draft.lines[start], count=1)


def change_a_quote_of_a_focused_summary(draft: Draft) -> None:
    """A quote that a focused summary rests on differs in one character."""
    i = draft.chance.randrange(len(draft.document.data["focused"]))
    evidence = draft.document.data["focused"][i]["references"][0]["evidence"]
    start = draft.line("focused", i, "references", 0, "evidence", 0)
    draft.touched = range(start, start + 1)
    quote = evidence[0]
    draft.lines[start - 1] = draft.lines[start - 1].replace(quote, draft.swap(quote))


def cut_a_summary_short(draft: Draft) -> None:
    """A summary ends in mid-sentence."""
    i = draft.chance.randrange(len(draft.document.data["summaries"]))
    start = draft.line("summaries", i, "text")
    draft.touched = range(start, start + 2)
    draft.lines[start] = draft.lines[start][:70]


MUTATIONS = (
    change_a_digit_of_an_answer,
    change_a_figure_of_a_summary,
    change_a_character_of_a_quote,
    change_a_character_of_a_name,
    change_an_item_of_a_list,
    duplicate_a_question,
    ask_a_question_again,
    misspell_a_type,
    misspell_a_key,
    break_an_indent,
    leave_a_quotation_open,
    give_an_answer_away,
    support_the_unanswerable,
    lose_the_evidence,
    turn_an_answer,
    put_in_a_control_character,
    raise_a_difficulty,
    lose_the_note,
    change_a_figure_of_a_focused_summary,
    change_a_quote_of_a_focused_summary,
    cut_a_summary_short,
)
CASES = [(mutate, seed) for mutate in MUTATIONS for seed in range(N_EACH)]


def write_mutated(folder: Path, mutate: Callable[[Draft], None], seed: int) -> tuple[Path, range]:
    """Write an article with mutated references into a folder; return their file and the lines."""
    chance = random.Random(f"{mutate.__name__}/{seed}")
    source = FILES[seed % len(FILES)]
    draft = Draft(source, chance)
    mutate(draft)
    mutated = folder / "references" / source.name
    mutated.parent.mkdir()
    mutated.write_text("\n".join(draft.lines) + "\n", encoding="utf-8")
    listed = read(ROOT / "seeds" / "index.yaml").data["articles"]
    entry = next(item for item in listed if item["id"] == source.stem) | {"flaws": []}
    (folder / "index.yaml").write_text(yaml.safe_dump({"articles": [entry]}), encoding="utf-8")
    shutil.copy(ROOT / "seeds" / entry["file"], folder)
    return mutated, draft.touched


def test_there_are_at_least_a_hundred_mutations() -> None:
    """The promise is made of a hundred copies, each with its own slip."""
    assert len(CASES) >= 100


@pytest.mark.parametrize(("mutate", "seed"), CASES)
def test_every_slip_is_found_where_it_was_made(
    tmp_path: Path, mutate: Callable[[Draft], None], seed: int
) -> None:
    """Something is said of it, with the file and a line of the place that was changed."""
    file, touched = write_mutated(tmp_path, mutate, seed)
    findings = check(tmp_path / "index.yaml", file.parent)
    errors = (*findings.wrong, *findings.unwritten, *findings.few, *findings.warnings)
    places = {(problem.file, problem.line) for problem in errors}
    # YAML notices a broken line at the earliest in the line after it.
    assert places & {(str(file), line) for line in (*touched, touched.stop)}, (touched, errors)


@pytest.mark.parametrize("mutate", [change_a_character_of_a_quote, break_an_indent])
def test_the_program_reports_a_slip_without_a_traceback(
    tmp_path: Path, mutate: Callable[[Draft], None]
) -> None:
    """The real program ends with exit code 2 and one line a problem."""
    file, touched = write_mutated(tmp_path, mutate, seed=1)
    command = [sys.executable, "-m", "evalkit", "references", "check"]
    places = ["--articles", str(tmp_path / "index.yaml"), "--references", str(file.parent)]
    done = subprocess.run(  # noqa: S603 - our own program, on our own files
        [*command, *places],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert any(f"{file}:{line}: " in done.stderr for line in (*touched, touched.stop))
