"""Pages of what proves a competency and what makes a group's people 'đạt': to read, and a further version by a form."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from django_filters import ModelChoiceFilter, NumberFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import HeaderButton
from wagtail.log_actions import log

from bdhvs_lms.base.admin.forms import ActionForm, day_field, reason_field
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordList, RecordPage, RecordViewSet, column
from bdhvs_lms.base.api import allowed, day_of, in_language, now, post_once
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency import impact, rules
from bdhvs_lms.competency.actions import RULES, add_rule_version, apply_to_past
from bdhvs_lms.competency.admin import trees
from bdhvs_lms.competency.admin.impacts import ask, patience
from bdhvs_lms.competency.models import Competency, EvidenceRule, EvidenceRuleVersion, PassRule
from bdhvs_lms.competency.pass_rules import add_pass_rule, check_asked
from bdhvs_lms.competency.queries import rule_in_words, version_of
from bdhvs_lms.competency.standings import fill

# Seconds for which a request writes rows for a new rule.
PATIENCE = 2.0
# People of whom a request decides anew; more are for the command.
MOST_HERE = 500


def scope(rule: EvidenceRule) -> str:
    """Return what the rule speaks for: the whole framework, one competency, or one at one level."""
    if rule.competency is None:
        return str(_("the whole framework"))
    if rule.level is None:
        return str(rule.competency)
    return str(_("%(competency)s, level %(level)d") % {"competency": rule.competency, "level": rule.level})


def in_words(rule: EvidenceRule) -> str:
    return rule_in_words(rule, now())


class RuleList(RecordList):
    def get_base_queryset(self) -> QuerySet[EvidenceRule]:
        versions = EvidenceRuleVersion.objects.order_by("number")
        return super().get_base_queryset().prefetch_related(Prefetch("versions", queryset=versions))


class RulePage(RecordPage):
    page_title = gettext_lazy("Evidence rule")
    template_name = "bdhvs_lms/admin/evidence_rule.html"
    version_url_name = ""
    apply_url_name = ""

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not allowed(self.request.user, RULES):
            return []
        address = reverse(self.version_url_name, args=[self.object.pk])
        return [HeaderButton(_("New version"), url=address, icon_name="plus")]

    def facts(self) -> dict[str, Any]:
        current = version_of(self.object, now())
        may_apply = allowed(self.request.user, RULES)
        return {
            "rule": self.object,
            "label": in_language(self.object.label_vi, self.object.label_en),
            "scope": scope(self.object),
            "versions": [
                {
                    "version": version,
                    "sentence": rules.sentence(version.tree),
                    "by": version.created_by.get_username() if version.created_by else _("the system"),
                    "current": current is not None and version.pk == current.pk,
                    "apply": reverse(self.apply_url_name, args=[version.pk]) if may_apply else "",
                }
                for version in self.object.versions.select_related("created_by").order_by("-number")
            ],
        }


class VersionForm(forms.Form):
    """Start and reason of a version. What the version says is typed in rows of `trees`."""

    effective_from = day_field(
        gettext_lazy("Effective from"),
        help_text=gettext_lazy("From the start of this day, tomorrow at the earliest. Existing results do not change."),
    )
    note = reason_field()

    def clean_effective_from(self) -> datetime:
        zone = timezone.get_default_timezone()
        start = datetime.combine(self.cleaned_data["effective_from"], time_of_day(), zone)
        if start <= now():
            raise ValidationError(_("A new version can take effect tomorrow at the earliest."))
        return start


@post_once
class VersionAdd(WagtailAdminTemplateMixin, FormView):
    """A further version of one rule. POST with `do`: add or take away a row, or say it in words; without: save it."""

    form_class: type[forms.Form] = VersionForm
    template_name = "bdhvs_lms/admin/rule_version.html"
    page_title = gettext_lazy("New version")
    header_icon = "check"
    model: Any = EvidenceRule
    index_url_name = ""
    inspect_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, RULES):
            raise PermissionDenied
        self.rule = get_object_or_404(EvidenceRule.objects.select_related("framework", "competency"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        do, _colon, where = request.POST.get("do", "").partition(":")
        node = trees.of_data(request.POST)
        if do == "add" and node is not None:
            node = trees.added(node, where, request.POST.get(f"{where}-new", ""))
        elif do == "remove" and node is not None:
            node = trees.removed(node, where)
        if do in ("add", "remove") or node is None:
            # Rows came and went: nothing is wrong yet with what is still being typed.
            form = self.get_form_class()(initial=request.POST.dict())
            context = self.get_context_data(form=form, rows=(node or self._newest()).place(sent=False))
            return self.render_to_response(context, status=200 if node is not None else 422)
        form, rows = self.get_form(), node.place(sent=True)
        if not rows.is_valid() or do == "say":
            if do == "say":
                form = self.get_form_class()(initial=request.POST.dict())
            context = self.get_context_data(form=form, rows=rows)
            return self.render_to_response(context, status=200 if rows.is_valid() else 422)
        self.tree = rows.tree()
        self.rows = rows
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def _newest(self) -> trees.Node:
        newest = self.rule.versions.order_by("-number").first()
        return trees.of_tree(newest.tree if newest is not None else rules.DEFAULT_TREE)

    def get_initial(self) -> dict[str, Any]:
        tomorrow = day_of(now()) + timedelta(days=1)
        return {"effective_from": tomorrow}

    def get_page_subtitle(self) -> str:
        return in_language(self.rule.label_vi, self.rule.label_en)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        about = reverse(self.inspect_url_name, args=[self.rule.pk])
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": gettext_lazy("Evidence rules")},
            {"url": about, "label": self.get_page_subtitle()},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = kwargs.get("rows") or self._newest().place(sent=False)
        return {
            **super().get_context_data(**kwargs),
            "rows": rows,
            "in_words": rules.sentence(rows.tree()) if rows.form.is_bound and rows.is_valid() else "",
            "action_url": self.request.path,
            "submit_button_label": _("Save the new version"),
            "submit_button_active_label": _("Saving…"),
            "now_in_words": in_words(self.rule),
            "media": kwargs["form"].media if "form" in kwargs else self.get_form().media,
        }

    def form_valid(self, form: VersionForm) -> HttpResponse:
        version = add_rule_version(
            self.rule,
            self.tree,
            effective_from=form.cleaned_data["effective_from"],
            by=self.request.user,
            at=now(),
            note=form.cleaned_data["note"],
        )
        log(instance=self.rule, action="wagtail.edit", user=self.request.user, data={"version": version.number})
        return redirect(self.inspect_url_name, self.rule.pk)

    def form_invalid(self, form: VersionForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, rows=self.rows), status=422)


class ApplicationForm(forms.Form):
    effective_from = day_field(
        gettext_lazy("Effective from"),
        help_text=gettext_lazy("A day gone by. Work done from this day on is decided on anew; nobody loses a result."),
    )
    reason = reason_field()

    def clean_effective_from(self) -> datetime:
        start = datetime.combine(self.cleaned_data["effective_from"], time_of_day(), timezone.get_default_timezone())
        if start > now():
            raise ValidationError(_("Choose a day gone by, or today."))
        return start


@post_once
class VersionApply(VersionAdd):
    """A version that speaks of work done before it was written: whose result changes, a yes, and then it is done."""

    form_class = ApplicationForm
    template_name = "bdhvs_lms/admin/rule_application.html"
    page_title = gettext_lazy("Apply to the past")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, RULES):
            raise PermissionDenied
        versions = EvidenceRuleVersion.objects.select_related("rule__framework", "rule__competency")
        self.version = get_object_or_404(versions, pk=kwargs["pk"])
        self.rule = self.version.rule
        return super(VersionAdd, self).dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.get_form()
        return {
            **super(VersionAdd, self).get_context_data(form=form, **kwargs),
            "action_url": self.request.path,
            "submit_button_label": _("Show whose result changes"),
            "submit_button_active_label": _("Looking…"),
            "in_words": rules.sentence(self.version.tree),
            "media": form.media,
        }

    def form_valid(self, form: Any) -> HttpResponse:
        context = self.get_context_data(form=form)
        if "edit" in self.request.POST:
            return self.render_to_response(context)
        at = now()
        asked = {"effective_from": form.cleaned_data["effective_from"], "at": at}
        found = impact.of_application(self.version, **asked, go_on=patience(MOST_HERE))
        context["command"] = "bdhvs apply_rule"
        question = ask(self.request, found, at, context)
        if question is not None:
            return question
        apply_to_past(self.version, **asked, by=self.request.user, reason=form.cleaned_data["reason"])
        log(instance=self.rule, action="wagtail.edit", user=self.request.user, data={"applied": self.version.number})
        return redirect(self.inspect_url_name, self.rule.pk)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class EvidenceRuleViewSet(RecordViewSet):
    model = EvidenceRule
    name = "evidence_rules"
    url_prefix = "chien-dich/quy-tac-minh-chung"
    icon = "check"
    pages = ("index", "inspect")
    related = ("framework", "competency")
    index_view_class = RuleList
    inspect_view_class = RulePage
    ordering = ("framework", "competency__position", "level", "pk")
    list_display = (
        column("label", gettext_lazy("Name"), lambda row: in_language(row.label_vi, row.label_en)),
        column("framework", gettext_lazy("Framework"), "framework.title_vi"),
        column("scope", gettext_lazy("Applies to"), scope),
        column("words", gettext_lazy("In effect"), in_words),
    )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(
            version_url_name=self.get_url_name("version"), apply_url_name=self.get_url_name("apply"), **kwargs
        )

    def extra_urlpatterns(self) -> list[URLPattern]:
        return [
            self.route("version/<int:pk>/", VersionAdd, "version"),
            self.route("apply/<int:pk>/", VersionApply, "apply"),
        ]


class PassRuleFilterSet(WagtailFilterSet):
    year = NumberFilter(label=gettext_lazy("Year"))
    group = ModelChoiceFilter(label=gettext_lazy("Target group"), queryset=TargetGroup.objects.order_by("pk"))

    class Meta:
        model = PassRule
        fields: list[str] = []


class CompetencyField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Competency) -> str:
        return f"{obj.framework.title_vi}: {obj}"


class PassRuleForm(ActionForm):
    group = forms.ModelChoiceField(label=gettext_lazy("Target group"), queryset=TargetGroup.objects.order_by("pk"))
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2025, max_value=2100)
    competencies = CompetencyField(
        label=gettext_lazy("All of these competencies"),
        queryset=Competency.objects.select_related("framework").order_by("framework", "position"),
    )
    level = forms.IntegerField(label=gettext_lazy("Minimum level"), min_value=1, max_value=8)
    label_vi = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    label_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=300, required=False)
    note = reason_field(help_text=gettext_lazy("The latest version applies to the whole year, including past days."))

    class Meta(ActionForm.Meta):
        model = PassRule


class PassRuleAdd(RecordAdd):
    success_message = gettext_lazy("The rule was saved as a new version. Earlier versions can still be viewed.")

    def form_valid(self, form: Any) -> HttpResponse:
        """Show whose result changes, and save after a yes."""
        data, at = form.cleaned_data, now()
        if "edit" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        try:
            chosen = check_asked(data["competencies"], data["level"], data["year"])
        except ValidationError as refused:
            form.refuse(refused)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)
        found = impact.of_pass_rule(
            group=data["group"], year=data["year"], competencies=chosen, level=data["level"], at=at
        )
        return ask(self.request, found, at, self.get_context_data(form=form)) or super().form_valid(form)

    def perform(self, form: Any) -> PassRule:
        rule = add_pass_rule(**form.cleaned_data, **self.stamp)
        # Of a small site at once. Else whoever works off what waits goes on, and boards count the long way until then.
        until = time.monotonic() + PATIENCE
        fill(lambda: time.monotonic() < until)
        return rule


class PassRuleViewSet(RecordViewSet):
    model = PassRule
    name = "pass_rules"
    url_prefix = "chien-dich/quy-tac-dat"
    icon = "success"
    pages = ("index", "add")
    related = ("group", "framework")
    add_view_class = PassRuleAdd
    add_form = PassRuleForm
    filterset_class = PassRuleFilterSet
    ordering = ("group", "-year", "-number")
    list_display = (
        column("group", gettext_lazy("Target group"), "group.label_vi"),
        column("year", gettext_lazy("Year"), sort="year"),
        column("number", gettext_lazy("Version")),
        column("framework", gettext_lazy("Framework"), "framework.title_vi"),
        column("all_of", gettext_lazy("All of these competencies"), lambda row: ", ".join(row.all_of)),
        column("level", gettext_lazy("Minimum level")),
        column("label", gettext_lazy("Name"), lambda row: in_language(row.label_vi, row.label_en)),
        column("note", gettext_lazy("Reason"), lambda row: in_language(row.note_vi, row.note_en)),
    )
