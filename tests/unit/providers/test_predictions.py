"""Predictions of other programs as a system: matched by id, and never guessed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.config.schema import Predictions
from evalkit.config.thinking import ThinkingMarks
from evalkit.errors import ProviderError
from evalkit.providers import Setting, module_of
from evalkit.providers.predictions import match, open_provider, problems
from tests.support.asking import request
from tests.support.jobs import corpus, job
from tests.support.progress import Said

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Request


def entry(file: Path) -> Predictions:
    """Return the entry of a file."""
    return Predictions(name="other", predictions=file)


def setting(*texts: str) -> tuple[Setting, Said]:
    """Return what a provider is opened for, and what it says."""
    made, said = job(corpus(*texts)), Said()
    return Setting(corpus=made.corpus, examples=made.examples, progress=said), said


def requests_of(given: Setting) -> list[Request]:
    """Return a request for each example."""
    return [request(key=e.id, system="other", example=e) for e in given.examples]


def test_ids_are_those_of_examples_or_of_questions_that_one_article_has() -> None:
    """A question's id that two articles share is nobody's."""
    examples = job(corpus("甲", "乙")).examples
    matched, unknown = match({"a0/q1": "一", "a1/short": "二", "q2": "三", "x": "四"}, examples)
    assert matched == {"a0/q1": "一", "a1/short": "二"}
    assert unknown == ["q2", "x"]
    matched, unknown = match({"q2": "三", "short": "五"}, job(corpus("甲")).examples)
    assert matched == {"a0/q2": "三", "a0/short": "五"}
    assert not unknown


def test_missing_and_unknown_ids_are_named(tmp_path: Path) -> None:
    """A prediction that is missing is a failed request, not a wrong answer."""
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"q1": "<think>嗯</think>襄阳", "q9": "?"}), encoding="utf-8")
    given, said = setting("甲")
    provider = open_provider(entry(file), given)
    assert said.lines == [
        "other: no prediction for a0/short, a0/q2",
        "other: no example for the ids q9",
    ]
    requests = requests_of(given)
    with provider.session(requests) as session:
        found = {generation.example: generation for generation in session.generate(requests)}
    assert found["a0/q1"].prediction == "襄阳"
    assert [found[id_].finish_reason for id_ in ("a0/short", "a0/q2")] == ["error", "error"]
    assert "no prediction" in found["a0/q2"].error
    assert provider.describe(requests) == "a prediction for 1 of 3 examples"


def test_the_marks_of_the_entry_are_stripped(tmp_path: Path) -> None:
    """Besides those that are known."""
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"q1": "{想}襄阳", "q2": "<think>想</think>荆州"}), encoding="utf-8")
    given, _ = setting("甲")
    marks = ThinkingMarks(start="{", end="}")
    marked = Predictions(name="other", predictions=file, thinking=marks)
    found = [
        generation.prediction
        for generation in open_provider(marked, given).generate(requests_of(given))
        if generation.finish_reason == "stop"
    ]
    assert found == ["襄阳", "荆州"]


def test_a_file_without_a_known_id_cannot_answer_anything(tmp_path: Path) -> None:
    """It is most likely that of another data set."""
    file = tmp_path / "p.csv"
    file.write_text("id,prediction\nx,1\ny,2\n", encoding="utf-8")
    with pytest.raises(ProviderError, match="no id is that of an example: x, y"):
        open_provider(entry(file), setting("甲")[0])


def test_the_fingerprint_is_that_of_the_answers_alone(tmp_path: Path) -> None:
    """The same answers in another order or format are the same system."""
    first, second = tmp_path / "p.json", tmp_path / "p.jsonl"
    first.write_text('{"q1": "一", "q2": "二"}', encoding="utf-8")
    second.write_text(
        '{"id": "q2", "prediction": "二"}\n{"id": "q1", "prediction": "一"}\n', encoding="utf-8"
    )
    given, _ = setting("甲")
    one, same = (open_provider(entry(file), given).fingerprint for file in (first, second))
    assert one == same
    first.write_text('{"q1": "一", "q2": "三"}', encoding="utf-8")
    assert open_provider(entry(first), given).fingerprint != one


def test_a_file_that_cannot_be_read_is_a_problem_of_its_key(tmp_path: Path) -> None:
    """Found before anything runs, with the file's own place."""
    (problem,) = problems(entry(tmp_path / "none.jsonl"))
    assert (problem.code, problem.key) == ("unreadable", "predictions")
    assert "none.jsonl" in problem.what
    assert module_of(entry(tmp_path)).n_bytes_to_download(entry(tmp_path)) == 0
