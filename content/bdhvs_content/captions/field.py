"""The field that captions are typed in, with a button that takes them from a file."""

from __future__ import annotations

from django.forms import Media
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets import AdminAutoHeightTextInput


class CaptionsInput(AdminAutoHeightTextInput):
    """The file is read by the browser into the field (`captions.js`): what is saved is what one sees, and a saving in
    the midst of writing takes nothing anew."""

    template_name = "bdhvs_content/admin/widgets/captions.html"

    @property
    def media(self) -> Media:
        return super().media + Media(js=[versioned_static("bdhvs_content/captions.js")])
