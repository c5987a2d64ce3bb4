"""Every problem that a user can meet is told in Chinese, with what to do about it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from evalkit.config.json_schema import ModelSchema
from evalkit.config.schema import Config
from evalkit.data.articles import Index
from evalkit.data.references import ReferencesFile
from evalkit.language import localise
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.config.strict import Strict

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
NO_PROSE = re.compile(r"`[^`]*`|python -m evalkit .*|SQuAD .*|--[\w -]+")
"""What has no words of a language: names, and commands."""
CALLS = {"Problem", "ValidationProblem", "RefusedError", "UnclearCellError", "_fail", "_note"}
CALLS |= {"refusal", "problem", "matching", "_add", "_report", "_invalid"}
NAMES = {"what", "remedy"}
FRAGMENTS = {
    "is indented with {}",
    "column {} {}",
    "{} is not in {}",
    "{} is a number that {} does not state",
    "{}; {} are left out, such as {}",
    "{}; `lacks: [date]` where the article has none",
    "`{}`: {} values are better",
    "is {}",
    "holds {}",
}
"""What is only told with what is filled in; other tests do that."""


def is_chinese(words: str) -> bool:
    """Return whether a message has Chinese words and no English ones."""
    said = NO_PROSE.sub("", localise(words))
    return bool(HAN.search(said)) and not ENGLISH.search(said)


def part(value: ast.expr) -> str:
    """Return a part of an f-string, `{}` for what is filled in; a counted noun is in the plural."""
    match value:
        case ast.Constant(value=str(words)):
            return words
        case ast.FormattedValue(
            value=ast.Call(
                func=ast.Name(id="counted"), args=[_, ast.Constant(value=str(one)), *many]
            )
        ):
            return "{} " + (str(getattr(many[0], "value", "")) if many else f"{one}s")
    return "{}"


def texts(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an expression can be, `{}` for what is filled in."""
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.JoinedStr(values=values):
            yield "".join(map(part, values))
        case ast.IfExp(body=first, orelse=second):
            yield from texts(first)
            yield from texts(second)
        case ast.Tuple(elts=several):
            for one in several:
                yield from texts(one)


def written(node: ast.AST) -> Iterator[str]:
    """Yield the texts of problems that a call or an assignment of the code makes."""
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        found = [word.value for word in node.keywords if word.arg in NAMES]
        for each in [*found, *(node.args if called in CALLS else [])]:
            yield from texts(each)
    elif isinstance(node, ast.Assign):
        (target, *_) = node.targets
        several = target.elts if isinstance(target, ast.Tuple) else [target]
        for one, value in zip(several, getattr(node.value, "elts", [node.value]), strict=False):
            if getattr(one, "id", "") in NAMES:
                yield from texts(value)


def test_every_problem_in_the_code_has_chinese_words() -> None:
    """What is wrong and what to do, of every package, wherever an error is made."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "evalkit").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found |= dict.fromkeys(filter(ENGLISH.search, written(node)), file.name)
    assert len(found) > 200
    english = {
        words: file
        for words, file in found.items()
        if words not in FRAGMENTS
        and NO_PROSE.sub("", words)
        and not is_chinese(words.replace("{}", "7"))
    }
    assert english == {}


@pytest.mark.parametrize("model", [Config, Index, ReferencesFile])
def test_what_to_write_at_every_key_is_said_in_chinese(model: type[Strict]) -> None:
    """Of a config, an index and references: the remedy of a missing, empty or wrong value."""
    schema = ModelSchema(model)
    english = []
    for path in schema.paths:
        variants = schema.root
        for part in path:
            below = schema.entries(variants) if part == "*" else schema.values(variants, part)
            variants = below
        remedy = f"give {schema.describe(variants)}"
        if not is_chinese(remedy):
            english.append((path, remedy, localise(remedy)))
    assert english == []
