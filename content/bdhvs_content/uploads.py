"""The forms for uploads: pictures of bounded size that cannot act, documents that are what they say, recordings."""

from __future__ import annotations

import os.path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm
from wagtailmedia.settings import wagtailmedia_settings

from bdhvs_content.blocks import file_size
from bdhvs_content.documents import is_what_it_says
from bdhvs_content.pixels import BoundedImageField
from bdhvs_content.sizes import wait_words
from bdhvs_content.svg import dangers


class PictureForm(BaseImageForm):
    """WAGTAILIMAGES_IMAGE_FORM_BASE: as Wagtail's, but a picture is measured before it is unpacked, and a drawing (SVG)
    that contains something active is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.fields.get("file")
        if given is not None:
            bounded = BoundedImageField(label=given.label, required=given.required, widget=given.widget)
            self.fields["file"] = bounded

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file and file.name.lower().endswith(".svg"):
            found = dangers(file)
            if found:
                raise ValidationError(
                    _(
                        "This drawing was rejected because it contains more than an image (%(found)s). "
                        "Save it as “plain SVG” in your drawing application, or upload it as PNG."
                    )
                    % {"found": "; ".join(found)}
                )
        return file


class _SaidOnce:
    """Mixin that drops a second error: for a file that was refused already, Wagtail's models say above the form that
    the ending of no name is wrong."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        errors: Any = self.errors  # type: ignore[attr-defined]
        if "file" in errors and NON_FIELD_ERRORS in errors:
            kept = [error for error in errors[NON_FIELD_ERRORS].as_data() if error.code != "invalid_extension"]
            del errors[NON_FIELD_ERRORS]
            if kept:
                self.add_error(None, kept)  # type: ignore[attr-defined]


class DocumentForm(_SaidOnce, BaseDocumentForm):
    """WAGTAILDOCS_DOCUMENT_FORM_BASE: a file is taken as what its name says when its content is of that kind.

    Which kinds there are is Wagtail's own setting, WAGTAILDOCS_EXTENSIONS."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            extension = os.path.splitext(file.name)[1][1:].lower()
            if not is_what_it_says(file, extension):
                raise ValidationError(
                    _(
                        "This file was rejected because its content does not match its extension "
                        "(.%(extension)s) or it contains macros. Open it, save it as a plain document and "
                        "upload that."
                    )
                    % {"extension": extension}
                )
        return file


class RecordingForm(_SaidOnce, BaseMediaForm):
    """WAGTAILMEDIA["MEDIA_FORM_BASE"]: says how long a learner on a weak line waits for the file; for a file of another
    kind it lists, beside the field, what is accepted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        size = file_size(self.instance) if self.instance.pk and self.instance.file else None
        if size is not None and "file" in self.fields:
            self.fields["file"].help_text = wait_words(size)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        audio = self.instance.type == "audio"
        taken = wagtailmedia_settings.AUDIO_EXTENSIONS if audio else wagtailmedia_settings.VIDEO_EXTENSIONS
        if file and taken and os.path.splitext(file.name)[1][1:].lower() not in taken:
            advice = (
                _("“%(name)s” is not an audio recording that phones play. Choose one of these kinds: %(kinds)s.")
                if audio
                else _("“%(name)s” is not a video that phones play. Choose one of these kinds: %(kinds)s.")
            )
            raise ValidationError(advice % {"name": os.path.basename(file.name), "kinds": ", ".join(taken)})
        return file
