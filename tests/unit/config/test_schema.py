"""The JSON Schema for editors, and the page of all keys."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from evalkit.config.schema import LanguageModel
from evalkit.config.workers import Device
from evalkit.errors import Code
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from tests.conftest import Evalkit


def test_the_schema_for_editors_is_the_one_the_program_uses(evalkit: Evalkit) -> None:
    """configs/schema.json is what `evalkit schema` prints."""
    printed = evalkit("schema")
    kept = (ROOT / "configs" / "schema.json").read_text(encoding="utf-8")
    assert json.loads(printed.stdout) == json.loads(kept)


@pytest.mark.parametrize(
    ("device", "fits"), [("auto", True), ("cuda:1", True), ("cpux", False), ("xmps", False)]
)
def test_the_schema_takes_what_the_program_takes(device: str, *, fits: bool) -> None:
    """An editor marks the device that would be refused."""
    properties = LanguageModel.model_json_schema()["properties"]
    assert bool(re.search(properties["device"]["pattern"], device)) is fits
    adapter = TypeAdapter(Device)
    if fits:
        assert adapter.validate_python(device) == device
    else:
        with pytest.raises(ValidationError):
            adapter.validate_python(device)


def test_the_page_is_current() -> None:
    """docs/config.md says what the models say; else run `make docs`."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, ROOT / "benchmarks" / "config_page.py"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert (ROOT / "docs" / "config.md").read_text(encoding="utf-8") == done.stdout


def test_every_code_of_a_problem_is_documented() -> None:
    """docs/errors.md lists the codes, in their order, and no others."""
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE) == list(get_args(Code))
