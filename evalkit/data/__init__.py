"""Articles, references, public data sets, and predictions of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.config.sources import ArticleData
from evalkit.data import articles, public, references
from evalkit.errors import InputError
from evalkit.records import Corpus, References

if TYPE_CHECKING:
    from evalkit.config.sources import Data

__all__ = ["load"]


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
    if data.references is None:
        return Corpus(articles=listed[:limit], references={})
    loaded = references.load_folder(data.references)
    if problems := references.find_unknown_articles(loaded, [article.id for article in listed]):
        raise InputError(problems)
    written = [a for a in listed if a.id in loaded and loaded[a.id].written() != References()]
    chosen = listed if limit is None else (written or listed)[:limit]
    wanted = [article.id for article in chosen]
    found = {article_id: loaded[article_id] for article_id in wanted if article_id in loaded}
    missing = references.find_articles_without(loaded, wanted, data.articles, data.references)
    unwritten = [problem for one in found.values() for problem in one.unwritten()]
    return Corpus(
        articles=tuple(article for article in chosen if article.id in found),
        references={article_id: one.written() for article_id, one in found.items()},
        left_out=(*missing, *unwritten),
    )
