"""A page holds as many examples as it has room for, and says how many that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.records import Article, Example, Generation
from evalkit.report import page, payload, selection
from evalkit.report.selection import choose_examples
from tests.support.pages import read_data

if TYPE_CHECKING:
    import pytest

    from evalkit.records import QuestionType
    from evalkit.report.material import Material

TEXT = "襄阳市创客空间活动顺利举办。" * 20
TYPES: tuple[QuestionType, ...] = ("number", "date", "person")


def enlarge(material: Material, n: int) -> Material:
    """Return the material of a run with so many examples: every tenth number is invented."""
    examples = tuple(
        Example(
            id=f"a{i // 4}/q{i}", article_id=f"a{i // 4}", task="answer", kind="answer",
            references=("3公里",), question=f"第{i}问？", type=TYPES[min(i % 6, 2)],
        )
        for i in range(n)
    )  # fmt: skip
    ids = dict.fromkeys(example.article_id for example in examples)
    return replace(
        material,
        articles={id_: Article(id=id_, title=id_, text=TEXT, sha256="") for id_ in ids},
        examples=examples,
        scores=(),
        mistakes={},
        generations={
            ("lead", e.id, 0): Generation(
                key="", system="lead", example=e.id, text="3公里", prediction="3公里",
                finish_reason="stop",
            )
            for e in examples
        },
        issues={("lead", e.id, 0): ("invented",) for e in examples[::10]},
    )  # fmt: skip


def test_few_examples_are_all_shown(material: Material) -> None:
    """Where they fit, nothing is left out and nothing is said."""
    assert material.shown == material.examples
    assert 'data-t="examples.part"' not in page.render(material)


def test_many_examples_are_shown_in_part(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those with issues take half of the room at most, the rest is in proportion by type."""
    monkeypatch.setattr(selection, "ROOM", 400_000)
    many = enlarge(material, 6000)
    shown = choose_examples(many)
    with_issues = {id_ for _, id_, _ in many.issues}
    n_issues = sum(example.id in with_issues for example in shown)
    assert [e for e in many.examples if e in set(shown)] == list(shown)
    assert len(shown) / 3 < n_issues < len(shown) * 2 / 3
    others = Counter(e.type for e in shown if e.id not in with_issues)
    assert others["person"] / others.total() > 0.5  # two thirds of all
    assert others["number"] > others.total() / 12
    assert choose_examples(replace(many, examples=many.examples[::-1]))[::-1] == shown


def test_what_is_shown_in_part_fits_into_its_room(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data of the page are about as long as they were estimated, and hold the examples' own."""
    monkeypatch.setattr(selection, "ROOM", 400_000)
    many = enlarge(material, 6000)
    many = replace(many, shown=choose_examples(many))
    data = payload.build(many)
    examples, articles = data["examples"], data["articles"]
    assert [example["id"] for example in examples] == [example.id for example in many.shown]
    assert {a["id"] for a in articles} == {example["article"] for example in examples}
    size = sum(
        len(payload.embed(data[key]).encode()) for key in ("examples", "articles", "outputs")
    )
    assert 200_000 < size < 600_000


def test_the_page_says_how_many_examples_it_holds(material: Material) -> None:
    """The number, and where all of them are."""
    text = page.render(replace(material, shown=material.examples[:2]))
    assert f"2 of {len(material.examples)} examples are on this page" in text
    assert "examples.csv and scores.jsonl" in text
    assert len(read_data(text)["examples"]) == 2


def test_a_mistake_that_the_page_quotes_is_among_its_examples(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its link leads somewhere, however little room there is."""
    monkeypatch.setattr(selection, "ROOM", 1)
    quoted = {mistake.example for mistake in material.mistakes.values() if mistake}
    assert quoted
    assert set(choose_examples(material)) == quoted
