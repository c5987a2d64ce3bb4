"""Evidence is found where the article says it, however it is written there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit import data
from evalkit.config.sources import ArticleData
from evalkit.data.evidence import find_evidence
from evalkit.values.normalise import fold
from tests.support.paths import ROOT

# Widths, a zero-width space, a combining accent, a character that folds into two, capitals.
characters = st.text("襄阳6６.．%％Aａé\u0301e\u200b㎏ \n", max_size=20)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("减少了６０．１８％", "减少了６０．１８％"),
        ("60.18%", "６０．１８％"),
        (" 党员 ", "党员"),
        ("gdp\u200b增长", "ＧＤＰ增\u200b长"),
        ("3kg", "3㎏"),
        ("减少60.18%", None),
        ("员减", None),
        ("", None),
        ("\u200b", None),
    ],
)
def test_a_quote_is_found_in_the_words_of_the_article(quote: str, found: str | None) -> None:
    """Width, case and format characters do not matter; words and line ends do."""
    article = "党员\n减少了６０．１８％，ＧＤＰ增\u200b长，重3㎏。"
    span = find_evidence(quote, article)
    assert (span and article[slice(*span)]) == found


def test_a_verbatim_quote_is_preferred_to_a_folded_one() -> None:
    """Even where the folded one comes first."""
    assert find_evidence("60%", "６０％，60%") == (4, 7)


@settings(deadline=None)  # the first folding compiles a table of Unicode
@given(article=characters, quote=characters)
def test_what_is_found_says_what_the_quote_says(article: str, quote: str) -> None:
    """Found is what the folded article holds, and the part that is pointed at holds it too."""
    span = find_evidence(quote, article)
    folded = fold(quote.strip()).strip()
    if span is None:
        assert not folded or folded not in fold(article)
    else:
        start, end = span
        assert 0 <= start < end <= len(article)
        assert folded in fold(article[start:end])


@settings(deadline=None)  # as above
@given(before=characters, quote=characters, after=characters)
def test_a_verbatim_quote_is_always_found(before: str, quote: str, after: str) -> None:
    """Where an article quotes, the first place that says so is found."""
    article = before + quote + after
    wanted = quote.strip()
    expected = (article.find(wanted), article.find(wanted) + len(wanted)) if fold(wanted) else None
    assert find_evidence(quote, article) == expected


def test_all_evidence_of_the_shipped_references_is_found() -> None:
    """The one matcher of the linter, the groups and the report knows them all."""
    folder = ROOT / "references"
    corpus = data.load(ArticleData(articles=ROOT / "seeds" / "index.yaml", references=folder))
    for article in corpus.articles:
        for question in corpus.references[article.id].questions:
            assert all(find_evidence(quote, article.text) for quote in question.evidence)
