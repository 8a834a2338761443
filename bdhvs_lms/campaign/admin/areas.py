"""Areas as a tree with their history, and organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateFilter, ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import AdminDateInput

from bdhvs_lms.base.admin.forms import ActionForm, day_field
from bdhvs_lms.base.admin.imports import ImportButton, ImportingViewSet, ImportPage
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordEdit, RecordList, column, day
from bdhvs_lms.base.api import fold
from bdhvs_lms.campaign.admin.choices import AreaField
from bdhvs_lms.campaign.declaring import add_organisation, add_village, change_area, change_organisation
from bdhvs_lms.campaign.importing.kinds import IMPORTERS
from bdhvs_lms.campaign.models import Area, Organisation
from bdhvs_lms.campaign.queries import areas_in_force

COMMUNE = (Area.Kind.COMMUNE.value,)


def in_tree_order(areas: QuerySet[Area]) -> QuerySet[Area]:
    """Sort each area behind the one it belongs to: by the codes on the way down, of at most four levels."""
    way: list[Any] = []
    for above in ("parent__parent__parent", "parent__parent", "parent"):
        step = Concat(F(f"{above}__code"), Value("/"))
        way.append(Case(When(**{f"{above}__isnull": False}, then=step), default=Value("")))
    return areas.annotate(way=Concat(*way, F("code"))).order_by("way", "valid_from", "pk")


class AreaFilterSet(WagtailFilterSet):
    name = CharFilter(label=_("Name"), method="named")
    on = DateFilter(label=_("Exists on"), method="existing", widget=AdminDateInput)
    kind = ChoiceFilter(label=_("Kind"), choices=Area.Kind.choices)
    urban = BooleanFilter(label=_("Urban"))
    parent = ModelChoiceFilter(
        label=_("Part of area"), queryset=Area.objects.filter(kind__in=COMMUNE, valid_to=None).order_by("name")
    )

    class Meta:
        model = Area
        fields: list[str] = []

    def named(self, areas: QuerySet[Area], _name: str, text: str) -> QuerySet[Area]:
        # Folded in Python: areas are few, and SQLite and PostgreSQL fold Vietnamese in different ways.
        wanted = fold(text)
        return areas.filter(pk__in=[pk for pk, name in areas.values_list("pk", "name") if wanted in fold(name)])

    def existing(self, areas: QuerySet[Area], _name: str, on: Any) -> QuerySet[Area]:
        return areas.filter(pk__in=areas_in_force(on).values("pk"))


class AreaList(ImportButton, RecordList):
    def order_queryset(self, queryset: Any) -> Any:
        return super().order_queryset(queryset) if self.ordering else in_tree_order(queryset)


class AddVillageForm(ActionForm):
    parent = AreaField(kinds=COMMUNE, label=_("Commune or ward"))
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Example: Tổ dân phố Bình Sơn"))
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        required=False,
        help_text=_("Optional. If empty, a code is generated from the commune's code and a number."),
    )
    valid_from = day_field(
        _("Valid from"), required=False, help_text=_("Optional. If empty, from the day the commune was established.")
    )

    class Meta(ActionForm.Meta):
        model = Area


class ChangeAreaForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    urban = forms.BooleanField(
        label=_("Urban"),
        required=False,
        help_text=_("People placed here count as urban residents, including for past dates."),
    )
    valid_to = day_field(_("Last day"), required=False, help_text=_("Leave empty while the unit exists."))
    note_vi = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    class Meta(ActionForm.Meta):
        model = Area
        fields = ("name", "urban", "valid_to", "note_vi")


class AreaAdd(RecordAdd):
    page_title = _("New village or residential group")

    def perform(self, form: Any) -> Area:
        return add_village(**form.cleaned_data, **self.stamp)


class AreaEdit(RecordEdit):
    def perform(self, form: Any) -> Area:
        return change_area(self.object, **form.cleaned_data, **self.stamp)


class AreaViewSet(ImportingViewSet):
    model = Area
    name = "areas"
    url_prefix = "chien-dich/dia-ban"
    icon = "site"
    pages = ("index", "add", "edit", "history")
    related = ("parent",)
    index_view_class = AreaList
    import_page = ImportPage.of(IMPORTERS["areas"])
    add_view_class = AreaAdd
    edit_view_class = AreaEdit
    add_form = AddVillageForm
    edit_form = ChangeAreaForm
    filterset_class = AreaFilterSet
    list_display = (
        column("name", _("Name"), sort="name"),
        column("kind", _("Kind"), "get_kind_display", sort="kind"),
        column("parent", _("Part of area"), lambda area: area.parent.name if area.parent else ""),
        column("code", _("Code"), sort="code"),
        column("urban", _("Urban"), lambda area: _("yes") if area.urban else ""),
        column("valid_from", _("Valid from"), day("valid_from"), sort="valid_from"),
        column("valid_to", _("Last day"), day("valid_to"), sort="valid_to"),
        column("confidence", _("Confidence")),
    )


class OrganisationFilterSet(WagtailFilterSet):
    kind = ChoiceFilter(label=_("Kind"), choices=Organisation.Kind.choices)
    area = ModelChoiceFilter(
        label=_("Commune or ward"), queryset=Area.objects.filter(kind__in=COMMUNE, valid_to=None).order_by("name")
    )

    class Meta:
        model = Organisation
        fields: list[str] = []


class OrganisationForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    area = AreaField(kinds=COMMUNE, label=_("Commune or ward"))

    class Meta(ActionForm.Meta):
        model = Organisation
        fields = ("name", "kind", "area")


class OrganisationAdd(RecordAdd):
    def perform(self, form: Any) -> Organisation:
        return add_organisation(**form.cleaned_data, **self.stamp)


class OrganisationEdit(RecordEdit):
    def perform(self, form: Any) -> Organisation:
        return change_organisation(self.object, **form.cleaned_data, by=self.request.user)


class OrganisationList(ImportButton, RecordList):
    pass


class OrganisationViewSet(ImportingViewSet):
    model = Organisation
    name = "organisations"
    url_prefix = "chien-dich/co-quan"
    icon = "group"
    pages = ("index", "add", "edit", "history")
    related = ("area",)
    index_view_class = OrganisationList
    import_page = ImportPage.of(IMPORTERS["organisations"])
    add_view_class = OrganisationAdd
    edit_view_class = OrganisationEdit
    add_form = edit_form = OrganisationForm
    filterset_class = OrganisationFilterSet
    ordering = ("name", "pk")
    list_display = (
        column("name", _("Name"), sort="name"),
        column("kind", _("Kind"), "get_kind_display", sort="kind"),
        column("area", _("Commune or ward"), "area.name"),
    )
