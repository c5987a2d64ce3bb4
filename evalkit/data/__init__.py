"""Articles, references, public data sets, and predictions of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.config.sources import ArticleData
from evalkit.data import articles, public, references
from evalkit.errors import InputError
from evalkit.records import Corpus

if TYPE_CHECKING:
    from evalkit.config.sources import Data

__all__ = ["load"]


def load(data: Data, limit: int | None = None) -> Corpus:
    """Return the first `limit` articles (all where None) with their references.

    Raises:
        InputError: with every problem of the articles and the references.
    """
    if not isinstance(data, ArticleData):
        return public.load(data, limit)
    listed = articles.load(data.articles)
    loaded = references.load_folder(data.references)
    ids = [article.id for article in listed]
    if problems := references.find_unpaired(loaded, ids, data.references):
        raise InputError(problems)
    kept = listed if limit is None else listed[:limit]
    return Corpus(
        articles=kept,
        references={article.id: loaded[article.id].references for article in kept},
    )
