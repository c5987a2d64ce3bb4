"""Checks each statement of a summary against those of its article."""

from __future__ import annotations

from functools import lru_cache

from evalkit.metrics.facts.aligned import Known, align
from evalkit.metrics.facts.document import Document
from evalkit.metrics.facts.findings import Findings
from evalkit.metrics.facts.flags import find_derived, find_flags
from evalkit.metrics.facts.names import Names


@lru_cache(maxsize=16)  # the summaries of one article follow one another
def fact_check(article: str) -> FactCheck:
    """Return the check of an article.

    >>> findings = fact_check("产值增长6%。").check("产值下降6%。")
    >>> [(flag.text, flag.reason) for flag in findings.flags]
    [('6%', 'other direction')]
    """
    return FactCheck(article)


class FactCheck:
    """The statements of an article, ready to check summaries against."""

    def __init__(self, article: str) -> None:
        """Read an article."""
        document = Document(article, possible=True)
        self._known, self._names = Known(document), Names(document)

    def check(self, summary: str) -> Findings:
        """Return what the article bears out of a summary, and what it does not."""
        document = Document(summary, possible=False)
        names = self._names.shared_with(document.text)
        clauses = align(document, self._known)
        flags = [tuple(dict.fromkeys(find_flags(clause, self._known, names))) for clause in clauses]
        checked = zip(clauses, flags, strict=True)
        return Findings(
            n_statements=sum(clause.is_statement or bool(found) for clause, found in checked),
            n_flagged=sum(map(bool, flags)),
            flags=tuple(flag for found in flags for flag in found),
            derived=tuple(
                one for clause in clauses for one in find_derived(clause, self._known.article)
            ),
        )
