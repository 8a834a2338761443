"""What the pages of teachers and of the committee need to show a `Table`."""

from typing import Any, cast

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdhvs_lms.reporting.api import Cell, Column, TargetRow, mark_words
from bdhvs_theme.pictures import bullet_of, line_of, strip_of
from bdhvs_theme.templatetags.bdhvs_theme import in_tongue

register = template.Library()
register.filter("bullet", bullet_of)
register.filter("line", line_of)
register.filter("strip", strip_of)


@register.filter
def mark(cell: Any) -> str:
    """Of a narrow cell on paper; its words where it has no style."""
    return mark_words(cell.style) if getattr(cell, "style", "") else str(cell.text)


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


class _OnceEach(template.Node):
    def __init__(self, thing: Any, body: template.NodeList) -> None:
        self.thing, self.body = thing, body

    def render(self, context: template.Context) -> SafeString:
        thing = self.thing.resolve(context)
        # The thing is kept with what it gave: the number of one that is gone would come again.
        known: dict[int, tuple[Any, SafeString]] = cast(Any, context.render_context).setdefault(self, {})
        if id(thing) not in known:
            known[id(thing)] = (thing, self.body.render(context))
        return known[id(thing)][1]


@register.tag
def once_each(parser: Any, token: Any) -> _OnceEach:
    """{% once_each thing %}…{% endonce_each %}: what is inside, made once for each object and repeated where it comes
    again. For a body that depends on that object and on nothing else that changes in the loop."""
    _name, thing = token.split_contents()
    body = parser.parse(("endonce_each",))
    parser.delete_first_token()
    return _OnceEach(parser.compile_filter(thing), body)


@register.filter
def marked(cell: Any) -> SafeString:
    """A cell's text as HTML, its Vietnamese parts (`Cell.vietnamese`) marked as such on a page in another language."""
    found = str(conditional_escape(cell.text))
    for part in dict.fromkeys(cell.vietnamese):
        if part:
            found = found.replace(str(conditional_escape(part)), str(in_tongue(part, "vi")))
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
