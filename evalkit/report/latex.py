"""scores.tex: the scores as a table for a paper, in the notation of the package booktabs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.report.table import about_means, build
from evalkit.values.visible import show_hidden

if TYPE_CHECKING:
    from evalkit.report.material import Material
    from evalkit.report.table import Cell

_SPECIAL = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "±": r"$\pm$",
    "≈": r"$\approx$",
}
_ANY_SPECIAL = re.compile("|".join(map(re.escape, _SPECIAL)))


def render(material: Material) -> str:
    """Return the scores of all systems on the headline metrics, with both intervals."""
    summary = material.summary
    table = build(summary, {}, summary.headline())
    n_columns = 1 + len(summary.headline())
    rows = [_row(row[:n_columns]) for row in table.rows]
    heads = " & ".join(escape(name.partition("\n")[0]) for name in table.columns[:n_columns])
    versions = dict.fromkeys(manifest.sessions[-1].evalkit for manifest in material.manifests)
    signatures = [summary.metric(name).signature for name in summary.headline()]
    return "\n".join(
        [
            f"% evalkit {', '.join(versions)}; {', '.join(signatures)}",
            *(f"% {line}" for line in about_means(summary)),
            f"% {show_hidden(summary.run)}: mean, then 95% intervals of the mean over articles,",
            r"% on these articles and on others like these. Needs \usepackage{booktabs}.",
            rf"\begin{{tabular}}{{l{'r' * (n_columns - 1)}}}",
            r"\toprule",
            rf"{heads} \\",
            r"\midrule",
            "\n\\addlinespace\n".join(rows),
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def escape(text: str) -> str:
    """Return text that LaTeX shows as it is."""
    shown = show_hidden(text).replace("\n", " ")
    return _ANY_SPECIAL.sub(lambda found: _SPECIAL[found.group()], shown)


def _spread(lines: list[str], height: int) -> list[str]:
    """Return the lines of a cell, filled up below the mean, so that intervals stand in a row."""
    return [*lines[:1], *[""] * (height - len(lines)), *lines[1:]]


def _row(cells: tuple[Cell, ...]) -> str:
    """Return a row, with a line of its own for each part of its cells."""
    height = max(len(cell.lines) for cell in cells)
    columns = [_spread(cell.lines, height) for cell in cells]
    lines = [" & ".join(escape(part) for part in parts) for parts in zip(*columns, strict=True)]
    # an asterisk or a bracket after the end of a row would be an argument of it
    return "\n".join(("{}" if line[0] in "*[" else "") + rf"{line} \\" for line in lines)
