"""Addresses of a site that signs people in and out itself, with ours below."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import RequestContext, Template
from django.urls import path

from bdhvs_lms.site.urls import urlpatterns as ours


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page of the site")


class SignIn(LoginView):
    """A page that looks like none of ours."""

    form = Template(
        "<title>Vào trang</title><form method=post>{% csrf_token %}{{ form.as_p }}"
        "<input type=hidden name=next value='{{ next }}'><button>Vào</button></form>"
    )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return HttpResponse(self.form.render(RequestContext(self.request, context)))


def sign_out(request: HttpRequest) -> HttpResponse:
    """As a central sign-in does it: it has to know who leaves."""
    who = request.user.get_username()
    logout(request)
    return HttpResponseRedirect(f"/tai-khoan/?gone={who}")


urlpatterns = [
    path("tai-khoan/vao/", SignIn.as_view(), name="host-sign-in"),
    path("tai-khoan/ra/", sign_out, name="host-sign-out"),
    path("tai-khoan/ra-bang-nut/", LogoutView.as_view(), name="host-sign-out-by-button"),
    path("tai-khoan/", page, name="host-profile"),
    *ours,
]
