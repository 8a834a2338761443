"""The words of the admin's scripts: the same address and name as Wagtail's, included before `wagtail.admin.urls`.

Why an address of our own? Wagtail's asks for the catalogue of `wagtail.admin` by name, so an installed app is not read.
LOCALE_PATHS would be, but it also takes precedence over every app's own words.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response

# The last one wins.
_catalogue = JavaScriptCatalog.as_view(packages=["wagtail.admin", "bdhvs_wagtail_vi"])


def javascript_catalogue(request: HttpRequest) -> HttpResponse:
    """The catalogue of the `djangojs` domain in the language that the user chose for the admin."""
    response: HttpResponse = get_localized_response(_catalogue, request)
    return response


urlpatterns = [path("jsi18n/", javascript_catalogue, name="wagtailadmin_javascript_catalog")]
