"""Film and sound. Who cannot hear or see it, or has no data left on the telephone, reads it."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

from bdhvs_content.blocks.base import CheckedStructBlock, is_blank
from bdhvs_content.sizes import size_words

TRANSCRIPT_FEATURES = ["bold", "italic", "ul", "ol", "link"]


def _transcript() -> blocks.RichTextBlock:
    return blocks.RichTextBlock(
        label=_("Transcript"),
        required=False,
        features=TRANSCRIPT_FEATURES,
        help_text=_("Everything that is said and shown, for people who cannot hear and for slow connections."),
    )


def _title(example: Any) -> blocks.CharBlock:
    return blocks.CharBlock(label=_("Title"), required=False, max_length=200, help_text=example)


def _starts_as_webvtt(document: Any) -> bool:
    """WebVTT's first line (W3C WebVTT, 4.1), with or without a byte order mark. A file that is gone is none."""
    try:
        with document.open_file() as file:
            start: bytes = file.read(16)
    except OSError:
        return False
    return start.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")


class _RecordingBlock(CheckedStructBlock):
    def missing(self, value: Any) -> dict[str, Any]:
        errors = {}
        if not value["media"]:
            errors["media"] = _("Choose a file.")
        if is_blank(value["title"]):
            errors["title"] = _("Enter a title. It is shown above the player and read aloud.")
        if is_blank(value["transcript"]):
            errors["transcript"] = _("Enter a transcript. Without it, people who cannot hear miss this content.")
        return errors

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        media = value["media"]
        if media:
            context["size"] = size_words(file_size(media))
            context["content_type"] = mimetypes.guess_type(media.filename)[0]
        return context


def file_size(media: Any) -> int | None:
    """Bytes; None when the file is gone: the page still opens, and says nothing about size."""
    try:
        size: int = media.file.size
    except OSError:
        return None
    return size


class VideoBlock(_RecordingBlock):
    media = VideoChooserBlock(
        label=_("Video"), required=False, help_text=_("MP4 or WebM, a few minutes at most (about 6 MB per minute).")
    )
    title = _title(_("Example: “Update VNeID, 3 minutes”."))
    captions = DocumentChooserBlock(
        label=_("Captions"), required=False, help_text=_("A .vtt file with the spoken text in Vietnamese.")
    )
    transcript = _transcript()

    def missing(self, value: Any) -> dict[str, Any]:
        errors = super().missing(value)
        captions = value["captions"]
        if not captions:
            errors["captions"] = _(
                "Add captions (a .vtt file). In village halls the sound is often off, and some people "
                "cannot hear. Until then, the lesson stays a draft."
            )
        elif captions.file_extension.lower() != "vtt" or not _starts_as_webvtt(captions):
            errors["captions"] = _("This is not a captions file. Choose a .vtt file that begins with “WEBVTT”.")
        return errors

    class Meta:
        icon = "media"
        label = _("Video")
        template = "bdhvs_content/blocks/video.html"


class AudioBlock(_RecordingBlock):
    media = AudioChooserBlock(
        label=_("Audio"), required=False, help_text=_("MP3, M4A or OGG, a few minutes at most (about 1 MB per minute).")
    )
    title = _title(_("Example: “A fraudulent call, 2 minutes”."))
    transcript = _transcript()

    class Meta:
        icon = "media"
        label = _("Audio recording")
        template = "bdhvs_content/blocks/audio.html"
