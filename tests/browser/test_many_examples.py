"""A page of 50,000 examples stays usable."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.runs import read_all
from evalkit.records import Article, Example, ExampleScore, Question
from evalkit.report import page
from evalkit.run.material import of_runs

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.findings import Findings
    from tests.browser.conftest import Watched

N_EXAMPLES = 50_000
PER_ARTICLE = 10
TIMED = "(step) => {{ const start = performance.now(); {}; return performance.now() - start; }}"
STEPS = (
    "change({type: 'date'})",
    "change({type: '', q: '4999'})",
    "change({q: '', sort: 'disagreement'})",
    "change({right: 'wrong', page: '300'})",
    "change({example: data.examples[77].id})",
    "change({metric: 'f1'})",
)


def enlarge(findings: Findings) -> Findings:
    """Return the findings of a run with as many generated examples."""
    draw = random.Random(0)
    articles, examples, scores = [], [], []
    for i in range(N_EXAMPLES):
        article_id, name = f"a{i // PER_ARTICLE}", f"q{i % PER_ARTICLE}"
        if i % PER_ARTICLE == 0:
            text = "襄阳市创客空间活动顺利举办，" * 40
            articles.append(Article(id=article_id, title=f"文章{i}", text=text, sha256=""))
        kind = draw.choice(["number", "date", "person"])
        question = Question(id=name, question=f"第{i}问？", type=kind, answers=(f"答案{i}",))  # type: ignore[arg-type] # one of them
        example = Example(
            id=f"{article_id}/{name}",
            article_id=article_id,
            task="answer",
            references=question.answers,
            question=question,
        )
        examples.append(example)
        for system in ("lead", "textrank"):
            scores += [
                ExampleScore(
                    model=system,
                    example_id=example.id,
                    article_id=article_id,
                    metric=metric,
                    value=value,
                    parts={},
                    decided_by="number",
                    prediction=f"大约{draw.randrange(N_EXAMPLES)}",
                    compared={"prediction": "1", "reference": "2"},
                )
                for metric, value in (("em", draw.choice([0.0, 1.0])), ("f1", draw.random()))
            ]
    groups = {"type": {e.id: e.question.type or "" for e in examples if e.question}}
    return replace(
        findings,
        articles=tuple(articles),
        examples=tuple(examples),
        scores=scores,
        groups=groups,
        generations={},
    )


def test_fifty_thousand_examples_stay_usable(
    watched: Watched, report: Path, tmp_path: Path
) -> None:
    """Every filter, search, page and example answers within two seconds, 25 rows at a time."""
    file = tmp_path / "many.html"
    file.write_text(page.render(enlarge(of_runs(read_all([report.parent])))), encoding="utf-8")
    opened = watched.open(file)
    assert opened.inner_text("#found") == "50000 examples"
    assert opened.locator("#list tbody tr").count() == 25
    for step in STEPS:
        assert opened.evaluate(TIMED.format(step)) < 2000, step
    assert opened.locator("#detail .card").count() == 3
    assert opened.inner_text("#detail .card >> nth=2").endswith("no output")
