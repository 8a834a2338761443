"""Mail by one address in the settings, and in words why it does not go."""

import logging
import smtplib
import socket
import ssl
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

__all__ = ["NoMail", "configuration", "why"]

logger = logging.getLogger(__name__)

SECONDS = 10
# scheme → (port, options)
SCHEMES: dict[str, tuple[int, dict[str, bool]]] = {
    "smtp": (25, {"use_tls": False, "use_ssl": False}),
    "smtp+tls": (587, {"use_tls": True, "use_ssl": False}),
    "smtps": (465, {"use_tls": False, "use_ssl": True}),
}
NAME = "BDHVS_EMAIL_URL"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NoMail(BaseEmailBackend):
    """For a site that was told of no mail server: sends nothing, and says so in the log, once a process."""

    warned = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not NoMail.warned:
            NoMail.warned = True
            logger.warning("A mail was not sent: %s names no mail server.", NAME)
        return 0


def options(url: str) -> dict[str, Any]:
    """Of Django's SMTP backend, for an address like ``smtp+tls://user:password@mail.example.vn:587``.

    Raises ImproperlyConfigured in words that hold no password.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ImproperlyConfigured(f"{NAME} begins with none of {', '.join(f'{name}://' for name in SCHEMES)}.")
    port, more = SCHEMES[parts.scheme]
    found = {
        "host": _host(parts),
        "port": _port(parts, port),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "timeout": SECONDS,
        **more,
    }
    if found["password"] and not any(more.values()) and found["host"] not in LOOPBACK:
        raise ImproperlyConfigured(
            f"{NAME} would send its password in the open: begin it with smtp+tls:// or smtps://."
        )
    return found


def _host(parts: SplitResult) -> str:
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"{NAME} is like smtp+tls://user:password@mail.example.vn:587; write /, ?, # and @ within the password as "
            "%2F, %3F, %23 and %40."
        )
    return parts.hostname


def _port(parts: SplitResult, usual: int) -> int:
    try:
        return parts.port or usual
    except ValueError:
        raise ImproperlyConfigured(f"{NAME} has no number behind the host's colon.") from None


def configuration(url: str) -> dict[str, Any]:
    """Django's settings for mail that goes to ``url``; empty: none is sent."""
    backend = "django.core.mail.backends.smtp.EmailBackend" if url else f"{__name__}.NoMail"
    found = options(url) if url else {}
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": found}}}
    names = {"username": "HOST_USER", "password": "HOST_PASSWORD"}
    return {"EMAIL_BACKEND": backend} | {
        f"EMAIL_{names.get(name, name.upper())}": value for name, value in found.items()
    }


def why(error: BaseException, host: str, port: int) -> str:
    """One sentence for an operator about why a mail did not go."""
    where = f"{host}:{port}"
    if isinstance(error, socket.gaierror):
        return f"There is no host named {host}, or no name server answers."
    if isinstance(error, ConnectionRefusedError):
        return f"Nobody listens at {where}."
    if isinstance(error, TimeoutError):
        return f"{where} does not answer within {SECONDS} seconds: wrong port, or a firewall in between."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not to be trusted: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"{where} speaks no TLS from the beginning: smtps:// is for port 465, smtp+tls:// for 587."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{host} refuses the user name and password ({_said(error)})."
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"{host} refuses the sender {error.sender} ({_said(error)}): set BDHVS_EMAIL_FROM to one that it takes."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return f"{host} refuses the recipient ({code} {_text(text)})."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{where} does not offer what the address asks for: {error}"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"{where} closed the connection: it may speak TLS from the beginning (smtps://), or be no mail server."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{host} refuses the mail ({_said(error)})."
    return f"{where}: {error}"


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
