"""Which system is best and which are tied: in a line, at a glance, among the differences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.records import Condition
from evalkit.report.charts import message
from evalkit.report.differences import arrange, turn
from evalkit.report.ranking import legend, verdicts
from evalkit.report.table import in_order
from evalkit.results import (
    Comparison,
    Estimate,
    Finding,
    Interval,
    MetricFacts,
    OutputCounts,
    Summary,
    SystemSummary,
)
from evalkit.stats.families import AVERAGED

if TYPE_CHECKING:
    from evalkit.records import Role
    from evalkit.results import Direction, Verdict


def system(name: str, mean: float, role: Role = "model", metric: str = "em") -> SystemSummary:
    """Return a row with one estimate."""
    estimate = Estimate(
        metric=metric, mean=mean, here=NO_INTERVAL, general=NO_INTERVAL, plain_mean=mean,
        plain_low=None, plain_high=None, n=1, n_planned=1, n_articles=1,
    )  # fmt: skip
    counts = OutputCounts(
        n_generated=1, n_failed=0, n_missing=0, n_empty=0, n_truncated=0, n_shortened=0,
        n_unclosed_thinking=0,
    )  # fmt: skip
    wording = name.partition("@")[2] or "default"
    return SystemSummary(
        name=name, model=name.partition("@")[0], role=role, condition=Condition(wording=wording),
        estimates=(estimate,), counts=counts,
    )  # fmt: skip


NO_INTERVAL = Interval(low=None, high=None, method="")


def finding(verdict: Verdict) -> Finding:
    """Return a finding of which only the verdict matters."""
    return Finding(
        verdict=verdict, low=None, high=None, p=None, p_adjusted=None, p_bound=None,
        detectable=None, detectable_twice=None, method="",
    )  # fmt: skip


def comparison(
    a: str, b: str, here: Verdict, metric: str = "em", *, general: Verdict = "tied"
) -> Comparison:
    """Return a comparison of which only names and verdicts matter."""
    return Comparison(
        metric=metric, a=a, b=b, difference=0, here=finding(here), general=finding(general),
        effect=None, p_sign=None, family="", n_family=1, n=1, n_articles=1, wins=0, losses=0,
        ties=0,
    )  # fmt: skip


def summarise(
    systems: list[SystemSummary], *comparisons: Comparison, better: Direction = "higher"
) -> Summary:
    """Return the summary of a run with two metrics, of which only `better` matters."""
    facts = [
        MetricFacts(
            name=name, kind="answer", step="article", maximum=1.0, better=better, headline=True,
            signature=name, n_planned=1,
        )
        for name in ("em", "f1")
    ]  # fmt: skip
    return Summary(
        run="r", status="complete", metrics=tuple(facts), systems=tuple(systems),
        comparisons=comparisons,
    )  # fmt: skip


def line(
    systems: list[SystemSummary], *comparisons: Comparison, better: Direction = "higher"
) -> str:
    """Return the line of em."""
    return "".join(verdicts(summarise(systems, *comparisons, better=better), ["em"]))


def test_line_ranks_and_marks_ties() -> None:
    """Best first; `>` between systems that differ, `~` between those that are tied."""
    systems = [system("lead", 0.1, "baseline"), system("qwen", 0.5), system("tiny", 0.0)]
    pairs = (
        comparison("lead", "qwen", "worse"),
        comparison("lead", "tiny", "tied"),
        comparison("qwen", "tiny", "better"),
    )
    assert line(systems, *pairs) == "em: qwen > lead ~ tiny"


def test_line_adds_what_neighbours_do_not_say() -> None:
    """Ties are not transitive: the line names the pair that the chain would hide."""
    systems = [system("a", 0.5), system("b", 0.4), system("c", 0.3)]
    pairs = (
        comparison("a", "b", "tied"),
        comparison("b", "c", "tied"),
        comparison("a", "c", "better"),
    )
    assert line(systems, *pairs) == "em: a ~ b ~ c, yet a > c"


def test_oracle_and_human_are_not_ranked() -> None:
    """The oracle and the human references follow in brackets, and are never best."""
    systems = [system("qwen", 0.2), system("oracle", 0.9, "oracle"), system("human", 0.5, "human")]
    assert line(systems) == "em: qwen   (oracle 0.900; human 0.500)"
    named = system("best", 0.9, "oracle")
    assert line([system("qwen", 0.2), named]) == "em: qwen   (oracle best 0.900)"


def test_human_references_of_some_examples_are_compared_with_no_system() -> None:
    """They are left out where they were not scored on all examples that the systems did."""
    people = system("human", 0.1, "human")
    partial = replace(people, estimates=(replace(people.estimates[0], n_planned=2),))
    assert line([system("qwen", 0.2), people]) == "em: qwen   (human 0.100)"
    assert line([system("qwen", 0.2), partial]) == "em: qwen"


def test_lower_is_better_ranks_the_other_way() -> None:
    """The run says whether the lowest value of a metric is the best."""
    found = comparison("a", "b", "worse")
    assert line([system("a", 0.5), system("b", 0.1)], found, better="lower") == "em: b > a"


def test_each_condition_is_ranked_by_itself() -> None:
    """Models in two wordings have a line and leaders for each, with the baselines compared."""
    systems = [
        system("qwen@terse", 0.5), system("tiny@terse", 0.3), system("qwen@long", 0.2),
        system("tiny@long", 0.4), system("lead", 0.1, "baseline"),
    ]  # fmt: skip
    pairs = (
        comparison("qwen@terse", "tiny@terse", "better"),
        comparison("qwen@long", "tiny@long", "tied"),
        comparison("qwen@terse", "qwen@long", "better"),
        comparison("tiny@terse", "lead", "tied"),
        comparison("qwen@terse", "lead", "better"),
        replace(comparison("qwen", "tiny", "worse"), family=f"em, {AVERAGED}"),
    )
    summary = summarise(systems, *pairs)
    assert verdicts(summary, ["em"]) == [
        "em (terse): qwen@terse > tiny@terse ~ lead",
        "em (long): tiny@long ~ qwen@long",
        "em (averaged over conditions): tiny > qwen",
    ]
    assert message(summary, "em") == ("", "")


def test_metric_without_scores_has_no_line() -> None:
    """A metric that scored nobody is not ranked."""
    assert line([system("a", 0.5, metric="f1")]) == ""


A, B, C = system("a", 0.5), system("b", 0.4), system("c", 0.3)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("better", ("best.here", "a")),
        ("tied", ("tied", "a")),
        ("worse", ("best.here", "b")),
        ("missing", ("unjudged", "a")),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_best_is_shown_to_be_better(
    verdict: Verdict, said: tuple[str, str], *, turned: bool
) -> None:
    """A system tied with the best is no worse; a higher mean that loses is not first."""
    mirror: dict[Verdict, Verdict] = {"better": "worse", "worse": "better"}
    made = (
        comparison("b", "a", mirror.get(verdict, verdict))
        if turned
        else comparison("a", "b", verdict)
    )
    assert message(summarise([B, A], made), "em") == said


def test_nobody_is_best_without_a_comparison() -> None:
    """Of one system nothing is said, nor without a score; without a verdict two are unjudged."""
    assert message(summarise([A]), "em") == ("", "")
    assert message(summarise([A]), "f1") == ("", "")
    assert message(summarise([A, B]), "em") == ("unjudged", "a")


def test_the_best_of_articles_like_these_beats_all_of_them_there() -> None:
    """One of the others that is beaten on these articles only narrows what is said."""
    general = comparison("a", "b", "better", general="better")
    systems = [A, B, C]
    wide = summarise(systems, general, comparison("a", "c", "better", general="better"))
    assert message(wide, "em") == ("best", "a")
    narrow = summarise(systems, general, comparison("a", "c", "better"))
    assert message(narrow, "em") == ("best.here", "a")


def test_a_system_that_loses_is_not_first() -> None:
    """No system comes before one shown to be better, whatever the means."""
    pairs = (
        comparison("a", "b", "worse"),
        comparison("a", "c", "tied"),
        comparison("b", "c", "tied"),
    )
    assert message(summarise([A, B, C], *pairs), "em") == ("tied", "b")
    assert line([A, B, C], *pairs) == "em: b > a ~ c, yet b ~ c"


def test_who_ties_with_the_best_but_loses_to_another_is_not_first() -> None:
    """What the test shows of any two counts, not of the best and the others alone."""
    pairs = (
        comparison("a", "b", "tied"),
        comparison("a", "c", "tied"),
        comparison("b", "c", "better"),
    )
    assert message(summarise([A, B, C], *pairs), "em") == ("tied", "a")


def test_a_ring_of_winners_has_no_first() -> None:
    """Where everyone loses to someone all are tied, in the order of their means."""
    pairs = (
        comparison("a", "b", "better"),
        comparison("b", "c", "better"),
        comparison("c", "a", "better"),
    )
    assert message(summarise([B, A, C], *pairs), "em") == ("tied", "a")
    assert line([B, A, C], *pairs) == "em: a > b > c, yet a < c"


def test_the_run_says_what_best_means() -> None:
    """Where lower is better the lowest is best; where neither is, nobody is said to be ahead."""
    lower = summarise([A, B], comparison("a", "b", "worse"), better="lower")
    assert message(lower, "em") == ("best.here", "b")
    neither = summarise([A, B], comparison("a", "b", "higher"), better="neither")
    assert message(neither, "em") == ("", "")


def test_many_systems_have_letters_instead_of_signs() -> None:
    """Beyond four, those with a letter in common are not shown to differ; the legend says so."""
    five = [system(name, 0.5 - i / 10) for i, name in enumerate("abcde")]
    pairs = (comparison("a", "e", "better"), comparison("b", "e", "better"))
    assert line(five, *pairs) == "em: a (a), b (a), c (ab), d (ab), e (b)"
    assert legend(summarise(five)) != legend(summarise(five[:4]))


def test_the_better_system_comes_first() -> None:
    """A worse a is shown as a better b, every number turned with it; a tie stays as it is."""
    here = replace(finding("worse"), low=-0.3, high=-0.1)
    made = replace(comparison("a", "b", "worse"), difference=-0.2, here=here, least=-0.4, wins=2)
    shown = turn(made)
    assert (shown.a, shown.b, shown.verdict, shown.scope) == ("b", "a", "better", "here")
    assert (shown.difference, shown.here.low, shown.here.high) == (0.2, 0.1, 0.3)
    assert (shown.least, shown.most, shown.general.verdict) == (None, 0.4, "tied")
    assert (shown.wins, shown.losses) == (0, 2)
    tied = replace(made, here=finding("tied"))
    assert turn(tied) == tied
    assert shown.scope
    assert not tied.scope


def test_a_sign_says_what_it_claims() -> None:
    """`>>` on articles like these, `>` on these only, `?` where outputs are missing."""
    systems = [A, B]
    general = comparison("a", "b", "better", general="better")
    assert line(systems, general) == "em: a >> b"
    here = comparison("a", "b", "better", general="one article")
    assert line(systems, here) == "em: a > b"
    assert line(systems, comparison("b", "a", "worse", general="worse")) == "em: a >> b"
    for unsupported in (
        comparison("a", "b", "missing"),
        comparison("a", "b", "tied", general="missing"),
    ):
        assert line(systems, unsupported) == "em: a ? b"


def test_a_chain_implies_the_stronger_claim() -> None:
    """Where the ends of a chain are shown to differ on these articles only, the line says so."""
    pairs = (
        comparison("a", "b", "better", general="better"),
        comparison("b", "c", "tied"),
        comparison("a", "c", "better"),
    )
    assert line([A, B, C], *pairs) == "em: a >> b ~ c, yet a > c"


def test_differences_with_the_oracle_are_apart() -> None:
    """Models and baselines among themselves come first, then pairs with the oracle."""
    oracle = system("oracle", 1.0, "oracle")
    mine = comparison("a", "b", "tied")
    other = comparison("a", "b", "better", metric="f1")
    far = comparison("a", "oracle", "worse")
    found = arrange(summarise([oracle, A, B], far, other, mine), ["em"])
    assert (found.headline, found.others, found.oracle) == ((mine,), (other,), (turn(far),))


def test_rows_are_in_order_of_their_roles() -> None:
    """Models come first, then baselines, then the oracle, then human references."""
    systems = [
        system("human", 1, "human"), system("o", 1, "oracle"), system("f", 1, "baseline"), B, A,
    ]  # fmt: skip
    assert [s.name for s in in_order(summarise(systems))] == ["b", "a", "f", "o", "human"]
