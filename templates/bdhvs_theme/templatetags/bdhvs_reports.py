"""What the pages of teachers and of the committee need to show a `Table`."""

import re
import secrets
from html import escape
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdhvs_lms.reporting.api import Cell, Column, TargetRow
from bdhvs_theme.pictures import bullet_of, line_of, strip_of
from bdhvs_theme.templatetags.bdhvs_theme import in_tongue

register = template.Library()
register.filter("bullet", bullet_of)
register.filter("line", line_of)
register.filter("strip", strip_of)


@register.filter
def css_of(column: Column[Any], cell: Cell) -> str:
    """The classes of a field: its column's; ``figure`` for a number, ``none`` where nothing is, ``big`` for a share."""
    classes = [f"c-{column.key}{column.css}"]
    if column.kind == "number":
        classes.append("figure")
    if cell.none or not cell.text:
        classes.append("none")
    elif column.key == "share" and cell.value is not None:
        classes.append("big")
    return " ".join(classes)


_GAP = re.compile(r"\s+")
# Before the end of a tag; where a field of a table begins and ends.
_IDLE = re.compile(r" (?=>|</t[dhr]>)|(?<=>) (?=<t[dhr][ >])")
_AFTER = re.compile(r"(<t[dhr](?: [^>]*)?>) ")


def _squeezed(html: str) -> str:
    """Without the breaks and indents of the template: one blank says as much, and is said two hundred times."""
    return _AFTER.sub(r"\1", _IDLE.sub("", _GAP.sub(" ", html))).strip()


class _Ready(template.Node):
    def __init__(self, name: str, things: Any, result: str, body: template.NodeList) -> None:
        self.name, self.things, self.result, self.body = name, things, result, body

    def render(self, context: template.Context) -> str:
        found = {}
        for thing in self.things.resolve(context):
            with context.push(**{self.name: thing}):
                found[id(thing)] = _squeezed(self.body.render(context))
        context[self.result] = found
        return ""


@register.tag
def ready(parser: Any, token: Any) -> _Ready:
    """{% ready mark in shown.marks as pieces %}…{% endready %}: the body made once for each of these things, kept for
    `filled`."""
    _tag, name, _in, things, _as, result = token.split_contents()
    body = parser.parse(("endready",))
    parser.delete_first_token()
    return _Ready(name, parser.compile_filter(things), result, body)


# Of no language: what stands between two of them is the number of a text.
_HOLE = "\ue000"


class _Filled(template.Node):
    def __init__(self, name: str, rows: Any, pieces: str, body: template.NodeList) -> None:
        self.name, self.rows, self.pieces, self.body = name, rows, pieces, body

    def render(self, context: template.Context) -> SafeString:
        pieces, out = context[self.pieces], []
        made: dict[tuple[Any, ...], list[Any]] = {}
        for row in self.rows.resolve(context):
            texts = row.texts
            shape = (*row.shape.values(), *map(bool, texts.values()))
            parts = made.get(shape)
            if parts is None:
                parts = made[shape] = self._parts(context, row)
            # Django's own `escape` does the same, and first asks of each text whether it is a lazy one.
            values = [*map(escape, texts.values()), "".join([pieces[id(one)] for one in row.marks])]
            # Every second part is the number of a text.
            parts = parts.copy()
            parts[1::2] = [values[number] for number in parts[1::2]]
            out.append("".join(parts))
        html = "".join(out)
        late = context.get("late")
        if late is None:
            return mark_safe(html)  # noqa: S308 - put together of escaped pieces
        # Nobody else can write it.
        mark = f"<!-- {secrets.token_hex(16)} -->"
        late[mark] = html
        return mark_safe(mark)  # noqa: S308

    def _parts(self, context: template.Context, row: Any) -> list[Any]:
        holes = {
            name: mark_safe(f"{_HOLE}{place}{_HOLE}") if text else ""  # noqa: S308
            for place, (name, text) in enumerate(row.texts.items())
        }
        marks = mark_safe(f"{_HOLE}{len(row.texts)}{_HOLE}")  # noqa: S308
        with context.push(**{self.name: {**row.shape, **holes, "marks": marks}}):
            parts: list[Any] = _squeezed(self.body.render(context)).split(_HOLE)
        parts[1::2] = map(int, parts[1::2])
        return parts


