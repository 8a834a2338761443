"""Signing in and out. What may be seen afterwards is for the parts above to say: see `start` in reporting."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from bdhvs_lms.learners.forms import SignInForm

__all__ = ["SignIn", "SignOut"]


class SignIn(LoginView):
    """`next=` is followed only within this site; without it the visitor goes to the page of their work.

    A failed attempt answers 422: the form was understood and refused, and caches and offline copies must not take it
    for the page. After too many (see `brake`) LearnerMiddleware makes it 429, and the page says when to try again.
    """

    form_class = SignInForm
    template_name = "bdhvs_lms/sign_in.html"
    next_page = "bdhvs_lms:start"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # With `next=`, a page has sent somebody here who is signed in but needs another account (a teacher who opens a
        # learner's attempt): sending them back would go round in a circle.
        self.redirect_authenticated_user = not self.get_redirect_url()
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SignOut(LogoutView):
    """POST only. The whole session goes, and what pages kept on the device (answers that were not sent yet): the next
    person on this telephone starts from nothing, and finds nothing."""

    next_page = "bdhvs_lms:sign-in"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"storage"'
        return response
