"""The text that people agree to: written as a draft, in force from a day on, never changed after it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bdhvs_lms.audit.models import ConsentText
from bdhvs_lms.audit.texts import LONGEST, newest_texts, text_in_force, write_text
from bdhvs_lms.base.admin.forms import ActionForm, day_field
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordEdit, RecordList, RecordPage, RecordViewSet, column, day
from bdhvs_lms.base.api import allowed, day_of, now, post_once
from bdhvs_lms.conf import app_settings


def has_begun(row: ConsentText, today: date) -> bool:
    return row.valid_from is not None and row.valid_from <= today


def _field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("An empty line begins a new paragraph."),
    )


class TextForm(ActionForm):
    text_vi = _field(gettext_lazy("Text in Vietnamese"))
    text_en = _field(gettext_lazy("Text in English"))
    valid_from = day_field(
        gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy(
            "Empty: a draft. From this day on everybody is asked again, and until they agree nothing new is recorded."
        ),
    )

    class Meta(ActionForm.Meta):
        model = ConsentText


class TextList(RecordList):
    def get_base_queryset(self) -> QuerySet[ConsentText]:
        return newest_texts().select_related("by")

    def get_edit_url(self, instance: Any) -> str | None:
        if has_begun(instance, self.today):
            return None
        address: str | None = super().get_edit_url(instance)
        return address

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.today = day_of(now())
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        current = text_in_force(self.today)
        for row in context["object_list"]:
            row.state = _state(row, current, self.today)
        if current is None:
            text = _("In force is the text that comes with the software (version %(version)s).")
            messages.info(self.request, text % {"version": app_settings.CONSENT_VERSION})
        return context


def _state(row: ConsentText, current: ConsentText | None, today: date) -> str:
    if row.valid_from is None:
        return _("draft")
    if row.valid_from > today:
        return _("not yet in force")
    return _("in force") if current is not None and row.pk == current.pk else _("replaced")


class TextAdd(RecordAdd):
    def get_initial(self) -> dict[str, Any]:
        """Return the newest text: one sentence is changed, not all of it typed anew."""
        last = ConsentText.objects.order_by("-pk").values("text_vi", "text_en").first()
        return {**super().get_initial(), **(last or {})}

    def perform(self, form: Any) -> ConsentText:
        return write_text(**form.cleaned_data, **self.stamp)


@post_once
class TextEdit(RecordEdit):
    def get_initial(self) -> dict[str, Any]:
        kept = {name: getattr(self.object, name) for name in ("text_vi", "text_en", "valid_from")}
        return {**super().get_initial(), **kept}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if allowed(request.user, "change_consenttext") and has_begun(self.get_object(), day_of(now())):
            messages.error(request, _("People have been asked for this version already. Write a new one."))
            return redirect(self.index_url_name)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def perform(self, form: Any) -> ConsentText:
        return write_text(version=self.object.version, **form.cleaned_data, **self.stamp)


class TextPage(RecordPage):
    template_name = "bdhvs_lms/admin/consent_text.html"

    def facts(self) -> dict[str, Any]:
        return {"text": self.object}


class ConsentTextViewSet(RecordViewSet):
    model = ConsentText
    name = "consent-texts"
    url_prefix = "du-lieu-ca-nhan/noi-dung-dong-y"
    icon = "doc-full"
    menu_label = gettext_lazy("Consent texts")
    pages = ("index", "add", "edit", "inspect")
    index_view_class = TextList
    add_view_class = TextAdd
    edit_view_class = TextEdit
    inspect_view_class = TextPage
    add_form = TextForm
    edit_form = TextForm
    ordering = ("-pk",)
    list_display = (
        column("version", gettext_lazy("Version")),
        column("state", gettext_lazy("State")),
        column("valid_from", gettext_lazy("In force from"), day("valid_from"), sort="valid_from"),
        column("recorded_at", pgettext_lazy("a text", "Saved on"), day("recorded_at"), sort="recorded_at"),
        column("by", gettext_lazy("Saved by"), lambda row: "" if row.by is None else row.by.get_username()),
    )
