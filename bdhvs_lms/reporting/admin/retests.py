"""The way from the admin to the retests, which are pages of the site."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from bdhvs_lms.base.api import allowed


class RetestItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(self.url) and allowed(request.user, "view_retestsample")


def menu_item() -> MenuItem:
    try:
        address = reverse("bdhvs_lms:retests")
    except NoReverseMatch:  # a project that does not mount our pages
        address = ""
    return RetestItem(gettext_lazy("Retests of samples"), address, name="bdhvs-retests", icon_name="check", order=650)
