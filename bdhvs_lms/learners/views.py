"""Signing in and out. What may be seen afterwards is for the parts above to say: see `start` in reporting."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.urls import reverse_lazy

from bdhvs_lms.learners.forms import SignInForm

__all__ = ["SignIn", "SignOut"]


class SignIn(LoginView):
    """`next=` is followed only within this site; without it the visitor goes to the page of their work.

    A failed attempt answers 422: the form was understood and refused, and caches and offline copies must not take it
    for the page.
    """

    form_class = SignInForm
    template_name = "bdhvs_lms/sign_in.html"
    next_page = reverse_lazy("bdhvs_lms:start")

    @property
    def redirect_authenticated_user(self) -> bool:
        """Only without `next=`: with it, a page has sent somebody here who is signed in but needs another account

        (a teacher who opens a learner's attempt), and sending them back would go round in a circle."""
        return not self.get_redirect_url()

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SignOut(LogoutView):
    """POST only. The whole session goes: the next person on this telephone starts from nothing."""

    next_page = reverse_lazy("bdhvs_lms:sign-in")
