"""Reading YAML: strict, safe, and every problem in its place."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from evalkit.config.document import Document, read
from evalkit.config.strict import Strict
from tests.support.problems import problems_of

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.errors import Problem


class Inner(Strict):
    """A mapping inside another."""

    size: int = 0


class Outer(Strict):
    """A mapping to read."""

    name: str
    inner: Inner = Inner()
    tags: tuple[str, ...] = ()


def problems(text: str) -> tuple[Problem, ...]:
    """Return the problems that reading a text raises."""
    return problems_of(lambda: Document("f.yaml", text).parse(Outer))


def test_a_sound_file_becomes_a_model() -> None:
    """Lists become tuples, nothing else is converted."""
    assert Document("f.yaml", "name: 襄阳\ntags: [a, b]\n").parse(Outer) == Outer(
        name="襄阳", tags=("a", "b")
    )


def test_all_problems_come_at_once_each_with_its_line_and_key() -> None:
    """Nobody has to run the program three times to find three slips."""
    found = problems("inner:\n  size: big\n  sise: 3\n")
    assert [str(problem) for problem in found] == [
        "f.yaml:1: name: is missing; give text",
        "f.yaml:2: inner.size: cannot be 'big'; give a whole number",
        "f.yaml:3: inner.sise: unknown key; did you mean `size`?",
    ]
    assert [problem.code for problem in found] == ["missing", "invalid", "unknown"]


def test_a_number_is_not_a_string() -> None:
    """A strict model never turns 2018 into "2018" in silence."""
    (problem,) = problems("name: 2018\n")
    assert str(problem) == "f.yaml:1: name: is read as 2018, not as text; put it in quotes"


def test_a_date_stays_the_text_that_was_written() -> None:
    """YAML's dates are text here: 2019-11-08 means what it says."""
    assert Document("f.yaml", "name: 2019-11-08\n").parse(Outer).name == "2019-11-08"


def test_a_repeated_key_is_a_problem() -> None:
    """YAML keeps the last of two; nobody means that."""
    (problem,) = problems("name: a\nname: b\n")
    assert str(problem) == "f.yaml:2: name: duplicate key; keep one of the two"
    assert problem.code == "duplicate"


def test_a_merged_key_may_be_written_again() -> None:
    """`<<` brings defaults, and a key beside it overrides one."""
    text = "inner: &i {size: 1}\nname: a\ntags: []\n"
    assert Document("f.yaml", text).data["inner"] == {"size": 1}
    merged = Document("f.yaml", "a: &a {size: 1}\nb: {<<: *a, size: 2}\n")
    assert merged.data["b"] == {"size": 2}


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b\n",
        "",
        "name: [a\n",
        "name: a\n  b: c\n",
        "name: \x00\n",
        "name: !!python/object/apply:os.system [ls]\n",
        "name: " + "[" * 5000 + "]" * 5000,
        "name: &a [*a]\n",
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)),
    ],
    ids=["list", "empty", "open", "indent", "null", "tag", "deep", "cycle", "bomb"],
)
def test_text_that_is_not_a_yaml_mapping_is_refused(text: str) -> None:
    """Neither a slip nor an attack ends in a traceback, a hang or a command that is run."""
    (problem,) = problems(text)
    assert (problem.code, problem.file) == ("malformed", "f.yaml")
    assert problem.remedy


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("9" * 5000, "give a whole number of at most 18 digits"),
        ("0x" + "f" * 5000, "give a whole number of at most 18 digits"),
        ("9223372036854775808", "give a whole number of at most 18 digits"),
        (".nan", "give a finite number"),
        ("-.inf", "give a finite number"),
        ('"a\\0b"', "remove the invalid characters"),
        ('"\\ud800"', "remove the invalid characters"),
    ],
)
def test_a_value_that_nothing_can_hold_is_refused_where_it_is(value: str, remedy: str) -> None:
    """Numbers without end, bytes, and text that can neither name a file nor be written as JSON."""
    (problem,) = problems(f"name: a\ninner:\n  size: {value}\n")
    assert (problem.line, problem.key, problem.code) == (3, "inner.size", "invalid")
    assert problem.remedy == remedy


