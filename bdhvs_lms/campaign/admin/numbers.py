"""Denominators, outside figures: further entries only, each with source, day and who wrote it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from bdhvs_lms.base.admin.forms import ActionForm, day_field
from bdhvs_lms.base.admin.imports import ImportButton, ImportingViewSet, ImportPage
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordList, column, day, number
from bdhvs_lms.campaign.actions import enter_denominator, enter_figure
from bdhvs_lms.campaign.admin.choices import AreaField, area_label
from bdhvs_lms.campaign.importing.kinds import IMPORTERS
from bdhvs_lms.campaign.measures import MEASURES, MOST_PEOPLE
from bdhvs_lms.campaign.models import Area, Denominator, Figure, Indicator, TargetGroup


def _entered(row: Any) -> str:
    day_and_time = date_format(localtime(row.entered_at), "SHORT_DATETIME_FORMAT")
    return f"{day_and_time}, {row.entered_by.get_username() if row.entered_by else gettext('the system')}"


ENTERED = (
    column("source", _("Source"), width="20%"),
    column("entered", _("Entered on"), _entered, sort="entered_at"),
    column("illustrative", _("Illustrative"), lambda row: _("yes, not for reporting") if row.illustrative else ""),
)
ABOUT = (
    column("group", _("Target group")),
    column("area", _("Area"), lambda row: area_label(row.area)),
    column("as_of", _("As of"), day("as_of"), sort="as_of"),
)


class EntryFilterSet(WagtailFilterSet):
    group = ModelChoiceFilter(label=_("Target group"), queryset=TargetGroup.objects.order_by("pk"))
    area = ModelChoiceFilter(label=_("Area"), queryset=Area.objects.order_by("name", "pk"))


class DenominatorFilterSet(EntryFilterSet):
    class Meta:
        model = Denominator
        fields: list[str] = []


class FigureFilterSet(EntryFilterSet):
    indicator = ModelChoiceFilter(label=_("Indicator"), queryset=Indicator.objects.order_by("pk"))

    class Meta:
        model = Figure
        fields: list[str] = []


def _group_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=_("Target group"), queryset=TargetGroup.objects.order_by("pk"))


def _bounds(key: str) -> dict[str, Any]:
    """Return the bounds of a field that keeps what is measured so; it may stay empty: not measured."""
    return {"min_value": MEASURES[key].least, "max_value": MEASURES[key].most, "required": False}


AS_OF_HELP = _("The date the source gives for this figure.")
SOURCE_HELP = _("Who published it, where and when. Example: Công an phường, báo cáo ngày 30/9/2026.")


class DenominatorForm(ActionForm):
    group = _group_field()
    area = AreaField()
    as_of = day_field(_("As of"), help_text=AS_OF_HELP)
    value = forms.IntegerField(label=_("Number of people"), validators=[MinValueValidator(1)], max_value=MOST_PEOPLE)
    source = forms.CharField(label=_("Source"), max_length=300, help_text=SOURCE_HELP)
    sure = forms.BooleanField(
        label=_("The number has been checked and is right"), required=False, widget=forms.HiddenInput
    )

    class Meta(ActionForm.Meta):
        model = Denominator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["sure"] = ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        # What was ticked is said of the number that stood beside it, and of no other.
        data["sure"] = self.data.get(self.add_prefix("sure")) == str(data.get("value"))
        return data

    def refuse(self, refused: ValidationError) -> None:
        super().refuse(refused)
        if self.has_error("sure"):
            self.fields["sure"].widget = forms.CheckboxInput(
                attrs={"value": str(self.cleaned_data["value"])}, check_test=lambda _value: False
            )


class FigureForm(ActionForm):
    indicator = forms.ModelChoiceField(label=_("Indicator"), queryset=Indicator.objects.order_by("pk"))
    group = _group_field()
    area = AreaField()
    as_of = day_field(_("As of"), help_text=AS_OF_HELP)
    numerator = forms.IntegerField(
        label=_("Number of people"), help_text=_("The number of people counted by the source."), **_bounds("count")
    )
    base = forms.IntegerField(
        label=_("Out of"), help_text=_("The total number of people the source considered."), **_bounds("count")
    )
    percent = forms.DecimalField(
        label=_("Share (%)"),
        max_digits=5,
        decimal_places=2,
        help_text=_("Only if the source gives no number of people."),
        **_bounds("share"),
    )
    rank = forms.IntegerField(label=_("Rank"), help_text=_("1 is the highest rank."), **_bounds("rank"))
    source = forms.CharField(label=_("Source"), max_length=300, help_text=SOURCE_HELP)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    class Meta(ActionForm.Meta):
        model = Figure


class DenominatorAdd(RecordAdd):
    success_message = _("The population figure was saved. Earlier entries are kept.")

    def perform(self, form: Any) -> Denominator:
        return enter_denominator(**form.cleaned_data, **self.stamp)


class FigureAdd(RecordAdd):
    success_message = _("The figure was saved. Earlier entries are kept.")

    def perform(self, form: Any) -> Figure:
        return enter_figure(**form.cleaned_data, **self.stamp)


class EntryList(ImportButton, RecordList):
    pass


class DenominatorImport(ImportPage):
    importer = IMPORTERS["denominators"]


class _EntryViewSet(ImportingViewSet):
    pages = ("index", "add")
    index_view_class = EntryList
    ordering = ("-as_of", "-entered_at", "-pk")


class DenominatorViewSet(_EntryViewSet):
    model = Denominator
    name = "denominators"
    import_page = DenominatorImport
    url_prefix = "chien-dich/tong-so"
    icon = "clipboard-list"
    related = ("group", "area", "entered_by")
    add_view_class = DenominatorAdd
    add_form = DenominatorForm
    filterset_class = DenominatorFilterSet
    list_display = (*ABOUT, column("value", _("Number of people"), number("value"), sort="value"), *ENTERED)


class FigureViewSet(_EntryViewSet):
    model = Figure
    name = "figures"
    import_page = ImportPage.of(IMPORTERS["figures"])
    url_prefix = "chien-dich/so-lieu-ngoai"
    icon = "globe"
    related = ("indicator", "group", "area", "entered_by")
    add_view_class = FigureAdd
    add_form = FigureForm
    filterset_class = FigureFilterSet
    list_display = (
        column("indicator", _("Indicator")),
        *ABOUT,
        column("in_words", _("Figure")),
        *ENTERED,
        column("note", _("Note")),
    )
