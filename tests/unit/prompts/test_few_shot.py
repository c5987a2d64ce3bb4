"""Worked examples: never of the article itself, and the same for all its questions."""

from __future__ import annotations

from dataclasses import replace

from evalkit.prompts.few_shot import draw_shots, shots_by_task
from evalkit.records import Example

TEXTS = {f"a{i}": f"文{i}" for i in range(6)}
EXAMPLES = [
    Example(id=f"{article}/q{i}", article_id=article, task="answer", kind="answer",
            references=("甲",))
    for article in TEXTS
    for i in range(3)
]  # fmt: skip
SUMMARIES = [
    Example(id=f"{article}/short", article_id=article, task="short", kind="summary",
            references=("甲",))
    for article in TEXTS
]  # fmt: skip


def drawn(example: Example, n: int = 3, seed: int = 0) -> list[str]:
    """Return the ids of the worked examples that are drawn for an example."""
    among = shots_by_task([*EXAMPLES, *SUMMARIES])[example.task, example.step]
    return [shot.example.id for shot in draw_shots(example, among, TEXTS, n=n, seed=seed)]


def test_all_questions_of_an_article_share_their_worked_examples() -> None:
    """So that the prefix of their prompts is computed once."""
    first, second, third = (drawn(example) for example in EXAMPLES[:3])
    assert first == second == third
    assert len(first) == 3


def test_worked_examples_are_of_the_same_task_and_of_other_articles() -> None:
    """The answer is never in its own prompt."""
    for example in (*EXAMPLES, *SUMMARIES):
        for id_ in drawn(example, n=99):
            assert not id_.startswith(f"{example.article_id}/")
            assert id_.endswith("/short") == (example.kind == "summary")


def test_the_seed_draws_and_fewer_are_returned_where_there_are_fewer() -> None:
    """The same seed draws the same; none is drawn where none is wanted."""
    assert drawn(EXAMPLES[0], seed=1) == drawn(EXAMPLES[0], seed=1) != drawn(EXAMPLES[0], seed=2)
    assert len(drawn(SUMMARIES[0], n=99)) == 5
    assert drawn(EXAMPLES[0], n=0) == []


def test_a_worked_example_shows_the_article_of_its_own() -> None:
    """Text and reference belong together."""
    for shot in draw_shots(EXAMPLES[0], EXAMPLES, TEXTS, n=5, seed=0):
        assert shot.article == f"文{shot.example.article_id[1:]}"


def test_what_has_no_reference_is_not_shown() -> None:
    """A worked example without its answer teaches nothing."""
    bare = [replace(example, references=()) for example in EXAMPLES[:9]]
    assert shots_by_task([*bare, *EXAMPLES[9:]]) == {("answer", "article"): EXAMPLES[9:]}
