"""Choosers of the admin offer to each account only what it may work with.

Wagtail's page chooser and the lists of pictures and documents in its admin API ask for access to the admin and no more.
Operators have that too. On a site where the admin is not ours alone it stays as Wagtail has it: BDHVS_OWN_ADMIN.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.models import Page

from bdhvs_content.policies import policy_of
from bdhvs_lms.conf import app_settings as lms_settings


def pages_to_choose(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Return those of the pages that are published, which anybody may link to, or that the account sees in the
    explorer."""
    if not lms_settings.OWN_ADMIN:
        return pages
    explorable = policy_of(Page).explorable_instances(request.user)
    return pages.filter(Q(live=True) | Q(pk__in=explorable.values("pk")))


class _OnesOwn:
    """An API list of exactly what choosers offer to the account."""

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()  # type: ignore[misc]
        if not lms_settings.OWN_ADMIN:
            return rows
        offered = policy_of(rows.model).instances_user_has_any_permission_for(
            self.request.user,  # type: ignore[attr-defined]
            ["add", "change", "delete", "choose"],
        )
        return rows.filter(pk__in=offered.values("pk"))


class PicturesAPI(_OnesOwn, ImagesAdminAPIViewSet):
    pass


class DocumentsAPI(_OnesOwn, DocumentsAdminAPIViewSet):
    pass


def limit_admin_api(router: Any) -> None:
    """Replace Wagtail's lists in the API; call it after they are registered."""
    router.register_endpoint("images", PicturesAPI)
    router.register_endpoint("documents", DocumentsAPI)
