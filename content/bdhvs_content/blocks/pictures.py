"""Picture, and steps with a picture each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from bdhvs_content.blocks.aloud import ReadAloud
from bdhvs_content.blocks.base import INLINE_FEATURES, CheckedStructBlock, is_blank

# `Image.renditions` holds every size ever made of a picture; a lesson asks for this one. No picture of a lesson is
# wider on any screen, and a telephone with a dense screen shows it sharp enough.
PICTURE_FILTER = "width-800|format-webp|preserve-svg"

WORDS_NEEDED = _("Describe the image in words: some people only hear the lesson.")


def _words() -> blocks.CharBlock:
    return blocks.CharBlock(
        label=_("Image description"),
        help_text=_(
            "Read aloud to people who cannot see the image. Example: “Phone screen with the VNeID icon circled in red”."
        ),
        required=False,
        max_length=250,
    )


class PictureBlock(CheckedStructBlock):
    """A picture with its text alternative. `alt` is asked for at each use: it says what the picture shows here, which
    the library's title does not."""

    image = ImageChooserBlock(label=pgettext_lazy("block", "Image"), required=False)
    alt = _words()
    caption = blocks.CharBlock(
        label=_("Caption"),
        required=False,
        max_length=250,
        help_text=_("Optional. Shown below the image."),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        errors = {}
        if not value["image"]:
            errors["image"] = _("Choose an image.")
        if is_blank(value["alt"]):
            errors["alt"] = WORDS_NEEDED
        return errors

    class Meta:
        icon = "image"
        label = pgettext_lazy("block", "Image")
        template = "bdhvs_content/blocks/picture.html"


class StepBlock(CheckedStructBlock):
    text = blocks.RichTextBlock(
        label=_("Instruction"),
        required=False,
        features=INLINE_FEATURES,
        help_text=_("One action per step. Example: “Press the blue button at the bottom.”"),
    )
    image = ImageChooserBlock(label=pgettext_lazy("block", "Image"), required=False)
    alt = _words()

    def missing(self, value: Any) -> dict[str, Any]:
        errors = {}
        if is_blank(value["text"]):
            errors["text"] = _("Enter an instruction for this step. An image alone is not enough.")
        if value["image"] and is_blank(value["alt"]):
            errors["alt"] = WORDS_NEEDED
        return errors

    class Meta:
        icon = "list-ol"
        label = _("Step")


class StepsBlock(ReadAloud, CheckedStructBlock):
    """Numbered steps that show how to do something."""

    heading = blocks.CharBlock(
        label=_("Heading"), required=False, max_length=120, help_text=_("Optional. Example: “Turn on Wi-Fi”.")
    )
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"))

    def missing(self, value: Any) -> dict[str, Any]:
        return {} if len(value["steps"]) else {"steps": _("Add at least one step.")}

    def read_out(self, value: Any) -> Iterator[str]:
        yield escape(value["heading"])
        for number, step in enumerate(value["steps"], start=1):
            yield escape(gettext("Step %(number)s:") % {"number": number})
            yield step["text"].source

    class Meta:
        icon = "list-ol"
        label = _("Steps with images")
        template = "bdhvs_content/blocks/steps.html"
