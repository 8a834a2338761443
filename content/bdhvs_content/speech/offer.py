"""Audio that a lesson's page offers: a recording, a machine's voice, or the browser's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import translation

from bdhvs_content.blocks import file_size, readings_of
from bdhvs_content.models import Speech
from bdhvs_content.sizes import size_words
from bdhvs_content.speech.making import engine, words_in
from bdhvs_content.speech.words import opening, words_of


@dataclass(frozen=True)
class Aloud:
    """Audio of one block. `opening`: its first words. With a `url` there is a file, of that `size` ("45 KB"), and
    `voice` says whose it is ("machine voice"; empty: a person's). Without, `text` is what the browser's voice may say.
    """

    opening: str
    url: str = ""
    size: str = ""
    voice: str = ""
    text: str = ""


def aloud_in(page: Any) -> dict[int, Aloud]:
    """Return audio by place of the block. One query for all that was made, and one for all recordings."""
    voice = engine()
    words = words_in(page)
    made = {row.key: row for row in Speech.objects.filter(key__in={each.key for each in words.values() if each.key})}
    found = {}
    with translation.override(page.locale.language_code):
        for place, spoken in words.items():
            row = made.get(spoken.key)
            if row is not None and voice is not None:
                found[place] = Aloud(opening(spoken.text), row.file.url, size_words(row.bytes), str(voice.label))
            else:
                found[place] = Aloud(opening(spoken.text), text=spoken.text)
        for place, media in readings_of(page.body).items():
            text = words_of(page.body[place])
            found[place] = Aloud(opening(text), media.url, size_words(file_size(media)))
    return found
