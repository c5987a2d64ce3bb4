"""Promises of metrics from outside: registered in a program, or by an installed package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
BROKEN = "raise ImportError('no such library')\n"
CLASH = """
from evalkit.metrics import register_metric
def register():
    register_metric("em", object, kind="answer")
"""
ASK = """
from evalkit.errors import InputError
from evalkit.metrics import available, metric
try:
    metric("{name}")
except InputError as error:
    print(error.problems[0].code, error)
print("rouge1" in available(), metric("rouge1").name)
"""


def example(language: str) -> str:
    """Return the example of the docs in one language."""
    found = re.search(rf"## A metric of your own.*?```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def install(folder: Path, module: str, text: str, points: dict[str, str]) -> None:
    """Put a package with entry points into a folder, as `pip install --target` leaves it."""
    (folder / f"{module}.py").write_text(text, encoding="utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    lines = [f"{name} = {place}" for name, place in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[evalkit.metrics]", *lines]))


def run_python(folder: Path, code: str) -> str:
    """Return what a program prints that finds the packages of a folder."""
    script = folder / "program.py"
    script.write_text(code, encoding="utf-8")
    path = os.pathsep.join((str(folder), str(ROOT)))
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_docs_example_is_found_and_scores(tmp_path: Path) -> None:
    """An installed package adds its metric, as docs/metrics.md shows, in several processes too."""
    points = tomllib.loads(example("toml"))["project"]["entry-points"]["evalkit.metrics"]
    install(tmp_path, "sentence_end", example("python"), points)
    code = """
from evalkit.metrics import available, document, facts_of, metric
from evalkit.records import Case
from evalkit.runner import parallel

if __name__ == "__main__":
    parallel._WORTH_IT_S, parallel._MOST = 0, 1
    made = metric("sentence_end", "raw-char")
    print(available("summary")[-1], document("sentence_end").splitlines()[0])
    facts = facts_of(made, {"a": 3})
    print(facts.signature, facts.maximum, facts.better, facts.headline, facts.n_planned)
    work = [(Case(id="1", prediction=text, references=()), (made,)) for text in ("完。", "未完")]
    with parallel.Scorer(2) as scorer:
        print([score.value for score, in scorer.score_all(work)])
"""
    assert run_python(tmp_path, code).splitlines() == [
        "sentence_end Whether a summary ends with a full sentence.",
        "sentence_end|v1 1.0 higher False 3",
        "[1.0, 0.0]",
    ]


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (BROKEN, "unusable", "ImportError: no such library"),
        ("register = None\n", "unusable", "TypeError"),
        ("def register(): pass\n", "unusable", "registers no metric of this name"),
    ],
)
def test_a_broken_plugin_breaks_nothing_else(
    tmp_path: Path, text: str, code: str, reason: str
) -> None:
    """A plug-in that does not load is an error where its metric is asked for, and only there."""
    install(tmp_path, "bad_metric", text, {"bad": "bad_metric:register"})
    error, works = run_python(tmp_path, ASK.format(name="bad")).splitlines()
    assert error.startswith(f"{code} metric bad: ")
    assert reason in error
    assert "uninstall bad_metric" in error
    assert works == "True rouge1"


def test_a_plugin_cannot_replace_a_metric(tmp_path: Path) -> None:
    """A plug-in with the name of a built-in metric makes asking for that name an error."""
    install(tmp_path, "clash", CLASH, {"em": "clash:register"})
    error, works = run_python(tmp_path, ASK.format(name="em")).splitlines()
    assert error.startswith("duplicate metric em: ")
    assert works == "True rouge1"


def test_wrong_registrations_are_refused(tmp_path: Path) -> None:
    """A taken name, an unknown value and a metric of another name are errors with a code."""
    code = """
from evalkit.errors import InputError
from evalkit.metrics import metric, register_metric
from evalkit.metrics.answers import ExactMatch

def attempt(step):
    try:
        step()
    except InputError as error:
        print(error.problems[0].code)

attempt(lambda: register_metric("f1", ExactMatch, kind="answer"))
attempt(lambda: register_metric("mine", ExactMatch, kind="answers"))
register_metric("mine", ExactMatch, kind="answer")
attempt(lambda: register_metric("mine", ExactMatch, kind="answer"))
attempt(lambda: metric("mine"))
"""
    printed = run_python(tmp_path, code).split()
    assert printed == ["duplicate", "invalid", "duplicate", "mismatch"]


@pytest.mark.parametrize(("value", "parts"), [("nan", "{}"), ("7.5", "{}"), ("1", "{'p': inf}")])
def test_a_value_that_is_no_score_ends_the_scoring(tmp_path: Path, value: str, parts: str) -> None:
    """NaN, or a value outside of the registered range, is one line that names the metric."""
    code = f"""
from math import inf, nan
import evalkit
from evalkit.errors import InputError
from evalkit.records import Score

class Mine:
    name, kind, signature = "mine", "answer", "mine|v1"
    def score(self, case):
        return Score(value={value}, parts={parts})

if __name__ == "__main__":
    evalkit.register_metric("mine", Mine, kind="answer")
    change = {{"metrics.answer": ["mine"], "output": "."}}
    try:
        evalkit.run({str(ROOT / "configs" / "predictions.yaml")!r}, set=change)
    except InputError as error:
        print(error.problems[0].code, error)
"""
    printed = run_python(tmp_path, code)
    assert printed.startswith("invalid metric `mine`: scores ")
    assert "return 0 to 1" in printed


def test_a_metric_that_cannot_be_sent_is_scored_here(tmp_path: Path) -> None:
    """A metric of the program itself, or with state that cannot be pickled, still scores."""
    code = """
from evalkit.runner import parallel
from evalkit.metrics.answers import StrictMatch
from evalkit.records import Case

class Mine(StrictMatch):
    pass

class WithState(StrictMatch):
    def __init__(self):
        object.__setattr__(self, "fold", lambda text: text)

WithState.__module__ = "elsewhere"
parallel._WORTH_IT_S, parallel._MOST = 0, 1
cases = [Case(id="1", prediction=text, references=("a",)) for text in "ab"]
for made in (Mine(), WithState()):
    work = ((case, (made,)) for case in cases)
    with parallel.Scorer(2) as scorer:
        print([score.value for score, in scorer.score_all(work)])
"""
    assert run_python(tmp_path, code) == "[1.0, 0.0]\n" * 2
