"""Pages in Wagtail's admin: second factors of accounts, and one's own below “More actions” of the account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from bdhvs_allauth import factors
from bdhvs_allauth.admin.resetting import RESET, FactorViewSet


@hooks.register("register_admin_viewset")
def second_factors() -> FactorViewSet:
    return FactorViewSet()


@hooks.register("register_log_actions")
def log_of_resets(actions: LogActionRegistry) -> None:
    actions.register_action(RESET, _("Reset two-step verification"), _("Two-step verification reset"))


@hooks.register("register_account_menu_item")
def own_second_factor(request: HttpRequest) -> dict[str, Any] | None:
    if not factors.asks():
        return None
    try:
        address = reverse("bdhvs_allauth:second-factor")
    except NoReverseMatch:  # a project that does not mount our pages
        return None
    return {
        "url": address,
        "label": _("Two-step verification"),
        "help_text": _("Your authenticator app, passkeys and recovery codes."),
    }
