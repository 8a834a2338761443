"""Text, tip or warning, document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from bdhvs_content.blocks.aloud import ReadAloud
from bdhvs_content.blocks.base import CheckedStructBlock, is_blank, refuse_length
from bdhvs_content.sizes import kind_of_file, size_words

# No h1: the page's title is the only one. No embeds: nothing on a page comes from elsewhere.
LESSON_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class TextBlock(ReadAloud, blocks.RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", LESSON_FEATURES)
        kwargs.setdefault(
            "help_text", _("Use short sentences and one idea per paragraph. Add a heading for each new topic.")
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        refuse_length(cleaned)
        return cleaned

    def read_out(self, value: Any) -> Iterator[str]:
        yield value.source

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "bdhvs_content/blocks/text.html"


class CalloutBlock(ReadAloud, CheckedStructBlock):
    """A tip or warning. An icon and a word say which kind, never colour alone."""

    kind = blocks.ChoiceBlock(
        choices=[("tip", _("Tip")), ("warning", _("Warning"))],
        default="tip",
        label=_("Kind"),
        help_text=_("“Warning”: where money, accounts or personal data could be lost."),
    )
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120, help_text=_("Optional."))
    text = blocks.RichTextBlock(label=_("Text"), required=False, features=["bold", "italic", "ul", "link"])

    def missing(self, value: Any) -> dict[str, Any]:
        return {"text": _("Enter the text of the tip or warning.")} if is_blank(value["text"]) else {}

    def read_out(self, value: Any) -> Iterator[str]:
        kind = gettext("Warning") if value["kind"] == "warning" else gettext("Tip")
        yield escape(f"{kind}: {value['heading']}" if value["heading"] else kind)
        yield value["text"].source

    class Meta:
        icon = "warning"
        label = _("Tip or warning")
        template = "bdhvs_content/blocks/callout.html"


class DocumentBlock(CheckedStructBlock):
    """A file to download. Its kind and size are shown: on a telephone they decide whether to open it."""

    document = DocumentChooserBlock(label=_("Document"), required=False)
    title = blocks.CharBlock(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_("What the learner will find in it. Example: “How to report a fraud, one page to print”."),
    )

    def missing(self, value: Any) -> dict[str, Any]:
        errors = {}
        if not value["document"]:
            errors["document"] = _("Choose a document.")
        if is_blank(value["title"]):
            errors["title"] = _("Enter a title for the document. It is used as the link text.")
        return errors

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        document = value["document"]
        if document:
            context["kind"] = kind_of_file(document.file_extension)
            context["size"] = size_words(document.get_file_size())
        return context

    class Meta:
        icon = "doc-full-inverse"
        label = _("Document")
        template = "bdhvs_content/blocks/document.html"
