"""How a summary and its article say different things of the same: sides, directions, plans, no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evalkit.metrics.facts.comparing import contradicts_side
from evalkit.metrics.facts.document import BLANK, pairs
from evalkit.values import claims, negation
from evalkit.values.extents import has_exclusive, is_of_all, may_be_of_all
from evalkit.values.opposites import find_opposites

if TYPE_CHECKING:
    from evalkit.metrics.facts.aligned import Aligned
    from evalkit.metrics.facts.document import Document, Mention

Difference = Literal[
    "other side",  # 不足 for 超过
    "other direction",  # 减少 for 增长
    "opposite",  # 免职 for 提拔
    "only planned",  # the article has it as a goal
    "still going on",  # the article has it as not done yet
    "other extent",  # 全省 for 全市, 每周 for 每月
    "negated",  # denied by one of the two alone
]
_NEARBY = 2  # clauses of a sentence on either side
_SURELY = 2  # pairs that a denial further away must have
_BEFORE = 10  # characters before a figure that may say whether it rose


def differs_in_figure(
    summary: Document, mention: Mention, article: Document, stated: Mention, *, exact: bool
) -> Difference | None:
    """Return how something else is said of a figure that both have, if it is.

    Args:
        summary: what is checked.
        mention: its figure.
        article: what it is checked against.
        stated: the same figure there.
        exact: whether it stands there as it is, not rounded.
    """
    ours, theirs = _words(summary, mention), _words(article, stated)
    directions = {_direction(summary, mention), _direction(article, stated)}
    said = _in_sentence(summary, mention.clause)
    done = claims.is_done("".join(said)) or summary.text[mention.figure.start - 1] == "了"
    wrong: dict[Difference, bool] = {
        "other side": exact and contradicts_side(mention.figure, stated.figure),
        "other direction": directions == {1, -1},
        "opposite": find_opposites(ours, theirs) is not None,
        "only planned": done
        and _is_planned(article, stated.clause)
        and said != _in_sentence(article, stated.clause)
        and not claims.may_be_planned(*said),
    }
    return next((name for name, holds in wrong.items() if holds), None)


def differs_in_words(clause: Aligned, article: Document, same: int) -> Difference | None:
    """Return how a clause says something else than the article's clause of the same, if it does.

    Figures say more exactly what opposites, directions and plans are of: they are compared there.

    Args:
        clause: of a summary.
        article: what it is checked against.
        same: the number of the clause there.
    """
    text, theirs = clause.text, article.clauses[same].text
    figures = clause.figures
    done = claims.is_done(text) and not claims.is_done(theirs)
    done = done and not claims.may_be_planned("", text)
    wrong: dict[Difference, bool] = {
        "negated": is_negated(text, article, same),
        "other extent": has_other_extent(text, article, same) or is_whole(text, article, same),
        "other direction": not figures and claims.opposite_direction(text, theirs),
        "opposite": len(figures) <= 1 and is_opposite(text, article, same),
        "only planned": done and not figures and _is_planned(article, same),
        "still going on": done and _goes_on(text, article, same),
    }
    return next((name for name, holds in wrong.items() if holds), None)


def _words(document: Document, mention: Mention) -> str:
    return document.text[mention.start : mention.end]


def _direction(document: Document, mention: Mention) -> int:
    clause, figure = document.clauses[mention.clause], mention.figure
    before = document.text[max(clause.start, figure.start - _BEFORE) : figure.start]
    return claims.direction(before, document.text[figure.end : clause.end])


def _in_sentence(document: Document, clause: int) -> tuple[str, str]:
    return document.before(clause), document.clauses[clause].text


def _is_planned(article: Document, clause: int) -> bool:
    return claims.is_still_planned(*_in_sentence(article, clause))


def has_other_extent(text: str, article: Document, same: int) -> bool:
    """Return whether a clause of a summary says how far, how often or how much otherwise."""
    around = ",".join(article.clauses[i].text for i in article.around(same, 1, 1))
    theirs = around.replace(BLANK, "")
    return has_exclusive(text, theirs, article.clauses[same].text)


def is_whole(text: str, article: Document, same: int) -> bool:
    """Return whether a clause of a summary says of all what the article does not say of all."""
    if not is_of_all(text) or claims.may_be_planned("", text):
        return False
    around = article.around(same, _NEARBY, _NEARBY)
    return not any(may_be_of_all(article.clauses[i].text) for i in around)


def is_opposite(text: str, article: Document, same: int) -> bool:
    """Return whether the article's clause, or that and the next one, say the opposite of a word."""
    clauses = [article.clauses[i].text for i in article.around(same, 0, 1)]
    return any(find_opposites(text, theirs) for theirs in (clauses[0], ",".join(clauses)))


def is_negated(text: str, article: Document, same: int) -> bool:
    """Return whether a clause of a summary or the article's of the same denies what both say."""
    around = ",".join(article.clauses[i].text for i in article.around(same, 1, 1))
    denied = {pair for words in negation.around_negation(around, _BEFORE) for pair in pairs(words)}
    said, theirs = set(pairs(text)), article.clauses[same].text
    if not negation.denies(text) and any(
        len(said & set(pairs(words))) >= _SURELY for words in negation.after_refusal(theirs)
    ):
        return True
    if negation.is_contrast(around):
        return False
    if ours := negation.after_negation(text):
        stated = set(pairs(around))
        return any(stated & set(pairs(words)) and not denied & set(pairs(words)) for words in ours)
    return any(said & set(pairs(words)) for words in negation.after_negation(theirs))


def _goes_on(text: str, article: Document, same: int) -> bool:
    """Return whether the article says that what a clause has as done still goes on."""
    said = set(pairs(text))
    around = article.around(same, 1, 1)
    return any(
        said & set(pairs(words))
        for theirs in (article.clauses[i].text for i in around)
        if not claims.is_done(theirs)
        for words in claims.after_ongoing(theirs)
    )
