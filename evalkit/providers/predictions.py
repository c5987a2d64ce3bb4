"""Answers that another program wrote, read from a file: a system without a model."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.data.predictions import read_predictions
from evalkit.errors import InputError, ProviderError, first_few
from evalkit.language import counted
from evalkit.providers import failed, generation_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.config.schema import Predictions
    from evalkit.errors import Problem
    from evalkit.providers import Setting
    from evalkit.records import Example, Generation, Request, Role

READS_PROMPTS = False
RUNS_IN_WORKERS = False


def problems(entry: Predictions) -> Sequence[Problem]:
    """Return what keeps the file from being read."""
    try:
        read_predictions(entry.predictions, entry.columns)
    except InputError as error:
        return [
            replace(found, key="predictions", what=f"{_place(found)} {found.what}")
            for found in error.problems
        ]
    return []


def _place(found: Problem) -> str:
    return found.file if found.line is None else f"{found.file}:{found.line}"


def n_bytes_to_download(_entry: Predictions) -> int:
    """Return 0: the file is here."""
    return 0


def open_provider(entry: Predictions, setting: Setting) -> PredictionsProvider:
    """Return the predictions of a file, matched to the examples.

    Examples without a prediction and ids that match no example are reported.

    Raises:
        ProviderError: the file cannot be read, or none of its ids is that of an example.
    """
    try:
        answers = read_predictions(entry.predictions, entry.columns)
    except InputError as error:
        raise ProviderError(str(error), key="predictions") from None
    matched, unknown = match(answers, setting.examples)
    if not matched:
        message = f"{entry.predictions}: no id is that of an example: {first_few(unknown)}"
        raise ProviderError(message, key="predictions")
    missing = [e.id for e in setting.examples if e.step == "article" and e.id not in matched]
    if missing:
        setting.progress.say(f"{entry.name}: no prediction for {first_few(missing)}")
    if unknown:
        setting.progress.say(f"{entry.name}: no example for the ids {first_few(unknown)}")
    return PredictionsProvider(entry=entry, answers=matched, fingerprint=_digest(matched))


def match(
    answers: Mapping[str, str], examples: Iterable[Example]
) -> tuple[dict[str, str], list[str]]:
    """Return the answers by example id, and the ids that match no example.

    An id is that of an example, or its part after the article's id (a question's id, a task) where
    no two articles share it.
    """
    ids = [example.id for example in examples]
    n_articles = Counter(_last(id_) for id_ in ids)
    full_ids = {_last(id_): id_ for id_ in ids if n_articles[_last(id_)] == 1}
    full_ids |= {id_: id_ for id_ in ids}
    matched = {full_ids[id_]: answer for id_, answer in answers.items() if id_ in full_ids}
    return matched, [id_ for id_ in answers if id_ not in full_ids]


def _digest(answers: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for id_, answer in sorted(answers.items()):
        digest.update(f"{id_}\0{answer}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _last(example_id: str) -> str:
    return example_id.partition("/")[2] or example_id


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictionsProvider:
    """The predictions of one file, by example id; its own session."""

    entry: Predictions
    answers: Mapping[str, str]
    fingerprint: str
    role: Role = "model"
    cacheable: bool = False
    budget: None = None

    @property
    def name(self) -> str:
        """The name of the entry."""
        return self.entry.name

    @property
    def facts(self) -> Mapping[str, object]:
        """How many examples have a prediction."""
        return {"n_predictions": len(self.answers)}

    def describe(self, requests: Sequence[Request]) -> str:
        """Return how many of the requests have a prediction."""
        n_known = sum(request.example.id in self.answers for request in requests)
        return f"a prediction for {n_known} of {counted(len(requests), 'example')}"

    @contextmanager
    def session(self, _requests: Sequence[Request]) -> Iterator[PredictionsProvider]:
        """Yield itself: nothing has to be loaded."""
        yield self

    def generate(self, requests: Sequence[Request]) -> Iterator[Generation]:
        """Yield the prediction of each request; one without is a failure."""
        for request in requests:
            if (answer := self.answers.get(request.example.id)) is None:
                yield failed(request, "there is no prediction for this example")
            else:
                yield generation_of(request, answer, self.entry.thinking)
