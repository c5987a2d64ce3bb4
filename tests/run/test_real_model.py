"""The quickstart's model on a real article; `EVALKIT_REAL_MODEL=CACHE` names where it is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evalkit.config import schema as config
from evalkit.config.schema import LanguageModel
from evalkit.providers.local import weights
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.model import TransformersBackend
from evalkit.providers.local.plain import PlainPath
from evalkit.providers.local.rows import Row
from evalkit.runner.job import prepare
from evalkit.run.systems import ModelSystem
from tests.support.paths import ROOT

CACHE = os.environ.get("EVALKIT_REAL_MODEL", "")


@pytest.mark.skipif(not CACHE, reason="EVALKIT_REAL_MODEL names no cache folder: half a gigabyte")
def test_a_real_model_writes_the_same_with_and_without_sharing() -> None:
    """On the shortest article, in float32: the token ids of `generate`, one prompt at a time."""
    loaded, document = config.load(ROOT / "configs" / "quickstart.yaml")
    job = prepare(loaded, document)
    (model,) = (
        model.model_copy(update={"dtype": "float32", "device": "cpu"})
        for model in loaded.models
        if isinstance(model, LanguageModel)
    )
    folder = weights.resolve(model.weights, cache=Path(CACHE))
    chat = Chat.load(folder, model.chat_template_kwargs)
    system = ModelSystem(model=model, folder=folder, chat=chat, context=chat.context_length or 0)
    shortest = min(job.corpus.articles, key=lambda article: len(article.text))
    requests = [
        request
        for request in system.plan(job).requests
        if request.example.article_id == shortest.id
    ][::12]
    assert {request.example.task for request in requests} == {"summary", "answer"}
    backend = TransformersBackend.load(folder, model, chat)
    assert backend.attention == "shared"

    def written_by(path: PlainPath | None) -> list[list[int]]:
        rows = [Row(prompt=request.prompt_ids, max_new_tokens=32) for request in requests]
        list((path or backend.path).run(rows, backend.ending, len(rows)))
        return [row.new for row in rows]

    alone = PlainPath(model=backend.model, attention="sdpa", most=1)
    assert written_by(None) == written_by(alone)
