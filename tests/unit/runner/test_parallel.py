"""Scoring in several processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics import metric
from evalkit.records import Case
from evalkit.runner import parallel

if TYPE_CHECKING:
    import pytest


def test_processes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores from several processes are those from one, in the same order."""
    monkeypatch.setattr(parallel, "_WORTH_IT_S", 0)
    monkeypatch.setattr(parallel, "_CHUNK", 7)
    cases = [
        Case(id=str(i), prediction="襄阳创客" * (i % 5), references=("襄阳",)) for i in range(20)
    ]
    work = [(case, (metric("rougeLsum"), metric("rouge2"))) for case in cases]
    alone = list(parallel.score_all(work))
    assert list(parallel.score_all(work, processes=2)) == alone
    assert [len(scores) for scores in alone] == [2] * 20
