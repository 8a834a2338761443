"""Signing in with a username and password, as a sign-in method."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bdhvs_lms.learners.models import LearnerIdentity
from bdhvs_lms.plugins.api import SignInMethod


class PasswordSignIn(SignInMethod):
    key = "bdhvs_lms.password"
    label = _("Username and password")
    hint = _("An account that the site's operator or you have made.")
    icon = "bdhvs_lms/includes/method_password.html"
    view_name = "bdhvs_lms:sign-in"
    identity_kind = LearnerIdentity.Kind.USER.value
    account = True
