"""Makes every example ready for one system: rendered, fitted into the context, keyed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from evalkit.prompts import templates as prompts
from evalkit.prompts.examples import shots
from evalkit.prompts.shorten import fit
from evalkit.records import Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.config.schema import Config, LanguageModel
    from evalkit.interfaces import ChatTokenizer
    from evalkit.prompts.templates import Prompt, Shot
    from evalkit.records import Article, Corpus, Example, Task

SEAM = 8  # tokens: where text and task meet, prompts of one article may merge differently


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How one language model reads: its tokenizer, its context, and what else changes a key."""

    chat: ChatTokenizer
    fingerprint: str
    context: int
    model: LanguageModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The requests of one system, and the examples that cannot be asked, with the reason."""

    requests: tuple[Request, ...]
    impossible: Mapping[str, str]


def plan_baseline(fingerprint: str, corpus: Corpus, examples: Sequence[Example]) -> Plan:
    """Return the requests of a baseline, which reads the article and the example itself."""
    articles = {article.id: article for article in corpus.articles}
    return Plan(
        requests=tuple(
            Request(
                key=_key(fingerprint, articles[example.article_id].sha256, asdict(example)),
                example=example,
                article=articles[example.article_id].text,
            )
            for example in examples
        ),
        impossible={},
    )


def plan_model(
    reader: Reader,
    corpus: Corpus,
    examples: Sequence[Example],
    templates: Mapping[Task, Prompt],
    config: Config,
) -> Plan:
    """Return the requests of a language model, article by article.

    All prompts of an article are fitted together: they read the same text, so that its reading can
    be shared.
    """
    planner = _Planner(reader, templates, config)
    requests: list[Request] = []
    impossible: dict[str, str] = {}
    for article in corpus.articles:
        drafts = [
            _Draft(
                example=example,
                shots=shots(example, examples, corpus, n=config.few_shot, seed=config.seed),
            )
            for example in examples
            if example.article_id == article.id
        ]
        fitted = planner.article(article, drafts)
        requests += fitted.requests
        impossible |= fitted.impossible
    return Plan(requests=tuple(requests), impossible=impossible)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """An example with its shots, not yet fitted."""

    example: Example
    shots: tuple[Shot, ...]


class _Planner:
    """Fits and keys the drafts of one article after the other."""

    def __init__(self, reader: Reader, templates: Mapping[Task, Prompt], config: Config) -> None:
        self._reader = reader
        self._templates = templates
        self._shorten = config.shorten

    def article(self, article: Article, drafts: Sequence[_Draft]) -> Plan:
        """Return the requests of one article."""
        bare = {draft.example.id: self._over(draft, "") for draft in drafts}
        possible = [draft for draft in drafts if bare[draft.example.id] <= 0]
        longest = max(possible, key=lambda draft: bare[draft.example.id], default=None)
        text = article.text
        if longest is not None and self._over(longest, text) > 0:
            text = fit(text, self._shorten, lambda part: self._over(longest, part) + SEAM)
        count = self._reader.chat.count
        dropped = 0 if text == article.text else count(article.text) - count(text)
        return Plan(
            requests=tuple(self._request(draft, text, dropped) for draft in possible),
            impossible=_too_long(bare, self._reader.context),
        )

    def _ids(self, draft: _Draft, text: str) -> tuple[int, ...]:
        template = self._templates[draft.example.task]
        return self._reader.chat.encode(
            prompts.messages(template, text, draft.example, draft.shots)
        )

    def _n_new(self, example: Example) -> int:
        limits = self._reader.model.generation.max_new_tokens
        return limits.answer if example.length is None else int(getattr(limits, example.length))

    def _over(self, draft: _Draft, text: str) -> int:
        """Return by how many tokens prompt and generation exceed the context; fitting is ≤ 0."""
        needed = len(self._ids(draft, text)) + self._n_new(draft.example)
        return needed - self._reader.context

    def _request(self, draft: _Draft, text: str, dropped: int) -> Request:
        ids = self._ids(draft, text)
        n_new = self._n_new(draft.example)
        stop = self._reader.model.generation.stop
        return Request(
            key=_key(self._reader.fingerprint, ids, n_new, stop),
            example=draft.example,
            article=text,
            prompt_ids=ids,
            max_new_tokens=n_new,
            n_article_tokens_dropped=dropped,
            template_sha256=self._templates[draft.example.task].sha256,
        )


def _too_long(bare: Mapping[str, int], context: int) -> dict[str, str]:
    return {
        example_id: f"the prompt without any article is {over} tokens over the context of {context}"
        for example_id, over in bare.items()
        if over > 0
    }


def _key(*parts: object) -> str:
    """Return the hash of everything that can change a generation."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=list)
    return hashlib.sha256(text.encode()).hexdigest()
