"""What a person reads: the table and the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.report.markdown import render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from evalkit.records import Summary
    from evalkit.store.folder import RunFolder

__all__ = ["write"]


def write(folder: RunFolder, summary: Summary, manifest: Mapping[str, Any]) -> None:
    """Write the reports of a run into its folder."""
    folder.write_report("report.md", render(summary, manifest))
