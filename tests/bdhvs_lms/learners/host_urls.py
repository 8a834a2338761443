"""Addresses of a site that signs people in and out itself, with ours below."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from bdhvs_lms.site.urls import urlpatterns as ours


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page of the site")


def sign_out(request: HttpRequest) -> HttpResponse:
    """As a central sign-in does it: it has to know who leaves."""
    who = request.user.get_username()
    logout(request)
    return HttpResponseRedirect(f"https://id.example/ra?who={who}")


urlpatterns = [
    path("tai-khoan/vao/", page, name="host-sign-in"),
    path("tai-khoan/ra/", sign_out, name="host-sign-out"),
    path("tai-khoan/ra-bang-nut/", LogoutView.as_view(), name="host-sign-out-by-button"),
    path("tai-khoan/", page, name="host-profile"),
    *ours,
]
