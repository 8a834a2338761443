"""The import of people, into a class at once where one is chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.imports import ImportPage
from bdhvs_lms.base.api import Preview, day_of, now
from bdhvs_lms.campaign.api import Area, Organisation
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.rosters import RosterImporter
from bdhvs_lms.learners.api import groups_by_list


class WholeListForm(forms.Form):
    """Values that hold for everybody of the list."""

    class_group = forms.ModelChoiceField(
        label=gettext_lazy("Class"),
        queryset=ClassGroup.objects.none(),
        required=False,
        help_text=gettext_lazy("Everybody on the list is put into this class. Leave empty to register people only."),
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Residence"),
        queryset=Area.objects.filter(valid_to=None, kind__in=("commune", "village")).order_by("name", "pk"),
        required=False,
        help_text=gettext_lazy("For lines that name none."),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Target group"),
        queryset=groups_by_list(),
        required=False,
        help_text=gettext_lazy("For lines that name none."),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.order_by("name", "pk"),
        required=False,
        help_text=gettext_lazy("For lines that name none. For example the school whose list it is."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_today = Q(ends=None) | Q(ends__gte=day_of(now()))
        field: Any = self.fields["class_group"]
        field.queryset = ClassGroup.objects.filter(open_today).order_by("name", "pk")


class RosterImport(ImportPage):
    importer = RosterImporter
    options_form = WholeListForm

    def shown(self, preview: Preview, content: bytes, options: forms.Form) -> HttpResponse:
        if preview.named:
            log_access(user=self.request.user, actors=preview.named, page="people-import", at=now())
        return super().shown(preview, content, options)

    def done_address(self, options: forms.Form) -> str:
        group = options.cleaned_data["class_group"]
        return super().done_address(options) if group is None else reverse("classes:inspect", args=[group.pk])
