"""Articles in a temporary file: the same as they were added, from any thread, or a clear error."""

from __future__ import annotations

import resource
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.data import ById, KeptArticles, kept, without_texts
from evalkit.errors import InputError
from evalkit.prompts.examples import examples
from evalkit.records import Article, Corpus, Task

if TYPE_CHECKING:
    from pathlib import Path

ARTICLES = st.builds(
    Article, id=st.text(max_size=3), title=st.text(max_size=3), text=st.text(), sha256=st.just("s")
)
SHORT = Task(name="short", kind="summary", prompts="summary", n_characters=60, max_new_tokens=9)
LARGE = "襄阳市今年新修公路。" * 1000


@given(st.lists(ARTICLES, max_size=5))
def test_articles_come_back_as_they_were_added(articles: list[Article]) -> None:
    """Whatever their texts; by place, in slices and by id."""
    found = KeptArticles(articles)
    assert list(found) == articles
    assert found[1:] == tuple(articles[1:])
    assert dict(ById(found)) == {article.id: article for article in articles}


@pytest.fixture
def in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have all texts in a file, and return the folder that it is in."""
    monkeypatch.setattr(kept, "_IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("in_a_file")
def test_threads_may_read_at_once() -> None:
    """Each gets the text that it asked for: what goes to workers is made ready by several."""
    articles = [Article(id=str(i), title="", text=f"{i}{LARGE}", sha256="") for i in range(50)]
    found = KeptArticles(articles)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(found.__getitem__, [*range(50)] * 8)) == articles * 8


def test_nothing_is_left_of_the_file(in_a_file: Path) -> None:
    """It has no name that another process could change it by."""
    found = KeptArticles([Article(id="a", title="", text=LARGE, sha256="")] * 3)
    assert found[2].text == LARGE
    assert list(in_a_file.iterdir()) == []


def test_without_a_folder_for_it_the_articles_stay_in_memory(in_a_file: Path) -> None:
    """In a container nothing else than the run's folder may be writable."""
    in_a_file.rmdir()
    articles = [Article(id=id_, title="", text=LARGE, sha256="") for id_ in "abc"]
    assert list(KeptArticles(articles)) == articles


@pytest.mark.usefixtures("in_a_file")
def test_a_full_disk_is_one_clear_error() -> None:
    """With the variable that names another folder."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(LARGE), before[1]))
    try:
        with pytest.raises(InputError) as raised:
            KeptArticles([Article(id="a", title="", text=LARGE, sha256="")] * 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    (problem,) = raised.value.problems
    assert (problem.code, "TMPDIR" in problem.remedy) == ("unwritable", True)


def test_some_articles_are_chosen_without_reading_any() -> None:
    """In their order, by their ids; what is chosen outlives what it was chosen from."""
    articles = KeptArticles(
        Article(id=id_, title="", text=f"{id_}的文字", sha256="") for id_ in "甲乙丙"
    )
    known = articles.without_texts()
    assert {one.id: one.text for one in known} == {"甲": "", "乙": "", "丙": ""}
    chosen = articles.only({"丙", "甲"})
    del articles
    assert [(one.id, one.text) for one in chosen] == [("甲", "甲的文字"), ("丙", "丙的文字")]


class Counted(KeptArticles):
    """Articles that count how often one is read."""

    n_read = 0

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - a place or a slice, as the original
        """Return an article, or some of them."""
        self.n_read += 1
        return super().__getitem__(at)


def test_no_text_is_read_to_learn_which_articles_there_are() -> None:
    """By id, by hash or as examples, they are listed without one; asked for, one is read."""
    found = Counted(Article(id=id_, title="", text=LARGE, sha256=id_) for id_ in "甲乙丙")
    by_id = ById(found)
    assert {one.id: one.sha256 for one in without_texts(found)} == {id_: id_ for id_ in by_id}
    assert len(examples(Corpus(articles=found, references={}), [SHORT])) == len(found)
    assert found.n_read == 0
    assert (by_id["乙"].text, found.n_read) == (LARGE, 1)
