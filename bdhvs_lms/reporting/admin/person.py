"""All that the site knows of one person, on a page of the people's list. Whoever opens it is in the access log.

Here and not beside the list, because it shows classes and results, of which that part knows nothing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import Button

from bdhvs_lms.audit.api import latest_consent, log_access
from bdhvs_lms.base.admin.viewsets import RecordPage
from bdhvs_lms.base.api import allowed, day_of, now
from bdhvs_lms.classes.api import Membership
from bdhvs_lms.competency.api import Attainment, certificates_of, vneid_of
from bdhvs_lms.learners.api import (
    account_of,
    consent_state,
    guardian_of,
    is_unclaimed,
    placements_ever,
)
from bdhvs_lms.reporting.class_table import title_of
from bdhvs_lms.reporting.queries.own import courses_of


class PersonPage(RecordPage):
    page_title = gettext_lazy("About this person")
    template_name = "bdhvs_lms/admin/person.html"

    @cached_property
    def learner(self) -> Any:
        return self.object.learner.whole

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        found = list(super().header_more_buttons)
        if allowed(self.request.user, "add_learneralias"):
            merge = reverse("classes:merge", args=[self.learner.pk])
            found.append(Button(_("Merge with another record"), url=merge, icon_name="copy", priority=20))
        # Pages of the part that knows everything that is kept.
        pk = self.learner.pk
        for permission, words, url, icon in (
            ("export_person", _("Copy of the data"), reverse("data-requests:copy", args=[pk]), "download"),
            ("add_datarequest", _("Note a request"), f"{reverse('data-requests:add')}?learner={pk}", "mail"),
            ("view_accesslog", _("Who looked"), f"{reverse('accesses:index')}?whom={self.learner.actor}", "view"),
            ("delete_person", _("Erase personal data"), reverse("data-requests:erase", args=[pk]), "bin"),
        ):
            if allowed(self.request.user, permission):
                found.append(Button(words, url=url, icon_name=icon, priority=30))
        return found

    def facts(self) -> dict[str, Any]:
        learner, today, user = self.learner, day_of(now()), self.request.user
        log_access(user=user, actors=[learner.actor], page="person", at=now())
        memberships = Membership.objects.filter(learner__in=learner.ids).select_related("class_group__course")
        shown = Attainment.objects.filter(learner=learner, status__in=("demonstrated", "confirmed"))
        account = account_of(learner)
        statements = reverse("statements:index") if user.has_perm("bdhvs_xapi.view_statement") else ""
        return {
            "person": learner.person,
            "waiting": is_unclaimed(learner),
            "placements": placements_ever(learner),
            "guardian": guardian_of(learner) if allowed(user, "view_guardian") else None,
            "username": account.get_username() if account is not None else "",
            "memberships": list(memberships.order_by("-valid_from", "-pk")),
            "may_open_class": allowed(user, "view_classgroup"),
            "courses": [(one, title_of(one.course.titles)) for one in courses_of(learner, today)],
            "shown": [
                (row, title_of({"vi": row.competency.label_vi, "en": row.competency.label_en}))
                for row in shown.select_related("competency").order_by("competency__position", "level")
            ],
            "certificates": [(one, title_of(one.titles)) for one in certificates_of(learner)],
            "vneid": vneid_of([learner]).get(learner.pk),
            "consent": latest_consent(*learner.actors),
            "consents": consent_state(learner, now()),
            "statements": [f"{statements}?{urlencode({'person': actor})}" for actor in learner.actors if statements],
        }
