"""Promises of the registry of metrics and of the page that is written from it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from evalkit.metrics import available, document, entry, metric
from tests.support.paths import ROOT

OWN = ("number_precision", "number_recall", "length_kept", "em", "em_strict", "f1")
"""Metrics that equal no published one."""


@pytest.mark.parametrize("name", available())
def test_each_metric_is_what_its_line_says(name: str) -> None:
    """Name and task are those of the line, and the signature starts with the name."""
    made = metric(name)
    assert (made.name, made.task) == (name, entry(name).task)
    assert made.signature.startswith(f"{name}|")


@pytest.mark.parametrize("name", available())
def test_each_metric_documents_itself(name: str) -> None:
    """One sentence first; then what it can't see, its source if it has one, and an example."""
    text = document(name)
    assert text.splitlines()[0].endswith(".")
    assert "can't" in text
    assert ">>>" in text
    assert ("Source: " in text) == (name not in OWN)


def test_settings_reach_the_metrics_that_have_them() -> None:
    """Segmenter and references go to the metrics that know them, and are left out elsewhere."""
    assert "|seg:raw-char|refs:mean|" in metric("rouge1", "raw-char", "mean").signature
    assert metric("em", "raw-char", "mean").signature == metric("em").signature


def test_the_registry_is_lazy() -> None:
    """Listing names imports no metric, nor anything heavy."""
    code = (
        "import sys; from evalkit.metrics import available; available()\n"
        "print([name for name in sys.modules if name.startswith('evalkit.metrics.')"
        " or name in ('numpy', 'torch', 'rapidfuzz', 'jieba', 'opencc')])"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == "[]\n"


def test_unknown_names_lead_nowhere() -> None:
    """An unknown name is a KeyError, from every function that takes one."""
    for function in (entry, metric, document):
        with pytest.raises(KeyError):
            function("rouge3")


def test_the_page_is_current() -> None:
    """docs/metrics.md says what the docstrings and the judged pairs say; else run `make docs`."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, ROOT / "benchmarks" / "metrics_page.py"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == done.stdout
