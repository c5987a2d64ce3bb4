"""The cache folder is named by the environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.config.environment import cache_folder
from tests.support.problems import problems_of

if TYPE_CHECKING:
    import pytest


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """EVALKIT_CACHE first, then the XDG folder, then ~/.cache."""
    monkeypatch.setenv("EVALKIT_CACHE", "/a")
    assert cache_folder() == Path("/a")
    monkeypatch.delenv("EVALKIT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert cache_folder() == Path("/b/evalkit")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "evalkit"


def test_a_user_without_a_home_has_to_name_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run as a user whom its system does not know."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    for name in ("EVALKIT_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    (problem,) = problems_of(cache_folder)
    assert (problem.file, problem.code) == ("EVALKIT_CACHE", "missing")
    assert problem.remedy
