"""summary.csv: a line for each system and metric, numbers unrounded."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from evalkit.results import Estimate

if TYPE_CHECKING:
    from evalkit.results import Summary

_COLUMNS = ("run", "system", "role", *(field.name for field in fields(Estimate)), "signature")


def render(summary: Summary) -> str:
    """Return the estimates of all systems as CSV; an empty cell where there is no number."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for system in summary.systems:
        named = {"run": summary.run, "system": system.name, "role": system.role}
        for estimate in system.estimates:
            signature = summary.metric(estimate.metric).signature
            writer.writerow({**named, **asdict(estimate), "signature": signature})
    return text.getvalue()
