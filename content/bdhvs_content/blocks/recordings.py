"""Film and sound, with text for everybody who cannot hear or see it, or has no data left on the telephone."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

from bdhvs_content.blocks.base import CheckedStructBlock, is_blank
from bdhvs_content.captions.field import CaptionsInput
from bdhvs_content.captions.reading import MOST_CHARACTERS, CaptionsRefused, Cue, read_captions
from bdhvs_content.captions.writing import paragraphs
from bdhvs_content.sizes import size_words
from bdhvs_lms.base.api import language_name

TRANSCRIPT_FEATURES = ["bold", "italic", "ul", "ol", "link"]


class CaptionsBlock(blocks.TextBlock):
    """Captions as text: typed, or what a .srt or .vtt file says. Empty ones are nobody's mistake here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MOST_CHARACTERS, **kwargs)

    @cached_property
    def field(self) -> Any:
        field = super().field
        field.widget = CaptionsInput()
        return field


def _transcript() -> blocks.RichTextBlock:
    return blocks.RichTextBlock(
        label=_("Transcript"),
        required=False,
        features=TRANSCRIPT_FEATURES,
        help_text=_(
            "Everything that is said and shown, for people who cannot hear and for slow connections. Left empty, the "
            "words of the captions above are shown."
        ),
    )


def _title(example: Any) -> blocks.CharBlock:
    return blocks.CharBlock(label=_("Title"), required=False, max_length=200, help_text=example)


def _starts_as_webvtt(document: Any) -> bool:
    """Check the file's first line for WebVTT (W3C WebVTT, 4.1), with or without a byte order mark. A missing file is
    none."""
    try:
        with document.open_file() as file:
            start: bytes = file.read(16)
    except OSError:
        return False
    return start.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")


def cues_of(value: Any) -> list[Cue]:
    """Return the cues of a recording's typed captions; unreadable ones give none, because a draft is shown too."""
    try:
        return read_captions(value.get("captions_text") or "")
    except CaptionsRefused:
        return []


class _RecordingBlock(CheckedStructBlock):
    def missing(self, value: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        typed = value.get("captions_text") or ""
        if not is_blank(typed):
            try:
                read_captions(typed)
            except CaptionsRefused as refused:
                errors["captions_text"] = refused.words
        if not value["media"]:
            errors["media"] = _("Choose a file.")
        if is_blank(value["title"]):
            errors["title"] = _("Enter a title. It is shown above the player and read aloud.")
        if is_blank(value["transcript"]) and is_blank(typed):
            errors["transcript"] = _("Enter a transcript. Without it, people who cannot hear miss this content.")
        return errors

    def get_prep_value(self, value: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_prep_value(value)
        if not data.get("captions_text"):
            # A lesson from before there were any is no other one because it is published again.
            data.pop("captions_text", None)
        return data

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        media = value["media"]
        if media:
            context["size"] = size_words(file_size(media))
            context["content_type"] = mimetypes.guess_type(media.filename)[0]
        context["spoken"] = paragraphs(cues_of(value)) if is_blank(value["transcript"]) else []
        return context


def file_size(media: Any) -> int | None:
    """Return the size in bytes; None when the file is gone: the page still opens, and says nothing about size."""
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
    captions_text = CaptionsBlock(
        label=_("Captions"),
        help_text=_(
            "What is said, with its times. Take it from a .srt or .vtt file, or type a time and the words in each "
            "line: “0:05 Xin chào”."
        ),
    )
    captions = DocumentChooserBlock(
        label=_("Captions file"),
        required=False,
        help_text=_("Only where the captions above are empty: a .vtt file from the document library."),
    )
    transcript = _transcript()

    def missing(self, value: Any) -> dict[str, Any]:
        errors = super().missing(value)
        captions = value["captions"]
        if not is_blank(value.get("captions_text")):
            return errors
        if not captions:
            errors["captions_text"] = _(
                "Add captions. In village halls the sound is often off, and some people cannot hear. Until then, the "
                "lesson stays a draft."
            )
        elif captions.file_extension.lower() != "vtt" or not _starts_as_webvtt(captions):
            errors["captions"] = _("This is not a captions file. Choose a .vtt file that begins with “WEBVTT”.")
        return errors

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        given = parent_context or {}
        # A lesson is rendered in its own language.
        language = get_language() or "vi"
        context |= {"captions_language": language, "captions_label": language_name(language)}
        context["captions_url"] = ""
        if not is_blank(value.get("captions_text")):
            # Where the page says which activity and block this is; without, as text only.
            if given.get("activity_key") and given.get("block_id"):
                place = [given["activity_key"], given["block_id"]]
                context["captions_url"] = reverse("bdhvs_content:captions", args=place)
        elif value["captions"]:
            context["captions_url"] = value["captions"].url
        return context

    class Meta:
        icon = "media"
        label = _("Video")
        template = "bdhvs_content/blocks/video.html"


class AudioBlock(_RecordingBlock):
    media = AudioChooserBlock(
        label=_("Audio"), required=False, help_text=_("MP3, M4A or OGG, a few minutes at most (about 1 MB per minute).")
    )
    title = _title(_("Example: “A fraudulent call, 2 minutes”."))
    captions_text = CaptionsBlock(
        label=_("Captions"),
        help_text=_("Optional. From a .srt or .vtt file: its words become the transcript where that is empty."),
    )
    transcript = _transcript()

    class Meta:
        icon = "media"
        label = _("Audio recording")
        template = "bdhvs_content/blocks/audio.html"
