"""The editors' forms: for an uploaded activity, its name and file; for a page that shows one."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

from bdhvs_content.api import ActivityPageForm, size_words
from bdhvs_h5p.conf import app_settings

__all__ = ["H5PContentForm", "H5PPageForm"]


def _limit() -> str:
    return _("An .h5p file of at most %(size)s.") % {"size": size_words(app_settings.MAX_UPLOAD)}


def _attributes() -> dict[str, Any]:
    """Return the attributes that upload.js reads, with words in the language of the page."""
    return {
        "accept": ".h5p",
        "data-h5p-upload": "",
        "data-limit": str(app_settings.MAX_UPLOAD),
        "data-too-large": _("Not sent: this file is larger than %(size)s.")
        % {"size": size_words(app_settings.MAX_UPLOAD)},
        "data-sending": _("Uploading the file…"),
        "data-checking": _("Upload complete. Checking the file…"),
        "data-failed": _("The connection was lost before the upload finished. Try again."),
    }


class H5PContentForm(WagtailAdminModelForm):
    """Form of a content. `package` is compulsory for a new one; `title` may stay empty there: the file has one."""

    package = forms.FileField(label=gettext_lazy("File"), required=False, help_text=lazy(_limit, str)())

    class Media:
        js: ClassVar[list[str]] = ["bdhvs_h5p/upload.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "package" in self.fields:
            self.fields["package"].widget.attrs.update(_attributes())
        if self.instance.pk:
            self.fields["package"].label = gettext_lazy("Replace file")
        else:
            self.fields["title"].required = False
            self.fields["title"].help_text = gettext_lazy("Optional. If empty, the name in the file is used.")

    def clean_package(self) -> Any:
        file = self.cleaned_data.get("package")
        if file is None and not self.instance.pk:
            raise ValidationError(_("Choose a file with the extension .h5p."))
        if file is not None and file.size > app_settings.MAX_UPLOAD:
            raise ValidationError(_limit())
        return file


class H5PPageForm(ActivityPageForm):
    """Form of a page. It knows what should finish each content; completion.js selects that when a content is chosen."""

    class Media:
        js: ClassVar[list[str]] = ["bdhvs_h5p/completion.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "completion" in self.fields:
            self.fields["completion"].widget.attrs["data-h5p-suggested"] = json.dumps(self.instance.suggestions())
