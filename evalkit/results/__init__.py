"""The frozen records of what a run found, from estimates to the whole of summary.json."""

from evalkit.results.comparisons import (
    MIRROR,
    Comparison,
    Finding,
    OrderFlips,
    Scope,
    Verdict,
    WordingSpread,
)
from evalkit.results.estimates import (
    Direction,
    Estimate,
    Interval,
    MetricFacts,
)
from evalkit.results.outputs import (
    Issue,
    IssueCount,
    OutputCounts,
    Status,
)
from evalkit.results.summary import (
    Summary,
    SystemSummary,
    role_in_question,
)

__all__ = [
    "MIRROR",
    "Comparison",
    "Direction",
    "Estimate",
    "Finding",
    "Interval",
    "Issue",
    "IssueCount",
    "MetricFacts",
    "OrderFlips",
    "OutputCounts",
    "Scope",
    "Status",
    "Summary",
    "SystemSummary",
    "Verdict",
    "WordingSpread",
    "role_in_question",
]
