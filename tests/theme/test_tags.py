"""The theme's own tags."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.template import Context, Template

import bdhvs_theme

TABLE = Template(
    """{% load bdhvs_reports bdhvs_theme %}{% ready mark in marks as pieces %}
    <td   class="{{ mark.style }}"
    >{{ mark.said }}</td>{% endready %}{% filled row in rows with pieces %}
    <tr>
        <th>{{ row.name|in_tongue:"vi" }}{% if row.born %} ({{ row.born }}){% endif %}</th>
        {{ row.marks }} <td class="{{ row.style }}"></td>
    </tr>
    {% endfilled %}"""
)


class Mark:
    def __init__(self, word: str) -> None:
        self.word, self.style, self.asked = word, "done", 0

    def said(self) -> str:
        self.asked += 1
        return self.word


def row(style: str, name: str, born: str, *marks: Mark) -> Any:
    return SimpleNamespace(shape={"style": style}, texts={"name": name, "born": born}, marks=marks)


def test_a_large_table_is_made_of_ready_pieces_and_filled_shapes() -> None:
    one, other = Mark("<một>"), Mark("hai")
    rows = [
        row("help", "An & Bình", "", one, other),
        row("help", "<b>Cúc</b>", "1950", other, one),
        row("todo", "1", "1951", one, one),
    ]
    first, second = '<td class="done">&lt;một&gt;</td>', '<td class="done">hai</td>'
    expected = (
        f'<tr><th>An &amp; Bình</th> {first}{second} <td class="help"></td></tr>'
        f'<tr><th>&lt;b&gt;Cúc&lt;/b&gt; (1950)</th> {second}{first} <td class="help"></td></tr>'
        f'<tr><th>1 (1951)</th> {first}{first} <td class="todo"></td></tr>'
    )
    for round_ in (1, 2):
        assert TABLE.render(Context({"marks": [one, other], "rows": rows})).strip() == expected
        # Made anew for each page: it may have another reader, with another language.
        assert (one.asked, other.asked) == (round_, round_)
    # On a page that puts it in at the end.
    late: dict[str, str] = {}
    page = TABLE.render(Context({"marks": [one, other], "rows": rows, "late": late}))
    assert list(late.values()) == [expected] and page.strip() == next(iter(late))


def test_a_pages_title_is_made_of_words_without_markup() -> None:
    """What marks its language is an element, and a title shows elements as signs."""
    folder = Path(bdhvs_theme.__file__).parent / "templates"
    blocks = {
        path.relative_to(folder): re.findall(r"{% block title %}(.*?){% endblock", path.read_text("utf-8"), re.S)
        for path in folder.rglob("*.html")
    }
    assert sum(map(len, blocks.values())) > 50
    marked = [str(path) for path, found in blocks.items() if re.search(r"\|(titled|labelled)|account_name", str(found))]
    assert marked == []
