"""What a lesson is made of. A block refuses in plain words what a learner could not use."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

# No h1: the page's title is the only one. No embeds: nothing on a page comes from elsewhere.
LESSON_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", LESSON_FEATURES)
        kwargs.setdefault("help_text", _("Short sentences, one thing a paragraph. Use a heading for each new thing."))
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "bdhvs_content/blocks/text.html"


class PictureBlock(blocks.StructBlock):
    """A picture with the words that stand for it. `alt` is asked for at each use: it says what this picture shows
    here, which the library's title does not."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("What the picture shows"),
        help_text=_(
            "Read aloud to people who cannot see the picture. "
            "Example: “Telephone screen with the VNeID icon circled in red”."
        ),
        # Not `required`: clean() below says why it is needed, in better words than "This field is required".
        required=False,
        max_length=250,
    )
    caption = blocks.CharBlock(
        label=_("Caption"),
        required=False,
        max_length=250,
        help_text=_("Shown below the picture. May stay empty."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["alt"].strip():
            message = _("Say in words what the picture shows: some people only hear the lesson.")
            raise blocks.StructBlockValidationError(block_errors={"alt": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "bdhvs_content/blocks/picture.html"


class LessonBody(blocks.StreamBlock):
    text = TextBlock()
    picture = PictureBlock()
