"""Whether a summary says of its figures and names what the article says of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.metrics.facts.check import fact_check
from evalkit.metrics.inputs import article_of, score_without_content
from evalkit.metrics.versioned import Versioned
from evalkit.records import Score

if TYPE_CHECKING:
    from evalkit.records import Case, Kind, NothingToScore


@dataclass(frozen=True, slots=True)
class FactPrecision(Versioned):
    """Share of the summary's statements that the article bears out, as far as rules can see.

    A statement is a clause with a figure, or one whose words the article has. Each figure is
    looked up with what it is about. It is flagged where the article has another one for the same
    thing; where the article speaks of a rise and not of a fall, of 超过 and not of 不足, of a goal
    and not of what 已 has come to be so. A right figure in other words is not flagged but listed:
    近三成, 一万二, sums, differences, another unit of a rate. A figure that the article lacks,
    without another one in its place, is flagged unless it may be reckoned: a share, a multiple, a
    time, a rank, one beside a word for a sum, a difference or an average, or exactly what two
    figures of the article make; a total of named parts that don't add up to it is flagged. Names
    that the article lacks or has another one in the place of, who beat whom, two things with each
    other's statements, 一期 for 二期, opposites, negations, 全省 for 全市 and 全部 for a part are
    flagged as well. A summary without a statement has no value, an empty one 0.

    It can't see what other words change: one thing put in the place of another that it doesn't
    name, an invention without figure or name, cause and effect, emphasis, irony; that takes a
    judge. Nor is every flag an error: a bold paraphrase may be flagged, so each is listed
    with the sentence of the article that it rests on.

    Source: precision over the claims of an output as in FActScore (Min et al. 2023), with rules in
    place of its models; figures are compared in their context as in HERMAN (Zhao et al. 2020).

    >>> from evalkit.records import Case
    >>> article = "产值增长27.9%，投资增长52.9%。"
    >>> summary = "产值增长近三成，投资下降52.9%。"
    >>> case = Case(id="1", prediction=summary, references=(), article=article)
    >>> FactPrecision().score(case).value
    0.5
    """

    name: ClassVar[str] = "fact_precision"
    kind: ClassVar[Kind] = "summary"
    version: ClassVar[int] = 9

    def score(self, case: Case) -> Score | NothingToScore:
        """Return the share; `compared` lists each flag with its reason, and what was computed.

        Raises:
            ValueError: the case has no article.
        """
        findings = fact_check(article_of(case, self)).check(case.prediction)
        compared = {
            "statements": findings.n_statements,
            "flags": [asdict(flag) for flag in findings.flags],
            "derived": [asdict(one) for one in findings.derived],
        }
        if not findings.n_statements:
            return score_without_content(case, compared)
        return Score(value=1 - findings.n_flagged / findings.n_statements, compared=compared)