@pytest.mark.parametrize(
    "value",
    [
        '!!int ""', "!!timestamp x", "!!float _", "!!bool 9", "!!binary aGk=", "!!set {a}", "! a",
        '"\\UFFFFFFFF"', "[" * 5000, "{[a]: 1}", "{<<: 1}", "&a {<<: *a}", "a" * 1_000_001,
        "[" + ", ".join(f"&a{i} 1" for i in range(2000)) + "]", "*none",
    ],
    ids=lambda value: value[:12],
)  # fmt: skip
def test_what_no_config_needs_of_yaml_is_refused(value: str) -> None:
    """Tags, escapes beyond Unicode, keys that are lists, merges of merges, thousands of anchors."""
    (problem,) = problems(f"a: {value}")
    assert problem.code == "malformed"
    assert problem.remedy


def test_a_number_in_base_60_is_text() -> None:
    """As in YAML 1.2; a clock time in a title stays one."""
    long = ":".join(["59"] * 3000)
    assert Document("f.yaml", f"a: 1:30\nb: {long}\nc: 12\n").data == {
        "a": "1:30", "b": long, "c": 12,
    }  # fmt: skip


def test_a_merge_bomb_ends_at_once() -> None:
    """Merging what merges is refused; each level would multiply the work."""
    levels = (f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, 20))
    (problem,) = problems("\n".join(["a0: &a0 {k: 1}", *levels]))
    assert "merge" in problem.what


def test_a_key_that_nothing_can_hold_is_refused() -> None:
    """Half a surrogate pair is not text."""
    (problem,) = problems('name: a\n"\\ud800": 1\n')
    assert (problem.line, problem.key, problem.code) == (2, "\ud800", "invalid")


@pytest.mark.parametrize("text", ["𠮷野家", "👍🏽", "\U0010ffff"])
def test_characters_beyond_the_bmp_are_text(text: str) -> None:
    """Written as they are, or as the pairs of escapes that JSON makes of them: JSON is YAML."""
    expected = Outer(name=text, tags=(text,))
    for ascii_only in (False, True):
        written = json.dumps({"name": text, "tags": [text]}, ensure_ascii=ascii_only)
        assert Document("f.yaml", written).parse(Outer) == expected
    keyed = Document("f.yaml", json.dumps({text: 1}))
    assert (keyed.data, keyed.line((text,))) == ({text: 1}, 1)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """A missing file, and one that is not UTF-8, are problems with the file's name."""
    missing = tmp_path / "none.yaml"
    other = tmp_path / "gb.yaml"
    other.write_bytes("名: 襄阳".encode("gb18030"))
    for file, code in ((missing, "unreadable"), (other, "not-text")):
        (problem,) = problems_of(partial(read, file))
        assert (problem.file, problem.code) == (str(file), code)


def test_a_byte_order_mark_is_not_part_of_the_first_key(tmp_path: Path) -> None:
    """Files saved by Windows editors read the same."""
    file = tmp_path / "bom.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: a\n")
    assert read(file).parse(Outer).name == "a"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{i}: 1\n" for i in range(100_001)),
        f"name: [{'1,' * 100_001}]",
        f"b: &b {{{','.join(f'k{i}: 1' for i in range(200))}}}\nc: {{<<: [{'*b,' * 900}]}}",
    ],
    ids=["keys", "entries", "merges"],
)
def test_more_values_than_a_person_writes_are_one_problem(text: str) -> None:
    """Reading them, and explaining each, would take minutes."""
    (problem,) = problems(text)
    assert re.search("more than (a hundred|twenty) thousand values", problem.what)


def test_of_thousands_of_problems_the_first_are_explained_and_the_others_counted() -> None:
    """Each takes milliseconds."""
    *_, last = problems("name: a\n" + "".join(f"k{i}: 1\n" for i in range(9_000)))
    assert "has 8,900 more problems" in last.what


def test_a_long_tag_is_shown_in_part() -> None:
    """One line stays one line."""
    (problem,) = problems(f"name: !{'a' * 100_000} x\n")
    assert len(str(problem)) < 120
