"""Laws of the disturbances: seeded, at a rate, each on its own, and never inside a number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.prompts.noise import disturb, evidence_altered
from evalkit.records import Example, Noise

KINDS = ("full_width", "line_breaks", "ocr")
texts = st.text("襄阳市日已未人三百分之六十七万年第0158.,%()。，\n lO", max_size=60)
rates = st.floats(0, 1)
noises = st.builds(Noise, full_width=rates, line_breaks=rates, ocr=rates, seed=st.integers(0, 9))
LONG = "襄阳市已有77532名党员报到,其中日前登记的占60.18%。" * 40


@given(text=texts, seed=st.integers(0, 9), id_=st.text("ab", max_size=2))
def test_rate_0_changes_nothing(text: str, seed: int, id_: str) -> None:
    """The clean article is a condition like any other, and no copy for each of its systems."""
    assert disturb(text, Noise(seed=seed), article_id=id_) is text


@given(text=texts, noise=noises)
def test_the_same_seed_draws_the_same_text(text: str, noise: Noise) -> None:
    """A run can be repeated."""
    assert disturb(text, noise, article_id="a") == disturb(text, noise, article_id="a")


@given(text=texts, noise=noises)
def test_each_disturbance_keeps_its_places_beside_the_others(text: str, noise: Noise) -> None:
    """Undoing the others leaves what each does alone."""
    together = disturb(text, noise, article_id="a")
    alone = {kind: disturb(text, only(noise, kind), article_id="a") for kind in KINDS}
    lines_too = disturb(text, replace(noise, line_breaks=0), article_id="a")
    assert without_breaks(together, text) == lines_too
    assert places_of_breaks(together, text) == places_of_breaks(alone["line_breaks"], text)
    for mixed, *each in zip(lines_too, text, alone["ocr"], alone["full_width"], strict=True):
        original, confused, widened = each
        assert unicodedata.normalize("NFKC", mixed) == unicodedata.normalize("NFKC", confused)
        assert (mixed != confused) == (widened != original)


def only(noise: Noise, kind: str) -> Noise:
    """Return one of the disturbances without the others."""
    return Noise(**{kind: getattr(noise, kind)}, seed=noise.seed)


def places_of_breaks(disturbed: str, original: str) -> list[int]:
    """Return before which characters of the original a line was broken."""
    places, at = [], 0
    for character in disturbed:
        if character == "\n" and original[at : at + 1] != "\n":
            places.append(at)
        else:
            at += 1
    return places


def without_breaks(disturbed: str, original: str) -> str:
    """Return a disturbed text without the line breaks that the original lacks."""
    kept: list[str] = []
    for character in disturbed:
        if character != "\n" or original[len(kept) : len(kept) + 1] == "\n":
            kept.append(character)
    return "".join(kept)


@pytest.mark.parametrize("kind", KINDS)
def test_the_places_of_a_lower_rate_are_among_those_of_a_higher(kind: str) -> None:
    """So that more noise is more of the same."""
    low, high = (
        changed(disturb(LONG, Noise(**{kind: rate}), article_id="a"))  # type: ignore[arg-type] # a rate
        for rate in (0.2, 0.6)
    )
    assert set() < low < high


@pytest.mark.parametrize("kind", KINDS)
def test_another_article_or_seed_is_disturbed_elsewhere(kind: str) -> None:
    """Even where two articles say the same."""
    noise = Noise(**{kind: 0.3})  # type: ignore[arg-type] # a rate
    here = disturb(LONG, noise, article_id="a")
    assert here != disturb(LONG, noise, article_id="b")
    assert here != disturb(LONG, replace(noise, seed=1), article_id="a")


def changed(disturbed: str) -> set[int]:
    """Return which places of the long text were disturbed."""
    breaks = places_of_breaks(disturbed, LONG)
    pairs = zip(LONG, without_breaks(disturbed, LONG), strict=True)
    return {*breaks, *(i for i, (one, other) in enumerate(pairs) if one != other)}


def test_rate_1_disturbs_every_place() -> None:
    """Digits and punctuation of ASCII widen, confusable characters are confused."""
    text = "日前有1.5万人,未报到."
    assert disturb(text, Noise(full_width=1), article_id="a") == "日前有１．５万人，未报到．"
    assert disturb(text, Noise(ocr=1), article_id="a") == "曰前有l.S万入,末报到."
    assert disturb(text, Noise(ocr=1, full_width=1), article_id="a") == "曰前有ｌ．Ｓ万入，末报到．"


def test_lines_break_within_clauses_and_never_inside_a_number() -> None:
    """Between two Chinese characters that are not both of one numeral."""
    text = "共有七万七千名,百分之六十,一点五倍,2019年。完"
    broken = disturb(text, Noise(line_breaks=1), article_id="a")
    assert broken == "共\n有\n七万七千\n名,百分之六十,一点五\n倍,2019年。完"


@given(text=texts, noise=noises)
def test_numbers_stay_on_one_line(text: str, noise: Noise) -> None:
    """Whatever the article, no numeral is broken that was whole."""
    broken = disturb(text, only(noise, "line_breaks"), article_id="a")
    numeral = re.compile(r"[0-9.]+|[三百分之六十七万]+")
    assert numeral.findall(broken) == numeral.findall(text)


def test_evidence_is_altered_where_it_is_no_longer_verbatim() -> None:
    """A quote in another width still counts as the words of the article that it is found at."""
    example = Example(
        id="a/q1",
        article_id="a",
        task="answer",
        kind="answer",
        references=("60.18%",),
        evidence=("减少了60.18%", "不在文中"),
    )
    article = "社区事项减少了６０.18％。日前报到。"
    assert not evidence_altered(example, article, article)
    assert not evidence_altered(example, article, article.replace("日前", "曰前"))
    assert evidence_altered(example, article, article.replace(".", "．"))
