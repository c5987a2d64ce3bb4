"""The two pages: each is one file that opens from disk, with no server and no network."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, get_args

import yaml
from markupsafe import Markup

from evalkit.annotate import drafts
from evalkit.annotate.package import texts_of
from evalkit.data.documents import unify_line_ends
from evalkit.data.references import DIFFICULTIES, TO_DO
from evalkit.language import LANGUAGES
from evalkit.records import QuestionType
from evalkit.report import html
from evalkit.report.labels import template as report_template
from evalkit.report.payload import embed
from evalkit.report.people import Choice, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.analysis.run import Run
    from evalkit.annotate.package import Key, Pair
    from evalkit.records import Article

_SCRIPTS = {"preferences": ("preferences.js",), "references": ("rules.js", "references.js")}


def preferences_page(run: Run, key: Key) -> str:
    """Return the page on which a person says which of two outputs is better.

    It holds articles, questions and texts, and nothing that names a system: nothing of the run's
    config, its scores or its name.

    Args:
        run: the run that the package was made of.
        key: of the package.
    """
    examples = [run.examples[pair.example] for pair in key.pairs]
    wanted = dict.fromkeys(example.article_id for example in examples)
    return _render(
        "preferences",
        {
            "package": key.package,
            "pairs": [_shown(run, pair) for pair in key.pairs],
            "articles": {
                id_: {"title": run.articles[id_].title, "text": run.articles[id_].text.strip()}
                for id_ in wanted
            },
            "choices": get_args(Choice),
            "reasons": get_args(Reason),
        },
    )


def references_page(articles: Sequence[Article]) -> str:
    """Return the page on which a person writes the references of articles.

    Args:
        articles: one or more; the page holds their texts as they were read.
    """
    return _render(
        "references",
        {
            "package": "references",
            "articles": [
                {
                    "id": article.id,
                    "title": article.title,
                    "hash": article.sha256[:16],
                    "text": unify_line_ends(article.text),  # as in a text area, to find quotes
                }
                for article in articles
            ],
            "rules": drafts.rules(),
            "types": get_args(QuestionType),
            "difficulties": DIFFICULTIES,
            "toDo": TO_DO,
        },
    )


def _shown(run: Run, pair: Pair) -> dict[str, Any]:
    example, (a, b) = run.examples[pair.example], texts_of(run, pair) or ("", "")
    return {
        "id": pair.id,
        "article": example.article_id,
        "task": example.task,
        "question": example.question,
        "characters": example.n_characters,
        "a": a,
        "b": b,
    }


def _render(name: str, content: Mapping[str, Any]) -> str:
    """Return the page of a template; `content` is what its script reads as `data`."""
    styles = Markup(report_template("report.css") + template("annotate.css"))  # noqa: S704 - our own
    own = ("work.js", *_SCRIPTS[name])
    script = Markup("\n".join((report_template("core.js"), *map(template, own))))  # noqa: S704 - our own files
    data = {"languages": list(LANGUAGES), "labels": labels(), **content}
    return (
        html.environment(template, html.Words(labels()))
        .get_template("page.html.jinja")
        .render(
            name=name,
            data=Markup(embed(data)),  # noqa: S704 - escaped there
            styles=styles,
            script=script,
            policy=html.policy(styles, script),
        )
    )


@cache
def labels() -> dict[str, list[str]]:
    """Return the words of the pages: key → one text for each of `LANGUAGES`."""
    found: dict[str, list[str]] = yaml.safe_load(template("labels.yaml"))
    return found


def template(name: str) -> str:
    """Return one of the files that the pages are made of."""
    return (files("evalkit.annotate") / "templates" / name).read_text(encoding="utf-8")
