"""One system's part of a run: plan, pass over what is done, load, generate, write down."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from evalkit.config.schema import Baseline
from evalkit.prompts.examples import reading
from evalkit.providers.local.halving import generate
from evalkit.records import Generation, PlannedRequest, Speed
from evalkit.run.interrupt import held_back
from evalkit.run.material import question_of
from evalkit.run.systems import open_system
from evalkit.store.log import note, warn
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from evalkit.config.schema import LanguageModel
    from evalkit.interfaces import Progress
    from evalkit.records import Request, Source
    from evalkit.run.generation_cache import Recall
    from evalkit.run.job import Job
    from evalkit.run.plan import Plan
    from evalkit.run.systems import Loaded
    from evalkit.store.folder import RunFolder
    from evalkit.store.jsonl import Appender

IMPOSSIBLE = "impossible:"  # begins the keys of examples that cannot be asked


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What one system has to do in a job; `machine` is told of the accelerators that do it."""

    model: LanguageModel | Baseline
    job: Job
    progress: Progress
    recall: Recall
    folder: RunFolder
    machine: dict[str, Any]

    def run(
        self, done: Collection[str], appender: Appender, facts: dict[str, Any]
    ) -> list[PlannedRequest]:
        """Generate whatever is not done, and return what was planned.

        Args:
            done: the keys of all that this system has done already, or cannot do.
            appender: where generations are written, each before the next begins.
            facts: this system's part of the manifest; fingerprint, speed and the like go there.

        Raises:
            WeightsError: the weights cannot be had, or are not what they claim to be.
            ModelLoadError: this machine or the library cannot run them.
            StoreError: a generation cannot be written.
        """
        system = open_system(self.model, self.job, self.progress)
        if facts.get("fingerprint") != system.fingerprint:
            facts.clear()  # they tell of another model of that name, as the results do
            self.folder.drop_results()
        facts["fingerprint"] = system.fingerprint
        requests: dict[str, Request] = {}
        impossible: dict[str, str] = {}
        for source in dict.fromkeys(example.source for example in self.job.examples):
            plan = system.plan(self._reading(source, requests))
            self._note_plan(plan)
            for example_id, reason in plan.impossible.items():
                if _impossible_key(example_id, reason) not in done:
                    appender.append(self._impossible(example_id, reason))
            impossible |= plan.impossible
            pending = self._recall(self._pending(plan, done), appender, facts)
            self.progress.stage(_stage_name(self.model.name, source), len(pending))
            if pending:
                self._generate(system.load(pending), pending, appender, facts)
            requests |= {request.example.id: request for request in plan.requests}
        return self.planned_of(requests, impossible)

    def _reading(self, source: Source, requests: Mapping[str, Request]) -> Job:
        """Return the part of the job that is read from one source.

        Args:
            source: what is read.
            requests: what was asked of the system so far; its summaries are among the answers.
        """
        summaries = self._summaries(requests) if source == "summary" else {}
        corpus = reading(self.job.corpus, source, summaries)
        there = {article.id for article in corpus.articles}
        return replace(
            self.job,
            corpus=corpus,
            examples=tuple(
                example
                for example in self.job.examples
                if example.source == source and example.article_id in there
            ),
        )

    def _summaries(self, requests: Mapping[str, Request]) -> dict[str, str]:
        """Return the system's own summary of each article: the longest it was asked for."""
        asked = sorted(
            (r.example.n_characters, r.example.article_id, r.key)
            for r in requests.values()
            if r.example.task == "summary"
        )
        texts = {
            g.key: strip_thinking(g.text).prediction
            for g in self.folder.generations()
            if g.model == self.model.name and g.finish_reason != "error"
        }
        return {article_id: texts[key] for _, article_id, key in asked if key in texts}

    def planned_of(
        self, requests: Mapping[str, Request], impossible: Mapping[str, str]
    ) -> list[PlannedRequest]:
        """Return a line for every example, also for those that cannot be asked.

        Args:
            requests: those that can be, by example.
            impossible: why some cannot, by example.
        """
        planned: list[PlannedRequest] = []
        for example in self.job.examples:
            request = requests.get(example.id)
            reason = impossible.get(example.id, "")
            planned.append(
                PlannedRequest(
                    model=self.model.name,
                    example_id=example.id,
                    key=request.key if request else _impossible_key(example.id, reason),
                    n_prompt_tokens=len(request.prompt_ids) if request else 0,
                    question=question_of(example),
                )
            )
        return planned

    def _note_plan(self, plan: Plan) -> None:
        shortened = [r for r in plan.requests if r.n_article_tokens_dropped]
        note("planned", model=self.model.name, n_requests=len(plan.requests))
        if shortened:
            warn(
                "articles shortened",
                model=self.model.name,
                articles=", ".join(dict.fromkeys(r.example.article_id for r in shortened)),
                most_tokens_dropped=max(r.n_article_tokens_dropped for r in shortened),
            )

    @staticmethod
    def _pending(plan: Plan, done: Collection[str]) -> list[Request]:
        """Return what is not done yet; of requests that read the same, the first alone."""
        first: dict[str, Request] = {}
        for request in plan.requests:
            first.setdefault(request.key, request)
        return [request for key, request in first.items() if key not in done]

    def _recall(
        self, pending: Sequence[Request], appender: Appender, facts: dict[str, Any]
    ) -> list[Request]:
        """Write down what other runs generated, and return what is left to do."""
        if isinstance(self.model, Baseline):
            return list(pending)  # quicker than asking
        found = self.recall.find(pending, self.model.name)
        for generation in found:
            appender.append(generation)
        if found:
            facts["n_from_cache"] = facts.get("n_from_cache", 0) + len(found)
            note("from the cache", model=self.model.name, n=len(found))
            self.progress.say(f"{self.model.name}: {len(found)} from the cache")
        known = {generation.key for generation in found}
        return [request for request in pending if request.key not in known]

    def _generate(
        self,
        loaded: Loaded,
        pending: Sequence[Request],
        appender: Appender,
        facts: dict[str, Any],
    ) -> None:
        note("loaded", model=self.model.name, seconds=loaded.load_s, **loaded.facts)
        facts.update(loaded.facts)
        if loaded.facts.get("attention") == "plain":
            self.progress.say(
                f"{self.model.name}: its architecture shares no reading, so each article is read"
                " again for every question"
            )
        self.machine.update(_accelerator(str(loaded.facts.get("device"))))
        start = time.perf_counter()
        speed = Speed(load_s=loaded.load_s)
        try:
            with held_back() as check_for_ctrl_c:
                for generation in generate(
                    loaded.backend, pending, batch_size=loaded.batch_size, model=self.model.name
                ):
                    self._keep(generation, appender)
                    speed = replace(
                        speed,
                        n_prompt_tokens=speed.n_prompt_tokens + generation.n_prompt_tokens,
                        n_computed_tokens=speed.n_computed_tokens + generation.n_computed_tokens,
                        n_new_tokens=speed.n_new_tokens + generation.n_new_tokens,
                    )
                    check_for_ctrl_c()
        finally:  # an interrupted session took its time as well
            took = replace(
                speed, generate_s=time.perf_counter() - start, peak_memory_bytes=_peak_memory()
            )
            facts["speed"] = asdict(_add(Speed(**facts.get("speed", {})), took))

    def _keep(self, generation: Generation, appender: Appender) -> None:
        appender.append(generation)
        if not isinstance(self.model, Baseline):
            self.recall.keep(generation)
        self.progress.advance(generation.n_new_tokens)
        note(
            "generated",
            model=self.model.name,
            example=generation.example_id,
            finish_reason=generation.finish_reason,
            n_new_tokens=generation.n_new_tokens,
            latency_s=generation.latency_s,
        )

    def _impossible(self, example_id: str, reason: str) -> Generation:
        return Generation(
            key=_impossible_key(example_id, reason),
            model=self.model.name,
            example_id=example_id,
            text="",
            finish_reason="error",
            error=reason,
        )


def _accelerator(device: str) -> dict[str, str]:
    if not device.startswith("cuda"):
        return {}
    import torch  # noqa: PLC0415 - the model that was just loaded has imported it

    return {"accelerator": torch.cuda.get_device_name(device)}


def _stage_name(model: str, source: Source) -> str:
    where = {"article": "", "summary": ", from its summary", "nothing": ", closed book"}
    return f"{model}{where[source]}"


def _impossible_key(example_id: str, reason: str) -> str:
    return f"{IMPOSSIBLE}{example_id}: {reason}"


def _add(before: Speed, now: Speed) -> Speed:
    """Return what two sessions took together; a model is loaded by each, so the last counts."""
    return Speed(
        load_s=now.load_s,
        generate_s=before.generate_s + now.generate_s,
        n_prompt_tokens=before.n_prompt_tokens + now.n_prompt_tokens,
        n_computed_tokens=before.n_computed_tokens + now.n_computed_tokens,
        n_new_tokens=before.n_new_tokens + now.n_new_tokens,
        peak_memory_bytes=max(before.peak_memory_bytes, now.peak_memory_bytes),
    )


def _peak_memory() -> int:
    """Return the most memory this process has held so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
