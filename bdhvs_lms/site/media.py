"""Serves the one kind of upload that is public: image renditions."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

__all__ = ["rendition"]


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """The rendition file ``name`` (relative to the ``images`` folder of MEDIA_ROOT).

    Raises Http404 for whatever is not a file in that folder.
    """
    response = serve(request, name, document_root=str(settings.MEDIA_ROOT / "images"))
    # A rendition's name changes with its picture's file, crop and focal point.
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
