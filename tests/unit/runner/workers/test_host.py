"""What a worker reports."""

from __future__ import annotations

import json
import os
import pickle
from typing import TYPE_CHECKING

from evalkit.config.schema import LanguageModel
from evalkit.config.sources import FolderWeights, TinyWeights
from evalkit.providers import Setting
from evalkit.providers.local.provider import open_provider
from evalkit.records import Article, Corpus
from evalkit.runner.workers.host import Assignment, SessionHost
from tests.support.progress import Said

if TYPE_CHECKING:
    from pathlib import Path


def assignment(entry: LanguageModel) -> Assignment:
    """Return the assignment of an entry, as it arrives in another process."""
    found: Assignment = pickle.loads(  # noqa: S301 - what this line writes
        pickle.dumps(Assignment(entry=entry, characters="修路"))
    )
    return found


def test_a_worker_opens_what_the_run_planned_for_without_its_texts() -> None:
    """The tiny model is made from the characters of the articles, with the same fingerprint."""
    entry = LanguageModel(name="tiny", weights=TinyWeights(tiny=3), device="cpu", dtype="float32")
    article = Article(id="a", title="", text="路修修", sha256="")
    setting = Setting(
        corpus=Corpus(articles=(article,), references={}), examples=(), progress=Said()
    )
    report = SessionHost().open(assignment(entry))
    assert report.failure == ""
    assert report.facts["fingerprint"] == open_provider(entry, setting).fingerprint
    assert report.facts["pid"] == os.getpid()
    assert {"node", "libraries", "machine", "code", "n_threads", "device"} <= report.facts.keys()
    json.dumps(dict(report.facts))  # for the manifest


def test_a_worker_that_cannot_open_says_why_and_where(tmp_path: Path) -> None:
    """A folder that is not there on its machine is a failure with the name of the machine."""
    entry = LanguageModel(name="m", weights=FolderWeights(folder=tmp_path / "missing"))
    report = SessionHost().open(assignment(entry))
    assert "missing" in report.failure
    assert report.facts["node"]
