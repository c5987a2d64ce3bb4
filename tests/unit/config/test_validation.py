"""What is said about a value that does not fit: its key, what is wrong, what would be right."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from evalkit.config.keys import dotted
from evalkit.config.loading import parse
from evalkit.config.schema import Config
from evalkit.config.validation import validate
from evalkit.data.articles import Index
from evalkit.data.references import ReferencesFile
from evalkit.errors import InputError
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.config.keys import Key
    from evalkit.config.strict import Strict
    from evalkit.errors import Problem

VALID = """\
name: trial
output: runs
data: {articles: a, references: b}
prompts: {folder: p}
models:
  - {name: lead, baseline: lead}
  - {name: mine, weights: {preset: q}}
tasks: {short: {}}
"""
WRONG: tuple[object, ...] = (None, True, -1, 2.5, "?", [], {}, ["?"], [[]], {"?": 1})
LEFT_OUT = object()
FOREIGN = re.compile(
    r"\b(?:input|valid|array|object|string|integer|boolean|tuple|dict|str|int|null|None|True|False"
    r"|literal|items?|instance|type|field|validation|regex|pattern|constrained)\b|[<>]"
)


def problems(model: type[Strict], data: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return what does not fit in some data."""
    try:
        validate(model, data, lambda problem: problem.in_file("f.yaml"))
    except InputError as error:
        return error.problems
    return ()


def problems_with(key: Key, value: object) -> list[str]:
    """Return the problems of the valid config with one value changed."""
    data = yaml.safe_load(VALID)
    put(data, key, value)
    return [str(problem).removeprefix("f.yaml: ") for problem in problems(Config, data)]


def put(data: object, key: Key, value: object) -> None:
    """Change one value in plain data, or leave it out."""
    place: Any = data
    *outer, last = key
    for part in outer:
        place = place[part]
    if value is LEFT_OUT:
        del place[last]
    else:
        place[last] = value


def places(data: object, key: Key = ()) -> Iterator[Key]:
    """Yield the key of every value in plain data."""
    below: dict[Any, object] = {}
    if isinstance(data, dict):
        below = data
    elif isinstance(data, list):
        below = dict(enumerate(data))
    for part, value in below.items():
        yield (*key, part)
        yield from places(value, (*key, part))


def whole_configs() -> Iterator[dict[str, Any]]:
    """Yield configs in which every key of every kind is written."""
    digits = {"sha256": "0" * 64, "revision": "0" * 40}
    columns = {name: name for name in ("article", "id", "summary", "question", "answers")}
    noise = {"full_width": 1.0, "line_breaks": 0.5, "ocr": 0.02, "seed": 1}
    for weights, data in (
        ({"preset": "q"}, {"articles": "a", "references": "b"}),
        ({"folder": "f"}, {"squad": "s"}),
        ({"gguf": "f", "sha256": digits["sha256"]}, {"table": "t", "columns": columns}),
        (
            {"hub": "h", "revision": digits["revision"]},
            {"hub_dataset": "h", "revision": digits["revision"], "split": "s", "columns": columns},
        ),
        ({"tiny": 1}, {"squad": "s"}),
    ):
        valid = yaml.safe_load(VALID) | {"data": data, "limit": 1, "noise": [noise]}
        valid |= {"few_shot": [0, 2], "tasks": {"short": {}, "minutes": {"n_characters": 50}}}
        valid["models"][1] |= {"weights": weights, "wordings": ["terse"], "max_context": 64}
        valid["models"][1]["adapter"] = (
            {"folder": "f"} if "tiny" in weights else {"hub": "h", "revision": digits["revision"]}
        )
        valid["models"][1]["generation"] = {
            "stop": ["。"], "max_new_tokens": {"short": 9}, "temperature": 0.7, "samples": 2
        }  # fmt: skip
        valid["models"].append({"name": "other", "predictions": "p"})
        yield parse(valid).model_dump(mode="json", exclude_none=True)


def valid_files() -> Iterator[tuple[type[Strict], Any]]:
    """Yield what each of our models reads, whole."""
    for config in whole_configs():
        yield Config, config
    index = yaml.safe_load((ROOT / "seeds/index.yaml").read_text(encoding="utf-8"))
    yield Index, {"articles": index["articles"][:1]}
    references = yaml.safe_load(next((ROOT / "references").glob("*.yaml")).read_text("utf-8"))
    first = {"summaries": references["summaries"][:1], "questions": references["questions"][:1]}
    yield ReferencesFile, references | first | {"lacks": ["date"]}


