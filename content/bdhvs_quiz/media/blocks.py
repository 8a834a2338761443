"""Blocks for pictures and sounds beside a question or an option."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AudioChooserBlock

from bdhvs_content.api import CheckedStructBlock, is_blank
from bdhvs_lms.base.api import row_number
from bdhvs_quiz.posted import mend

MAX_ALT = 500
MAX_TITLE = 200
MAX_TRANSCRIPT = 2_000

ALT_NEEDED = _("Describe the image in words: some people only hear the question.")
TITLE_NEEDED = _("Enter a title for the recording. It is shown above the player and read aloud.")
TRANSCRIPT_NEEDED = _("Enter a transcript of the recording. Without it, people who cannot hear cannot answer.")


class _LibraryBlock(CheckedStructBlock):
    """A block for a row of the library, with texts about it."""

    chosen: str
    """Name of the block that says which row."""

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        name = f"{prefix}-{self.chosen}"
        if data.get(name) and not row_number(data[name]):
            # No number of the library: Wagtail would fail on it.
            data = data.copy()
            data[name] = ""
        return super().value_from_datadict(data, files, prefix)


class PictureBlock(_LibraryBlock):
    """A picture. `alt` belongs to the use, as in lessons: the library's own description does not count here."""

    chosen = "image"

    image = ImageChooserBlock(label=pgettext_lazy("block", "Image"), required=False)
    alt = blocks.CharBlock(
        label=_("Image description"),
        required=False,
        max_length=MAX_ALT,
        help_text=_(
            "Read aloud to people who cannot see the image; it must not give the answer away. Example: “Phone screen "
            "with a message from an unknown number”."
        ),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if not value["image"]:
            errors["image"] = _("Choose an image.")
        if is_blank(value["alt"]):
            errors["alt"] = ALT_NEEDED
        return errors

    class Meta:
        icon = "image"
        label = pgettext_lazy("block", "Image")


class SoundBlock(_LibraryBlock):
    chosen = "media"

    media = AudioChooserBlock(
        label=_("Audio"), required=False, help_text=_("MP3, M4A or OGG, a minute at most (about 1 MB per minute).")
    )
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=MAX_TITLE, help_text=_("Example: “A call from a stranger”.")
    )
    transcript = blocks.TextBlock(
        label=_("Transcript"),
        required=False,
        max_length=MAX_TRANSCRIPT,
        rows=2,
        help_text=_("Everything that is said, for people who cannot hear."),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if not value["media"]:
            errors["media"] = _("Choose a file.")
        if is_blank(value["title"]):
            errors["title"] = TITLE_NEEDED
        if is_blank(value["transcript"]):
            errors["transcript"] = TRANSCRIPT_NEEDED
        return errors

    class Meta:
        icon = "media"
        label = _("Audio recording")


class MediaBlock(blocks.StreamBlock):
    """A stream of any number of both. A type of question puts it into its own blocks; its `compile` returns
    `references` of
    it."""

    picture = PictureBlock()
    sound = SoundBlock()

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(local_blocks, **kwargs)

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        whole = data.copy()
        mend(whole, prefix)
        return super().value_from_datadict(whole, files, prefix)

    class Meta:
        icon = "image"
        label = _("Images and audio")
