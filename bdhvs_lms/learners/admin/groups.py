"""Target groups: their names, and the age that makes one a member.

They are here and not in campaign, because a changed age is followed by belongings of people.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bdhvs_lms.base.admin.forms import ActionForm
from bdhvs_lms.base.admin.viewsets import RecordEdit, RecordViewSet, column
from bdhvs_lms.campaign.api import TargetGroup, change_target_group
from bdhvs_lms.learners.age_rules import apply_group_rules, set_min_age


class GroupForm(ActionForm):
    label_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=200)
    label_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    rule_vi = forms.CharField(label=_("Rule, as worded in the plan"), max_length=300, required=False)
    min_age = forms.IntegerField(
        label=_("Minimum age"),
        min_value=1,
        max_value=120,
        required=False,
        help_text=_(
            "People belong to the group from 31 December of the year they reach this age, because only the year of "
            "birth is known. Leave empty to list people by hand."
        ),
    )

    class Meta(ActionForm.Meta):
        model = TargetGroup
        fields = ("label_vi", "label_en", "rule_vi", "min_age")


class GroupEdit(RecordEdit):
    written = 0

    def perform(self, form: Any) -> TargetGroup:
        data, group = form.cleaned_data, self.object
        change_target_group(
            group,
            label_vi=data["label_vi"],
            label_en=data["label_en"],
            rule_vi=data["rule_vi"],
            by=self.request.user,
        )
        self.age_changed = group.min_age != data["min_age"]
        if self.age_changed:
            self.log_data = {"min_age": {"from": group.min_age, "to": data["min_age"]}}
            set_min_age(group, data["min_age"], by=self.request.user)
        return group

    def save_action(self) -> Any:
        # After the transaction of the form: it goes in pieces of its own.
        if self.age_changed:
            written = apply_group_rules(**self.stamp)["written"]
            messages.info(
                self.request,
                ngettext("%(count)d membership was added.", "%(count)d memberships were added.", written)
                % {"count": written},
            )
        return super().save_action()


class TargetGroupViewSet(RecordViewSet):
    model = TargetGroup
    name = "target_groups"
    url_prefix = "chien-dich/nhom-doi-tuong"
    icon = "group"
    pages = ("index", "edit", "history")
    related = ("part_of",)
    edit_view_class = GroupEdit
    edit_form = GroupForm
    ordering = ("pk",)
    list_display = (
        column("label", _("Name"), "label_vi"),
        column("counted_where", _("Counted by"), "get_counted_where_display"),
        column("min_age", _("Minimum age")),
        column("part_of", _("Part of group"), lambda row: row.part_of.label_vi if row.part_of else ""),
        column("urban_only", _("Urban areas only"), lambda row: _("yes") if row.urban_only else ""),
        column("rule_vi", _("Rule, as worded in the plan")),
    )
