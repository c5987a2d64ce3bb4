"""The quickstart's model on a real article; `EVALKIT_REAL_MODEL=CACHE` names where it is kept."""

from __future__ import annotations

import os

import pytest

from evalkit.config.loading import load
from evalkit.config.schema import LanguageModel
from evalkit.providers import Setting
from evalkit.providers.local.plain import PlainPath
from evalkit.providers.local.provider import open_provider
from evalkit.runner.job import prepare
from evalkit.runner.outputs import Outputs
from evalkit.runner.plan import plan
from tests.support.paths import ROOT
from tests.support.progress import Said

CACHE = os.environ.get("EVALKIT_REAL_MODEL", "")


@pytest.mark.skipif(not CACHE, reason="EVALKIT_REAL_MODEL names no cache folder: half a gigabyte")
def test_a_real_model_writes_the_same_with_and_without_sharing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the shortest article, in float32: the token ids of `generate`, one prompt at a time."""
    monkeypatch.setenv("EVALKIT_CACHE", CACHE)
    job = prepare(*load(ROOT / "configs" / "quickstart.yaml"))
    (entry,) = (
        entry.model_copy(update={"dtype": "float32", "device": "cpu"})
        for entry in job.config.models
        if isinstance(entry, LanguageModel)
    )
    setting = Setting(corpus=job.corpus, examples=job.examples, progress=Said())
    provider = open_provider(entry, setting)
    shortest = min(job.corpus.articles, key=lambda article: len(article.text))
    requests = [
        request
        for request in plan(job, {provider.name: provider}, Outputs([])).requests
        if request.example.article_id == shortest.id
    ][::12]
    assert {request.example.kind for request in requests} == {"summary", "answer"}
    with provider.session(requests) as session:
        assert session.facts["attention"] == "shared"

        def written_by(path: PlainPath | None) -> list[list[int]]:
            rows = [session.row(request) for request in requests]
            list((path or session.path).run(rows, len(rows)))
            return [row.new for row in rows]

        alone = PlainPath(model=session.model, attention="sdpa", most=1)
        assert written_by(None) == written_by(alone)
