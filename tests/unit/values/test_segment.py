"""Promises of folding and the segmenters."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from jieba import Tokenizer

from evalkit.values import normalise, segment
from evalkit.values.segment import CUTS, SEGMENTERS, segmenter
from tests.support.paths import GOLDEN

PAIRS = GOLDEN / "rouge.jsonl"
ROWS = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_golden_tokens(row: dict[str, Any]) -> None:
    """Tokens, words and sentences are those of the definition's own examples."""
    texts = [row["prediction"], *row["references"]]
    for key, name in {"n_tokens": "zhmix-1", "n_words": "zhmix-1+jieba"}.items():
        if key in row:
            counted = [len(segmenter(name).tokens(text)) for text in texts]
            assert counted == [row[key]["pred"], *row[key]["refs"]]
    sentences = [len(segmenter("zhmix-1").sentences(text)) for text in texts]
    assert sentences == [row["n_sentences"]["pred"], *row["n_sentences"]["refs"]]
    if "tokens" in row:
        tokens = [segmenter("zhmix-1").tokens(text) for text in texts]
        assert tokens == [row["tokens"]["pred"], *row["tokens"]["refs"]]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("60.18％", ["60.18%"]),
        ("60.18", ["60.18"]),
        ("3‰。", ["3‰"]),
        ("a%", ["a"]),
        ("5%%", ["5%"]),
        ("5%a", ["5%", "a"]),
        ("1,234.5", ["1", "234.5"]),
        ("3..5", ["3", "5"]),
        (".5", ["5"]),
        ("5.", ["5"]),
        ("v1.2.3", ["v1.2.3"]),
        ("a.襄", ["a", "襄"]),
        ("café", ["café"]),
        ("x\u0305y", ["x\u0305y"]),
        ("襄\u0305阳", ["襄", "阳"]),
        ("5\u0305%", ["5\u0305"]),
        ("𠮷野家", ["𠮷", "野", "家"]),
        ("ｶﾞｷﾞ한", ["ガ", "ギ", "한"]),
        ("snake_case", ["snake", "case"]),
        ("襄👍阳·市", ["襄", "阳", "市"]),
        ("二〇一九々", ["二", "〇", "一", "九", "々"]),
        ("\u200b襄\ufeff阳\u00ad", ["襄", "阳"]),
    ],
)
def test_zhmix_rules(text: str, tokens: list[str]) -> None:
    """Each clause of the definition of zhmix-1 holds in its smallest case."""
    assert segmenter("zhmix-1").tokens(text) == tokens


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("襄。阳", 2),
        ("襄！？阳", 2),
        ("襄…阳", 2),
        ("襄..阳", 2),
        ("襄.阳", 1),
        ("3.5", 1),
        ("襄；阳\r\n市\u2028区", 4),
        ("襄⋯阳\x1c市\x85区\v县\f镇", 6),
        ("。！？", 0),
        ("襄，阳", 1),
    ],
)
def test_sentences(text: str, n: int) -> None:
    """Sentences end at the marks of the definition, and a decimal point ends none."""
    assert len(segmenter("zhmix-1").sentences(text)) == n
    assert len(segmenter("zhmix-1+jieba").sentences(text)) == n


def test_every_code_point_is_classed_by_category() -> None:
    """Each code point by itself is one token exactly when its category is L* or N*."""
    alone = [chr(code) for code in (*range(0xD800), *range(0xE000, 0x110000))]
    stable = [char for char in alone if normalise.fold(char) == char]
    letters = [char for char in stable if unicodedata.category(char)[0] in "LN"]
    assert segmenter("zhmix-1").tokens(" ".join(stable)) == letters


def test_radicals_are_the_ideographs_that_they_look_like() -> None:
    """All those of the CJK Radicals Supplement that Unicode knows an ideograph for."""
    lines = (GOLDEN / "radicals.txt").read_text(encoding="utf-8").splitlines()
    codes = [int(code, 16) for line in lines if line[0] != "#" for code in line.split()]
    radicals, ideographs = ("".join(map(chr, codes[side::2])) for side in (0, 1))
    assert len(radicals) == 114
    assert normalise.fold(radicals) == ideographs
    assert segmenter("zhmix-1").tokens("⻓江大⼈") == ["长", "江", "大", "人"]


@pytest.mark.parametrize("sign", "·・･˙")
def test_an_interpunct_is_one_sign(sign: str) -> None:
    """None of them falls apart, so that names in two forms have the same tokens."""
    assert len(normalise.fold(f"乔治{sign}华盛顿")) == 6


@pytest.mark.parametrize("category", ["Cf", "M"])
def test_character_class_is_complete(category: str) -> None:
    """A class holds all characters of its category, and no other, in every plane."""
    inside = re.compile(f"[{normalise.character_class(category)}]")
    for code in range(0x110000):
        expected = unicodedata.category(chr(code)).startswith(category)
        assert bool(inside.match(chr(code))) == expected, hex(code)


def test_words_are_jiebas_own(tmp_path: Path) -> None:
    """The word variant cuts as a fresh jieba tokenizer does."""
    fresh = Tokenizer()
    fresh.tmp_dir = str(tmp_path)
    text = "襄阳市创客空间创客英雄汇在汉江流域举行"
    assert segmenter("zhmix-1+jieba").tokens(text) == fresh.lcut(text, HMM=True)


def test_words_leave_no_trace(tmp_path: Path) -> None:
    """Cutting words writes no file, and no line on the screen."""
    code = "from evalkit.values.segment import segmenter; segmenter('zhmix-1+jieba').tokens('襄阳')"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-W", "error", "-c", code],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(segment.__file__).parents[2])},
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_raw_char_keeps_everything() -> None:
    """raw-char has one token per code point but for line breaks, which only end sentences."""
    made = segmenter("raw-char")
    assert made.tokens("襄 Ａ。\r\n") == ["襄", " ", "Ａ", "。"]
    assert made.sentences("襄。\n\n阳") == [["襄", "。"], ["阳"]]


@pytest.mark.parametrize("name", SEGMENTERS)
def test_sentences_end_at_marks_or_at_line_breaks_alone(name: str) -> None:
    """Both are a choice; whichever it is, no token of the text is lost."""
    made, text = segmenter(name), "襄阳。荆州！？\n武汉；宜昌"
    assert len(made.sentences(text)) == len(made.sentences(text, "marks")) == 4
    assert len(made.sentences(text, "newline")) == 2
    for cut in CUTS:
        assert [t for sentence in made.sentences(text, cut) for t in sentence] == made.tokens(text)


def test_segmenters_are_known_by_name() -> None:
    """Each listed name leads to the segmenter that carries it, and no other name leads anywhere."""
    assert [segmenter(name).name for name in SEGMENTERS] == list(SEGMENTERS)
    with pytest.raises(KeyError):
        segmenter("jieba")
