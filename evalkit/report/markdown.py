"""report.md: for pasting into an issue or a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.language import fill, in_language, language, localise
from evalkit.report import trends
from evalkit.report.labels import label, word_in
from evalkit.report.ranking import legend, verdicts
from evalkit.report.served import refusal_lines, table_of
from evalkit.report.table import build, footnotes, wording_lines
from evalkit.report.tested import what_was_tested
from evalkit.report.to_check import count_in_sentence, find_to_check
from evalkit.report.verdict import conclude
from evalkit.values.visible import show_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.report.material import Material
    from evalkit.report.table import Cell, Table
    from evalkit.report.verdict import Conclusion
    from evalkit.results import IssueCount, Summary
    from evalkit.store.manifest import Manifest

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#&~]|^[-+=@])")


def render(material: Material) -> str:
    """Return the report of a run as GitHub Markdown, in the language in use."""
    summary, speeds = material.summary, material.speeds
    metrics = summary.headline()
    scores = build(summary, speeds, metrics)
    wordings, refusals = wording_lines(summary, metrics), refusal_lines(summary, metrics)
    parts = [
        f"# {escape(summary.run)}",
        _status(summary.status, material.manifests[0]),
        *map(_tell, material.notes),
        *_section("Verdict", escape(in_use(what_was_tested(material)))),
        *(_conclusion(found) for found in conclude(summary)),
        *_to_check(summary),
        *_section("Scores", _table(scores)),
        *map(_tell, footnotes(summary, scores.columns)),
        *_differences(summary, metrics),
        *(_section("Refusals", _list(map(localise, refusals))) if refusals else []),
        *(_section("Wordings", _list(map(localise, wordings))) if wordings else []),
        *(
            _section("Over time", _table(trends.table_of(material.trends)))
            if material.trends
            else []
        ),
        *(_section("Served models", _table(table_of(material.served))) if material.served else []),
        *_section(
            "All metrics", _table(build(summary, speeds, [facts.name for facts in summary.metrics]))
        ),
        *_section(
            "Signatures", "\n".join(f"- {_code(facts.signature)}" for facts in summary.metrics)
        ),
    ]
    return "\n\n".join(parts) + "\n"


def in_use(words: Sequence[str]) -> str:
    """Return what is there in each language in the one in use."""
    return in_language(words, language())


def _section(title: str, content: str) -> tuple[str, str]:
    return f"## {localise(title)}", content


def _differences(summary: Summary, metrics: Sequence[str]) -> tuple[str, ...]:
    """Return who is significantly better on each metric; nothing where nobody is compared."""
    lines = verdicts(summary, metrics)
    if not summary.comparisons or not lines:
        return ()
    told = _tell(f"{legend(summary)}.")
    return (*_section("Significant differences", _list(map(localise, lines))), told)


def _conclusion(found: Conclusion) -> str:
    title, (first, *habits) = in_use(found.title), found.lines(language())
    text = f"**{escape(title)}**{escape(first.removeprefix(title))}"
    return f"{text}\n\n{_list(habits)}" if habits else text


def _to_check(summary: Summary) -> tuple[str, ...]:
    """Return what is wrong with the outputs, a line for each system and task; nothing without."""
    lines = [
        _fill(
            "issues.line",
            system=each.system,
            task=f"{word_in(language(), 'task', each.task)}{_step(each.step)}",
            counts=in_use(label("list.comma")).join(map(_count, each.counts)),
        )
        for each in find_to_check(summary)
    ]
    lines += [
        localise(f"{system}, em: of the wrong answers {n} right, with more around")
        for system, n in count_in_sentence(summary).items()
        if n
    ]
    lines += [localise(f"{s.name}: {s.failure}") for s in summary.systems if s.failure]
    return _section("To check", _list(lines)) if lines else ()


def _count(found: IssueCount) -> str:
    what = in_use(label(f"issue.{found.issue}"))
    return _fill("issues.count", n=found.n, all=found.n_of, what=what)


def _step(name: str) -> str:
    return (
        ""
        if name == "article"
        else _fill("named", meaning="", name=word_in(language(), "step", name))
    )


def _fill(key: str, **values: object) -> str:
    return fill(in_use(label(key)), values)


def _tell(text: str) -> str:
    return escape(localise(text))


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", show_hidden(text).replace("\n", " "))


def _code(text: str) -> str:
    """Return text as code; as plain text where it would end the code itself."""
    return escape(text) if {"`", "\n"}.intersection(text) else f"`{show_hidden(text)}`"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines)


def _status(status: str, manifest: Manifest) -> str:
    place = escape(_fill("made.by", **origin(manifest)))
    if status == "complete":
        return localise(f"Complete. {place}.")
    missing = localise("Incomplete: some generations are missing; see the column `issues`.")
    return f"**{missing}** {place}."


def origin(manifest: Manifest) -> dict[str, object]:
    """Return with what a run was made, in the words that the label `made.by` needs."""
    latest = manifest.sessions[-1]
    machine = latest.machine
    cores = "?" if machine.cores is None else machine.cores
    return {"version": latest.evalkit, "machine": machine.processor, "cores": cores}


def _table(table: Table) -> str:
    lines = [
        _line([_tell(column) for column in table.columns]),
        _line(["---"] * len(table.columns)),
    ]
    lines += [_row(row) for row in table.rows]
    return "\n".join(lines)


def _row(cells: Sequence[Cell]) -> str:
    """Return a row, whose first cell is a name."""
    (name, *_), *others = (cell.lines for cell in cells)
    return _line([escape(name), *("<br>".join(map(_tell, lines)) for lines in others)])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
