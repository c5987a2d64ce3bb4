"""Reading YAML: strict, safe, and every problem in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.config import document as strict_yaml
from evalkit.config.document import Document
from evalkit.config.strict import Strict
from evalkit.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


class Inner(Strict):
    """A mapping inside another."""

    size: int = 0


class Outer(Strict):
    """A mapping to read."""

    name: str
    inner: Inner = Inner()
    tags: tuple[str, ...] = ()


def problems(text: str) -> list[str]:
    """Return the problems that reading a text raises, each as its line."""
    with pytest.raises(InputError) as raised:
        Document("f.yaml", text).parse(Outer)
    return [str(problem) for problem in raised.value.problems]


def test_a_sound_file_becomes_a_model() -> None:
    """Lists become tuples, nothing else is converted."""
    assert Document("f.yaml", "name: 襄阳\ntags: [a, b]\n").parse(Outer) == Outer(
        name="襄阳", tags=("a", "b")
    )


def test_all_problems_come_at_once_each_with_its_line_and_key() -> None:
    """Nobody has to run the program three times to find three slips."""
    assert problems("inner:\n  size: big\n  sise: 3\n") == [
        "f.yaml:1: name: is missing; give text",
        "f.yaml:2: inner.size: cannot be 'big'; give a whole number",
        "f.yaml:3: inner.sise: unknown key; did you mean `size`?",
    ]


def test_a_number_is_no_string() -> None:
    """A strict model never turns 2018 into "2018" in silence."""
    assert problems("name: 2018\n") == [
        "f.yaml:1: name: is read as 2018, not as text; put it in quotes"
    ]


def test_a_date_stays_the_text_that_was_written() -> None:
    """YAML's dates are text here: 2019-11-08 means what it says."""
    assert Document("f.yaml", "name: 2019-11-08\n").parse(Outer).name == "2019-11-08"


def test_a_repeated_key_is_a_problem() -> None:
    """YAML keeps the last of two; nobody means that."""
    assert problems("name: a\nname: b\n") == [
        "f.yaml:2: name: stands here a second time; keep one of the two"
    ]


def test_a_merged_key_may_be_written_again() -> None:
    """`<<` brings defaults, and a key beside it overrides one."""
    text = "inner: &i {size: 1}\nname: a\ntags: []\n"
    assert Document("f.yaml", text).data["inner"] == {"size": 1}
    merged = Document("f.yaml", "a: &a {size: 1}\nb: {<<: *a, size: 2}\n")
    assert merged.data["b"] == {"size": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n- b\n", "is not a mapping"),
        ("", "is not a mapping"),
        ("name: [a\n", "is not valid YAML"),
        ("name: a\n  b: c\n", "is not valid YAML"),
        ("name: \x00\n", "holds the character U+0000"),
        ("name: !!python/object/apply:os.system [ls]\n", "carries the tag"),
        ("name: " + "[" * 5000 + "]" * 5000, "is nested too deeply"),
        ("name: &a [*a]\n", "is nested too deeply"),
        (
            "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)),
            "unfolds to more than a million values",
        ),
    ],
)
def test_what_is_no_sound_yaml_is_refused(text: str, words: str) -> None:
    """Neither a slip nor an attack ends in a traceback, a hang or a run command."""
    assert words in problems(text)[0]


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("9" * 5000, "give a whole number of at most 18 digits"),
        ("0x" + "f" * 5000, "give a whole number of at most 18 digits"),
        (":".join(["59"] * 3000), "give a whole number of at most 18 digits"),
        ("9223372036854775808", "give a whole number of at most 18 digits"),
        (".nan", "give a finite number"),
        ("-.inf", "give a finite number"),
        ("!!bool 9", "give text, a number, true or false"),
        ("!!binary aGk=", "give text, a number, true or false"),
        ("!!timestamp 2019-11-08", "give text, a number, true or false"),
        ('"a\\0b"', "remove what is no character"),
        ('"\\ud800"', "remove what is no character"),
    ],
)
def test_a_value_that_nothing_can_hold_is_refused_where_it_stands(value: str, remedy: str) -> None:
    """Numbers without end, bytes, and text that can name no file and stand in no JSON."""
    assert problems(f"name: a\ninner:\n  size: {value}\n") == [
        f"f.yaml:3: inner.size: cannot be used; {remedy}"
    ]


def test_a_key_that_nothing_can_hold_is_refused() -> None:
    """Half a character is no name."""
    assert problems('name: a\n"\\ud800": 1\n') == [
        "f.yaml:2: \ud800: is no name for a key; remove what is no character"
    ]


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """A missing file, and one that is not UTF-8, are problems with the file's name."""
    with pytest.raises(InputError, match="cannot be read"):
        strict_yaml.read(tmp_path / "none.yaml")
    other = tmp_path / "gb.yaml"
    other.write_bytes("名: 襄阳".encode("gb18030"))
    with pytest.raises(InputError, match="is not UTF-8"):
        strict_yaml.read(other)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    """Files saved by Windows editors read the same."""
    file = tmp_path / "bom.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: a\n")
    assert strict_yaml.read(file).parse(Outer).name == "a"
