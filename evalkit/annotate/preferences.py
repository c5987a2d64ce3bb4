"""What people preferred: wins with intervals, how far people agree, and metrics with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

from evalkit.report.people import Judged, MetricAgreement, Person, Preferences
from evalkit.results import MetricFacts
from evalkit.stats.agreement import krippendorff_alpha
from evalkit.stats.comparisons import compare_family
from evalkit.stats.estimate import estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.analysis.run import Run
    from evalkit.annotate.exports import Export
    from evalkit.annotate.package import Key
    from evalkit.report.people import Choice
    from evalkit.results import Comparison
    from evalkit.stats.estimate import Values

METRIC = "preference"
_WORTH: Mapping[Choice, float] = {"a": 1.0, "b": 0.0, "both good": 0.5, "both bad": 0.5}
"""What a choice is worth to the output that was A."""
_MIRRORED: Mapping[Choice, Choice] = {
    "a": "b",
    "b": "a",
    "both good": "both good",
    "both bad": "both bad",
}


def evaluate(run: Run, key: Key, exports: Sequence[Export]) -> Preferences:
    """Return what people's judgements of a package say.

    Args:
        run: the run that the package was made of.
        key: of the package.
        exports: of that package, one for each person.
    """
    judged = tuple(_join(run, key, exports))
    first = [one for one in judged if not one.is_repeat]
    return Preferences(
        package=key.package,
        outputs=run.manifest.files.get("generations.jsonl", ""),
        kind=key.kind,
        comparisons=tuple(_compare(first, key)),
        answers=tuple(_count(first)),
        people=tuple(_person(export, key) for export in exports),
        alpha=krippendorff_alpha(_units(first)),
        metrics=tuple(_agreements(run, first, key)),
        n_identical=key.n_identical,
        n_unanswered=key.n_unanswered,
        judgements=judged,
    )


def _join(run: Run, key: Key, exports: Sequence[Export]) -> Iterator[Judged]:
    pairs = {pair.id: pair for pair in key.pairs}
    for export in exports:
        for judgement in export.judgements:
            pair = pairs[judgement.pair]
            better = {"a": pair.a, "b": pair.b}.get(judgement.choice, "")
            yield Judged(
                person=export.person,
                article=run.examples[pair.example].article_id,
                example=pair.example,
                a=pair.a,
                b=pair.b,
                choice=judgement.choice,
                better=better,
                is_repeat=bool(pair.mirrors),
                reasons=judgement.reasons,
                note=judgement.note,
            )


def _facts(name: str, key: Key) -> MetricFacts:
    return MetricFacts(
        name=name,
        kind=key.kind,
        step="article",
        maximum=1.0,
        better="higher",
        headline=True,
        signature=f"{name}|v1",
        n_planned=sum(not pair.mirrors for pair in key.pairs),
    )


def _systems(judged: Judged) -> tuple[str, str]:
    """Return the systems of a pair in an order that does not depend on the sides."""
    return min(judged.a, judged.b), max(judged.a, judged.b)


def _compare(judged: Sequence[Judged], key: Key) -> list[Comparison]:
    worth: dict[tuple[str, str], dict[str, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for one in judged:
        of_a = _WORTH[one.choice]
        pair = _systems(one)
        worth[pair][one.article][one.example].append(of_a if one.a == pair[0] else 1 - of_a)
    sides = {
        pair: (_means(values), _means(values, mirrored=True))
        for pair, values in sorted(worth.items())
    }
    return compare_family(_facts(METRIC, key), sides, among="the systems that people judged")


def _means(values: Mapping[str, Mapping[str, list[float]]], *, mirrored: bool = False) -> Values:
    """Return the mean over people of each example, or what is left of it for the other system."""
    return {
        article: {id_: 1 - fmean(v) if mirrored else fmean(v) for id_, v in by_example.items()}
        for article, by_example in values.items()
    }


def _count(judged: Sequence[Judged]) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in judged:
        found[_systems(one)][one.better or one.choice] += 1
    for (a, b), counts in sorted(found.items()):
        yield a, b, {name: counts[name] for name in (a, b, "both good", "both bad")}


def _person(export: Export, key: Key) -> Person:
    said = {judgement.pair: judgement.choice for judgement in export.judgements}
    repeats = [p for p in key.pairs if p.mirrors and {p.id, p.mirrors} <= said.keys()]
    return Person(
        name=export.person,
        n=len(said),
        n_repeated=len(repeats),
        n_same=sum(said[pair.id] == _MIRRORED[said[pair.mirrors]] for pair in repeats),
    )


def _units(judged: Sequence[Judged]) -> dict[str, list[list[str]]]:
    found: dict[str, dict[tuple[str, str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in judged:
        found[one.article][one.example, one.a, one.b].append(one.choice)
    return {article: list(units.values()) for article, units in found.items()}


def _agreements(run: Run, judged: Sequence[Judged], key: Key) -> Iterator[MetricAgreement]:
    values = {
        (s.metric, s.system, s.example): s.value
        for s in run.scores
        if s.value is not None and not s.sample
    }
    for facts in run.summary.metrics:
        if (facts.kind, facts.step) != (key.kind, "article") or facts.better == "neither":
            continue
        sign = 1 if facts.better == "higher" else -1
        found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for one in judged:
            sides = [values.get((facts.name, name, one.example)) for name in (one.a, one.b)]
            if not one.better or sides[0] is None or sides[1] is None:
                continue
            gap = sign * (sides[0] - sides[1]) * (1 if one.better == one.a else -1)
            place = "/".join((one.example, *_systems(one)))
            found[one.article][place].append(0.5 if gap == 0 else float(gap > 0))
        if found:
            made = estimate(_facts(f"agreement with {facts.name}", key), _means(found))
            yield MetricAgreement(metric=facts.name, estimate=made)
