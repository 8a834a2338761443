"""Choice of whose accounts may become learners by themselves: said anew, with what was said before in the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.admin.forms import ActionForm
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordViewSet, column, day
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.account_learners import write_who_learns
from bdhvs_lms.learners.models import WhoLearns


class WhoLearnsForm(ActionForm):
    rule = forms.ChoiceField(
        label=gettext_lazy("Who may learn with an account of this site"),
        choices=WhoLearns.Rule.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Whoever may is asked for name, year of birth and consent when opening a course, and is in no figure until "
            "added to the list. People who learn already go on learning."
        ),
    )
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Groups"),
        queryset=Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only needed where groups decide."),
    )

    class Meta(ActionForm.Meta):
        model = WhoLearns


class WhoLearnsAdd(RecordAdd):
    def get_initial(self) -> dict[str, Any]:
        """Return what holds now."""
        last = WhoLearns.objects.order_by("-recorded_at", "-pk").first()
        if last is None:
            named = Group.objects.filter(name__in=app_settings.LEARNER_GROUPS)
            now = {"rule": app_settings.WHO_LEARNS, "groups": list(named.values_list("pk", flat=True))}
        else:
            now = {"rule": last.rule, "groups": [int(pk) for pk in last.groups]}
        return {**super().get_initial(), **now}

    def perform(self, form: Any) -> WhoLearns:
        return write_who_learns(**form.cleaned_data, **self.stamp)


class WhoLearnsViewSet(RecordViewSet):
    model = WhoLearns
    name = "who-learns"
    url_prefix = "lop-hoc/ai-hoc"
    icon = "key"
    pages = ("index", "add")
    add_view_class = WhoLearnsAdd
    add_form = WhoLearnsForm
    ordering = ("-recorded_at", "-pk")
    list_display = (
        column("rule", gettext_lazy("Who may learn"), lambda row: row.get_rule_display()),
        column("groups", gettext_lazy("Groups"), lambda row: ", ".join(row.groups.values())),
        column("recorded_at", gettext_lazy("Since"), day("recorded_at"), sort="recorded_at"),
    )
