"""What people are shown: which pairs, on which sides, in which order, and without any name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.annotate.package import choose_pairs, is_of, texts_of
from evalkit.annotate.pages import preferences_page
from evalkit.errors import InputError
from tests.support.pages import read_data
from tests.support.runs import EXAMPLES, system, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.analysis.run import Run
    from evalkit.annotate.package import Key


def test_every_summary_of_the_models_is_shown_once(run: Run, key: Key) -> None:
    """Twelve summaries of two models are twelve pairs; baselines are not asked about."""
    first = [pair for pair in key.pairs if not pair.mirrors]
    assert {pair.example for pair in first} == set(run.examples)
    assert len(first) == 12
    assert {frozenset((pair.a, pair.b)) for pair in first} == {frozenset(("qwen", "llama"))}


def test_a_tenth_comes_again_mirrored_in_the_second_half(key: Key) -> None:
    """Repeats show the same texts with their sides exchanged, and never before the first time."""
    places = {pair.id: i for i, pair in enumerate(key.pairs)}
    repeats = [pair for pair in key.pairs if pair.mirrors]
    assert len(repeats) == 2  # a tenth of twelve, rounded up
    for pair in repeats:
        first = key.pairs[places[pair.mirrors]]
        assert (pair.example, pair.a, pair.b) == (first.example, first.b, first.a)
        assert places[pair.mirrors] < len(key.pairs) // 2 <= places[pair.id]


def test_the_same_run_gives_the_same_package(run: Run, key: Key) -> None:
    """Order and sides are hashes, so that a key that was lost can be made again."""
    assert choose_pairs(run, (), (), 100) == key
    assert is_of(run, key)


def test_sides_are_mixed(tmp_path: Path) -> None:
    """Neither system is always A; of 36 pairs each is A at least 9 times."""
    run = load(write_run(tmp_path / "run"))
    key = choose_pairs(run, ["answer"], ["qwen", "llama", "lead", "oracle"], 100)
    counts = Counter(min(pair.a, pair.b) == pair.a for pair in key.pairs if not pair.mirrors)
    assert min(counts[True], counts[False]) >= sum(counts.values()) / 4


def test_pairs_of_systems_share_a_limit_equally(run: Run) -> None:
    """With three systems and nine pairs to show, each pair of systems is shown three times."""
    key = choose_pairs(run, (), ["qwen", "llama", "lead"], 9)
    shown = Counter(frozenset((p.a, p.b)) for p in key.pairs if not p.mirrors)
    assert max(shown.values()) - min(shown.values()) <= 1
    assert sum(shown.values()) == 9


def test_equal_texts_are_not_shown(tmp_path: Path) -> None:
    """Two systems that wrote the same leave nothing to choose; how often is counted."""
    run = load(write_run(tmp_path / "run", value=lambda *_: 1.0))
    with pytest.raises(InputError, match="never wrote different texts"):
        choose_pairs(run, (), (), 100)
    key = choose_pairs(load(write_run(tmp_path / "other")), ["answer"], (), 100)
    assert key.n_identical + sum(not pair.mirrors for pair in key.pairs) == 6


def test_the_page_names_no_system_and_no_run(run: Run, key: Key) -> None:
    """In the file are articles, questions and texts; systems, run, scores and repeats are not."""
    page = preferences_page(run, key)
    for name in ("qwen", "llama", "rougeLsum", "secret", "mirrors"):
        assert name not in page
    data = read_data(page)
    assert [pair["id"] for pair in data["pairs"]] == [pair.id for pair in key.pairs]
    for shown, pair in zip(data["pairs"], key.pairs, strict=True):
        assert (shown["a"], shown["b"]) == texts_of(run, pair)


def test_without_two_models_baselines_take_part(tmp_path: Path) -> None:
    """One model is compared with the baselines, and never with the oracle."""
    systems = (system("qwen"), system("lead", "baseline"), system("oracle", "oracle"))
    run = load(write_run(tmp_path / "run", systems=systems))
    key = choose_pairs(run, ["answer"], (), 100)
    assert {name for pair in key.pairs for name in (pair.a, pair.b)} == {"qwen", "lead"}


@pytest.mark.parametrize(
    ("tasks", "systems", "code"),
    [
        (["shirt"], [], "unknown"),
        ([], ["qwne"], "unknown"),
        ([], ["qwen"], "missing"),
        (["short", "answer"], [], "conflict"),
    ],
)
def test_what_a_run_does_not_have_is_refused(
    tmp_path: Path, tasks: list[str], systems: list[str], code: str
) -> None:
    """An unknown task or system, a single one, and summaries mixed with questions."""
    run = load(write_run(tmp_path / "run", examples=EXAMPLES))
    with pytest.raises(InputError) as error:
        choose_pairs(run, tasks, systems, 100)
    assert [problem.code for problem in error.value.problems] == [code]
