"""summary.csv: a line for each system and metric, numbers as they are."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from evalkit.results import Estimate

if TYPE_CHECKING:
    from evalkit.results import Summary


def render(summary: Summary) -> str:
    """Return the estimates of all systems as CSV; an empty cell where there is no number."""
    numbers = [field.name for field in fields(Estimate)]
    text = io.StringIO()
    writer = csv.DictWriter(
        text, ["run", "system", "role", *numbers, "signature"], lineterminator="\n"
    )
    writer.writeheader()
    for system in summary.systems:
        for estimate in system.estimates:
            writer.writerow(
                {
                    "run": summary.run,
                    "system": system.name,
                    "role": system.role,
                    **asdict(estimate),
                    "signature": summary.signatures[estimate.metric],
                }
            )
    return text.getvalue()
