"""The site's mail server, asked in a way that closes what it opened."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import django
from django.core import mail

__all__ = ["MAIL_ERRORS", "mail_connection"]

# What opening and sending raise when mail does not go.
MAIL_ERRORS = (OSError, smtplib.SMTPException)


@contextmanager
def mail_connection() -> Iterator[Any]:
    """Open a connection to the mail server, signed in. Raises one of MAIL_ERRORS."""
    # Django 6.1 names its mail servers, and warns of who asks as before.
    connection: Any = mail.mailers.default if django.VERSION >= (6, 1) else mail.get_connection()
    try:
        connection.open()
        yield connection
    finally:
        # One that refused to go on keeps its socket otherwise.
        with suppress(*MAIL_ERRORS):
            connection.close()
