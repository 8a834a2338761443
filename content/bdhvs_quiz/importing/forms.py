"""Forms for a file of questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin.forms.collections import CollectionChoiceField
from wagtail.models import Collection, Locale

from bdhvs_lms.base.api import format_number, language_name
from bdhvs_quiz.conf import app_settings
from bdhvs_quiz.importing.reading import MAX_QUESTIONS, reading_formats
from bdhvs_quiz.importing.rights import categories_for


def _limits() -> str:
    kinds = ", ".join(f"{kind.label} ({kind.suffix})" for kind in reading_formats())
    return _("%(kinds)s. At most %(size)s MB and %(count)s questions.") % {
        "kinds": kinds,
        "size": format_number(app_settings.MAX_IMPORT // 2**20),
        "count": format_number(MAX_QUESTIONS),
    }


class LocaleField(forms.ModelChoiceField):
    def label_from_instance(self, locale: Any) -> str:
        return language_name(locale.language_code)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=lazy(_limits, str)(), max_length=255, allow_empty_file=True
    )
    collection = CollectionChoiceField(
        label=pgettext_lazy("of questions", "Category"),
        queryset=Collection.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("All questions of the file come into this category."),
    )
    locale = LocaleField(
        label=gettext_lazy("Language"),
        queryset=Locale.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("The language the questions are written in."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("File format"),
        required=False,
        help_text=gettext_lazy("Choose one only if the file was not recognised correctly."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["collection"].queryset = categories_for(user)
        fields["locale"].queryset = Locale.objects.order_by("pk")
        fields["format"].choices = [
            ("", _("Recognise the file")),
            *((kind.key, str(kind.label)) for kind in reading_formats()),
        ]
        locales = {locale.language_code: locale.pk for locale in fields["locale"].queryset}
        fields["locale"].initial = locales.get(get_language() or "", Locale.get_default().pk)
        for name in [name for name in ("collection", "locale") if len(fields[name].queryset) < 2]:
            # Nothing to choose: said once, and taken.
            fields[name].widget = forms.HiddenInput()
            fields[name].initial = fields[name].queryset.first()
