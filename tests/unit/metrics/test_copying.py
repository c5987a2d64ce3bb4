"""Promises of the measures that set a summary beside its article."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.metrics import available, entry, metric
from evalkit.metrics.copying import Style
from evalkit.records import Case

NAMES = ("coverage", "density", "novel_bigrams", "repetition", "compression", "length_kept")
TEXT = st.text("襄阳荆州创客。", max_size=40)


def value(name: str, prediction: str, article: str = "", *references: str) -> float:
    """Return one measure of one summary."""
    case = Case(id="1", prediction=prediction, references=references, article=article)
    found = metric(name).score(case).value
    assert found is not None
    return found


def published_fragments(article: str, summary: str) -> list[str]:
    """The procedure F(A, S) of Grusky et al. 2018, line by line."""
    fragments = []
    i = 0
    while i < len(summary):
        longest = ""
        j = 0
        while j < len(article):
            if summary[i] == article[j]:
                k = 0
                while i + k < len(summary) and j + k < len(article):
                    if summary[i + k] != article[j + k]:
                        break
                    k += 1
                if len(longest) < k:
                    longest = summary[i : i + k]
                j += k
            else:
                j += 1
        i += max(len(longest), 1)
        fragments.append(longest)
    return fragments


@given(st.text("襄阳荆", min_size=1, max_size=30), st.text("襄阳荆州", min_size=1, max_size=15))
def test_fragments_are_the_published_ones(article: str, summary: str) -> None:
    """Coverage and density equal what the published algorithm gives."""
    lengths = [len(fragment) for fragment in published_fragments(article, summary)]
    n = len(summary)
    assert value("coverage", summary, article) == pytest.approx(sum(lengths) / n)
    assert value("density", summary, article) == pytest.approx(sum(k * k for k in lengths) / n)


@given(TEXT, TEXT.filter(str.strip), st.lists(TEXT, min_size=1, max_size=3))
def test_ranges(prediction: str, article: str, references: list[str]) -> None:
    """Each measure stays within the range that the registry states."""
    for name in NAMES:
        maximum = entry(name).maximum
        found = value(name, prediction, article, *references)
        assert found >= 0
        assert maximum is None or found <= maximum


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_summary_scores_0(name: str) -> None:
    """A summary without tokens scores 0 and divides by nothing."""
    assert value(name, " 。", "襄阳", "荆州") == 0


def test_a_copy() -> None:
    """A copy of the article is covered whole, as dense as it is long, without a new pair."""
    text = "创客空间来到襄阳"
    values = [value(name, text, text) for name in ("coverage", "density", "novel_bigrams")]
    assert values == [1.0, 8.0, 0.0]


def test_repetition() -> None:
    """A sentence said three times repeats two thirds of its runs, as seq-rep-4 counts them."""
    assert value("repetition", "襄阳创客。" * 3) == pytest.approx(1 - 4 / 9)
    assert value("repetition", "襄阳创") == 0
    assert value("length", "襄阳创客，\n 8月 8日。") == 10


@pytest.mark.parametrize(
    "noise", ["!" * 60, "?!" * 30, "… … " * 20, "😀" * 12, "襄" * 60, "ab!" * 40]
)
def test_noise_of_one_character_or_a_short_cycle_is_repetition(noise: str) -> None:
    """Also where the segmenter finds no tokens in it; a dash or an ellipsis is none."""
    assert value("repetition", noise) > 0.9
    assert value("repetition", f"襄阳{noise}创客") > 0.7
    assert value("repetition", "他说——襄阳……好！！！") == 0


def test_length_kept() -> None:
    """Half and twice the length of the nearest reference both keep one half."""
    assert value("length_kept", "襄", "", "襄阳", "襄阳荆州") == 0.5
    assert value("length_kept", "襄阳荆州", "", "襄阳") == 0.5


def test_what_was_copied_is_shown() -> None:
    """The copied fragments and the new pairs are listed, not only counted."""
    case = Case(id="1", prediction="襄阳创客很多", references=(), article="创客来到襄阳")
    assert metric("coverage").score(case).compared["fragments"] == ["襄 阳", "创 客"]
    assert metric("novel_bigrams").score(case).compared["novel"] == ["阳 创", "客 很", "很 多"]


@pytest.mark.parametrize("name", [name for name in available() if entry(name).reads_article])
def test_a_missing_article_is_refused(name: str) -> None:
    """A measure of the article refuses a case without it, and gives no 0."""
    with pytest.raises(ValueError, match="needs the article"):
        value(name, "襄阳", " ", "襄阳")


def test_missing_references_are_refused() -> None:
    """A measure of the references refuses a case without any."""
    with pytest.raises(ValueError, match="needs at least one reference"):
        value("length_kept", "襄阳")


def test_signature() -> None:
    """The segmenter is part of the signature, since it changes the number."""
    made = metric("coverage", "raw-char")
    assert isinstance(made, Style)
    assert made.signature == "coverage|seg:raw-char-2|v2"


def test_a_long_copy_is_quick() -> None:
    """A summary and an article of 20,000 characters are compared within seconds."""
    rng = random.Random(0)
    text = "".join(rng.choice("襄阳市的创客空间在汉江流域") for _ in range(20_000))
    assert value("coverage", text[10_000:] + text[:10_000], text) == 1.0
