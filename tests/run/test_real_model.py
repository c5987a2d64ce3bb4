"""The quickstart's model on a real article; `EVALKIT_REAL_MODEL=CACHE` names where it is kept."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.config import load
from evalkit.config.schema import LanguageModel
from evalkit.providers import Setting
from evalkit.providers.local.plain import PlainPath
from evalkit.providers.local.provider import open_provider
from evalkit.runner.job import prepare
from evalkit.runner.outputs import Outputs
from evalkit.runner.plan import plan
from tests.support.paths import ROOT
from tests.support.progress import Said

if TYPE_CHECKING:
    from evalkit.providers.local.rows import Path

CACHE = os.environ.get("EVALKIT_REAL_MODEL", "")
ON_CPU = ("models.3.device=cpu", "models.3.dtype=float32")


@pytest.mark.slow
@pytest.mark.skipif(not CACHE, reason="EVALKIT_REAL_MODEL names no cache folder: half a gigabyte")
def test_a_real_model_writes_the_same_with_and_without_sharing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the shortest article, in float32: the token ids of `generate`, one prompt at a time."""
    monkeypatch.setenv("EVALKIT_CACHE", CACHE)
    job = prepare(*load(ROOT / "configs/quickstart.yaml", ON_CPU))
    (entry,) = (entry for entry in job.config.models if isinstance(entry, LanguageModel))
    setting = Setting(corpus=job.corpus, examples=job.examples, progress=Said())
    provider = open_provider(entry, setting)
    planned = plan(job, {provider.name: provider}, Outputs([])).requests
    shortest = min(job.corpus.articles, key=lambda article: len(article.text))
    requests = [
        replace(request, decoding=replace(request.decoding, max_new_tokens=32))
        for request in planned
        if request.example.article_id == shortest.id
    ][::12]
    assert {request.example.kind for request in requests} == {"summary", "answer"}
    with provider.session(requests) as session:
        assert session.path.name == "shared"

        def written_by(path: Path) -> list[list[int]]:
            rows = [session.row(request) for request in requests]
            list(path.run(rows, len(rows)))
            return [row.new for row in rows]

        alone = PlainPath(model=session.model, attention="sdpa", most=1)
        assert written_by(session.path) == written_by(alone)
