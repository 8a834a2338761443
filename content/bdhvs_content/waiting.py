"""Waiting work of an editor: own drafts, and lessons whose facts nobody has looked at for half a year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from bdhvs_content.models import LessonPage
from bdhvs_content.reports import ToCheckReport, to_check
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.plugins.api import Waiting


def report_is_for(user: Any) -> bool:
    """Tell whether the account works on pages, as the report itself asks."""
    return bool(PagePermissionPolicy().user_has_any_permission(user, ToCheckReport.any_permission_required))


# When nothing was written yet: who asks for what was changed since then asks for everything.
_EVER = "2000-01-01"


def _where(mine: QuerySet[Page], count: int, user: Any) -> str:
    """Return the address of the page itself, or of the list of all pages where its editor works, last written first.
    Wagtail's search of pages knows no filter, and its list filters only by who has ever saved a page a second time."""
    if count == 1:
        return reverse("wagtailadmin_pages:edit", args=[mine.values_list("pk", flat=True)[0]])
    root = PagePermissionPolicy().explorable_root_instance(user)
    asked = {"latest_revision_created_at_from": _EVER, "ordering": "-latest_revision_created_at"}
    return f"{reverse('wagtailadmin_explore', args=[root.pk])}?{urlencode(asked)}"


def pages(user: Any) -> Iterator[Waiting]:
    if not report_is_for(user):
        return
    policy = PagePermissionPolicy()
    mine = policy.instances_user_has_permission_for(user, "change").filter(
        has_unpublished_changes=True, latest_revision__user=user, alias_of=None
    )
    count = mine.count()
    if count:
        text = ngettext(
            "%(count)d page you edited has unpublished changes",
            "%(count)d pages you edited have unpublished changes",
            count,
        )
        yield Waiting(text % {"count": count}, _where(mine, count, user), order=50)
    lessons = LessonPage.objects.filter(pk__in=policy.instances_user_has_permission_for(user, "change").values("pk"))
    count = to_check(lessons, day_of(now())).count()
    if count:
        text = ngettext(
            "%(count)d lesson is due for a fact check",
            "%(count)d lessons are due for a fact check",
            count,
        )
        yield Waiting(text % {"count": count}, reverse("bdhvs_content_to_check"), order=55)
