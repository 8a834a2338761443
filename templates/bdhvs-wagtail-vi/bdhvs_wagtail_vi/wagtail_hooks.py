"""What Wagtail translates once, for whoever came first, and then shows to everybody; and room for Vietnamese."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.utils.version import get_main_version


@hooks.register("construct_help_menu")
def name_the_version_anew(request: HttpRequest, menu_items: list[Any]) -> None:
    """The item is made once in a process and shared by all requests, so its label has to wait until it is shown."""
    version = get_main_version(include_patch=False)
    for item in menu_items:
        if item.name == f"whats-new-in-wagtail-{version}":
            item.label = lazy(lambda: _("What's new in Wagtail %(version)s") % {"version": version}, str)()


@hooks.register("insert_global_admin_css")
def room_for_vietnamese() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("bdhvs_wagtail_vi/admin.css"))
