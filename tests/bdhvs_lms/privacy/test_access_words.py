"""Whoever was looked at reads in words what was opened."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import override

from bdhvs_lms.privacy.accesses import page_words, pages_in_words
from tests.support.source import modules


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def given(call: ast.Call, place: int | None) -> ast.expr | None:
    """What a call gives as `page`."""
    named = next((each.value for each in call.keywords if each.arg == "page"), None)
    return named or (call.args[place] if place is not None and len(call.args) > place else None)


def carriers(tree: ast.Module) -> dict[str, int | None]:
    """Functions that write a look down under the `page` that they are given → the place of that parameter."""
    found: dict[str, int | None] = {"log_access": None}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        places = [each.arg for each in function.args.args]
        inside = [each for each in ast.walk(function) if isinstance(each, ast.Call) and called(each) == "log_access"]
        if "page" in places and any(ast.unparse(given(each, None) or function) == "page" for each in inside):
            found[function.name] = places.index("page")
    return found


def pages_written_down() -> Iterator[str]:
    """Each key that code gives to the access log; of one with a part that varies, as it is with a file's kind."""
    functions: dict[Path, dict[str, int | None]] = {}
    for path, tree in modules().items():
        # Helpers are known in their own folder.
        functions.setdefault(path.parent, {}).update(carriers(tree))
    for path, tree in modules().items():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and called(call) in functions[path.parent]:
                page: Any = given(call, functions[path.parent][called(call)])
                if isinstance(page, ast.Constant) and isinstance(page.value, str):
                    yield page.value
                elif isinstance(page, ast.JoinedStr):
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "csv" for part in page.values)


def test_every_page_that_is_written_down_has_words_in_both_languages() -> None:
    written = set(pages_written_down())
    assert {"class-review", "class-review-csv", "class-person-why", "class-task", "paper-sheet", "visit"} <= written
    told = {}
    for language in ("vi", "en"):
        with override(language):
            known = pages_in_words()
            told[language] = {page: page_words(page, known) for page in written}
    assert [page for page in written if told["vi"][page] in {page, told["en"][page]}] == []
    assert page_words("a-plugin.page", {}) == "a-plugin.page"
