"""The seams between rooms, one small Protocol each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.records import Case, Generation, Message, Request, Score, Task


class ChatTokenizer(Protocol):
    """A language model's tokenizer and chat template: needs no weights."""

    def encode(self, messages: Sequence[Message]) -> tuple[int, ...]:
        """Return the token ids of the rendered conversation, open for the assistant's turn."""
        ...

    def count(self, text: str) -> int:
        """Return the number of tokens in plain text, without special tokens."""
        ...


class Backend(Protocol):
    """A system that turns requests into generations."""

    @property
    def fingerprint(self) -> str:
        """All that changes this system's output, hashed."""
        ...

    def generate(self, requests: Sequence[Request], batch_size: int, /) -> Iterator[Generation]:
        """Yield one generation a request, each as soon as it ends, in any order.

        Requests that begin alike are best given in one call: what they share is read once, and
        `batch_size` of them at most are decoded together.

        Raises:
            OutOfMemoryError: they did not fit; those not yet yielded may be tried again.
        """
        ...


class Progress(Protocol):
    """Told how a run goes on; the only way anything below the command line reaches the screen."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage with so many steps; the one before it has ended."""
        ...

    def advance(self, n_new_tokens: int = 0) -> None:
        """Count one step of the stage, and the tokens it wrote."""
        ...

    def say(self, line: str) -> None:
        """Pass on one line that a person should read."""
        ...


class Segmenter(Protocol):
    """Splits text into the tokens that a metric counts."""

    @property
    def name(self) -> str:
        """The name that goes into signatures."""
        ...

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of a text, in order; empty for a text without any."""
        ...

    def sentences(self, text: str) -> list[list[str]]:
        """Return the tokens of each sentence that has any, in order."""
        ...


class Metric(Protocol):
    """Judges one prediction; pure, and safe to call from several processes."""

    @property
    def name(self) -> str:
        """The metric's name in the field, such as `rougeLsum`."""
        ...

    @property
    def task(self) -> Task:
        """The task whose predictions it judges."""
        ...

    @property
    def signature(self) -> str:
        """All that changes its number, such as `rougeL|seg:zhmix-1|refs:max|evalkit:0.1.0`."""
        ...

    def score(self, case: Case) -> Score:
        """Return the judgement of one case."""
        ...