@register.tag
def filled(parser: Any, token: Any) -> _Filled:
    """{% filled row in shown.matrix with pieces %}…{% endfilled %}: the rows of a large table (`MatrixRow`). The body
    is made once for each shape that rows have, which depends on `row.shape` and on which texts are empty, and its holes
    are filled for each row; `row.marks` are the pieces that `ready` made. A text is only printed or marked with its
    language: no filter sees its letters. With a dict `late` in the context (`render_large`) the rows go there, and a
    mark into the page."""
    _tag, name, _in, rows, _with, pieces = token.split_contents()
    body = parser.parse(("endfilled",))
    parser.delete_first_token()
    return _Filled(name, parser.compile_filter(rows), pieces, body)


@register.filter
def marked(cell: Any) -> SafeString:
    """A cell's text as HTML, its Vietnamese parts (`Cell.vietnamese`) marked as such on a page in another language."""
    found = str(conditional_escape(cell.text))
    for part in dict.fromkeys(cell.vietnamese):
        if part:
            found = found.replace(str(conditional_escape(part)), str(in_tongue(part, "vi")))
    if lead := str(conditional_escape(getattr(cell, "lead", ""))):
        found = f'{lead}<span class="more">{found.removeprefix(lead)}</span>'
    return mark_safe(found)  # noqa: S308 - put together of escaped pieces


@register.filter
def reached_amount(row: TargetRow) -> str:
    """What a target's row has reached, with its unit."""
    return "" if row.reached is None else row.target.kind.amount(row.reached)


@register.filter
def target_amount(row: TargetRow) -> str:
    """What a row's target asks for, with its unit."""
    return row.target.kind.amount(row.target.value, short=True)


@register.filter
def words_for(figure: Any, target: Any) -> str:
    """What an outside figure says, beside a target."""
    return str(target.words_of(figure))


@register.filter
def text_of(thing: Any, stem: str) -> SafeString:
    """A text that data keep in both languages, `…_vi` and `…_en` (or plain, in English), marked with its language."""

    def get(name: str) -> str:
        return str((thing.get(name) if isinstance(thing, dict) else getattr(thing, name, "")) or "")

    vietnamese = get(f"{stem}_vi" if stem else "vi")
    english = get(f"{stem}_en" if stem else "en") or (get(stem) if stem else "")
    if not (vietnamese or english):
        return SafeString("")
    if (get_language() or "vi").startswith("vi"):
        return in_tongue(vietnamese or english, "vi" if vietnamese else "en")
    return in_tongue(english or vietnamese, "en" if english else "vi")


@register.filter
def short_name(target: Any) -> SafeString:
    """The short name of a target, else the beginning of the plan's sentence."""
    return text_of(target, "name") or in_tongue(Truncator(target.quote_vi).words(10), "vi")


@register.filter
def issued_by(thing: Any) -> SafeString:
    """Who issued a plan or framework: the English name where the reader has one, else as it calls itself."""
    return text_of({"vi": thing.issued_by, "en": thing.issued_by_en}, "")


@register.filter
def sureness(letter: str) -> str:
    """How sure a fact is, in words for the letter that data files have (some say more in brackets after it)."""
    words = {
        "A": _("read in the original source"),
        "B": _("confirmed by a second source"),
        "C": _("from public data files"),
        "D": _("inferred"),
        "M": _("from memory"),
    }
    first, _space, rest = letter.partition(" ")
    return f"{words[first]} {rest}".strip() if first in words else letter


@register.filter
def address_of_area(links: dict[int, str], area: Any) -> str:
    """The parameter by which the board opens an area of a table; empty where there are no links."""
    return links.get(area.pk, "") if links and area is not None else ""
