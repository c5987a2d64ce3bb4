"""Renders Jinja templates into chat messages: the article first, then the task."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from evalkit.errors import InputError, Problem
from evalkit.records import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Template

    from evalkit.records import Example, Task

_PROBE: dict[Task, dict[str, Any]] = {
    "summary": {"article": "此处为文章", "n_characters": 100},
    "answer": {"article": "此处为文章", "question": "此处为问题"},
}
_NEEDED = ("article", "question")  # without these there is nothing to read, or nothing to do


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """A template that turns an article and an example into what the model reads."""

    file: str
    template: Template
    sha256: str

    def render(self, article: str, example: Example) -> str:
        """Return the text of the user's turn.

        Raises:
            InputError: the template breaks on these values.
        """
        return _render(self.template, {"article": article, **_task_values(example)}, self.file)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A worked example that is shown before the task: another article's, with its reference."""

    article: str
    example: Example


def load(folder: Path, task: Task, name: str) -> Prompt:
    """Return the template `<folder>/<task>/<name>.jinja`.

    Raises:
        InputError: it is missing, malformed, uses a variable that its task does not have, or leaves
            out the article or the question.
    """
    file = folder / task / f"{name}.jinja"
    try:
        source = file.read_text(encoding="utf-8")
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise InputError([Problem(file=str(file), what=what, remedy="check the path")]) from None
    except UnicodeDecodeError:
        problem = Problem(file=str(file), what="is not UTF-8", remedy="save it as UTF-8")
        raise InputError([problem]) from None
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        template = environment.from_string(source)
    except TemplateSyntaxError as error:
        what = f"is no valid template ({error})"
        raise InputError([Problem(file=str(file), line=error.lineno, what=what)]) from None
    probe = _PROBE[task]
    text = _render(template, probe, str(file))
    if lost := [name for name in _NEEDED if name in probe and probe[name] not in text]:
        what = f"leaves out {' and '.join(lost)}"
        remedy = f"write {' and '.join(f'{{{{ {name} }}}}' for name in lost)}"
        raise InputError([Problem(file=str(file), what=what, remedy=remedy)])
    digest = hashlib.sha256(source.encode()).hexdigest()
    return Prompt(file=str(file), template=template, sha256=digest)


def _render(template: Template, values: Mapping[str, Any], file: str) -> str:
    try:
        return template.render(values)
    except Exception as error:  # noqa: BLE001 - a template can compute, and so raise, anything
        what = f"is no valid template ({error or type(error).__name__})"
        remedy = f"its variables: {', '.join(values)}"
        raise InputError([Problem(file=file, what=what, remedy=remedy)]) from None


def messages(
    prompt: Prompt, article: str, example: Example, shots: tuple[Shot, ...] = ()
) -> tuple[Message, ...]:
    """Return the conversation: each shot as one exchange, then the task itself."""
    turns: list[Message] = []
    for shot in shots:
        turns += [
            Message(role="user", content=prompt.render(shot.article, shot.example)),
            Message(role="assistant", content=shot.example.references[0]),
        ]
    return (*turns, Message(role="user", content=prompt.render(article, example)))


def _task_values(example: Example) -> dict[str, Any]:
    if example.question is not None:
        return {"question": example.question.question}
    return {"n_characters": example.n_characters}
