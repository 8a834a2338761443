"""Upload in the dialog that chooses a recording: the error of a wrong file is shown where one looks, and the list keeps
only recordings of the requested kind.

wagtailmedia shows the whole dialog anew then, with the list on top, the error behind a tab, and both kinds in the list.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.models import popular_tags_for_model
from wagtail.models import Collection
from wagtailmedia import get_media_model
from wagtailmedia.forms import get_media_form
from wagtailmedia.utils import paginate
from wagtailmedia.views import chooser

_TABS = 'data-controller="w-tabs"'


@chooser.permission_checker.require("add")
def upload(request: HttpRequest, media_type: str) -> HttpResponseBase:
    if request.method == "POST":
        model = get_media_model()
        form = get_media_form(model)(
            request.POST,
            request.FILES,
            instance=model(uploaded_by_user=request.user, type=media_type),
            user=request.user,
            prefix="media-chooser-upload",
        )
        if not form.is_valid():
            return _again(request, media_type, form)
    response: HttpResponseBase = chooser.chooser_upload(request, media_type)
    return response


def _again(request: HttpRequest, media_type: str, form: Any) -> JsonResponse:
    """Render the dialog as it was, with the tab open where the file was chosen."""
    rows = chooser.permission_checker.policy.instances_user_has_any_permission_for(request.user, ["change", "delete"])
    for hook in hooks.get_hooks("construct_media_chooser_queryset"):
        rows = hook(rows, request)
    ordering = chooser.get_ordering(request)
    pages, files = paginate(request, rows.filter(type=media_type).order_by(ordering))
    collections = list(Collection.objects.all())
    html = render_to_string(
        "wagtailmedia/chooser/chooser.html",
        {
            "media_files": files,
            "searchform": SearchForm(),
            "collections": collections if len(collections) > 1 else None,
            "uploadforms": {media_type: form},
            "is_searching": False,
            "popular_tags": popular_tags_for_model(get_media_model()),
            "media_type": media_type,
            "ordering": ordering,
            "title": _("Choose audio") if media_type == "audio" else _("Choose video"),
            "icon": f"wagtailmedia-{media_type}",
            "chooser_url": reverse("wagtailmedia:chooser_typed", args=[media_type]),
            "elided_page_range": pages.get_elided_page_range(1),
        },
        request,
    )
    return JsonResponse(
        {
            "step": "chooser",
            "html": html.replace(_TABS, f'{_TABS} data-w-tabs-active-panel-id-value="tab-upload-{media_type}"', 1),
            "error_label": _("Server error"),
            "error_message": _("The file was not uploaded. Try again; if it fails again, tell whoever runs the site:"),
            "tag_autocomplete_url": reverse("wagtailadmin_tag_autocomplete"),
        }
    )
