"""What of a lesson can be heard: blocks with words, and recordings of somebody reading them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtailmedia.blocks import AudioChooserBlock

from bdhvs_content.blocks.base import CheckedStructBlock


class ReadAloud:
    """A block whose words are read: by whoever recorded them, else by a machine."""

    def read_out(self, value: Any) -> Iterator[str]:
        """What is read, piece by piece, as HTML. In the language that is active."""
        raise NotImplementedError


class ReadingBlock(CheckedStructBlock):
    """Somebody reads the block above. On the page it is no block of its own: it goes before the machine's voice there.

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
    """By place of the block that is read: the recording."""
    found = {}
    before: Any = None
    for place, child in enumerate(body):
        if child.block_type == "reading" and isinstance(before, ReadAloud) and child.value["media"]:
            found[place - 1] = child.value["media"]
        before = child.block
    return found
