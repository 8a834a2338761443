"""The form field for captions, with a button that reads them from a file."""

from __future__ import annotations

from django.forms import Media
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets import AdminAutoHeightTextInput


class CaptionsInput(AdminAutoHeightTextInput):
    """Input for captions. The browser reads the file into the field (`captions.js`), so what is saved is what the
    editor sees, and a save while writing does not read the file again."""

    template_name = "bdhvs_content/admin/widgets/captions.html"

    @property
    def media(self) -> Media:
        return super().media + Media(js=[versioned_static("bdhvs_content/captions.js")])
