"""Finds the evidence of a question in its article: the one matcher of linter, groups and report."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from evalkit.values.normalise import fold


def find_evidence(quote: str, article: str) -> tuple[int, int] | None:
    """Return where a quote is in an article, or None.

    It is searched for verbatim; only if that fails, width, case and format characters are ignored.

    Returns:
        Start and end of its first occurrence, as offsets into the article as it is.

    >>> find_evidence("60.18%", "减少了６０．１８％。")
    (3, 9)
    """
    quote = quote.strip()
    folded = fold(quote).strip()
    if not folded:
        return None
    if (start := article.find(quote)) >= 0:
        return start, start + len(quote)
    if (start := fold(article).find(folded)) >= 0:
        return _offsets(article, start, start + len(folded))
    return None


def _offsets(article: str, start: int, end: int) -> tuple[int, int]:
    """Return the part of an article that a part of the folded article comes from."""
    cuts = range(len(article) + 1)

    def n_folded(cut: int) -> int:
        return len(fold(article[:cut]))

    first = bisect_left(cuts, start + 1, key=n_folded) - 1
    last = bisect_left(cuts, end, key=n_folded)
    # Combining marks after the last character fold into it.
    return first, max(last, bisect_right(cuts, end, lo=last, key=n_folded) - 1)
