"""docs/reliability.md says which test proves each promise: those tests must be there."""

from __future__ import annotations

import ast
import re

from tests.support.paths import ROOT

PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")


def test_every_promise_names_tests_that_exist() -> None:
    """Each row of the table has one at least, and none that is gone."""
    rows = re.findall(r"^\| (?!promise)[^-].*$", PAGE, flags=re.MULTILINE)
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert named, row
        for file, test in named:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (
                row
            )
