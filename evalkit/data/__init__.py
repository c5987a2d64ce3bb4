"""Articles, references, public data sets, and predictions of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.config.sources import ArticleData
from evalkit.data import articles, public, references
from evalkit.data.kept import ById, KeptArticles, without_texts
from evalkit.errors import InputError
from evalkit.records import Corpus, References

if TYPE_CHECKING:
    from evalkit.config.sources import Data

__all__ = ["ById", "KeptArticles", "load", "without_texts"]


def load(data: Data, limit: int | None = None) -> Corpus:
    """Return the first `limit` articles that have references (all where None), with these.

    What has no reference yet is left out, and `Corpus.left_out` says so: placeholders, and articles
    without a file of references. Without a folder of references, no article has any.

    Raises:
        InputError: with every problem of the articles and the references.
    """
    if not isinstance(data, ArticleData):
        return public.load(data, limit)
    listed = articles.load(data.articles)
    ids = [article.id for article in listed.without_texts()]
    if data.references is None:
        return Corpus(articles=listed.only(set(ids[:limit])), references={})
    loaded = references.load_folder(data.references)
    if problems := references.find_unknown_articles(loaded, ids):
        raise InputError(problems)
    written = [id_ for id_ in ids if id_ in loaded and loaded[id_].written() != References()]
    wanted = ids if limit is None else (written or ids)[:limit]
    found = {id_: loaded[id_] for id_ in wanted if id_ in loaded}
    missing = references.find_articles_without(loaded, wanted, data.articles, data.references)
    unwritten = [problem for one in found.values() for problem in one.unwritten()]
    return Corpus(
        articles=listed.only(found),
        references={id_: one.written() for id_, one in found.items()},
        left_out=(*missing, *unwritten),
    )