@pytest.mark.parametrize(("model", "valid"), list(valid_files()))
def test_any_wrong_value_anywhere_is_explained_in_words_of_yaml(
    model: type[Strict], valid: dict[str, Any]
) -> None:
    """Any value, or none, in any place: its own key, a remedy, and no words of the machinery."""
    assert not problems(model, valid)
    for key in places(valid):
        for wrong in (*WRONG, LEFT_OUT):
            data = copy.deepcopy(valid)
            put(data, key, wrong)
            for problem in problems(model, data):
                home = key[:-1] if wrong is LEFT_OUT else key
                assert problem.key.split(".")[: len(home)] == [str(part) for part in home], problem
                assert not FOREIGN.search(re.sub("`[^`]*`", "", problem.what + problem.remedy))
                assert problem.remedy, problem


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        (
            ("prompts",),
            "../prompts",
            "cannot be '../prompts'; give a mapping with any of `folder:`, `wordings:`",
        ),
        (("prompts", "folder"), 3, "is read as 3, not as text; put it in quotes"),
        (
            ("tasks",),
            ["short"],
            (
                "cannot be a list; give `name: value` lines, each value a mapping with any of "
                "`prompts:`, `n_characters:`, `max_new_tokens:`"
            ),
        ),
        (
            ("tasks",),
            {"short": "yes"},
            (
                "cannot be 'yes'; give a mapping with any of `prompts:`, `n_characters:`, "
                "`max_new_tokens:`"
            ),
        ),
        (
            ("few_shot",),
            "many",
            (
                "cannot be 'many'; give a whole number, 0 or more, or a list of one or more "
                "`- ` entries, each a whole number, 0 or more"
            ),
        ),
        (("few_shot",), [-1], "cannot be -1; give a whole number, 0 or more"),
        (("noise",), [{"ocr": 2}], "cannot be 2; give a number from 0 to 1"),
        (
            ("models",),
            [],
            (
                "is empty; give a list of one or more `- ` entries, each a mapping with `name:` "
                "and `weights:`, or with `name:`, `endpoint:` and `model:`, or with `name:` and "
                "`baseline:`, or with `name:` and `predictions:`"
            ),
        ),
        (
            ("models", 1, "weights"),
            "qwen",
            (
                "cannot be 'qwen'; give a mapping with `preset:`, or with `folder:`, or with "
                "`gguf:` and `sha256:`, or with `hub:` and `revision:`, or with `tiny:`"
            ),
        ),
        (
            ("models", 1, "batch_size"),
            "many",
            "cannot be 'many'; give auto or a whole number, 1 or more",
        ),
        (("seed",), "many", "cannot be 'many'; give a whole number, 0 or more"),
        (("seed",), [1, 2], "cannot be a list; give a whole number, 0 or more"),
        (("seed",), None, "is empty; give a whole number, 0 or more"),
        (("cache",), "off", "cannot be 'off'; give true or false"),
    ],
)
def test_a_wrong_value_comes_with_what_would_be_right(
    key: Key, value: object, problem: str
) -> None:
    """The keys of a mapping, needed ones first; the entries of a list; the nearest word."""
    (found,) = problems_with(key, value)
    assert found.partition(": ")[2] == problem


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (("models", 1, "devise"), "did you mean `device`?"),
        (("models", 1, "max_new_tokens"), "it belongs under `generation`"),
        (("models", 1, "max_new_token"), "did you mean `max_new_tokens` under `generation`?"),
        (("models", 1, "seed"), "it belongs under `generation`"),
        (("models", 1, "temperature"), "it belongs under `generation`"),
        (("temperature",), "it belongs under `generation` of an entry of `models`"),
        (("models", 1, "few_shot"), "it belongs at the top of the file"),
        (("tasks", "short", "max_new_token"), "did you mean `max_new_tokens`?"),
        (("tasks", "short", "stop"), "it belongs under `generation` of an entry of `models`"),
        (("models", 1, "segmenter"), "it belongs under `metrics`"),
        (("device",), "it belongs under an entry of `models`"),
        (("stop",), "it belongs under `generation` of an entry of `models`"),
        (("prompts", "fewer"), "use `folder` or `wordings`"),
    ],
)
def test_an_unknown_key_comes_with_its_place(key: Key, problem: str) -> None:
    """A typo with the key that was meant, a key of elsewhere with where it belongs."""
    assert problems_with(key, 1) == [f"{dotted(key)}: unknown key; {problem}"]


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        ({"weigths": {"preset": "q"}}, "models.1.weigths: unknown key; did you mean `weights`?"),
        (
            {},
            (
                "models.1: has none of `weights:`, `endpoint:`, `baseline:`, `predictions:`; "
                "give it one of them"
            ),
        ),
        (
            {"base_url": "http://host/v1", "model": "q"},
            "models.1.base_url: unknown key; did you mean `endpoint`?",
        ),
        (
            {"endpoint": "http://host/v1", "model": "q", "api_key": "sk-1"},
            "models.1.api_key: unknown key; did you mean `key_env`?",
        ),
        (
            {"api": "chat", "model": "q"},
            (
                "models.1: has none of `weights:`, `endpoint:`, `baseline:`, `predictions:`; "
                "`api` goes with `endpoint:`, so give that too"
            ),
        ),
        (
            {"weights": {"prset": "q"}},
            "models.1.weights.prset: unknown key; did you mean `preset`?",
        ),
        (
            {"weights": {}},
            (
                "models.1.weights: has none of `preset:`, `folder:`, `gguf:`, `hub:`, `tiny:`; "
                "give it one of them"
            ),
        ),
        (
            {"baseline": "lead", "device": "cpu"},
            "models.1.device: does not go with `baseline:`; keep one of the two",
        ),
        (
            {"weights": {"preset": "q", "revision": "0" * 40}},
            "models.1.weights.revision: does not go with `preset:`; keep one of the two",
        ),
    ],
)
def test_a_mapping_of_several_kinds_is_told_apart_by_its_key(
    model: dict[str, object], problem: str
) -> None:
    """Misspelt, left out, or mixed with the keys of another kind."""
    assert problems_with(("models", 1), {"name": "mine", **model}) == [problem]
