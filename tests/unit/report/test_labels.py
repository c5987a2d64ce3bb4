"""The words of the reports: complete, in every language, and each language written as it should."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, get_args

import pytest
import yaml

from evalkit.language import LANGUAGES, fill, translate
from evalkit.metrics import available
from evalkit.metrics.decisions import Rule
from evalkit.metrics.facts.findings import Reason
from evalkit.records import Kind, QuestionType, Role
from evalkit.report import page
from evalkit.report.labels import label, labels, template
from evalkit.results import Interval, Scope
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from evalkit.report.material import Material

PACKAGE = ROOT / "evalkit"
TEMPLATES = PACKAGE / "report/templates"
# labels asked for by a name that is put together: `type.` and a question's type
FAMILIES = (
    "served.",
    "type.",
    "place.",
    "rule.",
    "reason.",
    "metric.",
    "verdict.",
    "role.",
    "task.",
    "right.",
    "sort.",
    "issue.",
    "altered.",
    "kind.",
    "chart.",
    "status.",
    "theme.",
    "legend.",
    "compared.",
    "step.",
    "scores.counted.",
    "pair.",
    "plot.",
    "wins.",
    "prompt.",
    "people.",
    "heat.",
)
PUT_TOGETHER = {
    "glance",
    "wrong",
    "scores",
    "charts",
    "differences",
    "examples",
    "issues",
    "people",
}
PUT_TOGETHER |= {"method", "manifest", "wordings", "detail.numbers", "detail.names"}
PUT_TOGETHER |= {"differences.more", "scores.answer", "scores.summary"}
HAN = "\u4e00-\u9fff"
HOLE = re.compile(r"\{(\w+)[^}]*\}")


def test_every_label_is_complete_and_used() -> None:
    """Each has every language with the same places to fill; none is missing, none is unused."""
    sources = [
        file.read_text(encoding="utf-8") for file in TEMPLATES.glob("*") if file.suffix != ".yaml"
    ]
    sources += [file.read_text(encoding="utf-8") for file in TEMPLATES.parent.glob("*.py")]
    everything = "\n".join(sources)
    for key, words in labels().items():
        assert len(words) == len(LANGUAGES), key
        assert all(isinstance(word, str) and word.strip() for word in words), key
        assert len({frozenset(HOLE.findall(word)) for word in words}) == 1, key
        assert (
            key.startswith(FAMILIES)
            or f'"{key}"' in everything
            or f"'{key}'" in everything
            or key in PUT_TOGETHER
        ), key
    for key in re.findall(r"""\bt\("([a-z./_]+)"[,)]""", everything):
        assert key in labels(), key


def test_all_that_a_run_may_name_has_a_label() -> None:
    """Every question type, rule, place, mark and metric has words in both languages."""
    named = {"type": QuestionType, "rule": Rule, "role": Role, "kind": Kind}
    keys = [f"{family}.{name}" for family, kind in named.items() for name in get_args(kind)]
    keys += [f"reason.{name}" for kinds in get_args(Reason) for name in get_args(kinds)]
    keys += [f"metric.{name}" for name in available()]
    keys += [f"task.{name}" for name in ("short", "long", "headline", "answer")]
    keys += [f"place.{name}" for name in ("beginning", "middle", "end", "several", "none")]
    shown = [f"{name}.{scope}" for name in ("better", "higher") for scope in get_args(Scope)]
    keys += [f"verdict.{name}" for name in (*shown, "tied", "missing")]
    assert [key for key in keys if key not in labels()] == []


@pytest.mark.parametrize("key", list(labels()))
def test_chinese_is_punctuated_as_chinese(key: str) -> None:
    """No ASCII comma, colon, bracket or question mark is next to a Chinese character."""
    chinese = HOLE.sub("字", label(key)[1])
    assert not re.search(rf"[{HAN}] ?[,;:!?()]|[,;:!?()] ?[{HAN}]", chinese)
    assert not re.search(r"[，。：；（）、]", label(key)[0])


def test_one_is_singular() -> None:
    """A number and its noun agree, also in a sentence with other numbers."""
    assert fill(label("detail.length")[0], {"n": 1}) == "1 character"
    assert fill(label("detail.length")[0], {"n": 0}) == "0 characters"
    assert fill(label("column.n")[0], {"n": 2, "articles": 1}) == "n=2, 1 article"
    assert fill(label("column.n")[1], {"n": 2, "articles": 1}) == "2 题，1 篇"
    bare = [key for key, (english, *_) in labels().items() if re.search(r"\{n\} \w+s\b", english)]
    assert bare == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("t over 5 articles, 4 d.f.", "对 5 篇文章的均值用 t 分布，自由度 4"),
        (
            "q cannot be fetched: it ends after 7 bytes; the package index does not give w: 404",
            "无法下载 q：内容在 7 字节处中断；软件包索引没有提供 w：404",
        ),
        (
            "/m has no config.json; name the folder that holds it\n/m: no weights (*.safetensors)",
            "/m 里没有 config.json；请写它所在的文件夹\n/m：没有权重（*.safetensors）",
        ),
        ("out of memory: CUDA error", "内存不足：CUDA error"),
        ("a library's own words", "a library's own words"),
    ],
)
def test_messages_are_translated(english: str, chinese: str) -> None:
    """A message within another is translated as well; what a library wrote stays as it is."""
    assert translate(english)[:2] == (english, chinese)


def test_no_translation_outlives_its_sentence() -> None:
    """Each English sentence with a translation is still written somewhere in evalkit."""
    files = [*PACKAGE.rglob("*.py")]
    everything = "\n".join(file.read_text(encoding="utf-8") for file in files)
    for english, chinese in yaml.safe_load((PACKAGE / "language/sentences.yaml").read_bytes()):
        assert set(HOLE.findall(english)) == set(HOLE.findall(chinese)), english
        assert not re.search(rf"[{HAN}] ?[,;:()]|[,;:()] ?[{HAN}]", HOLE.sub("字", chinese))
        for clause in re.split("[;:]", HOLE.sub(";", english)):
            assert clause.strip() in everything, english


def test_the_method_of_an_interval_is_translated(material: Material) -> None:
    """The page carries it in both languages."""
    method = "t over 3 articles, 2 d.f."
    general = Interval(low=None, high=None, method=method)
    systems = tuple(
        replace(s, estimates=tuple(replace(e, general=general) for e in s.estimates))
        for s in material.summary.systems
    )
    changed = replace(material, summary=replace(material.summary, systems=systems))
    found = re.findall('data-message="([^"]*)"', page.render(changed))
    assert list(translate(method)) in [json.loads(unescape(message)) for message in found]
    assert translate(method)[1] == "对 3 篇文章的均值用 t 分布，自由度 2"


def test_templates_and_labels_are_found_where_installed() -> None:
    """The files of the page are read as resources of the package."""
    assert template("report.html.jinja").startswith("<!doctype html>")
    assert label("glance")[:2] == ("At a glance", "结论一览")
