"""What providers return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = tuple[str, str, int]
"""Of an output: its system, the id of its example, the number of its sample."""
FinishReason = Literal["stop", "length", "refused", "error"]
"""`refused` by a content filter, which is an outcome; `error` is a failure. Neither is scored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """What a provider returned for one request: a line of generations.jsonl.

    Attributes:
        key: of the request. Requests of one model with one key share one generation.
        system: the system that asked first.
        example: the id of the example.
        sample: the number of the sample.
        text: as the model wrote it, after the mark of thinking that its prompt ended with, if any.
        prediction: the text without the model's thinking; what metrics read.
        unclosed_thinking: whether the thinking never came to an end, so that there is no answer.
        reasoning: what a server returned apart from the text as the model's thinking.
        finish_reason: `error` for a failure and `refused` where a content filter stepped in: never
            scored; `error` says why.
        n_prompt_tokens: of the whole prompt.
        n_prompt_tokens_cut: of the prompt as counted here, those that the server did not read.
        n_computed_tokens: the prompt tokens that were computed for this request; a prefix that
            several requests share counts at the first of them alone.
        n_new_tokens: that were written, thinking included.
        n_reasoning_tokens: of these, the thinking, where a server counts it.
        n_article_tokens_dropped: of an article that was shortened to fit.
        template_sha256: of the template.
        seconds: from its start to its end, together with the others of its batch.
        attempts: how often the request was sent.
        error: why it failed or was refused.
        cost: in the currency of the model's price; 0 where none is given.
        server: the `model` and the `system_fingerprint` that a server says of itself.
        answered: when a server answered, in UTC; empty for all that is not served.
        from_cache: another run generated it; all numbers are that run's.
    """

    key: str
    system: str
    example: str
    sample: int = 0
    text: str = ""
    prediction: str = ""
    unclosed_thinking: bool = False
    reasoning: str = ""
    finish_reason: FinishReason
    n_prompt_tokens: int = 0
    n_prompt_tokens_cut: int = 0
    n_computed_tokens: int = 0
    n_new_tokens: int = 0
    n_reasoning_tokens: int = 0
    n_article_tokens_dropped: int = 0
    template_sha256: str = ""
    seconds: float = 0.0
    attempts: int = 1
    error: str = ""
    cost: float = 0.0
    server: str = ""
    answered: str = ""
    from_cache: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether the model answered: what is scored, and may be kept for other runs."""
        return self.finish_reason in {"stop", "length"}
