"""Ways to sign in that a class gives its learners: their own name in its list with a PIN, and a printed card."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import now
from bdhvs_lms.classes.sign_in.devices import device_of
from bdhvs_lms.learners.api import LearnerIdentity
from bdhvs_lms.plugins.api import SignInMethod


class ClassSignIn(SignInMethod):
    key = "bdhvs_lms.class"
    label = _("With my class")
    hint = _("Pick your name, then your three pictures.")
    icon = "bdhvs_lms/includes/method_class.html"
    view_name = "bdhvs_lms:class-sign-in"
    identity_kind = LearnerIdentity.Kind.PIN.value
    account = False

    def switch_to(self, request: Any) -> str | None:
        """Return the address of the list of names on a device that may see one.
        The clock is read here, as in a view."""
        device = device_of(request)
        return reverse(self.view_name) if device is not None and device.uuids(now()) else None


class CardSignIn(SignInMethod):
    key = "bdhvs_lms.card"
    label = _("With my QR card")
    hint = _("Scan the card with the phone's camera.")
    icon = "bdhvs_lms/includes/method_card.html"
    view_name = "bdhvs_lms:card-help"
    identity_kind = LearnerIdentity.Kind.QR.value
    account = False
