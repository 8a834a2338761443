"""A learner's stay in a class: an operator ends it after a question, and takes the end back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdhvs_lms.audit.api import AccessLog, log_access
from bdhvs_lms.base.api import allowed, day_of, now
from bdhvs_lms.classes.actions import end_member
from bdhvs_lms.classes.adding import resume_member
from bdhvs_lms.classes.models import ClassGroup, Membership
from bdhvs_lms.classes.queries import ended_lately, resumable
from bdhvs_lms.learners.api import names

ENDED = "class-member-ended"
RESUMED = "class-member-resumed"


@dataclass(frozen=True)
class Ended:
    """A stay that was ended; `log`: when and by whom, None where a teacher or the machine did."""

    membership: Membership
    log: AccessLog | None
    resumable: bool


def stays_ended(group: ClassGroup, on: date) -> list[Ended]:
    """Return stays that were ended lately, the latest first."""
    stays = ended_lately(group, on)
    again = resumable(group)
    of = {_detail(one): one for one in stays}
    logged = AccessLog.objects.filter(page=ENDED, detail__in=of, people__members__actor__in=_actors(stays))
    last = {row.detail: row for row in logged.order_by("at", "pk")}
    return [Ended(one, last.get(detail), one.pk in again) for detail, one in of.items()]


def _actors(stays: list[Membership]) -> list[Any]:
    return [one.learner.whole.actor for one in stays]


def _detail(membership: Membership) -> str:
    return f"membership {membership.pk}"


def resume(request: HttpRequest, group: ClassGroup, pk: int) -> None:
    """Take the end of a stay back. Raises ValidationError, PermissionDenied."""
    membership = Membership.objects.filter(class_group=group, pk=pk).first()
    if membership is None:
        raise ValidationError(_("Choose a person from the list."))
    resume_member(membership, by=request.user)
    log_access(user=request.user, actors=_actors([membership]), page=RESUMED, at=now(), detail=_detail(membership))
    messages.success(request, _("The person is in the class again, as if never removed."))


class EndMember(WagtailAdminTemplateMixin, TemplateView):
    """Ask once more who is removed from which class."""

    template_name = "bdhvs_lms/admin/class_member_end.html"
    page_title = gettext_lazy("Remove from the class")
    header_icon = "group"
    index_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, "change_membership"):
            raise PermissionDenied
        stays = Membership.objects.select_related("class_group", "learner__merged_into")
        self.membership = get_object_or_404(stays, pk=kwargs["pk"])
        self.group, self.learner = self.membership.class_group, self.membership.learner.whole
        self.back = reverse("classes:inspect", args=[self.group.pk])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return names([self.learner.pk])[self.learner.pk]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        log_access(user=self.request.user, actors=[self.learner.actor], page="class", at=now())
        return {
            **super().get_context_data(**kwargs),
            "membership": self.membership,
            "class_name": self.group.name,
            "name": self.get_page_subtitle(),
            "back": self.back,
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            ended = end_member(self.group, self.learner, last_day=day_of(now()), at=now(), by=request.user)
        except ValidationError as refused:
            for text in refused.messages:
                messages.error(request, text)
        else:
            log_access(user=request.user, actors=[self.learner.actor], page=ENDED, at=now(), detail=_detail(ended))
            messages.success(request, _("Removed from the class. Today is this person's last day."))
        return redirect(self.back)
