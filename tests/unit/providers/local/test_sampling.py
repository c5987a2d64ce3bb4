"""Samples are drawn from the distribution of transformers, the same ones on every path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from evalkit.providers.local.plain import PlainPath
from evalkit.providers.local.sampling import Sampler, next_tokens
from evalkit.records import Decoding, Message
from tests.support.families import EOS, PATHS, model_of, prompts, row

if TYPE_CHECKING:
    from evalkit.providers.local.rows import Path

pytestmark = pytest.mark.slow


def sampler(text: str = "谁？", **changes: float) -> Sampler:
    """Return the sampler of a request."""
    settings = {"temperature": 1.0} | changes
    decoding = Decoding(max_new_tokens=9, **settings)  # type: ignore[arg-type] # fields by name
    found = Sampler.of([Message(role="user", content=text)], decoding)
    assert found is not None
    return found


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7])
@pytest.mark.parametrize("top_k", [0, 1, 7, 500])
@pytest.mark.parametrize("top_p", [1.0, 0.9, 0.3, 1e-9])
def test_the_distribution_is_that_of_transformers(
    temperature: float, top_k: int, top_p: float
) -> None:
    """Temperature, top-k and top-p in the library's order; source: its own logits warpers."""
    logits = torch.randn(300, generator=torch.Generator().manual_seed(0)) * 3
    logits[5:9] = logits[40]  # tokens that are equally probable
    scores = TemperatureLogitsWarper(temperature)(None, logits.double()[None])
    if top_k:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p < 1:
        scores = TopPLogitsWarper(top_p)(None, scores)
    expected = scores[0].softmax(0)
    ids, probabilities = sampler(temperature=temperature, top_k=top_k, top_p=top_p).candidates(
        logits
    )
    assert ids.tolist() == expected.nonzero()[:, 0].tolist()
    torch.testing.assert_close(probabilities, expected[ids])


def test_tokens_are_drawn_as_often_as_they_are_probable() -> None:
    """Over many draws, within five standard deviations of a binomial."""
    logits = torch.tensor([0.0, 1.0, 2.0, -1.0])
    expected = logits.double().softmax(0)
    drawn, n = sampler(), 20_000
    counts = torch.bincount(torch.tensor([drawn.draw(logits) for _ in range(n)]), minlength=4)
    deviation = (n * expected * (1 - expected)).sqrt()
    assert ((counts - n * expected).abs() < 5 * deviation).all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("vocabulary", [5, 1_000, 151_936])
def test_of_equally_probable_tokens_the_first_is_greedy(
    dtype: torch.dtype, vocabulary: int
) -> None:
    """As `generate` chooses, by `torch.argmax`: coarse dtypes make many logits equal."""
    logits = torch.randn(17, vocabulary, generator=torch.Generator().manual_seed(0)).to(dtype)
    logits[:, [1, vocabulary // 2, vocabulary - 1]] = 9.0
    logits[3:7] = logits[3:7].round()
    rows = [row((1,)) for _ in logits]
    assert next_tokens(rows, logits) == logits.argmax(-1).tolist()


def test_greedy_requests_have_no_sampler() -> None:
    """Temperature 0 is the most probable token."""
    decoding = Decoding(max_new_tokens=9, temperature=0.0, top_k=5, seed=1, sample=2)
    assert Sampler.of([], decoding) is None


def test_seed_prompt_and_sample_number_seed_the_generator() -> None:
    """Each of them changes what is drawn; the same of all draws the same."""
    logits = torch.zeros(1000)

    def draw(text: str = "谁？", **changes: float) -> list[int]:
        one = sampler(text, **changes)
        return [one.draw(logits) for _ in range(5)]

    assert draw() == draw()
    others = [draw(), draw("哪里？"), draw(seed=1), draw(sample=1)]
    assert len(set(map(tuple, others))) == 4


@pytest.mark.parametrize("n_rows", [1, 3, 17])
@pytest.mark.parametrize("kind", PATHS)
def test_every_path_draws_the_same(kind: str, n_rows: int) -> None:
    """Sampled rows beside greedy ones, in batches of any size: the tokens of a row by itself."""

    def run(path: Path, n_rows: int) -> list[list[int]]:
        rows = [
            row(prompt, EOS, sampler=sampler(str(at), temperature=0.8, top_p=0.95))
            if at % 3
            else row(prompt, EOS)
            for at, prompt in enumerate(prompts())
        ]
        assert len(list(path.run(rows, n_rows))) == len(rows)
        return [one.new for one in rows]

    alone = run(PlainPath(model=model_of("qwen2"), attention="sdpa", most=1), 1)
    assert run(PATHS[kind](model_of("qwen2")), n_rows) == alone
