"""Common parts of blocks: a draft may be unfinished; what is published may not, and says so in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from wagtail import blocks

from bdhvs_content.fields import TOO_LONG
from bdhvs_lms.base.api import nfc

INLINE_FEATURES = ["bold", "italic", "link"]


def composed(data: Any) -> Any:
    """Return plain JSON data with all its text in Unicode's composed form (NFC)."""
    if isinstance(data, str):
        return nfc(data)
    if isinstance(data, Mapping):
        return {key: composed(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [composed(value) for value in data]
    return data


def is_blank(value: Any) -> bool:
    """Tell whether a text or rich text has nothing to read in it. Draftail stores an emptied field as an empty
    paragraph."""
    if value is None:
        return True
    source = getattr(value, "source", value)
    return not strip_tags(str(source)).replace("\xa0", " ").replace("&nbsp;", " ").strip()


# Letters in one block's text: some thirty printed pages. The longest lesson has a tenth of it.
_LONGEST_TEXT = 60_000


def refuse_length(text: Any) -> None:
    """Raise ValidationError when a rich text has more letters than anybody reads, in a draft too."""
    length = len(strip_tags(str(getattr(text, "source", text) or "")))
    if length > _LONGEST_TEXT:
        raise ValidationError(TOO_LONG % {"show_value": length, "limit_value": _LONGEST_TEXT})


class CheckedStructBlock(blocks.StructBlock):
    """A struct that says itself what is missing, beside the field that it is missing in.

    Its child blocks are not `required`: "This field is required" would say neither what to write nor why.
    """

    def missing(self, value: Any) -> dict[str, str]:
        """Return the reasons why it cannot be published like this, by field name; empty: it can."""
        return {}

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        long = {}
        for name, block in self.child_blocks.items():
            if isinstance(block, blocks.RichTextBlock):
                try:
                    refuse_length(cleaned[name])
                except ValidationError as refused:
                    long[name] = refused
        if long:
            raise blocks.StructBlockValidationError(block_errors=long)
        if not self.is_deferred_validation:
            errors = {name: ValidationError(text) for name, text in self.missing(cleaned).items()}
            if errors:
                raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned
