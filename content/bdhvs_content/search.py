"""Search of pages without diacritics ("kiem tra" finds "Kiểm tra"), and Wagtail's search in the database, for
WAGTAILSEARCH_BACKENDS.

Pages of ours say to the index what they are called without marks, so any backend finds them by it, together with a
site's own pages. The backend here also looks for what was typed without marks: "hoà" finds "Hòa", whichever way either
was written. And it leaves out what SQLite's takes for the end of a word: there a single quotation mark in what an
editor looks for (5" màn hình) is an error in the query that Wagtail makes of it, and the page a 500. Nothing is lost:
marks are no part of the words that are indexed.
"""

from __future__ import annotations

from typing import Any

from wagtail.models import Page
from wagtail.search import index
from wagtail.search.backends import database
from wagtail.search.query import And, Or, PlainText

from bdhvs_lms.base.api import fold

__all__ = ["FOLDED", "SearchBackend", "folded_title"]

FOLDED: list[Any] = [
    *Page.search_fields,
    index.SearchField("folded_title"),
    index.AutocompleteField("folded_title"),
]
"""`search_fields` of a page type that has `folded_title`."""


def folded_title(page: Any) -> str:
    """Return the titles of the page and its draft, without marks."""
    titles = dict.fromkeys(fold(title) for title in (page.title, page.draft_title) if title)
    return " ".join(titles)


def _folding(query: Any, operator: str | None) -> Any:
    """Return the query without quotation marks; with diacritics in it, that or the same without them."""
    if isinstance(query, And):
        return And([_folding(part, operator) for part in query.subqueries])
    if isinstance(query, PlainText):
        words, operator = query.query_string, query.operator
    elif isinstance(query, str):
        words = query
    else:
        return query
    words = words.replace('"', " ").strip()
    plain = fold(words)
    if plain == words.casefold():
        return words if isinstance(query, str) else PlainText(words, operator=operator, boost=query.boost)
    return Or([PlainText(words, operator=operator or "and"), PlainText(plain, operator=operator or "and")])


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802 Wagtail asks for this name
    """Return the backend for the site's database."""
    usual = type(database.SearchBackend(params))

    class Backend(usual):  # type: ignore[misc, valid-type]
        def _search(self, compiler: Any, query: Any, rows: Any, **more: Any) -> Any:
            return super()._search(compiler, _folding(query, more.get("operator")), rows, **more)

    return Backend(params)
