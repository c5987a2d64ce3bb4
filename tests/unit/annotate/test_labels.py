"""The words of the pages on which people work."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import get_args

import pytest

from evalkit.annotate.pages import labels
from evalkit.data.references import DIFFICULTIES
from evalkit.language import LANGUAGES
from evalkit.records import QuestionType
from evalkit.report.people import Choice, Reason

HAN = "\u4e00-\u9fff"
HOLE = re.compile(r"\{(\w+)[^}]*\}")
FAMILIES = ("task.", "type.", "choice.", "reason.", "difficulty.", "rule.", "field.", "add.")
PAGES = {"preferences", "references"}


def test_every_label_is_complete_and_used() -> None:
    """Each has every language with the same places to fill; none is missing, none is unused."""
    folder = files("evalkit.annotate") / "templates"
    sources = [
        file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if not file.name.endswith(".yaml")
    ]
    everything = "\n".join(sources)
    for key, words in labels().items():
        assert len(words) == len(LANGUAGES), key
        assert all(isinstance(word, str) and word.strip() for word in words), key
        assert len({frozenset(HOLE.findall(word)) for word in words}) == 1, key
        assert key.startswith(FAMILIES) or key in PAGES or f'"{key}"' in everything, key
    for key in re.findall(r"""\bt\("([a-z./_ ]+)"[,)]""", everything):
        assert key in labels(), key


def test_all_that_a_person_may_choose_has_a_label() -> None:
    """Every choice, reason, type and difficulty has words in both languages."""
    named = {"choice": Choice, "reason": Reason, "type": QuestionType}
    keys = [f"difficulty.{level}" for level in DIFFICULTIES]
    keys += [f"{family}.{name}" for family, kind in named.items() for name in get_args(kind)]
    assert [key for key in keys if key not in labels()] == []


@pytest.mark.parametrize("key", list(labels()))
def test_chinese_is_punctuated_as_chinese(key: str) -> None:
    """No ASCII comma, colon, bracket or question mark is next to a Chinese character."""
    english, chinese = labels()[key]
    assert not re.search(rf"[{HAN}] ?[,;:!?()]|[,;:!?()] ?[{HAN}]", HOLE.sub("字", chinese))
    assert not re.search(r"[，。：；（）、]", english)
