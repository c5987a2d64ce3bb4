"""The seams between packages, one small Protocol each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from evalkit.records import (
        Case,
        Generation,
        Kind,
        Message,
        NothingToScore,
        Request,
        Role,
        Score,
    )


class TokenBudget(Protocol):
    """What a provider can read, counted in its own tokens."""

    @property
    def limit(self) -> int:
        """How many tokens prompt and generation may have together."""
        ...

    def counts(self, conversations: Sequence[Sequence[Message]]) -> list[int]:
        """Return the number of tokens of each rendered conversation."""
        ...

    def count_text(self, text: str) -> int:
        """Return the number of tokens of plain text, without special tokens."""
        ...


class Session(Protocol):
    """A provider that can generate now: weights loaded, server probed, workers up."""

    @property
    def facts(self) -> Mapping[str, object]:
        """What the manifest records, such as device, dtype and attention path."""
        ...

    def generate(self, requests: Sequence[Request]) -> Iterator[Generation]:
        """Yield one generation per request, each as soon as it ends, in any order.

        A request that fails yields a generation with `finish_reason` "error" and the reason, one
        that a content filter refuses "refused".
        Requests that begin alike are best given in one call: what they share is read once.

        Raises:
            ProviderError: no request can succeed any more; what was yielded before stands.
        """
        ...


class ContinuingSession(Session, Protocol):
    """A session that can begin what it is asked next before it has answered everything."""

    def generate(self, requests: Sequence[Request], *, finish: bool = True) -> Iterator[Generation]:
        """Yield one generation per request, as any session.

        Without `finish`, requests are left for the next call where others could be answered along
        with them; a call without any finishes what is left.
        """
        ...


class Provider(Protocol):
    """What answers requests: opened from one entry of `models:`; cheap to open."""

    @property
    def name(self) -> str:
        """The name of the entry."""
        ...

    @property
    def role(self) -> Role:
        """The role of its systems in a comparison."""
        ...

    @property
    def cacheable(self) -> bool:
        """Whether its generations are worth keeping for other runs."""
        ...

    @property
    def fingerprint(self) -> str:
        """All that changes its output, hashed."""
        ...

    @property
    def budget(self) -> TokenBudget | None:
        """What it can read; None if it cannot count, so that nothing is shortened."""
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What the manifest records where no session is opened, as all answers are cached."""
        ...

    def describe(self, requests: Sequence[Request]) -> str:
        """Return one line on what the requests would take, for `check`.

        Raises:
            ProviderError: it cannot answer anything.
        """
        ...

    def session(self, requests: Sequence[Request]) -> AbstractContextManager[Session]:
        """Return a session for these requests.

        Raises:
            ProviderError: it cannot answer anything; the other providers still can.
        """
        ...


class Progress(Protocol):
    """Shows how a run proceeds; the only way anything below the command line reaches the screen."""

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Begin a stage with so many steps, besides those done in an earlier run."""
        ...

    def advance(self, n_new_tokens: int = 0) -> None:
        """Count one step of the stage, and the tokens it wrote."""
        ...

    def say(self, line: str) -> None:
        """Show one line to the user."""
        ...


class Segmenter(Protocol):
    """Splits text into the tokens that a metric counts."""

    @property
    def name(self) -> str:
        """The name by which it is chosen."""
        ...

    @property
    def signature(self) -> str:
        """The name with its version, which goes into the signatures of metrics."""
        ...

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of a text, in order; empty for a text without any."""
        ...

    def sentences(self, text: str, cut: Literal["marks", "newline"] = "marks") -> list[list[str]]:
        """Return the tokens of each sentence that has any, in order.

        Sentences end at end marks and line breaks, or at line breaks alone.
        """
        ...


class Metric(Protocol):
    """Scores one prediction; pure, and safe to call from several processes."""

    @property
    def name(self) -> str:
        """The metric's name in the field, such as `rougeLsum`."""
        ...

    @property
    def kind(self) -> Kind:
        """The kind of output that it scores."""
        ...

    @property
    def signature(self) -> str:
        """All that changes its number, such as `rougeL|seg:zhmix-1|refs:max|v2`."""
        ...

    def score(self, case: Case) -> Score | NothingToScore:
        """Return the score of one case, or that there is nothing to score in it."""
        ...
