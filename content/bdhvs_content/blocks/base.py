"""What blocks have in common: a draft may be unfinished, what is published may not, and says so in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from wagtail import blocks

from bdhvs_lms.base.api import nfc

INLINE_FEATURES = ["bold", "italic", "link"]


def composed(data: Any) -> Any:
    """Plain JSON data with all its text in Unicode's composed form (NFC)."""
    if isinstance(data, str):
        return nfc(data)
    if isinstance(data, Mapping):
        return {key: composed(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [composed(value) for value in data]
    return data


def is_blank(value: Any) -> bool:
    """Whether a text or rich text has nothing to read in it. Draftail stores an emptied field as an empty paragraph."""
    if value is None:
        return True
    source = getattr(value, "source", value)
    return not strip_tags(str(source)).replace("\xa0", " ").replace("&nbsp;", " ").strip()


class CheckedStructBlock(blocks.StructBlock):
    """A struct that says itself what is missing, beside the field that it is missing in.

    Its child blocks are not `required`: "This field is required" would say neither what to write nor why.
    """

    def missing(self, value: Any) -> dict[str, str]:
        """Field name → why it cannot be published like this. Empty: it can."""
        return {}

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            errors = {name: ValidationError(text) for name, text in self.missing(cleaned).items()}
            if errors:
                raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned
