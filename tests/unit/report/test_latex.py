"""The table of scores in LaTeX."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.cli import main
from evalkit.report import latex

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from evalkit.report.material import Material


def test_every_row_has_every_column(material: Material) -> None:
    """A row for each system, with its intervals below, and as many cells as there are columns."""
    text = latex.render(material)
    body = text[text.index(r"\toprule") : text.index(r"\bottomrule")]
    rows = [line for line in body.splitlines() if line.endswith(r"\\")]
    (columns,) = re.findall(r"\\begin\{tabular\}\{(\w+)\}", text)
    assert {row.count(" & ") + 1 for row in rows} == {len(columns)}
    for system in material.summary.systems:
        assert sum(row.startswith(f"{system.name} & ") for row in rows) == 1
        for estimate in system.estimates:
            if estimate.metric in material.summary.headline():
                assert f"{estimate.mean:.3f}" in body


def test_names_are_text(material: Material) -> None:
    """Whatever a system is called, it opens no command, no comment and no argument of a row."""
    first, *others = material.summary.systems
    systems = (replace(first, name=r"[a_b] 50% \input{x} ~^#&$"), *others)
    text = latex.render(replace(material, summary=replace(material.summary, systems=systems)))
    shown = r"\_b] 50\% \textbackslash{}input\{x\} \textasciitilde{}\textasciicircum{}\#\&\$ & "
    assert "{}[a" + shown in text


def test_the_command_writes_it(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the ending of the file."""
    file = tmp_path / "scores.tex"
    assert main(["report", str(run_folder), "--out", str(file)]) == 0
    capsys.readouterr()
    assert file.read_text(encoding="utf-8").rstrip().endswith(r"\end{tabular}")


def test_a_comment_holds_what_to_cite(material: Material) -> None:
    """The version of evalkit, the signature of each metric, and what means are over."""
    comment = "".join(line for line in latex.render(material).splitlines() if line[0] == "%")
    assert f"evalkit {material.manifests[0].sessions[-1].evalkit}; " in comment
    for name in material.summary.headline():
        assert material.summary.metric(name).signature in comment
    assert "Each mean is over articles" in comment


def test_intervals_stand_in_a_row(material: Material) -> None:
    """Also where one column has two means, as official metrics do."""
    facts = replace(material.summary.metrics[0], per_example=True)
    metrics = (facts, *material.summary.metrics[1:])
    text = latex.render(replace(material, summary=replace(material.summary, metrics=metrics)))
    rows = [line.split(" & ") for line in text.splitlines() if "[" in line and " & " in line]
    assert rows
    for _name, *cells in rows:
        assert all(cell.startswith("[") for cell in cells if cell.strip("\\ "))
