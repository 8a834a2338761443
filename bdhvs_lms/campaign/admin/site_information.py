"""Information on who runs the site: written anew, with what was there before in the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.admin.forms import ActionForm
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordViewSet, column, day
from bdhvs_lms.campaign.models import SiteInformation
from bdhvs_lms.campaign.site_information import FIELDS, write_site_information


class SiteInformationForm(ActionForm):
    agency = forms.CharField(
        label=gettext_lazy("Agency"),
        max_length=160,
        help_text=gettext_lazy("Who runs the site. Example: Ủy ban nhân dân xã Trần Phú."),
    )
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Help line"), max_length=20, required=False)
    hours_vi = forms.CharField(
        label=gettext_lazy("When somebody answers, in Vietnamese"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Example: giờ hành chính, thứ Hai đến thứ Sáu."),
    )
    hours_en = forms.CharField(label=gettext_lazy("When somebody answers, in English"), max_length=120, required=False)
    privacy_vi = forms.CharField(
        label=gettext_lazy("Privacy, in one sentence, in Vietnamese"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Example: Trang không thu tiền, không hỏi mã OTP."),
    )
    privacy_en = forms.CharField(
        label=gettext_lazy("Privacy, in one sentence, in English"), max_length=200, required=False
    )

    class Meta(ActionForm.Meta):
        model = SiteInformation


class SiteInformationAdd(RecordAdd):
    def get_initial(self) -> dict[str, Any]:
        """Return what is said now: one word is changed, not all of it typed anew."""
        last = SiteInformation.objects.order_by("-recorded_at", "-pk").values(*FIELDS).first()
        return {**super().get_initial(), **(last or {})}

    def perform(self, form: Any) -> SiteInformation:
        return write_site_information(**form.cleaned_data, **self.stamp)


class SiteInformationViewSet(RecordViewSet):
    model = SiteInformation
    name = "site-information"
    url_prefix = "chien-dich/thong-tin-trang"
    icon = "info-circle"
    pages = ("index", "add")
    add_view_class = SiteInformationAdd
    add_form = SiteInformationForm
    ordering = ("-recorded_at", "-pk")
    list_display = (
        column("agency", gettext_lazy("Agency")),
        column("address", gettext_lazy("Address")),
        column("phone", gettext_lazy("Help line")),
        column("recorded_at", gettext_lazy("Since"), day("recorded_at"), sort="recorded_at"),
    )
