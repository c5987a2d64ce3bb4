"""Runs over different data, compared on the examples that all of them have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.common import common_examples, narrow
from evalkit.analysis.comparison import compare_runs
from evalkit.analysis.run import load_all
from evalkit.cli import main
from evalkit.errors import InputError
from tests.support.runs import EXAMPLES, system, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.records import Example

BRIDGE = [example for example in EXAMPLES if example.article_id == "bridge"]
RAIN = [example for example in EXAMPLES if example.article_id == "rain"]


def value(name: str, example: Example, _: str) -> float:
    """Return 1 for one system; for the other what its article decides."""
    return float(name == "qwen" or example.article_id == "bridge")


def made(folder: Path, name: str, examples: list[Example]) -> Path:
    """Return the folder of a run of one system on some examples."""
    return write_run(folder / name, systems=(system(name),), examples=examples, value=value)


def test_estimates_are_of_the_common_examples(tmp_path: Path) -> None:
    """What only one run was asked counts for neither: means, comparisons and counts are new."""
    folders = [made(tmp_path, "qwen", list(EXAMPLES)), made(tmp_path, "llama", BRIDGE + RAIN)]
    runs = narrow(load_all(folders))
    assert common_examples(runs) == {example.id for example in BRIDGE + RAIN}
    found = compare_runs(runs, metrics=("em",))
    means = {s.name: s.estimates[0].mean for s in found.summary.systems}
    assert means == {"qwen": 1.0, "llama": 0.5}
    (comparison,) = found.summary.comparisons
    asked = [example for example in BRIDGE + RAIN if example.kind == "answer"]
    assert (comparison.n, comparison.n_articles) == (len(asked), 2)
    assert found.summary.metric("em").n_planned == len(asked)


def test_runs_with_nothing_in_common_are_refused(tmp_path: Path) -> None:
    """There is nothing to compare them on."""
    runs = load_all([made(tmp_path, "qwen", RAIN), made(tmp_path, "llama", BRIDGE)])
    with pytest.raises(InputError, match="no example in common"):
        narrow(runs)


def test_the_refusal_offers_the_common_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says how many there are and how to compare them; then the comparison says so, too."""
    names = [str(made(tmp_path, "qwen", list(EXAMPLES))), str(made(tmp_path, "llama", RAIN))]
    assert main(["compare", *names]) == 2
    assert f"or compare the {len(RAIN)} examples that all have: --common" in capsys.readouterr().err
    assert main(["compare", *names, "--common"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Compared on the {len(RAIN)} examples that all runs have" in said
