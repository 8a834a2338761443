"""Pages of realignments: work under an old version of an activity counts by another's competencies; told, agreed to,
logged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import HeaderButton
from wagtail.log_actions import log

from bdhvs_lms.base.admin.forms import reason_field
from bdhvs_lms.base.admin.viewsets import RecordList, RecordViewSet, column
from bdhvs_lms.base.api import allowed, fold, language_of, now
from bdhvs_lms.competency.actions import RULES, realign
from bdhvs_lms.competency.admin.impacts import ask, patience
from bdhvs_lms.competency.evidence import aligned_competencies
from bdhvs_lms.competency.impact import of_realignment
from bdhvs_lms.competency.models import AlignmentRevision, Competency, Realignment
from bdhvs_lms.courses.api import Activity, activities, activity

# People of whom a request decides anew; more are for the command.
MOST_HERE = 500
SHOWN = 50


def title_of(row: Activity) -> str:
    activity_title, course_title = (one.get(language_of(one), "") for one in (row.titles, row.course.titles))
    return f"{activity_title} ({course_title})"


def in_words(pairs: Iterable[tuple[int, int]]) -> str:
    """Return what an alignment shows: 'A1 Năng lực một, mức 2'."""
    listed = list(pairs)
    known = Competency.objects.in_bulk([pk for pk, _level in listed])
    named = [
        _("%(competency)s, level %(level)d") % {"competency": known[pk], "level": level}
        for pk, level in listed
        if pk in known
    ]
    return "; ".join(named) or str(_("no competency"))


def own_words(revision: AlignmentRevision) -> str:
    return in_words(revision.alignments.order_by("pk").values_list("competency_id", "level"))


def version_words(revision: AlignmentRevision) -> str:
    published = date_format(localtime(revision.at), "SHORT_DATETIME_FORMAT")
    return _("version %(revision)s of %(published)s") % {"revision": revision.revision, "published": published}


class RealignmentList(RecordList):
    choose_url_name = ""

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not allowed(self.request.user, RULES):
            return []
        return [HeaderButton(_("Change what old work counts for"), url=reverse(self.choose_url_name), icon_name="plus")]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        named(context["object_list"])
        return context


def named(rows: Iterable[Any]) -> None:
    """Set the activities' titles, for all rows at once."""
    listed = list(rows)
    known = activities(row.activity_key for row in listed)
    for row in listed:
        found = known.get(row.activity_key)
        row.activity_title = title_of(found) if found is not None else str(row.activity_key)


def _activity(row: Realignment) -> str:
    if not hasattr(row, "activity_title"):
        named([row])
    return row.activity_title


class _Page(WagtailAdminTemplateMixin):
    header_icon = "link"
    index_url_name = ""
    choose_url_name = ""
    realign_url_name = ""
    model: Any = Realignment
    page_title: Any = gettext_lazy("Change what old work counts for")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, RULES):
            raise PermissionDenied
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": gettext_lazy("Realignments")},
            {"url": "", "label": self.page_title},
        ]


class ChooseActivity(_Page, TemplateView):
    """Activities that were published with more than one alignment; by a part of their title."""

    template_name = "bdhvs_lms/admin/realign_choose.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = AlignmentRevision.objects.order_by().values("activity_key").annotate(versions=Count("pk"))
        keys = rows.filter(versions__gt=1).values_list("activity_key", flat=True)
        words = self.request.GET.get("q", "")[:100]
        named = sorted((title_of(row), row.key) for row in activities(keys).values())
        found = [(title, key) for title, key in named if fold(words) in fold(title)]
        return {
            **super().get_context_data(**kwargs),
            "words": words,
            "found": [
                {"title": title, "url": reverse(self.realign_url_name, args=[key])} for title, key in found[:SHOWN]
            ],
            "more": max(0, len(found) - SHOWN),
        }


