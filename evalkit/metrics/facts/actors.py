"""Who does something to whom: 海川队战胜北岭队 is not 北岭队战胜海川队."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.metrics.facts.document import pairs
from evalkit.values.patterns import compile_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.metrics.facts.document import Document

_ACTS = """
    击败 战胜 打败 力克 力压 险胜 完胜 横扫 逆转 大胜 轻取 淘汰 超过 超越 反超 领先 高于 多于
    收购 并购 起诉 控告 指责 批评
"""
_SUFFERS = "不敌 负于 输给 败给 惜败于 惜败给 落后于 低于 少于 逊于"
_VERB = re.compile(
    f"(?:被(?P<by>[^,;。被]{{1,16}}?))?(?P<act>{compile_words(_ACTS).pattern})"
    f"|(?P<suffer>{compile_words(_SUFFERS).pattern})"
)

_JOINT, _DIGIT = re.compile("[、和与及同跟]"), re.compile("[0-9]")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Deed:
    """The words for who does something and to whom, and the clause that says so."""

    actor: frozenset[str]
    target: frozenset[str]
    clause: int


def is_inverted(clause: str, other: str) -> bool:
    """Return whether two clauses have the same two things before and behind the same words.

    >>> is_inverted("第二盘秦岚3比0完胜赵清扬", "北岭队赵清扬3比0完胜秦岚")
    True
    """
    runs = _common_runs(clause, other)
    for one, between, two in zip(runs, runs[1:], runs[2:], strict=False):
        texts = [clause[start:end] for start, end in (one, between, two)]
        first, middle, last = texts
        named = pairs(first) and pairs(last) and not _DIGIT.search(first + last)
        apart = one[1] == between[0] and between[1] == two[0] and not _JOINT.search(middle)
        if named and apart and f"{last}{middle}{first}" in other:
            return True
    return False


def _common_runs(clause: str, other: str) -> list[tuple[int, int]]:
    """Return the places of what a clause has in common with another one, the longest from each."""
    found, start = [], 0
    while start < len(clause):
        end = start + 1
        while end < len(clause) and clause[start : end + 1] in other:
            end += 1
        if end - start > 1:
            found.append((start, end))
        start = end
    return found


class Actors:
    """Who does what to whom in an article."""

    def __init__(self, article: Document) -> None:
        """Find it in a document."""
        self._deeds = [deed for i in range(len(article.clauses)) for deed in _deeds(article, i)]
        self._by_word: dict[str, set[int]] = defaultdict(set)
        for number, deed in enumerate(self._deeds):
            for word in deed.actor ^ deed.target:
                self._by_word[word].add(number)

    def exchanged(self, summary: Document, number: int) -> int | None:
        """Return the clause of the article that has actor and target the other way, if one has.

        None as well where another one has them as the clause of the summary.

        >>> from evalkit.metrics.facts.document import Document
        >>> article = Document("海川队战胜北岭队。", possible=True)
        >>> Actors(article).exchanged(Document("北岭队战胜海川队。", possible=False), 0)
        0
        """
        for ours in _deeds(summary, number):
            places = {i for word in ours.actor | ours.target for i in self._by_word.get(word, ())}
            known = [self._deeds[i] for i in sorted(places)]
            turned = [theirs for theirs in known if _agree(ours.target, ours.actor, theirs)]
            if turned and not any(_agree(ours.actor, ours.target, theirs) for theirs in known):
                return turned[0].clause
        return None


def _agree(actor: frozenset[str], target: frozenset[str], deed: _Deed) -> bool:
    """Return whether words name the actor and the target of a deed, rather than the other."""
    acts, suffers = deed.actor - deed.target, deed.target - deed.actor
    return len(actor & acts) > len(actor & suffers) and len(target & suffers) > len(target & acts)


def _deeds(document: Document, number: int) -> Iterator[_Deed]:
    text = document.clauses[number].text
    for verb in _VERB.finditer(text):
        behind, before = pairs(text[verb.end() :]), pairs(text[: verb.start()])
        before = before or pairs(document.before(number))
        if verb["by"]:
            actor, target = pairs(verb["by"]), [*before, *behind]
        else:
            actor, target = (behind, before) if verb["suffer"] else (before, behind)
        if actor and target:
            yield _Deed(actor=frozenset(actor), target=frozenset(target), clause=number)
