"""A page of 3,219 examples opens at once, and one of 50,000 stays usable."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.records import Article, Detail, Example, Generation, ScoreLine
from evalkit.report import gather, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.report.material import Material
    from tests.browser.conftest import Watched

N_EXAMPLES = 50_000
N_OF_CMRC = 3_219  # questions of CMRC 2018's development set
PER_ARTICLE = 10
STEPS = (
    "change({type: 'date'})",
    "change({type: '', q: '4999'})",
    "change({q: '', sort: 'disagreement'})",
    "change({right: 'wrong', page: '300'})",
    "change({example: data.examples[77].id})",
    "change({metric: 'f1'})",
)


def _example(article_id: str, i: int, draw: random.Random) -> Example:
    return Example(
        id=f"{article_id}/q{i % PER_ARTICLE}",
        article_id=article_id,
        task="answer",
        kind="answer",
        references=(f"答案{i}",),
        question=f"第{i}问？",
        type=draw.choice(["number", "date", "person"]),
    )


def enlarge(material: Material, n_examples: int) -> Material:
    """Return the material of a run with as many generated examples."""
    draw = random.Random(0)
    articles, examples, scores, details, generations = [], [], [], {}, {}
    for i in range(n_examples):
        article_id = f"a{i // PER_ARTICLE}"
        if i % PER_ARTICLE == 0:
            text = "襄阳市创客空间活动顺利举办，" * 40
            articles.append(Article(id=article_id, title=f"文章{i}", text=text, sha256=""))
        example = _example(article_id, i, draw)
        examples.append(example)
        for system in ("lead", "textrank"):
            text = f"大约{draw.randrange(n_examples)}"
            generations[system, example.id, 0] = Generation(
                key="", system=system, example=example.id, text=text, prediction=text,
                finish_reason="stop",
            )  # fmt: skip
            values = {"em": draw.choice([0.0, 1.0]), "f1": draw.random()}
            scores += [
                ScoreLine(
                    system=system, article=article_id, example=example.id, metric=metric,
                    value=value, rule="number",
                )
                for metric, value in values.items()
            ]  # fmt: skip
            compared = {"prediction": "1", "reference": "2"}
            details[system, example.id, "em"] = Detail(
                system=system, example=example.id, metric="em", parts={}, compared=compared
            )
    return replace(
        material,
        articles={article.id: article for article in articles},
        examples=tuple(examples),
        shown=tuple(examples),
        mistakes={},
        groups={"type": {example.id: example.type or "" for example in examples}},
        scores=scores,
        details=details,
        generations=generations,
    )


@pytest.fixture
def busy_s(watched: Watched) -> Callable[[], float]:
    """Return what tells for how many seconds of its processor the page has been busy."""
    session = watched.page.context.new_cdp_session(watched.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def read() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in found if each["name"] == "TaskDuration"))

    return read


def test_a_report_of_thousands_of_examples_opens_in_three_seconds(
    watched: Watched, busy_s: Callable[[], float], report: Path, tmp_path: Path
) -> None:
    """From the disk, as many questions as CMRC 2018's development set has."""
    file = tmp_path / "cmrc.html"
    file.write_text(
        page.render(enlarge(gather([load(report.parent)]), N_OF_CMRC)), encoding="utf-8"
    )
    opened = watched.open(file)
    assert opened.inner_text("#found") == f"{N_OF_CMRC} examples"
    assert 0 < busy_s() < 3


def test_fifty_thousand_examples_stay_usable(
    watched: Watched, busy_s: Callable[[], float], report: Path, tmp_path: Path
) -> None:
    """Every filter, search, page and example answers within two seconds, 25 rows at a time."""
    file = tmp_path / "many.html"
    material = enlarge(gather([load(report.parent)]), N_EXAMPLES)
    file.write_text(page.render(material), encoding="utf-8")
    opened = watched.open(file)
    assert opened.inner_text("#found") == "50000 examples"
    assert opened.locator("#list tbody tr").count() == 25
    for step in STEPS:
        before = busy_s()
        opened.evaluate(f"() => {{ {step}; }}")
        assert busy_s() - before < 2, step
    assert opened.locator("#detail .card").count() == 3
    assert opened.inner_text("#detail .card >> nth=2").endswith("no output")
