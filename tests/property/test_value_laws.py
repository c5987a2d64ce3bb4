"""Laws of folding and of the segmenters, on text of every kind."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.values.normalise import fold
from evalkit.values.segment import segmenter
from tests.support.paths import GOLDEN

RADICALS = {
    int(radical, 16): chr(int(ideograph, 16))
    for radical, ideograph in (
        line.split()
        for line in (GOLDEN / "radicals.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
}
# Replaced before NFKC, which leaves radicals and tears ˙ apart.
FIRST = RADICALS | {0x02D9: "·"}
SINGLE = (
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3038, 0x303B),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1100, 0x11FF),
    (0xAC00, 0xD7AF),
    (0x20000, 0x323AF),
)
KINDS = (
    "襄阳市创客的一〇々",
    "㐀𠀀𠮷𪚥𫝀𫠝𬺰𰀀豈凞⼈",
    "⻓⻢⻄⺠⺟⻳⺀⺚˙·・",
    "ＡＢＣ０１２．，％！",
    "0123456789.%‰,-+/:",
    "abcXYZéÅßİΣςЖ",
    "\u0301\u0305\u3099\u20dd\u0e31",
    "👍🏽👨\u200d👩",
    "\u200b\ufeff\u00ad\u2060",
    "①²½㎏㍿ｶﾞ한글ᄒ",
    "。！？；…⋯.!?;\n\r\u2028\x1c\x85 \u3000",
    "٣४᧚፩",
)
TEXT = st.text(
    st.one_of(*(st.sampled_from(kind) for kind in KINDS), st.characters(codec="utf-8")),
    max_size=40,
)


def is_single(char: str) -> bool:
    """Step 4 of the definition, as it is written."""
    return unicodedata.category(char)[0] in "LN" and any(a <= ord(char) <= b for a, b in SINGLE)


def is_run(char: str) -> bool:
    """Step 5: any other letter or number."""
    return unicodedata.category(char)[0] in "LN" and not is_single(char)


def cut(text: str) -> list[str]:
    """Steps 1 to 6 of the definition of zhmix-1, character by character, radicals replaced."""
    text = unicodedata.normalize("NFKC", text.translate(FIRST))
    text = "".join(char for char in text if unicodedata.category(char) != "Cf").lower()
    tokens: list[str] = []
    run = ""
    for i, char in enumerate([*text, ""]):
        following = text[i + 1 : i + 2]
        extends = char and (
            is_run(char)
            or (run and unicodedata.category(char).startswith("M"))
            or (run and char == "." and following and is_run(following))
        )
        if extends:
            run += char
            continue
        if run:
            percent = char in ("%", "‰") and unicodedata.category(run[-1]) == "Nd"
            tokens.append(run + char if percent else run)
            run = ""
        if char and is_single(char):
            tokens.append(char)
    return tokens


@given(TEXT)
def test_tokens_follow_the_definition(text: str) -> None:
    """The pattern cuts every text as the definition does when read out step by step."""
    assert segmenter("zhmix-1").tokens(text) == cut(text)


@given(TEXT)
def test_sentences_hold_all_tokens(text: str) -> None:
    """Splitting into sentences loses no token, moves none and adds none."""
    made = segmenter("zhmix-1")
    assert [token for sentence in made.sentences(text) for token in sentence] == made.tokens(text)
    assert all(made.sentences(text))


@settings(deadline=None)  # the first word loads a dictionary
@given(TEXT)
def test_words_are_made_of_the_same_characters(text: str) -> None:
    """Words and characters differ only in where they are cut."""
    words, characters = segmenter("zhmix-1+jieba").tokens(text), segmenter("zhmix-1").tokens(text)
    assert "".join(words) == "".join(characters)


@given(TEXT)
def test_folding_is_nfkc_without_format_characters(text: str) -> None:
    """The short cut for wide characters changes nothing; radicals and ˙ are replaced first."""
    plain = unicodedata.normalize("NFKC", text.translate(FIRST))
    kept = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    assert fold(text) == kept.lower()


@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """Folding is idempotent where no format character parts a letter from its mark."""
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    assert fold(fold(visible)) == fold(visible)


@given(TEXT)
def test_tokens_survive_being_joined(text: str) -> None:
    """Tokens joined by spaces are cut into the same tokens again."""
    made = segmenter("zhmix-1")
    tokens = made.tokens(text)
    assert made.tokens(" ".join(tokens)) == tokens
