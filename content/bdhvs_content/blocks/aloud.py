"""Audible parts of a lesson: blocks with words, and recordings of somebody reading them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtailmedia.blocks import AudioChooserBlock

from bdhvs_content.blocks.base import CheckedStructBlock


class ReadAloud:
    """A block whose words are read aloud: by a person's recording, else by a machine."""

    def read_out(self, value: Any) -> Iterator[str]:
        """Yield the pieces that are read, as HTML, in the active language."""
        raise NotImplementedError


class ReadingBlock(CheckedStructBlock):
    """A recording of the block above. On the page it is no block of its own: it replaces the machine's voice there.

    Why no field of the blocks themselves? Within a struct Wagtail's editor of text neither splits a block nor inserts
    others, and every block's form would end in a chooser that most leave empty.
    """

    media = AudioChooserBlock(
        label=_("Audio"),
        required=False,
        help_text=_(
            "Somebody reading the block directly above, word for word. MP3, M4A or OGG (about 1 MB per minute). "
            "Learners hear it instead of the machine voice."
        ),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        return {} if value["media"] else {"media": _("Choose a file.")}

    def render(self, value: Any, context: Any = None) -> str:
        return ""

    class Meta:
        icon = "media"
        label = _("Recording of the block above")


def readings_of(body: Any) -> dict[int, Any]:
    """Return the recordings by place of the block that is read."""
    found = {}
    before: Any = None
    for place, child in enumerate(body):
        if child.block_type == "reading" and isinstance(before, ReadAloud) and child.value["media"]:
            found[place - 1] = child.value["media"]
        before = child.block
    return found
