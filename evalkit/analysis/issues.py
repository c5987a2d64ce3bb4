"""What is wrong with outputs, by rules: what a person should look at first."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from evalkit.data.references import ABSTENTION
from evalkit.metrics.extraction import judge
from evalkit.results import IssueCount, Status
from evalkit.stats.output_issues import output_issues
from evalkit.values.abstention import is_abstention
from evalkit.values.form import read_answer
from evalkit.values.question import ask
from evalkit.values.reading import ValueKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evalkit.records import (
        Example,
        Generation,
        Kind,
        Place,
        PlannedRequest,
        ScoreLine,
        StepName,
    )
    from evalkit.results import Issue

Judged = dict["Issue", bool]
"""The issues that an output could have, and whether it has them."""

STATUS: tuple[Status, ...] = get_args(Status)
ANSWER_ERRORS: tuple[Issue, ...] = (
    "invented",
    "declined",
    "in_sentence",
    "wrong_value",
    "wrong_other",
)
"""Those of an answer that `em` calls wrong: it has just one of them."""
VALUE_RULES = frozenset({*get_args(ValueKind), "yesno"})
"""The rules that decide between values, and not between names or phrases."""
REPEATED = 0.2
"""The share of a text that it has had before, from which on it repeats itself; the references in
this repository have no such stretch at all."""
LENGTHS = (0.5, 2.0)
"""How much of the length that was asked for a summary has at least and at most."""
FOREIGN = 8
"""Letters of another language that a text has at least before it is in that language."""
_LEAST_REPEATED = 8  # characters; shorter ones recur in any text
_WRONG: tuple[Issue, ...] = ("wrong_value", "wrong_other")
_SENTENCE_ENDS = re.compile(r"[。！？!?；;\n]")
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHINESE, _WORD = re.compile(f"[{_HAN}]"), re.compile(rf"[^\W\d_{_HAN}]+")


def find_issues(
    *,
    requests: Iterable[PlannedRequest],
    examples: Mapping[str, Example],
    articles: Mapping[str, str],
    generations: Mapping[Place, Generation],
    scores: Iterable[ScoreLine],
) -> dict[Place, Judged]:
    """Return the issues that each output could have, and whether it has them.

    A right answer has none but those of its generation.

    Args:
        requests: what was asked, sample by sample.
        examples: by id.
        articles: the text of each, by id.
        generations: by system, example and sample.
        scores: of the metrics; those of `em` and `em_extracted` tell how an answer is wrong.
    """
    found: dict[Place, Judged] = {}
    known: dict[tuple[tuple[Issue, bool], ...], Judged] = {}  # few differ, so that outputs share
    summaries: list[Place] = []
    by_place = _scores(scores)
    for request in requests:
        place = (request.system, request.example, request.sample)
        generation = generations.get(place)
        issues = output_issues(generation, problem=request.problem)
        judged: Judged = {name: name in issues for name in STATUS}
        if generation and generation.is_answer and (text := generation.prediction.strip()):
            example = examples[request.example]
            article = articles.get(example.article_id, "")
            if example.kind == "summary":
                judged |= _of_text(text, article) | _of_summary(text, example, article)
                summaries.append(place)
            else:
                judged |= _of_answer(text, example, article, by_place.get(place, {}))
        found[place] = known.setdefault(tuple(judged.items()), judged)
    for place, again in _same_texts(summaries, examples, generations):
        judged = found[place] | {"same_text": again}
        found[place] = known.setdefault(tuple(judged.items()), judged)
    return found


def name_issues(found: Mapping[Place, Judged]) -> dict[Place, tuple[Issue, ...]]:
    """Return the issues of each output that has any.

    >>> name_issues({("qwen", "q1", 0): {"empty": False, "truncated": True}})
    {('qwen', 'q1', 0): ('truncated',)}
    """
    named = (
        (place, tuple(name for name, has in judged.items() if has))
        for place, judged in found.items()
    )
    return {place: issues for place, issues in named if issues}


def count_issues(
    found: Mapping[Place, Judged], examples: Mapping[str, Example]
) -> tuple[IssueCount, ...]:
    """Return how many outputs have which issue, for each system, step and task, in their order."""
    n: Counter[tuple[str, Kind, StepName, str, Issue]] = Counter()
    n_of: Counter[tuple[str, Kind, StepName, str, Issue]] = Counter()
    for (system, id_, _), judged in found.items():
        example = examples[id_]
        for issue, has in judged.items():
            key = (system, example.kind, example.step, example.task, issue)
            n[key] += has
            n_of[key] += 1
    return tuple(
        IssueCount(
            system=system, kind=kind, step=step, task=task, issue=issue, n=n[key], n_of=count
        )
        for key, count in n_of.items()
        for system, kind, step, task, issue in [key]
    )


def find_repeats(text: str) -> list[tuple[int, int]]:
    """Return the stretches of a text, of eight characters or more, that it has had before.

    >>> find_repeats("创客在襄阳举办活动。创客在襄阳举办活动。")
    [(10, 20)]
    """
    first: dict[str, int] = {}
    found: list[tuple[int, int]] = []
    at = n_seen = 0
    while at + _LEAST_REPEATED <= len(text):
        for start in range(n_seen, at):
            first.setdefault(text[start : start + _LEAST_REPEATED], start)
        n_seen = at
        before = first.get(text[at : at + _LEAST_REPEATED])
        if before is None:
            at += 1
            continue
        end = at + _LEAST_REPEATED
        while end < len(text) and text[end] == text[before + end - at]:
            end += 1
        found.append((at, end))
        at = end
    return found


def _of_text(text: str, read: str) -> Judged:
    n_repeated = sum(end - start for start, end in find_repeats(text))
    return {
        "repeats": n_repeated >= REPEATED * len(text),
        "other_language": _is_foreign(text, read),
    }


def _of_summary(text: str, example: Example, article: str) -> Judged:
    bare = _bare(article)
    found: Judged = {"copied": all(piece in bare for piece in _sentences(text))}
    if example.n_characters:
        share = len("".join(text.split())) / example.n_characters
        found["off_length"] = not LENGTHS[0] <= share <= LENGTHS[1]
    return found


def _of_answer(
    text: str, example: Example, article: str, scores: Mapping[str, ScoreLine]
) -> Judged:
    em, extracted = scores.get("em"), scores.get("em_extracted")
    found = _of_question(text, example) if example.step == "article" else {}
    if em and em.value:
        return found | dict.fromkeys(("repeats", "other_language", *_WRONG), False)
    found |= _of_text(text, f"{article} {example.question}")
    if em and extracted:
        found["in_sentence"] = bool(extracted.value)
    if em:
        others = any(found.get(name) for name in ANSWER_ERRORS)
        is_value = em.rule in VALUE_RULES
        found |= {"wrong_value": is_value and not others, "wrong_other": not (is_value or others)}
    return found


def _of_question(text: str, example: Example) -> Judged:
    """Return whether an answer invents what the article does not tell, or declines what it does."""
    question = ask(example.question, example.unit, type=example.type, ordered=example.ordered)
    untold = any(is_abstention(read_answer(r).plain, question) for r in example.references)
    abstains = judge(text, ABSTENTION, question).matched
    return {"invented": not abstains} if untold else {"declined": abstains}


def _is_foreign(text: str, read: str) -> bool:
    """Return whether most of a text is in another language, though what it answers is Chinese.

    Words that it read, such as the name of a product, are of no language.
    """
    known = set(_WORD.findall(read.casefold()))
    foreign = sum(len(word) for word in _WORD.findall(text.casefold()) if word not in known)
    if foreign < max(FOREIGN, len(_CHINESE.findall(text)) + 1):
        return False
    return len(_CHINESE.findall(read)) > sum(map(len, known))


def _same_texts(
    summaries: Iterable[Place],
    examples: Mapping[str, Example],
    generations: Mapping[Place, Generation],
) -> Iterator[tuple[Place, bool]]:
    """Yield whether each summary says no sentence that a shorter one of the article has not."""
    by_article: dict[tuple[str, str, int], list[Place]] = defaultdict(list)
    for place in summaries:
        system, id_, sample = place
        example = examples[id_]
        if example.n_characters and not example.question:
            by_article[system, example.article_id, sample].append(place)
    for places in by_article.values():
        shortest, *longer = sorted(places, key=lambda place: examples[place[1]].n_characters)
        before = [_bare(generations[shortest].prediction)]
        for place in longer:
            text = generations[place].prediction
            pieces = _sentences(text)
            yield place, any(all(piece in other for piece in pieces) for other in before)
            before.append(_bare(text))


def _scores(lines: Iterable[ScoreLine]) -> dict[Place, dict[str, ScoreLine]]:
    found: dict[Place, dict[str, ScoreLine]] = defaultdict(dict)
    for line in lines:
        if line.metric in {"em", "em_extracted"}:
            found[line.system, line.example, line.sample][line.metric] = line
    return found


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text without punctuation, and without the numbers of a list."""
    pieces = (_bare(piece).lstrip("0123456789") for piece in _SENTENCE_ENDS.split(text))
    return [piece for piece in pieces if piece]


@lru_cache(maxsize=64)
def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))
