"""The forms for uploads: pictures that cannot act, recordings whose size the editor is told."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from bdhvs_content.blocks import file_size
from bdhvs_content.sizes import wait_words
from bdhvs_content.svg import dangers


class PictureForm(BaseImageForm):
    """WAGTAILIMAGES_IMAGE_FORM_BASE: as Wagtail's, and a drawing (SVG) with something in it that acts is refused."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file and file.name.lower().endswith(".svg"):
            found = dangers(file)
            if found:
                raise ValidationError(
                    _(
                        "This drawing was not taken: there is more than a picture in it (%(found)s). "
                        "Save it as “plain SVG” in the drawing program, or upload it as PNG."
                    )
                    % {"found": "; ".join(found)}
                )
        return file


class RecordingForm(BaseMediaForm):
    """WAGTAILMEDIA["MEDIA_FORM_BASE"]: says how long a learner on a weak line waits for the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        size = file_size(self.instance) if self.instance.pk and self.instance.file else None
        if size is not None and "file" in self.fields:
            self.fields["file"].help_text = wait_words(size)
