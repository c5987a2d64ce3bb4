"""Promises of ROUGE: rouge_score's numbers, in time and memory that do not explode."""

from __future__ import annotations

import json
import random
import time
import tracemalloc
from typing import Any, get_args

import pytest

from evalkit.metrics import lcs, metric
from evalkit.metrics.registry import References
from evalkit.metrics.rouge import Rouge
from evalkit.records import Case
from evalkit.values.segment import CUTS
from tests.support.paths import GOLDEN

PAIRS = GOLDEN / "rouge.jsonl"
ROWS = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()[1:]]
TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
PARTS = {"p": "precision", "r": "recall", "f": "fmeasure"}


def case(prediction: str, *references: str) -> Case:
    """Return a case of plain text."""
    return Case(id="1", prediction=prediction, references=references)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
@pytest.mark.parametrize(
    ("key", "segmenter"), [("char", "zhmix-1"), ("word_jieba", "zhmix-1+jieba")]
)
def test_golden(row: dict[str, Any], key: str, segmenter: str) -> None:
    """Every type and aggregation equals the golden values, which are rouge_score's, to 1e-12."""
    given = case(row["prediction"], *row["references"])
    for references, types in row["expected"].get(key, {}).items():
        for name, expected in types.items():
            parts = metric(name, segmenter, references).score(given).parts
            assert {k: parts[PARTS[k]] for k in expected} == pytest.approx(expected, abs=1e-12)
    for i, expected in enumerate(row["expected"].get("char_per_ref", [])):
        for name in TYPES if key == "char" else ():
            compared = metric(name).score(given).compared["references"]
            values = {k: compared[i][PARTS[k]] for k in "prf"}  # type: ignore[index]  # a plain list
            assert values == pytest.approx(expected[name], abs=1e-12)


def test_the_papers_own_example() -> None:
    """Lin 2004, section 3.2: against w1…w5, the union of w1 w2 and w1 w3 w5 has four words."""
    union = lcs.union_lcs(
        [["w1", "w2", "w3", "w4", "w5"]],
        [["w1", "w2", "w6", "w7", "w8"], ["w1", "w3", "w8", "w9", "w5"]],
    )
    assert union == [[0, 1, 2, 4]]


def test_several_references() -> None:
    """The best, the mean, and the mean of leaving each reference out, by F."""
    given = case("襄阳", "襄阳", "襄", "荆州")
    f = {
        name: metric("rouge1", references=name).score(given).value for name in get_args(References)
    }
    assert f == pytest.approx({"max": 1, "mean": (1 + 2 / 3) / 3, "jackknife": (2 / 3 + 1 + 1) / 3})
    alone = metric("rouge1", references="jackknife").score(case("襄阳", "襄"))
    assert alone.value == pytest.approx(2 / 3)


def test_first_of_equals_is_best() -> None:
    """On equal F the first reference gives precision and recall, and is named as the best."""
    score = metric("rouge1").score(case("襄阳荆州", "襄阳", "襄阳荆州武汉孝感"))
    assert score.compared["best"] == 0
    assert (score.parts["precision"], score.parts["recall"]) == (0.5, 1.0)


def test_a_case_without_reference_is_refused() -> None:
    """No reference is an error and never a score of 0."""
    with pytest.raises(ValueError, match="needs at least one reference"):
        metric("rouge1").score(case("襄阳"))


def test_signature() -> None:
    """The signature holds all that changes the number."""
    assert metric("rougeL", "raw-char", "mean").signature == "rougeL|seg:raw-char-2|refs:mean|v2"
    made = metric("rougeLsum", sentences="newline")
    assert made.signature == "rougeLsum|seg:zhmix-1|sent:newline|refs:max|v2"


def test_published_tables_need_no_line_breaks() -> None:
    """With raw-char, line breaks after 。 change nothing: ROUGE-L over sentences, as published."""
    texts = ("用户要退货。客服说可以。", "客服说可以退货。用户要发票。")
    plain, broken = texts, [text.replace("。", "。\n") for text in texts]
    for name in ("rouge1", "rouge2", "rougeLsum"):
        made = metric(name, "raw-char")
        assert made.score(case(*plain)).parts == made.score(case(*broken)).parts
    by_marks, as_peer = (metric("rougeLsum", "raw-char", sentences=cut) for cut in CUTS)
    as_published = by_marks.score(case(*plain)).parts
    assert as_peer.score(case(*plain)).parts["fmeasure"] < as_published["fmeasure"]
    assert as_peer.score(case(*broken)).parts == as_published


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "rouge1",
            ["  in both: 创  客", "  prediction only: 荆  州", "  reference only: 襄 ×2  阳"],
        ),
        ("rouge2", ["  in both: 创 客", "  prediction only: 荆 州  州 创"]),
        ("rougeL", ["  prediction: 荆 州 [创] [客]", "  reference:  襄 襄 阳 [创] [客]"]),
        (
            "rougeLsum",
            ["  reference sentence 1: 襄 襄 阳 [创] [客]", "  prediction sentence 1: 荆 州 创 客"],
        ),
    ],
)
def test_explain(name: str, lines: list[str]) -> None:
    """An explanation shows, for each reference, its values and which tokens matched."""
    made = metric(name)
    assert isinstance(made, Rouge)
    explanation = made.explain(case("荆州创客", "襄襄阳创客", "武汉"))
    assert set(lines) <= set(explanation.splitlines())
    assert [line[:12] for line in explanation.splitlines() if line.startswith("reference")] == [
        "reference 1:",
        "reference 2:",
    ]


@pytest.mark.slow
def test_a_long_text_against_itself() -> None:
    """100,000 characters take less than two seconds of one core, by rougeL and rougeLsum."""
    rng = random.Random(0)
    text = "".join(chr(rng.randrange(0x4E00, 0x5600)) for _ in range(100_000))
    for name in ("rougeL", "rougeLsum"):
        start = time.process_time()
        assert metric(name).score(case(text, text)).value == 1.0
        assert time.process_time() - start < 2


@pytest.mark.parametrize("name", ["rougeL", "rougeLsum"])
def test_memory_does_not_grow_with_the_product(name: str) -> None:
    """Two sentences of 20,000 characters, a table of 400 million cells, fit into 64 MiB."""
    rng = random.Random(0)
    texts = ["".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(20_000)) for _ in range(2)]
    tracemalloc.start()
    metric(name).score(case(*texts))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 2**20


def test_tables_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeping one column in √n, few lanes and few rows of bits changes no position."""
    rng = random.Random(0)
    sentences = [[[rng.choice("襄阳荆州") for _ in range(40)] for _ in range(6)] for _ in range(2)]
    whole = lcs.union_lcs(*sentences)
    monkeypatch.setattr(lcs, "_COLUMNS", 2)
    monkeypatch.setattr(lcs, "_LANES_BYTES", 8)
    monkeypatch.setattr(lcs, "_MASKS_BYTES", 8)
    assert lcs.union_lcs(*sentences) == whole
