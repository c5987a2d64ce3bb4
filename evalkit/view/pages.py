"""The pages of `evalkit view`: what each address shows, made anew each time from the runs."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

import yaml
from markupsafe import Markup

from evalkit import report
from evalkit.analysis.compatibility import notes
from evalkit.analysis.listing import list_runs
from evalkit.analysis.run import Run, load_all
from evalkit.analysis.trends import find_trends, same_examples
from evalkit.errors import EvalkitError
from evalkit.language import Language, fill, in_language, translate
from evalkit.records import model_of
from evalkit.report import html
from evalkit.report.labels import labels, template
from evalkit.report.trends import draw_trend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from urllib.parse import SplitResult

    from jinja2 import Environment

    from evalkit.analysis.listing import ListedRun

RELOAD_S: Final = 3
_FEWEST: Final = 2  # runs that can be compared


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """An answer: its status, the HTML, the policy for it, and when it is to be loaded again."""

    html: str
    status: int = 200
    policy: str = ""
    reload_s: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The pages of a folder of runs in one language; reports are kept until their run changes."""

    folder: Path
    language: Language
    _reports: dict[tuple[tuple[str, int], ...], str] = field(default_factory=dict)

    def page(self, address: str) -> Page:
        """Return the page of an address, such as `/run/quickstart`.

        A run is found by its name among those in the folder: no part of an address is a path.
        """
        try:
            return self._find(urlsplit(address), list_runs(self.folder))
        except EvalkitError as error:
            return self._message(str(error), HTTPStatus.CONFLICT)

    def _find(self, address: SplitResult, runs: Sequence[ListedRun]) -> Page:
        by_name = {run.folder.path.name: run for run in runs}
        if address.path == "/":
            return self._list(runs)
        if address.path == "/trends":
            return self._trends(runs)
        if address.path == "/compare":
            names = dict.fromkeys(parse_qs(address.query).get("run", ()))
            return self._compare([by_name[name] for name in names if name in by_name])
        if run := by_name.get(unquote(address.path.removeprefix("/run/"))):
            return self._run(run)
        return self._message(self._word("missing"), HTTPStatus.NOT_FOUND)

    def _list(self, runs: Sequence[ListedRun]) -> Page:
        metrics = dict.fromkeys(m for run in runs if run.summary for m in run.summary.headline())
        heading = self._word("title")
        return self._show("runs", heading, runs=runs, metrics=list(metrics), folder=self.folder)

    def _trends(self, listed: Sequence[ListedRun]) -> Page:
        runs = [
            Run(path=path, manifest=each.manifest, summary=each.summary, title=path.name)
            for each in listed
            if each.manifest and each.summary and (path := each.folder.path)
        ]
        groups = []
        for same in same_examples(runs):
            if found := find_trends(same):
                told = notes(same, [trend.metric for trend in found])
                said = [self._said(translate(note)) for note in told]
                groups.append((same, said, [(trend, draw_trend(trend)) for trend in found]))
        return self._show("trends", self._word("trends"), groups=groups)

    def _run(self, run: ListedRun) -> Page:
        if run.state == "running":
            return self._live(run)
        if run.summary is None:
            state = self._word(f"state.{run.state}")
            return self._message(self._word("unfinished", state=state), HTTPStatus.OK)
        return self._report([run])

    def _compare(self, runs: Sequence[ListedRun]) -> Page:
        if len(runs) < _FEWEST:
            return self._message(self._word("few"), HTTPStatus.BAD_REQUEST)
        return self._report(runs)

    def _live(self, run: ListedRun) -> Page:
        """Show how far a run has come; what it is writing may end in half a line."""
        counts = _count(run)
        done, total = (sum(count[key] for count in counts.values()) for key in ("done", "asked"))
        heading = self._word("live", run=run.folder.path.name, done=done, total=total)
        return self._show(
            "live",
            heading,
            reload_s=RELOAD_S,
            counts=counts,
            done=done,
            total=total,
            seconds=RELOAD_S,
        )

    def _report(self, runs: Sequence[ListedRun]) -> Page:
        """Show the report of one run or several, made from their data: a file may be anything."""
        paths = [run.folder.path for run in runs]
        key = tuple((path.name, (path / "summary.json").stat().st_mtime_ns) for path in paths)
        if key not in self._reports:
            html = report.render(".html", report.gather(load_all(paths)))
            self._reports[key] = html
        return Page(html=self._reports[key], policy="frame-ancestors 'none'")

    def _message(self, message: str, status: int) -> Page:
        return self._show("message", self._word("wrong"), status=status, message=message)

    def _show(
        self, name: str, heading: str, *, status: int = 200, reload_s: int = 0, **values: object
    ) -> Page:
        html = (
            _environment()
            .get_template(f"{name}.html.jinja")
            .render(
                language="zh-Hans" if self.language == "zh" else "en",
                heading=heading,
                styles=Markup(_styles()),  # noqa: S704 - our own files
                t=self._word,
                **values,
            )
        )
        return Page(html=html, status=status, policy=_policy(), reload_s=reload_s)

    def _word(self, key: str, **values: object) -> str:
        return fill(self._said(_words()[key]), values)

    def _said(self, words: Sequence[str]) -> str:
        return in_language(words, self.language)


def _count(run: ListedRun) -> dict[str, Counter[str]]:
    """Return how many requests each system has, and how many are answered or failed so far."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    states = {
        (model_of(generation.system), generation.key): generation.finish_reason == "error"
        for generation in run.folder.generations()
    }
    for request in run.folder.requests():
        count = counts[request.system]
        count["asked"] += 1
        if (failed := states.get((model_of(request.system), request.key))) is not None:
            count["failed" if failed else "done"] += 1
    return dict(counts)


@cache
def _words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(_template("words.yaml"))
    return found


@cache
def _styles() -> str:
    """Return the style sheets of a report and what these pages add."""
    return "\n".join((template("report.css"), template("charts.css"), _template("view.css")))


@cache
def _template(name: str) -> str:
    return (files("evalkit.view") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = html.environment(_template, html.Words(labels()))
    made.filters["number"] = lambda value: "–" if value is None else f"{value:.3f}"
    return made


@cache
def _policy() -> str:
    """Return a policy without scripts, under which only our own style sheet applies."""
    digest = base64.b64encode(hashlib.sha256(_styles().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
