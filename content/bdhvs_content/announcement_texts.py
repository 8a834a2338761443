"""An announcement as it is sent in a Zalo group and as it is read out over the village's loudspeakers: plain text made
from the page's fields, in the page's language, unless its editor wrote one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from bdhvs_content.plain import lines_of
from bdhvs_content.spoken import spoken

MANY = 5
"""Areas that are named; more are left to the announcement's own words."""


@dataclass(frozen=True)
class Texts:
    zalo: str
    loudspeaker: str


def plain_text(rich: str) -> str:
    """Convert rich text to plain text, each paragraph and list item on a line of its own."""
    return "\n".join(lines_of(rich, item="- "))


def texts_of(page: Any, request: HttpRequest | None) -> Texts:
    """Return the texts of a saved announcement. One query for its areas, one to know whose they are."""
    # The page's language without that of whoever reads: the text goes to other people.
    with translation.override(page.locale.language_code):
        areas = [area.name for area in page.source.areas.all()]
        return Texts(
            zalo=page.zalo_text.strip() or _for_zalo(page, areas, _address(page, request)),
            loudspeaker=page.loudspeaker_text.strip() or _for_loudspeaker(page, areas),
        )


def _address(page: Any, request: HttpRequest | None) -> str:
    """Return the address that people can open, if the page has one."""
    address = page.get_url(request)
    return "" if not address else str(request.build_absolute_uri(address) if request else page.full_url)


def _for_zalo(page: Any, areas: list[str], address: str) -> str:
    facts = [
        page.time_words and _("Time: %(time)s") % {"time": page.time_words},
        page.place_words and _("Place: %(place)s") % {"place": page.place_words},
        areas and _("For: %(areas)s") % {"areas": ", ".join(areas)},
        address and _("Read more: %(address)s") % {"address": address},
    ]
    head = _("ANNOUNCEMENT: %(title)s") % {"title": page.title}
    parts = [head, plain_text(page.text), "\n".join(fact for fact in facts if fact)]
    return "\n\n".join(part for part in parts if part)


def _for_loudspeaker(page: Any, areas: list[str]) -> str:
    """Build the text for the loudspeaker; what matters is said twice, for those who were in the kitchen the first
    time."""
    named = ", ".join(name[:1].lower() + name[1:] for name in areas) if len(areas) <= MANY else ""
    greeting = _("Dear people of %(areas)s") % {"areas": named} if named else _("Dear people of our area")
    facts = [
        page.time_words and _("Time: %(time)s") % {"time": page.time_words},
        page.place_words and _("Place: %(place)s") % {"place": page.place_words},
    ]
    lines = [
        greeting,
        _("Here is an announcement: %(title)s") % {"title": page.title},
        *lines_of(page.text),
        *facts,
        _("Once more: %(title)s") % {"title": page.title},
        *facts,
        _("Thank you for listening"),
    ]
    sentences = (_sentence(spoken(line)) for line in lines if line)
    return "\n".join(line for line in sentences if line)


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or re.search(r"[.!?…:]$", words) else f"{words}."
