"""Renders Jinja templates into chat messages: the article first, then the task."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from evalkit.config.files import read_bytes
from evalkit.config.time_limit import time_limit
from evalkit.errors import refusal, unreadable
from evalkit.records import Message
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Template
    from jinja2.runtime import Context

    from evalkit.prompts.few_shot import Shot
    from evalkit.records import Example, Kind, Task

_PROBE: dict[Kind, dict[str, Any]] = {
    "summary": {"article": "此处为文章", "n_characters": 100, "question": ""},
    "answer": {"article": "此处为文章", "question": "此处为问题"},
}
"""The variables that a template of each kind of task may use, with values to try it on.

A summary has a question only where it has a focus, so its template is tried on none.
"""
DEFAULTS = Path(__file__).with_name("defaults")
"""The folder of the templates that come with evalkit."""
_SECONDS = 5.0  # for a template
_MOST_GROWTH = 1_000_000  # characters that a template may add to its values
_MOST_REPEATED = 1_000_000  # of an operand of `*`
_NEEDED = ("article", "question")  # without these there is nothing to read, or nothing to do


class _Environment(SandboxedEnvironment):
    """A sandbox in which no product grows beyond bounds."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any values
        """Return a product; powers, and products of long sequences, are not needed."""
        sizes = [len(side) for side in (left, right) if isinstance(side, str | list | tuple)]
        times = [side for side in (left, right) if isinstance(side, int)]
        if operator == "**" or (sizes and times and sizes[0] * times[0] > _MOST_REPEATED):
            message = f"`{operator}` is not allowed here"
            raise SecurityError(message)
        return super().call_binop(context, operator, left, right)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """A template that turns an article and an example into what the model reads."""

    file: str
    template: Template
    sha256: str

    def render(self, article: str, example: Example) -> str:
        """Return the text of the user's turn.

        Raises:
            InputError: the template breaks on these values, or leaves out the focus of a summary.
        """
        names = [name for name in _PROBE[example.kind] if name != "article"]
        values = {"article": article} | {name: getattr(example, name) for name in names}
        text = _render(self.template, values, self.file)
        if example.kind == "summary" and example.question not in text:
            remedy = "write {{ question }} where the focus belongs"
            raise refusal(self.file, "missing", "leaves out question", remedy)
        return text


def load(folder: Path, task: Task, wording: str) -> Prompt:
    """Return the template `<folder>/<prompts of the task>/<wording>.jinja`.

    Raises:
        InputError: it is missing, malformed, uses a variable that its kind of task does not have,
            or leaves out the article or the question.
    """
    file = folder / task.prompts / f"{wording}.jinja"
    source = _read(file)
    environment = _Environment(undefined=StrictUndefined, autoescape=False)
    try:
        template = environment.from_string(source)
    except TemplateSyntaxError as error:
        what = f"is not a valid template ({error})"
        raise refusal(file, "malformed", what, line=error.lineno) from None
    probe = _PROBE[task.kind]
    text = _render(template, probe, str(file))
    if missing := [name for name in _NEEDED if name in probe and probe[name] not in text]:
        remedy = f"write {' and '.join(f'{{{{ {name} }}}}' for name in missing)}"
        raise refusal(file, "missing", f"leaves out {' and '.join(missing)}", remedy)
    return Prompt(file=str(file), template=template, sha256=hash_text(source))


def _read(file: Path) -> str:
    try:
        return read_bytes(file).decode()
    except FileNotFoundError:
        default = file.with_name("default.jinja")
        other = default if default != file else "the default.jinja of another task"
        remedy = f"copy {other} there and edit the copy"
        if file.is_relative_to(DEFAULTS):  # which belongs to evalkit
            remedy = "set `prompts.folder` to one of your own: `evalkit init FOLDER` writes it"
        raise refusal(file, "missing", "does not exist", remedy) from None
    except OSError as error:
        raise unreadable(file, error) from None
    except UnicodeDecodeError:
        raise refusal(file, "not-text", "is not UTF-8", "save it as UTF-8") from None


def _bounded(text: str, values: Mapping[str, Any]) -> str:
    if len(text) > _MOST_GROWTH + 10 * sum(len(str(value)) for value in values.values()):
        message = f"it writes {len(text):,} characters"
        raise ValueError(message)
    return text


def _render(template: Template, values: Mapping[str, Any], file: str) -> str:
    try:
        with time_limit(_SECONDS):
            return _bounded(template.render(values), values)
    except Exception as error:  # noqa: BLE001 - a template can compute, and so raise, anything
        what = f"is not a valid template ({error or type(error).__name__})"
        remedy = f"its variables: {', '.join(values)}"
        raise refusal(file, "malformed", what, remedy) from None


def messages(
    prompt: Prompt, article: str, example: Example, shots: Sequence[Shot] = ()
) -> tuple[Message, ...]:
    """Return the conversation: each worked example as one exchange, then the task itself."""
    turns: list[Message] = []
    for shot in shots:
        turns += [
            Message(role="user", content=prompt.render(shot.article, shot.example)),
            Message(role="assistant", content=shot.example.references[0]),
        ]
    return (*turns, Message(role="user", content=prompt.render(article, example)))
