"""Who is best and who is tied: in a line, in a standing, and in the order of the differences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.report.differences import arrange, is_real, turn
from evalkit.report.leaders import standing
from evalkit.report.ranking import verdicts
from evalkit.report.table import in_order
from evalkit.results import Comparison, Counts, Estimate, Summary, SystemSummary

if TYPE_CHECKING:
    from evalkit.results import Role, Verdict


def system(name: str, mean: float, role: Role = "contestant", metric: str = "em") -> SystemSummary:
    """Return a row with one estimate."""
    estimate = Estimate(
        metric=metric, mean=mean, low=None, high=None, plain_mean=mean, plain_low=None,
        plain_high=None, n=1, n_planned=1, n_articles=1, method="",
    )  # fmt: skip
    counts = Counts(
        n_generated=1, n_failed=0, n_missing=0, n_empty=0, n_cut_off=0, n_shortened=0,
        n_unclosed_thinking=0,
    )  # fmt: skip
    return SystemSummary(name=name, estimates=(estimate,), counts=counts, role=role)


def comparison(a: str, b: str, verdict: Verdict, metric: str = "em") -> Comparison:
    """Return a comparison of which only names and verdict matter."""
    return Comparison(
        metric=metric, a=a, b=b, verdict=verdict, difference=0, low=None, high=None, effect=None,
        p=None, p_holm=None, p_sign=None, family="", n_family=1, n=1, n_articles=1, wins=0,
        losses=0, ties=0, n_more_articles=None, n_more_examples=None, method="",
    )  # fmt: skip


def summarise(
    systems: list[SystemSummary], *comparisons: Comparison, metric: str = "em"
) -> Summary:
    """Return the summary of a run with one metric."""
    return Summary(
        run="r", status="complete", systems=tuple(systems), comparisons=comparisons,
        signatures={metric: metric},
    )  # fmt: skip


def line(systems: list[SystemSummary], *comparisons: Comparison, metric: str = "em") -> str:
    """Return the line of one metric."""
    return "".join(verdicts(summarise(systems, *comparisons, metric=metric), [metric]))


def test_line_ranks_and_marks_ties() -> None:
    """Best first; `>` between systems that differ, `=` between those that are tied."""
    systems = [system("lead", 0.1, "floor"), system("qwen", 0.5), system("tiny", 0.0)]
    pairs = (
        comparison("lead", "qwen", "worse"),
        comparison("lead", "tiny", "tied"),
        comparison("qwen", "tiny", "better"),
    )
    assert line(systems, *pairs) == "em: qwen > lead = tiny"


def test_line_adds_what_neighbours_do_not_say() -> None:
    """Ties are not transitive: the line names the pair that the chain would hide."""
    systems = [system("a", 0.5), system("b", 0.4), system("c", 0.3)]
    pairs = (
        comparison("a", "b", "tied"),
        comparison("b", "c", "tied"),
        comparison("a", "c", "better"),
    )
    assert line(systems, *pairs) == "em: a = b = c, yet a > c"


def test_roof_and_ceiling_stand_beside_the_ranking() -> None:
    """The oracle and people are no contestants, and never best."""
    systems = [system("qwen", 0.2), system("oracle", 0.9, "roof"), system("people", 0.5, "ceiling")]
    assert line(systems) == "em: qwen   (roof oracle 0.900; people 0.500)"


def test_a_ceiling_of_some_examples_stands_beside_nobody() -> None:
    """People who were not measured on all that the systems did are left out."""
    people = system("people", 0.1, "ceiling")
    partial = replace(people, estimates=(replace(people.estimates[0], n_planned=2),))
    assert line([system("qwen", 0.2), people]) == "em: qwen   (people 0.100)"
    assert line([system("qwen", 0.2), partial]) == "em: qwen"


def test_lower_is_better_ranks_the_other_way() -> None:
    """For a metric such as repetition the lowest comes first."""
    systems = [system("a", 0.5, metric="repetition"), system("b", 0.1, metric="repetition")]
    found = comparison("a", "b", "worse", metric="repetition")
    assert line(systems, found, metric="repetition") == "repetition: b > a"


def test_one_article_ranks_nobody() -> None:
    """Where nothing can be tested the signs say so."""
    systems = [system("a", 0.5), system("b", 0.1)]
    assert line(systems, comparison("a", "b", "one article")) == "em: a ? b"


def test_metric_without_scores_has_no_line() -> None:
    """A metric that scored nobody is not ranked."""
    assert line([system("a", 0.5, metric="f1")]) == ""


A, B, C = system("a", 0.5), system("b", 0.4), system("c", 0.3)


@pytest.mark.parametrize(
    ("verdict", "mark", "first", "beaten"),
    [
        ("better", "best", ["a"], ("b",)),
        ("higher", "best", ["a"], ("b",)),
        ("tied", "tied", ["a", "b"], ()),
        ("worse", "best", ["b"], ("a",)),
        ("one article", "unjudged", ["a", "b"], ()),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_best_is_who_stands_apart(
    verdict: Verdict, mark: str, first: list[str], beaten: tuple[str, ...], *, turned: bool
) -> None:
    """Who cannot be told from the best shares its place; a higher mean that loses is not first."""
    mirror: dict[Verdict, Verdict] = {"better": "worse", "worse": "better", "higher": "lower"}
    made = (
        comparison("b", "a", mirror.get(verdict, verdict))
        if turned
        else comparison("a", "b", verdict)
    )
    found = standing(summarise([B, A], made), "em")
    assert found
    assert (found.mark, [name for name, _ in found.first], found.beaten) == (mark, first, beaten)


def test_nobody_is_best_without_a_comparison() -> None:
    """Alone a system is the only one; without a verdict two are unjudged; without a score none."""
    alone, unjudged = standing(summarise([A]), "em"), standing(summarise([A, B]), "em")
    assert alone
    assert unjudged
    assert (alone.mark, unjudged.mark) == ("alone", "unjudged")
    assert standing(summarise([A]), "f1") is None


def test_equal_means_share_the_first_place_before_a_beaten_third() -> None:
    """Two that are tied stand together, and the one that the highest beats stands below."""
    pairs = comparison("a", "b", "tied"), comparison("a", "c", "better")
    found = standing(summarise([A, B, C], *pairs), "em")
    assert found
    assert (found.mark, found.first, found.beaten) == ("tied", (("a", 0.5), ("b", 0.4)), ("c",))


def test_a_system_that_loses_is_not_first() -> None:
    """The line and the standing put nobody before one shown to be better, whatever the means."""
    pairs = (
        comparison("a", "b", "worse"),
        comparison("a", "c", "tied"),
        comparison("b", "c", "tied"),
    )
    found = standing(summarise([A, B, C], *pairs), "em")
    assert found
    assert (found.mark, found.first, found.beaten) == ("tied", (("b", 0.4), ("c", 0.3)), ("a",))
    assert line([A, B, C], *pairs) == "em: b > a = c, yet b = c"


def test_who_ties_with_the_best_but_loses_to_another_is_not_first() -> None:
    """What the test shows of any two counts, not of the best and the others alone."""
    pairs = (
        comparison("a", "b", "tied"),
        comparison("a", "c", "tied"),
        comparison("b", "c", "better"),
    )
    found = standing(summarise([A, B, C], *pairs), "em")
    assert found
    assert (found.mark, found.first, found.beaten) == ("tied", (("a", 0.5), ("b", 0.4)), ())


def test_a_ring_of_winners_has_no_first() -> None:
    """Where everyone loses to someone all are tied, in the order of their means."""
    pairs = (
        comparison("a", "b", "better"),
        comparison("b", "c", "better"),
        comparison("c", "a", "better"),
    )
    found = standing(summarise([B, A, C], *pairs), "em")
    assert found
    assert (found.mark, [name for name, _ in found.first]) == ("tied", ["a", "b", "c"])
    assert line([B, A, C], *pairs) == "em: a > b > c, yet a < c"


@pytest.mark.parametrize(
    ("metric", "verdict", "mark", "first"),
    [("repetition", "worse", "best", "b"), ("coverage", "higher", "highest", "a")],
)
def test_the_metric_says_what_first_means(
    metric: str, verdict: Verdict, mark: str, first: str
) -> None:
    """Who repeats least is best; who copies most is not better, only higher."""
    systems = [system("a", 0.5, metric=metric), system("b", 0.1, metric=metric)]
    made = comparison("a", "b", verdict, metric=metric)
    found = standing(summarise(systems, made, metric=metric), metric)
    assert found
    assert (found.mark, found.first[0][0]) == (mark, first)


def test_the_better_system_comes_first() -> None:
    """A worse a is shown as a better b, every number turned with it; a tie stays as it is."""
    made = replace(comparison("a", "b", "worse"), difference=-0.2, low=-0.3, high=-0.1, wins=2)
    shown = turn(made)
    assert (shown.a, shown.b, shown.verdict) == ("b", "a", "better")
    assert (shown.difference, shown.low, shown.high) == (0.2, 0.1, 0.3)
    assert (shown.wins, shown.losses) == (0, 2)
    assert turn(replace(made, verdict="tied")) == replace(made, verdict="tied")
    assert is_real(shown)
    assert not is_real(replace(made, verdict="tied"))


def test_differences_with_the_oracle_stand_apart() -> None:
    """Models and honest baselines among themselves come first; the oracle's pairs are bounds."""
    roof = system("oracle", 1.0, "roof")
    mine = comparison("a", "b", "tied")
    other = comparison("a", "b", "better", metric="f1")
    bound = comparison("a", "oracle", "worse")
    found = arrange(summarise([roof, A, B], bound, other, mine), ["em"])
    assert (found.headline, found.others, found.bounds) == ((mine,), (other,), (turn(bound),))


def test_rows_end_with_the_bounds() -> None:
    """Contestants come first, then baselines, then the oracle, then people; ties as they were."""
    systems = [
        system("people", 1, "ceiling"),
        system("o", 1, "roof"),
        system("f", 1, "floor"),
        B,
        A,
    ]
    assert [s.name for s in in_order(summarise(systems))] == ["b", "a", "f", "o", "people"]
