"""Text that is stored in Unicode's composed form, whatever keyboard it came from; and a page type's link to `Page`."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField
from wagtail.models import Page

from bdhvs_lms.base.api import nfc


class _Nfc:
    _plain: str

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)  # type: ignore[misc]
        return nfc(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)  # type: ignore[misc]
        return nfc(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        # The column is a plain one, so migrations name the plain class and need nothing of ours.
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{self._plain}", args, kwargs


LONGEST_INTRO = 2_000
"""Letters of an introduction: it stands above what it introduces, on a telephone."""

TOO_LONG = _("Too long: %(show_value)d characters. Use %(limit_value)d at most.")


class NfcCharField(_Nfc, models.CharField):
    _plain = "CharField"


class NfcTextField(_Nfc, models.TextField):
    _plain = "TextField"


class NfcRichTextField(_Nfc, RichTextField):
    _plain = "TextField"


def page_link() -> models.OneToOneField:
    """Return `page_ptr` as Django makes it, but its name on `Page` begins with the app's name.

    Django's own is the class's name in small letters, `Page.coursepage`, and `manage.py` stops on a site that has a
    `CoursePage` too.
    """
    return models.OneToOneField(
        Page,
        on_delete=models.CASCADE,
        parent_link=True,
        auto_created=True,
        primary_key=True,
        serialize=False,
        related_name="%(app_label)s_%(class)s",
    )
