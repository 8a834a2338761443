"""Pages to sign in and out, and of where one is signed in. What may be seen afterwards is for the parts above to say:
see `start` in reporting."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import SeeOther, now, read_and_send
from bdhvs_lms.learners.forms import SignInForm
from bdhvs_lms.learners.middleware import ENDED
from bdhvs_lms.learners.newcomers import has_way_back, only_device
from bdhvs_lms.learners.sessions import end_all, places_of
from bdhvs_lms.learners.site_pages import (
    OUR_SIGN_IN,
    keeps_places,
    own_account,
    sign_in_address,
    sign_out_address,
    signed_out_address,
    signs_in_here,
)
from bdhvs_lms.learners.web import device_tag, learner_of, nothing_unsent, unsent_on
from bdhvs_lms.plugins.api import sign_in_methods

__all__ = ["SignIn", "SignOut", "places", "sign_out_everywhere"]


class SignIn(LoginView):
    """Page to sign in. `next=` is followed only within this site; without it the visitor goes to the page of their
    work.

    A failed attempt answers 422: the form was understood and refused, and caches and offline copies must not take it
    for the page. After too many (see `throttle`) LearnerMiddleware makes it 429, and the page says when to try again.

    Where LOGIN_URL is another page it takes no password: a link leads there (`elsewhere`), beside the other methods.
    """

    form_class = SignInForm
    template_name = "bdhvs_lms/sign_in.html"
    next_page = "bdhvs_lms:start"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # With `next=`, a page has sent somebody here who is signed in but needs another account (a teacher who opens a
        # learner's attempt): sending them back would go round in a circle.
        self.redirect_authenticated_user = not self.get_redirect_url()
        if self.redirect_authenticated_user and not request.user.is_authenticated and learner_of(request) is not None:
            # By a PIN or a card: there is no account to ask.
            return HttpResponseRedirect(self.get_default_redirect_url())
        self.elsewhere = "" if signs_in_here() else sign_in_address(request, self.get_redirect_url())
        if self.elsewhere and request.method == "POST":
            return SeeOther(self.elsewhere)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["methods"] = [
            method for method in sign_in_methods if method.view_name != OUR_SIGN_IN and method.offered(self.request)
        ]
        context["elsewhere"] = self.elsewhere
        context["ended"] = ENDED in self.request.COOKIES and not self.request.user.is_authenticated
        return context

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        self.request.shared_device = form.cleaned_data["shared"]  # type: ignore[attr-defined]
        response: HttpResponse = super().form_valid(form)
        response.delete_cookie(ENDED)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SignOut(LogoutView):
    """Page to sign out, POST only. The whole session goes, and what pages kept on the device: the next person on this
    telephone starts from nothing, and finds nothing.

    While the device keeps this learner's answers that could not be sent, it asks first. `unsent`: 'keep' leaves them
    there for their owner, 'drop' takes them away. What somebody else had left there by that choice stays theirs.

    Where the site has a page of its own that signs accounts out (BDHVS_SIGN_OUT_URL), it is led to, still signed in,
    once all is asked and the device is emptied: that page ends the session, here and wherever it began.
    """

    def get_default_redirect_url(self) -> str:
        return signed_out_address()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tag, left = _unsent(request)
        if tag and not _answered(request, tag, left):
            return render(request, "bdhvs_lms/sign_out.html", {"tag": tag})
        learner = learner_of(request)
        if learner is not None and request.POST.get("leave") != "on" and only_device(request):
            if not has_way_back(learner):
                context = {"unsent": request.POST.get("unsent", "")}
                return render(request, "bdhvs_lms/sign_out_device.html", context)
        elsewhere = sign_out_address(request)
        if elsewhere:
            response: HttpResponse = SeeOther(elsewhere)
            _empty_device(response, left)
            return response
        response = super().post(request, *args, **kwargs)
        addresses = (method.switch_to(request) for method in sign_in_methods)
        response["Location"] = next((address for address in addresses if address), response["Location"])
        _empty_device(response, left)
        return response


def _unsent(request: HttpRequest) -> tuple[str, set[str]]:
    """Return (this learner's mark when this device keeps answers of theirs that could not be sent,
    everybody's marks)."""
    learner, left = learner_of(request), unsent_on(request)
    tag = device_tag(learner) if learner is not None else ""
    return (tag if tag in left else ""), left


def _answered(request: HttpRequest, tag: str, left: set[str]) -> bool:
    """Tell whether the form says what becomes of them; those that the page's script has deleted are
    no longer `left`."""
    wish = request.POST.get("unsent")
    if wish == "drop":
        left.discard(tag)
    return wish in ("keep", "drop")


def _empty_device(response: HttpResponse, left: set[str]) -> None:
    """Forget what pages kept on the browser, unless answers of somebody (`left`) are among that."""
    if not left:
        response.headers["Clear-Site-Data"] = '"storage"'
        nothing_unsent(response)


@never_cache
@require_safe
@login_required
def places(request: HttpRequest) -> HttpResponse:
    """Show where the visitor's account is signed in, for learners and staff alike. No address names an account.

    On a site whose sessions are not ours it leads to what there is for an account.
    """
    if not keeps_places():
        return redirect(own_account().url)
    return render(request, "bdhvs_lms/places.html", {"places": places_of(request, request.user, at=now())})


@never_cache
@read_and_send
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Handle GET, which asks, and POST, which ends every session of the account, this one too, and leads to signing in
    anew.

    It asks about this learner's unsent answers on this device as SignOut does; those of others stay. Where SignOut
    leads to the site's own page, so does this, and that page ends the session of this browser.
    """
    if not keeps_places():
        return SeeOther(own_account().url)
    tag, left = _unsent(request)
    if request.method != "POST" or (tag and not _answered(request, tag, left)):
        context = {"tag": tag, "others": bool(left - {tag})}
        return render(request, "bdhvs_lms/sign_out_everywhere.html", context)
    elsewhere = sign_out_address(request)
    if elsewhere:
        session: Any = request.session
        end_all(request.user, but=session.model_key())
        response: HttpResponse = SeeOther(elsewhere)
    else:
        end_all(request.user)
        logout(request)
        messages.success(request, _("You are signed out everywhere. Sign in again to continue here."))
        response = SeeOther(sign_in_address(request))
    _empty_device(response, left)
    return response
