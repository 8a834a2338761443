"""Merging of two records of one person: side by side, merged, and parted again. Whoever was seen is in the access log.

It is not beside the people's list because it shows classes and statements, which that part does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.classes.queries import classes_of_learner
from bdhvs_lms.learners.api import Learner, LearnerAlias, names, placement_of, search_by_name
from bdhvs_lms.tracking.api import facts_about, merge_records, part_records

PERMISSION = "add_learneralias"
MATCHES = 20


@dataclass(frozen=True)
class Record:
    """Facts that tell whether two records are one person's."""

    learner: Learner
    name: str
    birth_year: int | None
    area: str
    classes: list[str]
    statements: int
    last: datetime | None


def _record(learner: Learner) -> Record:
    today = day_of(now())
    placed = placement_of(learner, today)
    facts = facts_about(learner)
    return Record(
        learner=learner,
        name=names([learner.pk])[learner.pk],
        birth_year=learner.person.birth_year if hasattr(learner, "person") else None,
        area=placed.area.name if placed is not None and placed.area is not None else "",
        classes=[group.name for group in classes_of_learner(learner, today)],
        statements=len(facts),
        last=facts[-1].occurred_at if facts else None,
    )


class MergeForm(forms.Form):
    keep = forms.ChoiceField(label=gettext_lazy("Record to keep"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("How you know. Do not name the person. Example: registered again with a new phone."),
    )
    sure = forms.BooleanField(label=gettext_lazy("These are two records of one person"))

    def __init__(self, *args: Any, records: list[Record], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["keep"]
        choices.choices = [(str(one.learner.pk), _choice(one, number)) for number, one in enumerate(records, start=1)]
        self.initial["keep"] = str(min(one.learner.pk for one in records))


def _choice(record: Record, number: int) -> str:
    return _("%(number)d: %(name)s") % {"number": number, "name": record.name}


class Merge(WagtailAdminTemplateMixin, TemplateView):
    """Page to merge two records: `?q=` searches for the second, `?with=` (a learner's primary key) shows both; what is
    merged can be parted on the same page."""

    template_name = "bdhvs_lms/admin/merge.html"
    page_title = gettext_lazy("Merge two records")
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, PERMISSION):
            raise PermissionDenied
        self.learner = self._learner(kwargs["pk"])
        self.seen: list[Learner] = [self.learner]
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def _learner(pk: int) -> Learner:
        learner: Learner = get_object_or_404(Learner.objects.select_related("merged_into"), pk=pk)
        return learner.whole

    def get_page_subtitle(self) -> str:
        return names([self.learner.pk])[self.learner.pk]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("q", "")
        found = list(search_by_name(wanted).exclude(pk=self.learner.pk)[: MATCHES + 1])
        form: MergeForm | None = kwargs.get("form")
        records: list[Record] = kwargs.get("records", [])
        if form is None and (records := self._both(self.request.GET.get("with", ""))):
            form = MergeForm(records=records)
        trace = [self._told(alias) for alias in self._aliases()]
        self.seen += [*found[:MATCHES], *(one.learner for one in records), *self.learner.records]
        called = names([one.pk for one in self.seen])
        log_access(user=self.request.user, actors=[one.actor for one in self.seen], page="merge", at=now())
        return {
            **super().get_context_data(**kwargs),
            "learner": self.learner,
            "wanted": wanted,
            "found": [(one, called[one.pk]) for one in found[:MATCHES]],
            "too_many": len(found) > MATCHES,
            "records": records,
            "form": form,
            "trace": trace,
            "merged": [(one, called[one.pk]) for one in self.learner.records[1:]],
        }

    def _both(self, pk: str) -> list[Record]:
        """Return both records when `pk` names a second one; else an empty list."""
        if not pk:
            return []
        other = Learner.objects.select_related("merged_into").filter(pk=row_number(pk)).first()
        if other is None or other.whole.pk == self.learner.pk:
            messages.error(self.request, _("Choose another person from the list."))
            return []
        return [_record(self.learner), _record(other.whole)]

    def _aliases(self) -> list[LearnerAlias]:
        ids = self.learner.ids
        rows = LearnerAlias.objects.filter(duplicate__in=ids) | LearnerAlias.objects.filter(kept__in=ids)
        return list(rows.select_related("by").order_by("-recorded_at", "-pk"))

    @staticmethod
    def _told(alias: LearnerAlias) -> str:
        sentence = _("%(time)s: merged by %(who)s.") if not alias.undone else _("%(time)s: merge undone by %(who)s.")
        who = alias.by.get_username() if alias.by is not None else _("the system")
        moment = date_format(localtime(alias.recorded_at), "SHORT_DATETIME_FORMAT")
        return " ".join([sentence % {"time": moment, "who": who}, alias.reason]).strip()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("do") == "part":
            return self._part(request)
        records = self._both(request.POST.get("with", ""))
        if not records:
            return redirect(request.path)
        form = MergeForm(request.POST, records=records)
        if form.is_valid():
            kept, duplicate = (one.learner for one in records)
            if form.cleaned_data["keep"] != str(kept.pk):
                kept, duplicate = duplicate, kept
            try:
                merge_records(duplicate, kept, by=request.user, reason=form.cleaned_data["reason"], at=now())
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            else:
                self._log(kept, merged=str(duplicate.actor))
                messages.success(request, _("The two records are now one."))
                return redirect("classes:merge", kept.pk)
        return self.render_to_response(self.get_context_data(form=form, records=records))

    def _part(self, request: HttpRequest) -> HttpResponse:
        chosen = row_number(request.POST.get("duplicate", ""))
        duplicate = next((one for one in self.learner.records[1:] if one.pk == chosen), None)
        try:
            if duplicate is None:
                raise ValidationError(_("Choose another person from the list."))
            part_records(duplicate, by=request.user, at=now())
        except ValidationError as refused:
            for text in refused.messages:
                messages.error(request, text)
        else:
            self._log(self.learner, parted=str(duplicate.actor))
            messages.success(request, _("The merge was undone: these are two records again."))
        return redirect(request.path)

    def _log(self, kept: Learner, **what: str) -> None:
        log(
            instance=kept,
            action="wagtail.edit",
            user=self.request.user,
            title=str(_("Learner %(actor)s") % {"actor": kept.actor}),
            data=what,
            content_changed=True,
        )
