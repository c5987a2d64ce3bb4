"""The one line a metric that tells who is best and who is tied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.records import Comparison, Counts, Estimate, Summary, SystemSummary
from evalkit.report.ranking import verdicts

if TYPE_CHECKING:
    from evalkit.records import Role, Verdict


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


def line(systems: list[SystemSummary], *comparisons: Comparison, metric: str = "em") -> str:
    """Return the line of one metric."""
    summary = Summary(
        run="r", status="complete", systems=tuple(systems), comparisons=comparisons,
        signatures={metric: metric},
    )  # fmt: skip
    return "".join(verdicts(summary, [metric]))


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
