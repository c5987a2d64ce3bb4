"""What scores predictions; metrics are asked for by name, and their modules load when asked for."""

from evalkit.metrics.extras import missing_extras
from evalkit.metrics.registry import (
    Entry,
    available,
    document,
    entry,
    facts_of,
    metric,
    register_metric,
)

__all__ = [
    "Entry",
    "available",
    "document",
    "entry",
    "facts_of",
    "metric",
    "missing_extras",
    "register_metric",
]
