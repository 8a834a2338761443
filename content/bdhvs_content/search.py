"""Wagtail's search in the database, for WAGTAILSEARCH_BACKENDS, without what SQLite's takes for the end of a word.

On SQLite a single quotation mark in what an editor looks for (5" màn hình) is an error in the query that Wagtail makes
of it, and the page a 500. Nothing is lost by leaving it out: marks are no part of the words that are indexed.
"""

from __future__ import annotations

from typing import Any

from wagtail.search.backends import database
from wagtail.search.query import PlainText

__all__ = ["SearchBackend"]


def _without_marks(query: Any) -> Any:
    if isinstance(query, str):
        return query.replace('"', " ").strip()
    if isinstance(query, PlainText):
        return PlainText(query.query_string.replace('"', " "), operator=query.operator, boost=query.boost)
    return query


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802 Wagtail asks for this name
    """The backend for the site's database."""
    usual = type(database.SearchBackend(params))

    class Backend(usual):  # type: ignore[misc, valid-type]
        def _search(self, compiler: Any, query: Any, rows: Any, **more: Any) -> Any:
            return super()._search(compiler, _without_marks(query), rows, **more)

    return Backend(params)
