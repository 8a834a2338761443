"""A forgotten password in the admin: a link is promised only when mail goes."""

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import PasswordResetForm

from bdhvs_lms.base.api import MAIL_ERRORS, mail_connection

__all__ = ["HonestPasswordResetForm"]

logger = logging.getLogger(__name__)


class HonestPasswordResetForm(PasswordResetForm):
    """Form that asks the mail server before it says that a mail has gone: for whatever address, so that nobody learns
    from it who has an account."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "email" in cleaned:
            try:
                with mail_connection():
                    pass
            except MAIL_ERRORS:
                logger.exception("The mail server cannot be reached, or refuses to let the site in.")
                raise ValidationError(
                    _("No mail can be sent at the moment, so no link either. Try again later, or ask an operator.")
                ) from None
        return cleaned
