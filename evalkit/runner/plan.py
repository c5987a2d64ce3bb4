"""Plans what every system is asked: rendered, fitted into the context, keyed. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from evalkit.errors import ProviderError
from evalkit.language import counted
from evalkit.prompts.few_shot import draw_shots
from evalkit.prompts.noise import evidence_altered
from evalkit.prompts.sent import SentMessages, TextsRead, reads_of, take_apart
from evalkit.prompts.shorten import fit
from evalkit.prompts.templates import messages
from evalkit.providers import module_of
from evalkit.records import Decoding, PlannedRequest, Request, TextRead
from evalkit.records.hashing import hash_text
from evalkit.runner.steps import STEP_TEXTS, EarlierSteps, StepText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.config.schema import ModelEntry
    from evalkit.interfaces import Provider, TokenBudget
    from evalkit.prompts.few_shot import Shot
    from evalkit.records import Article, Example, Message, PromptSent, System, Task
    from evalkit.runner.job import Job
    from evalkit.runner.outputs import Outputs

# Where text and task meet, a tokenizer may merge characters differently.
BOUNDARY_TOKENS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All rows of requests.jsonl, and the requests of those that can be sent now.

    `prompts` has their messages, by hash. `failures` says, by model, why its prompts could not be
    made, as where its chat template refuses them.
    """

    rows: tuple[PlannedRequest, ...]
    requests: tuple[Request, ...]
    prompts: Mapping[str, PromptSent] = field(default_factory=dict)
    failures: Mapping[str, ProviderError] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether some requests need the outputs of others first."""
        return any(not row.key and not row.problem for row in self.rows)


def plan(job: Job, providers: Mapping[str, Provider], outputs: Outputs) -> Plan:
    """Return what every system is to be asked.

    Args:
        job: the run.
        providers: the open providers by name; a system without one is planned without keys.
        outputs: what has been generated so far, which later steps read.
    """
    rows: list[PlannedRequest] = []
    requests: list[Request] = []
    prompts: dict[str, PromptSent] = {}
    failures: dict[str, ProviderError] = {}
    for system in job.systems:
        provider = providers.get(system.model)
        planned = Plan(rows=tuple(_row(system, example) for example in job.examples), requests=())
        if provider is not None:
            try:
                planned = _SystemPlanner(job, system, provider).plan(outputs)
            except ProviderError as error:
                failures[system.model] = error
        rows += planned.rows
        requests += planned.requests
        prompts |= planned.prompts
    return Plan(rows=tuple(rows), requests=tuple(requests), prompts=prompts, failures=failures)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """An example with its worked examples and one decoding, not yet fitted."""

    example: Example
    shots: tuple[Shot, ...]
    decoding: Decoding


class _SystemPlanner:
    """Plans the requests of one system, step by step."""

    def __init__(self, job: Job, system: System, provider: Provider) -> None:
        self._job = job
        self._system = system
        self._provider = provider
        self._entry = job.entry(system.model)
        self._rows: list[PlannedRequest] = []
        self._requests: list[Request] = []
        self._prompts: dict[str, PromptSent] = {}

    def plan(self, outputs: Outputs) -> Plan:
        """Return the requests of all steps, article by article."""
        for step in STEP_TEXTS:
            earlier = EarlierSteps(self._job.by_id, self._rows, outputs)
            for id_ in self._job.articles:
                if examples := self._job.examples_of(id_, step):
                    article = self._job.articles[id_]
                    self._article(
                        article, examples, STEP_TEXTS[step](article, self._system, earlier)
                    )
        return Plan(rows=tuple(self._rows), requests=tuple(self._requests), prompts=self._prompts)

    def _article(self, article: Article, examples: Sequence[Example], read: StepText) -> None:
        if read.waits or read.problem:
            self._rows += [_row(self._system, e, problem=read.problem) for e in examples]
            return
        drafts = list(self._drafts(examples))
        if not module_of(self._entry).READS_PROMPTS:
            for request in self._unprompted(drafts, article.id, read.text):
                self._add(request, article, read.text)
            return
        too_long, text, dropped = self._fit(drafts, read.text)
        fitting = [draft for draft in drafts if id(draft) not in too_long]
        prompts = [self._messages(draft, text) for draft in fitting]
        budget = self._provider.budget
        n_tokens = budget.counts(prompts) if budget else [0] * len(prompts)
        requests = zip(fitting, prompts, n_tokens, strict=True)
        for draft in drafts:
            if problem := too_long.get(id(draft)):
                self._rows.append(_row(self._system, draft.example, draft.decoding, problem))
            else:
                self._add(self._prompted(*next(requests), text, dropped), article, read.text)

    def _add(self, request: Request, article: Article, text: str) -> None:
        self._requests.append(request)
        example = request.example
        disturbed = example.step == "article" and text != article.text
        self._rows.append(
            PlannedRequest(
                system=self._system.name,
                step=example.step,
                example=example.id,
                question=example.question,
                sample=request.decoding.sample,
                key=request.key,
                n_prompt_tokens=request.n_prompt_tokens,
                evidence_altered=disturbed and evidence_altered(example, article.text, text),
                prompt=request.prompt_sha256,
            )
        )

    def _drafts(self, examples: Sequence[Example]) -> Iterator[_Draft]:
        """Yield the drafts of an article's examples; those of one task share worked examples."""
        drawn: dict[str, tuple[Shot, ...]] = {}
        for example in examples:
            if example.task not in drawn:
                drawn[example.task] = draw_shots(
                    example,
                    self._job.shots[example.task, example.step],
                    self._job.texts,
                    n=self._system.condition.n_shots,
                    seed=self._job.config.seed,
                )
            for decoding in decodings(self._entry, self._job.task(example.task)):
                yield _Draft(example=example, shots=drawn[example.task], decoding=decoding)

    def _fit(self, drafts: Sequence[_Draft], text: str) -> tuple[dict[int, str], str, int]:
        """Fit all prompts of an article together, so that they read the same text.

        Returns:
            why some drafts do not fit even without the text, by their identity; the text, shortened
            where need be; and how many of its tokens that drops.
        """
        budget = self._provider.budget
        if budget is None:
            return {}, text, 0
        counts = budget.counts([self._messages(draft, "") for draft in drafts])
        bare = {
            id(draft): n + draft.decoding.max_new_tokens - budget.limit
            for draft, n in zip(drafts, counts, strict=True)
        }
        too_long = {
            at: f"the prompt without any article is {counted(over, 'token')} over the limit of "
            f"{budget.limit}"
            for at, over in bare.items()
            if over > 0
        }
        fitting = [draft for draft in drafts if id(draft) not in too_long]
        longest = max(fitting, key=lambda draft: bare[id(draft)], default=None)
        if longest is None or self._n_over(budget, longest, text) <= 0:
            return too_long, text, 0
        shortened = fit(
            text,
            self._job.config.shorten,
            lambda part: self._n_over(budget, longest, part) + BOUNDARY_TOKENS,
        )
        dropped = budget.count_text(text) - budget.count_text(shortened)
        return too_long, shortened, dropped

    def _messages(self, draft: _Draft, text: str) -> tuple[Message, ...]:
        template = self._job.template(draft.example.task, self._system.condition.wording)
        return messages(template, text, draft.example, draft.shots)

    def _n_over(self, budget: TokenBudget, draft: _Draft, text: str) -> int:
        """Return by how many tokens prompt and generation exceed the limit; fitting is ≤ 0."""
        (n_tokens,) = budget.counts([self._messages(draft, text)])
        return n_tokens + draft.decoding.max_new_tokens - budget.limit

    def _prompted(
        self, draft: _Draft, rendered: tuple[Message, ...], n_tokens: int, text: str, dropped: int
    ) -> Request:
        template = self._job.template(draft.example.task, self._system.condition.wording)
        shown = {shot.example.article_id: shot.article for shot in draft.shots}
        read = self._read(draft.example.article_id, text)
        sent = take_apart(rendered, {read.article: text, **shown}, self._job.texts)
        texts = TextsRead([read, *reads_of(sent)], self._job.texts)
        self._prompts[sent.sha256] = sent
        return Request(
            key=_key(self._provider.fingerprint, rendered, draft.decoding),
            system=self._system.name,
            example=draft.example,
            read=read,
            messages=SentMessages(sent, texts),
            decoding=draft.decoding,
            n_prompt_tokens=n_tokens,
            n_article_tokens_dropped=dropped,
            template_sha256=template.sha256,
            prompt_sha256=sent.sha256,
            texts=texts,
        )

    def _unprompted(self, drafts: Sequence[_Draft], id_: str, text: str) -> Iterator[Request]:
        read = self._read(id_, text)
        texts = TextsRead([read], self._job.texts)
        for draft in drafts:
            yield Request(
                key=_key(self._provider.fingerprint, text, draft.example, draft.decoding),
                system=self._system.name,
                example=draft.example,
                read=read,
                messages=(),
                decoding=draft.decoding,
                texts=texts,
            )

    def _read(self, id_: str, text: str) -> TextRead:
        """Return a text by its article, if it is the article's own, so that nothing holds it."""
        return TextRead(article=id_, text=None if text == self._job.texts[id_] else text)


def decodings(entry: ModelEntry, task: Task) -> tuple[Decoding, ...]:
    """Return how a model writes the outputs of a task: once, or once for each sample."""
    settings = entry.generation
    most = settings.max_new_tokens.get(task.name, task.max_new_tokens)
    if settings.temperature == 0:
        return (Decoding(max_new_tokens=most, stop=settings.stop),)
    return tuple(
        Decoding(
            max_new_tokens=most,
            stop=settings.stop,
            temperature=settings.temperature,
            top_p=settings.top_p,
            top_k=settings.top_k,
            seed=settings.seed,
            sample=sample,
        )
        for sample in range(settings.samples)
    )


def _row(
    system: System, example: Example, decoding: Decoding | None = None, problem: str = ""
) -> PlannedRequest:
    """Return the row of an example that cannot be sent now."""
    return PlannedRequest(
        system=system.name,
        step=example.step,
        example=example.id,
        question=example.question,
        sample=0 if decoding is None else decoding.sample,
        problem=problem,
    )


def _key(*parts: object) -> str:
    """Return the hash of everything that can change a generation."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=asdict)
    return hash_text(text)
