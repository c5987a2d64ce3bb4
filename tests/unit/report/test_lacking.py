"""What a run lacks, no section, column, chart or note of its reports shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from evalkit.report import gather, render
from tests.support.paths import ROOT
from tests.support.runs import EXAMPLES, METRICS, SYSTEMS, qwen_leads, system, write_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalkit.report.material import Material

PEOPLE = system("human", "human")
ANSWERS = tuple(example for example in EXAMPLES if example.kind == "answer")
SUMMARIES = tuple(example for example in EXAMPLES if example.kind == "summary")
PLAIN = tuple(replace(e, type=None, difficulty=None, evidence=()) for e in EXAMPLES)
ANSWERABLE = tuple(
    replace(e, type="phrase", references=("李明",)) if e.type == "unanswerable" else e
    for e in EXAMPLES
)
KINDS = {kind: tuple(m for m in METRICS if m.kind == kind) for kind in ("summary", "answer")}


@dataclass(frozen=True, kw_only=True)
class Lack:
    """A run that lacks something, and what it must not show: in the page, in texts of both kinds.

    Attributes:
        changes: what is handed to `write_run`.
        page: patterns of the page's own markup, outside the script and its data.
        texts: words of report.md and the terminal.
        has: words that report.md has all the same.
    """

    changes: Mapping[str, object]
    page: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    has: str = "qwen"


LACKS = {
    "questions": Lack(
        changes={"examples": SUMMARIES, "metrics": KINDS["summary"]},
        page=(
            'data-t="scores.answer"', 'id="wrong"', 'href="#wrong"', 'data-t="heat.type"',
            'data-t="heat.difficulty"', 'data-t="heat.place"', 'data-t="glance.em"',
            'data-t="examples.marks"', 'data-t="column.mcnemar"', ">Answering questions<",
            'id="chart-scores-em"',
        ),
        texts=("Answering questions", "| em", " em:", "McNemar", "No question has a type"),
        has="Summarising",
    ),
    "summaries": Lack(
        changes={"examples": ANSWERS, "metrics": KINDS["answer"]},
        page=(
            'data-t="scores.summary"', 'data-t="heat.task"', 'data-t="scores.human"',
            'data-t="scores.no_names"', 'data-t="scores.no_references"', 'data-t="examples.scores"',
            ">Summarising<", 'id="chart-scores-rouge',
        ),
        texts=("Summarising", "rouge", "human"),
        has="Answering questions",
    ),
    "types, difficulty and evidence": Lack(
        changes={"examples": PLAIN},
        page=(
            'data-t="heat.type"', 'data-t="heat.difficulty"', 'data-t="heat.place"',
            'data-t="type.unknown"', 'data-t="wrong.evidence"',
        ),
        texts=("by type", "by difficulty", "by evidence", "unknown", "evidence"),
    ),
    "human references": Lack(
        changes={},
        page=(
            'data-t="role.human"', 'data-t="glance.people"', 'data-t="glance.upright"',
            'class="people"', 'data-t="plot.human"', 'data-t="scores.human"',
            'data-t="examples.shades"',
        ),
        texts=("human", "of what people reach"),
    ),
    "baselines": Lack(
        changes={"systems": (*SYSTEMS[:2], PEOPLE)},
        page=(
            'data-t="role.baseline"', 'data-t="glance.bar"', 'class="bar"',
            'data-t="scores.oracle"',
            'data-t="wrong.baseline"', 'data-t="wrong.copied"', 'data-t="plot.oracle"',
            "copying sentences",
        ),
        texts=("copying sentences", "baseline", "oracle"),
    ),
    "a second system": Lack(
        changes={"systems": SYSTEMS[:1]},
        page=(
            'id="differences"', 'href="#differences"', 'class="matrix"', 'data-t="plot.best',
            'data-t="plot.tied"', 'data-t="glance.significant"', "No winner shown",
        ),
        texts=(
            "Significant differences", "significant", "No winner shown", ">>", "a − b",
            "Differences with intervals",
        ),
    ),
    "unanswerable questions": Lack(
        changes={"examples": ANSWERABLE},
        page=('data-t="type.unanswerable"', 'data-t="issue.invented"', "invents an answer"),
        texts=("not answerable", "unanswerable", "invented", "invents"),
    ),
    "times and servers": Lack(
        changes={},
        page=(
            'data-t="column.seconds"', 'data-t="column.tokens/s"', 'data-t="column.cost"',
            'data-t="scores.speed"', 'data-t="served"', 'id="wordings"', 'id="people"',
            'id="trends"',
        ),
        texts=("seconds", "tokens/s", "cost", "Served models", "Wordings", "Over time", "Refusals"),
    ),
}  # fmt: skip

ELSEWHERE = {
    'data-t="column.cost"', 'data-t="column.mcnemar"', 'data-t="column.seconds"',
    'data-t="column.tokens/s"', 'data-t="heat.task"', 'data-t="scores.no_references"',
    'data-t="scores.oracle"', 'data-t="scores.speed"', 'data-t="served"', 'data-t="type.unknown"',
    'id="people"', 'id="trends"', 'id="wordings"', "invents an answer",
}  # fmt: skip
"""What other tests of this folder find where there is such a thing."""


def shown_of(page: str) -> str:
    """Return the page without its scripts, styles and data."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("name", LACKS)
def test_what_a_run_lacks_is_nowhere(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in the page, nor in Markdown, nor in what `compare` and `runs show` print."""
    lack = LACKS[name]
    path = write_run(tmp_path / "run", **lack.changes)  # type: ignore[arg-type]
    found = gather([load(path)])
    page, markdown = (render(suffix, found) for suffix in (".html", ".md"))
    assert [pattern for pattern in lack.page if pattern in shown_of(page)] == []
    commands = [["runs", "show", str(path)]]
    if len(found.summary.systems) > 1:
        commands.append(["compare", str(path)])
    for command in commands:
        assert main(command) == 0
    printed = capsys.readouterr().out
    for text in (markdown, printed):
        assert [words for words in lack.texts if words in text] == []
    assert lack.has in markdown


def test_what_none_of_them_lacks_is_there(material: Material, tmp_path: Path) -> None:
    """What the runs above must not show is shown where there is such a thing."""
    full = gather([load(write_run(tmp_path / "run", systems=SYSTEMS, value=qwen_leads))])
    pages = [shown_of(render(".html", each)) for each in (full, material)]
    expected = {pattern for lack in LACKS.values() for pattern in lack.page}
    assert {p for p in expected if not any(p in page for page in pages)} == ELSEWHERE


def test_predictions_of_another_program_have_no_prompt(tmp_path: Path) -> None:
    """How it asked is not known, nor how long it took."""
    changes = ["--set", f"output={tmp_path}", "--json"]
    assert main(["run", str(ROOT / "configs/predictions.yaml"), *changes]) in {0, 1}
    found = gather([load(tmp_path / "predictions")])
    for suffix in (".html", ".md"):
        text = shown_of(render(suffix, found))
        assert "Tested: one, other. Predictions of other programs." in text
        for words in ("Wording of the prompt", "seconds", "tokens/s", "number_precision"):
            assert words not in text.replace("No prompt", "")