class RealignForm(forms.Form):
    old = forms.ModelChoiceField(
        label=gettext_lazy("What was done under"),
        queryset=AlignmentRevision.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    new = forms.ModelChoiceField(
        label=gettext_lazy("Counts as of"),
        queryset=AlignmentRevision.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    reason = reason_field()

    def __init__(self, *args: Any, key: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        revisions = AlignmentRevision.objects.filter(activity_key=key).order_by("-at", "-pk")
        speaking = aligned_competencies((key, one.revision) for one in revisions)
        words: dict[str, Any] = {
            "old": lambda one: f"{version_words(one)}: {in_words(speaking.get((key, one.revision), ()))}",
            "new": lambda one: f"{version_words(one)}: {own_words(one)}",
        }
        for name, label in words.items():
            field: Any = self.fields[name]
            field.queryset = revisions
            field.label_from_instance = label
        self._speaking = {one.pk: sorted(speaking.get((key, one.revision), ())) for one in revisions}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        old, new = data.get("old"), data.get("new")
        if old is not None and new is not None:
            wanted = sorted(new.alignments.values_list("competency_id", "level"))
            if old == new or self._speaking[old.pk] == wanted:
                raise ValidationError({"new": _("What was done under that version counts so already.")})
        return data


class Realign(_Page, FormView):
    form_class = RealignForm
    template_name = "wagtailadmin/generic/form.html"

    @cached_property
    def activity(self) -> Activity:
        found = activity(self.kwargs["key"])
        if found is None:
            raise Http404
        return found

    def get_page_subtitle(self) -> str:
        return title_of(self.activity)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "key": self.activity.key}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "action_url": self.request.path,
            "submit_button_label": _("Show whose result changes"),
            "submit_button_active_label": _("Looking…"),
            "media": context["form"].media,
        }

    def form_valid(self, form: Any) -> HttpResponse:
        if "edit" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        at, data = now(), form.cleaned_data
        asked = (self.activity.key, data["old"].revision, data["new"].revision)
        found = of_realignment(*asked, at=at, go_on=patience(MOST_HERE))
        context = self.get_context_data(form=form)
        context["command"] = f"bdhvs realign {asked[0]} '{asked[1]}' '{asked[2]}'"
        question = ask(self.request, found, at, context)
        if question is not None:
            return question
        realign(*asked, by=self.request.user, reason=data["reason"], at=at)
        row = Realignment.objects.filter(activity_key=asked[0], from_revision=asked[1]).latest("pk")
        log(instance=row, action="wagtail.create", user=self.request.user, title=title_of(self.activity))
        return redirect(self.index_url_name)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class RealignmentViewSet(RecordViewSet):
    model = Realignment
    name = "realignments"
    url_prefix = "chien-dich/gan-lai-nang-luc"
    icon = "link"
    pages = ("index",)
    related = ("to", "by")
    index_view_class = RealignmentList
    ordering = ("-pk",)
    list_display = (
        column("activity", gettext_lazy("Activity"), _activity),
        column("from_revision", gettext_lazy("What was done under"), lambda row: row.from_revision),
        column("to", gettext_lazy("Counts as of"), lambda row: version_words(row.to)),
        column("words", gettext_lazy("Competencies"), lambda row: own_words(row.to)),
        column("at", gettext_lazy("Entered on"), lambda row: date_format(localtime(row.at), "SHORT_DATETIME_FORMAT")),
        column("by", gettext_lazy("Entered by"), lambda row: row.by.get_username() if row.by else _("the system")),
        column("reason", gettext_lazy("Reason"), width="20%"),
    )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(
            choose_url_name=self.get_url_name("choose"), realign_url_name=self.get_url_name("realign"), **kwargs
        )

    def extra_urlpatterns(self) -> list[URLPattern]:
        return [
            self.route("choose/", ChooseActivity, "choose"),
            self.route("choose/<uuid:key>/", Realign, "realign"),
        ]
