"""report.md: for pasting into an issue or a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.language import LANGUAGES, fill
from evalkit.report.hidden import show_hidden
from evalkit.report.labels import label, labels
from evalkit.report.ranking import legend, verdicts
from evalkit.report.served import refusal_lines, table_of
from evalkit.report.table import build, footnotes, wording_lines
from evalkit.report.telling import split_metrics
from evalkit.report.tested import what_was_tested
from evalkit.report.to_check import count_in_sentence, find_to_check
from evalkit.report.verdict import conclude

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.report.material import Material
    from evalkit.report.table import Table
    from evalkit.report.telling import Quiet
    from evalkit.report.verdict import Conclusion
    from evalkit.results import Summary
    from evalkit.store.manifest import Manifest

_ENGLISH = list(LANGUAGES).index("en")
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#&~]|^[-+=@])")


def render(material: Material) -> str:
    """Return the report of a run as GitHub Markdown."""
    summary, speeds = material.summary, material.speeds
    metrics = summary.headline()
    shown, quiet = split_metrics(summary)
    wordings, refusals = wording_lines(summary, metrics), refusal_lines(summary, metrics)
    parts = [
        f"# {escape(summary.run)}",
        _status(summary.status, material.manifests[0]),
        *map(escape, material.notes),
        "## Verdict",
        escape(what_was_tested(material)[_ENGLISH]),
        *(_conclusion(found) for found in conclude(summary)),
        *_to_check(summary),
        "## Scores",
        _table(build(summary, speeds, shown)),
        *map(escape, map(_quiet, quiet)),
        *map(escape, footnotes(summary)),
        "## Significant differences",
        _list(verdicts(summary, metrics)),
        escape(legend(summary)),
        *(["## Refusals", _list(refusals)] if refusals else []),
        *(["## Wordings", _list(wordings)] if wordings else []),
        *(["## Served models", _table(table_of(material.served))] if material.served else []),
        "## All metrics",
        _table(build(summary, speeds, [facts.name for facts in summary.metrics])),
        "## Signatures",
        "\n".join(f"- {_code(facts.signature)}" for facts in summary.metrics),
    ]
    return "\n\n".join(parts) + "\n"


def _conclusion(found: Conclusion) -> str:
    said = f"**{escape(found.title[_ENGLISH])}**: {escape(found.text('en'))}"
    habits = _list(habit.words[_ENGLISH] for habit in found.habits)
    return f"{said}\n\n{habits}" if habits else said


def _to_check(summary: Summary) -> list[str]:
    """Return what is wrong with the outputs, a line for each system and task; nothing without."""
    lines = [
        f"{each.system}, {_word('task', each.task)}{_step(each.step)}: "
        + ", ".join(f"{c.n} of {c.n_of} {label(f'issue.{c.issue}')[_ENGLISH]}" for c in each.counts)
        for each in find_to_check(summary)
    ]
    lines += [
        f"{system}, em: {n} of the wrong answers are right, with more around"
        for system, n in count_in_sentence(summary).items()
        if n
    ]
    lines += [f"{s.name}: {s.failure}" for s in summary.systems if s.failure]
    return ["## To check", _list(lines)] if lines else []


def _quiet(found: Quiet) -> str:
    low, high = f"{found.low:.2f}", f"{found.high:.2f}"
    key = "scores.equal" if low == high else "scores.quiet"
    return fill(label(key)[_ENGLISH], {"metric": found.metric, "low": low, "high": high})


def _step(name: str) -> str:
    return "" if name == "article" else f" ({_word('step', name)})"


def _word(family: str, name: str) -> str:
    key = f"{family}.{name}"
    return label(key)[_ENGLISH] if key in labels() else name


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", show_hidden(text).replace("\n", " "))


def _code(text: str) -> str:
    """Return text as code; as plain text where it would end the code itself."""
    return escape(text) if {"`", "\n"}.intersection(text) else f"`{show_hidden(text)}`"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines)


def _status(status: str, manifest: Manifest) -> str:
    place = fill(label("made.by")[0], origin(manifest))
    if status == "complete":
        return f"Complete. {escape(place)}."
    return (
        f"**Incomplete: some generations are missing; see the column `issues`.** {escape(place)}."
    )


def origin(manifest: Manifest) -> dict[str, object]:
    """Return with what a run was made, in the words that the label `made.by` needs."""
    latest = manifest.sessions[-1]
    machine = latest.machine
    cores = "?" if machine.cores is None else machine.cores
    return {"version": latest.evalkit, "machine": machine.processor, "cores": cores}


def _table(table: Table) -> str:
    lines = [
        _line([escape(column) for column in table.columns]),
        _line(["---"] * len(table.columns)),
    ]
    lines += [_line(["<br>".join(map(escape, cell.lines)) for cell in row]) for row in table.rows]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
