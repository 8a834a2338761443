"""Second factors of accounts, in the admin: who has one, and a button for whoever has lost their telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from bdhvs_allauth.factors import factors_of, may_reset, reset, unused_codes
from bdhvs_lms.base.api import account_name, now

RESET = "bdhvs_allauth.reset"
"""How Wagtail's log calls it."""


def _day(value: datetime | None) -> str:
    return "" if value is None else date_format(localtime(value), "SHORT_DATE_FORMAT")


class AccountPaginator(WagtailPaginator):
    """Rows are accounts here, whatever the model is called."""

    @cached_property
    def items_count_label(self) -> str:
        return ngettext("%(count)s account", "%(count)s accounts", self.count) % {"count": self.count}


class FactorList(generic.IndexView):
    """One row for each account, of its first factor."""

    page_title = gettext_lazy("Two-step verification")
    verbose_name_plural = gettext_lazy("accounts with two-step verification")
    paginator_class = AccountPaginator

    def get_base_queryset(self) -> QuerySet[Authenticator]:
        kept = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
        first = kept.values("user").annotate(first=Min("pk")).values("first")
        return kept.filter(pk__in=first).select_related("user").order_by("pk")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "username",
                label=_("Username"),
                accessor=lambda row: row.user.get_username(),
                get_url=self.get_inspect_url,
            ),
            Column("called", label=_("Full name"), accessor=lambda row: account_name(row.user)),
            Column("added", label=_("Added"), accessor=lambda row: _day(row.created_at)),
            Column("used", label=_("Last used"), accessor=lambda row: _day(row.last_used_at)),
        ]


class FactorPage(generic.InspectView):
    page_title = gettext_lazy("Two-step verification")
    template_name = "bdhvs_allauth/admin/second_factor.html"

    def get_page_subtitle(self) -> str:
        return str(self.object.user.get_username())

    def get_fields(self) -> list[str]:
        return []

    def get_breadcrumbs_items(self) -> list[Any]:
        *before, above, own = super().get_breadcrumbs_items()
        return [*before, {**above, "label": self.page_title}, own]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.object.user
        return {
            **super().get_context_data(**kwargs),
            "called": account_name(user),
            "factors": factors_of(user),
            "left": len(unused_codes(user)),
            "may_reset": may_reset(user, self.request.user),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("do") != "reset":
            messages.error(request, _("Nothing was changed."))
            return redirect(request.path)
        user = self.object.user
        if not may_reset(user, request.user):
            raise PermissionDenied
        reset(user, at=now(), by=request.user)
        log(instance=user, action=RESET, user=request.user, title=user.get_username())
        messages.success(request, _("Reset. At the next sign-in the account is led to set up a new one."))
        return redirect("second-factors:index")


class FactorViewSet(ModelViewSet):
    model = Authenticator
    name = "second-factors"
    url_prefix = "lop-hoc/hai-buoc"
    icon = "lock"
    menu_label = gettext_lazy("Two-step verification")
    menu_order = 316
    add_to_settings_menu = True
    pages: ClassVar[tuple[str, ...]] = ("index", "index_results", "inspect")
    inspect_view_enabled = True
    copy_view_enabled = False
    sort_order_field = None
    add_to_reference_index = False
    form_fields: ClassVar[list[str]] = []
    list_per_page = 50
    list_export: ClassVar[list[str]] = []
    index_view_class = FactorList
    inspect_view_class = FactorPage

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        shared = super().get_common_view_kwargs(**kwargs)
        return {
            **shared,
            **{f"{page}_url_name": None for page in ("add", "edit", "delete", "history", "usage", "copy")},
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        return [found for found in super().get_urlpatterns() if found.name in self.pages]

    def register_admin_url_finder(self) -> None:
        """Register none: no row has a form."""
