"""Which figure of a list belongs to which thing: 茶油和蜂蜜分别销售6400万元、2100万元."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.metrics.facts.comparing import are_alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.metrics.facts.figures import Figure
    from evalkit.metrics.facts.splitting import Clause

    Span = tuple[int, int]

_RESPECTIVELY = re.compile("分别|依次")
_JOINT = re.compile("[、和与及]")


def told_apart(text: str, clause: Clause, figures: Sequence[Figure]) -> list[tuple[Span, Span]]:
    """Return for each figure of a clause where it says of what it is, and what is said of all.

    Empty where it names as many things as figures nowhere.

    Args:
        text: folded.
        clause: of the text.
        figures: those of the clause, in order.
    """
    word = _RESPECTIVELY.search(text, clause.start, clause.end)
    if word is None or len(figures) < 2 or figures[0].start < word.end():  # noqa: PLR2004 - a list
        return []
    joints = [joint.start() for joint in _JOINT.finditer(text, clause.start, word.start())]
    things = zip([clause.start, *(at + 1 for at in joints)], [*joints, word.start()], strict=True)
    alike = all(are_alike(figures[0], figure) for figure in figures)
    if not alike or len(joints) + 1 != len(figures):
        return []
    return [(thing, (word.end(), figures[0].start)) for thing in things]
