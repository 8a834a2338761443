"""Pictures and sounds of the short form. They are uploaded there, since Wagtail's choosers close the dialog that they
open
from.

They go into the library, in the question's category; the question's own form has the choosers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_content.api import TakenFile, take_file, unsaved_file
from bdhvs_lms.base.api import nfc
from bdhvs_lms.plugins.api import PlainMedia
from bdhvs_quiz.media.blocks import ALT_NEEDED, MAX_ALT
from bdhvs_quiz.media.rights import may_store

MOST = 10 * 2**20
"""Bytes of a file: the question's own form takes longer recordings."""
FILE_LABEL = gettext_lazy("Image or audio")
ALT_LABEL = gettext_lazy("What the image shows, or what is said")


def add_fields(form: forms.Form, part: str) -> None:
    """Add the fields for one file. `part`: '' for the question, '-0' for the first option."""
    form.fields[f"file{part}"] = forms.FileField(label=FILE_LABEL, required=False)
    form.fields[f"alt{part}"] = forms.CharField(label=ALT_LABEL, required=False, max_length=MAX_ALT)


def fields_of(form: forms.Form, part: str) -> dict[str, Any]:
    return {"file": form[f"file{part}"], "alt": form[f"alt{part}"]}


class QuickFiles:
    """The files uploaded with one form. `keep` stores one; `forget` deletes the stored files again."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.category: Any = None
        self._taken: dict[int, TakenFile] = {}
        self._stored: list[Any] = []

    def media(self, given: Mapping[str, Any], part: str) -> tuple[PlainMedia, ...]:
        """Return the uploaded picture or sound of a part, or nothing.
        Raises ValidationError for a file that is too large or of another kind, and for one without a description."""
        upload, alt = given.get(f"file{part}"), nfc(given.get(f"alt{part}") or "")
        if not upload:
            return ()
        if upload.size > MOST:
            raise ValidationError(_("The file is too large: use at most %(most)s MB.") % {"most": MOST // 2**20})
        taken = take_file(upload.name, upload.read())
        if not alt:
            raise ValidationError(ALT_NEEDED)
        made = PlainMedia(taken.name, taken.content_type, lambda: taken.data, alt)
        self._taken[id(made)] = taken
        return (made,)

    def keep(self, media: PlainMedia) -> int:
        """Store a file, write its row in the caller's transaction and return its number. Raises ValueError if the user
        may not
        add files of its kind."""
        taken = self._taken[id(media)]
        if not may_store(self.user, self.category, taken.kind):
            raise ValueError(_("You may not add images or sounds in this category."))
        row = unsaved_file(taken, collection=self.category, by=self.user, description=media.alt)
        self._stored.append(row)
        row.save()
        number: int = row.pk
        return number

    def forget(self) -> None:
        for row in self._stored:
            row.file.delete(save=False)
