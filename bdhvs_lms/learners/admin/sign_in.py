"""Wagtail's own sign-in form, for WAGTAILADMIN_USER_LOGIN_FORM: it says what the throttle says."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from wagtail.admin.forms.auth import LoginForm

from bdhvs_lms.learners.throttle import throttled_error

__all__ = ["AdminSignInForm"]


class AdminSignInForm(LoginForm):
    def get_invalid_login_error(self) -> ValidationError:
        return throttled_error(self.request) or super().get_invalid_login_error()
