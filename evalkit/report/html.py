"""What all pages have in common: they open from disk, escape what they show and load nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from evalkit.language import LANGUAGES, fill, translate
from evalkit.values.visible import show_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a page, from a table of its labels: key → one text for each of `LANGUAGES`."""

    labels: Mapping[str, Sequence[str]]

    def label(self, key: str, **values: object) -> Markup:
        """Return words of our own, in English, that the script puts into the page's language."""
        shown = {name: show_hidden(str(value)) for name, value in values.items()}
        given = Markup(' data-v="{}"').format(json.dumps(shown)) if shown else Markup("")
        words = fill(self.labels[key][0], shown)
        return Markup('<span data-t="{}"{}>{}</span>').format(key, given, words)

    def hint(self, key: str) -> str:
        """Return words for an attribute, in English."""
        return self.labels[key][0]

    def word(self, family: str, name: str) -> Markup | str:
        """Return the words for a name of a family, such as a question type; the name without."""
        key = f"{family}.{name}"
        return self.label(key) if key in self.labels else name


def environment(load: Callable[[str], str], words: Words) -> Environment:
    """Return how templates are rendered, with everything escaped that is not markup of our own.

    Args:
        load: returns a template by its name.
        words: of the page, for `t`, `hint` and `word` in its templates.
    """
    made = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["languages"] = LANGUAGES
    made.globals["t"] = words.label
    made.globals["hint"] = words.hint
    made.globals["word"] = words.word
    made.globals["message"] = _message
    made.globals["said"] = said
    return made


def _show(value: object) -> object:
    """Make hidden characters visible in all that is not markup of our own."""
    return show_hidden(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _message(text: str) -> Markup:
    """Return a message of evalkit, that the script puts into the page's language."""
    return said(translate(text))


def said(words: Sequence[str]) -> Markup:
    """Return a text given in each of `LANGUAGES`, that the script puts into the page's language."""
    shown = [show_hidden(each) for each in words]
    return Markup('<span data-message="{}">{}</span>').format(json.dumps(shown), shown[0])


def policy(styles: str, script: str) -> str:
    """Return a policy under which only a page's own style and script run, and nothing loads."""
    return (
        f"default-src 'none'; style-src {_hash(styles)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
