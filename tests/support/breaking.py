"""The ready site with an address more, whose view fails over what was typed: {code} and the form's `ten`."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bdhvs_lms.site.urls import handler500
from bdhvs_lms.site.urls import urlpatterns as of_the_site

__all__ = ["handler500"]


def breaks(request: HttpRequest, code: str) -> HttpResponse:
    name = request.POST.get("ten", "")
    raise ValueError(f"{name} {code}")


urlpatterns = [path("breaks/<str:code>/", breaks, name="breaks"), *of_the_site]
