"""Finished runs, read back to be set side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from evalkit import metrics
from evalkit.errors import InputError, Problem, StoreError
from evalkit.stats.summarise import Measure
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.records import ExampleScore
    from evalkit.results import Summary, SystemSummary

_MADE_OF = {
    "articles": "run both on the same articles",
    "references": "score both again with the same references: python -m evalkit rescore",
    "prompts": "run both with the same templates",
}
REMEDY = "name the folder of a run, such as runs/quickstart"
_ASKED = ("tasks", "few_shot", "shorten")  # parts of a config that change what systems are asked
_DRAWN = ("seed",)  # those that do so where there are worked examples to draw


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What a finished run left, its systems named so that no two runs share a name."""

    path: Path
    manifest: Mapping[str, Any]
    summary: Summary
    scores: tuple[ExampleScore, ...]

    @property
    def systems(self) -> tuple[SystemSummary, ...]:
        """All systems of the run but people, who are the same in every run."""
        return tuple(system for system in self.summary.systems if system.role != "ceiling")

    def measure(self, metric: str) -> Measure:
        """Return what statistics must know of a metric of this run."""
        known = metric in metrics.available()
        found = [e for system in self.summary.systems for e in system.estimates]
        return Measure(
            name=metric,
            n_planned=max((e.n_planned for e in found if e.metric == metric), default=0),
            top=metrics.entry(metric).top if known else 1.0,
            better=metrics.entry(metric).better if known else "higher",
        )


def read(path: Path) -> Run:
    """Return a finished run.

    Raises:
        InputError: the folder holds none, or what it holds cannot be read, or is not finished.
    """
    folder = RunFolder(path=path)
    try:
        found = Run(
            path=path,
            manifest=folder.manifest(),
            summary=folder.summary(),
            scores=tuple(folder.scores()),
        )
    except StoreError as error:
        what = f"holds no finished run ({error})"
        raise InputError([Problem(file=str(path), what=what, remedy=REMEDY)]) from None
    if not found.manifest.get("config"):
        problem = Problem(file=str(path / "manifest.json"), what="is missing", remedy=REMEDY)
        raise InputError([problem])
    status = found.manifest["status"]
    if status != found.summary.status:
        what = f"is {status}: its results are not those of all that it holds now"
        remedy = "wait for it, or give its command again"
        raise InputError([Problem(file=str(path), what=what, remedy=remedy)])
    return found


def read_all(paths: Iterable[Path]) -> list[Run]:
    """Return finished runs, a system that several of them have named `<run>/<system>`.

    Raises:
        InputError: some are no finished runs; with every problem.
    """
    problems: list[Problem] = []
    found: list[Run] = []
    for path in dict.fromkeys(path.resolve() for path in paths):
        try:
            found.append(read(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    n_runs = Counter(system.name for run in found for system in run.systems)
    return [_rename(run, title, n_runs) for run, title in zip(found, _titles(found), strict=True)]


def _titles(runs: Sequence[Run]) -> list[str]:
    """Return each run's name, or as much of its path as it takes to tell the runs apart."""
    depths = range(1, 1 + max((len(run.path.parts) for run in runs), default=1))
    candidates = (["/".join(run.path.parts[-depth:]) for run in runs] for depth in depths)
    return next(titles for titles in candidates if len(set(titles)) == len(runs))


def _rename(run: Run, title: str, n_runs: Mapping[str, int]) -> Run:
    names = {s.name: f"{title}/{s.name}" for s in run.systems if n_runs[s.name] > 1}
    systems = tuple(replace(s, name=names.get(s.name, s.name)) for s in run.summary.systems)
    return replace(
        run,
        summary=replace(run.summary, systems=systems),
        scores=tuple(replace(s, model=names.get(s.model, s.model)) for s in run.scores),
    )


def obstacles(runs: Sequence[Run], chosen: Sequence[str]) -> list[Problem]:
    """Return every reason why runs may not be compared on the chosen metrics; none for one run."""
    first, *others = runs
    return [
        Problem(file=str(other.path), key=key, what=what, remedy=remedy)
        for other in others
        for key, what, remedy in _differences(first, other, chosen)
    ]


def _differences(first: Run, other: Run, chosen: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for key, remedy in _MADE_OF.items():
        ours, theirs = (_hashes(run, key, chosen) for run in (first, other))
        if not ours or not theirs:
            yield key, "not written down by the evalkit that made one of the runs", remedy
        elif ours != theirs:
            changed = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
            yield key, f"not those of {first.path}: {_some(sorted(changed))}", remedy
    few_shot = first.manifest["config"].get("few_shot")
    for key in (*_ASKED, *(_DRAWN if few_shot else ())):
        if first.manifest["config"].get(key) != other.manifest["config"].get(key):
            what = f"not as in the config of {first.path}"
            yield f"config.{key}", what, "run both with the same value"
    for metric in chosen:
        mine, its = first.summary.signatures.get(metric), other.summary.signatures.get(metric)
        if mine != its:
            what = f"{its or 'not measured'} here, {mine or 'not measured'} in {first.path}"
            yield f"signatures.{metric}", what, "score both again: python -m evalkit rescore"


def _hashes(run: Run, key: str, chosen: Sequence[str]) -> dict[str, str]:
    """Return what a run is made of; of its prompts, those that the chosen metrics judge."""
    found: dict[str, str] = run.manifest.get(key, {})
    if key != "prompts":
        return found
    tasks = {metrics.entry(name).task for name in chosen if name in metrics.available()}
    return {task: digest for task, digest in found.items() if task in tasks}


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"  # noqa: PLR2004 - as shown


def unknown(option: str, word: str, known: Sequence[str]) -> Problem:
    """Return the problem of a word that an option does not know, with the nearest that it does."""
    near = get_close_matches(word, known, n=1)
    remedy = f"did you mean `{near[0]}`?" if near else f"choose from {', '.join(known)}"
    return Problem(file=option, what=f"`{word}` is not in these runs", remedy=remedy)
