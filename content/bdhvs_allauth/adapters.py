"""The adapter by which allauth keeps secrets of second factors, and names the site: MFA_ADAPTER names this class."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

__all__ = ["Unreadable", "SealedAdapter"]

SEALED = "sealed:"


class Unreadable(Exception):
    """A secret was sealed under a key that the site no longer has: the factor has to be reset."""


class SealedAdapter(DefaultMFAAdapter):
    """Secrets lie sealed under the site's SECRET_KEY, so that a copy of the database alone gives no codes. Those that
    lay open before are still read."""

    def encrypt(self, text: str) -> str:
        return SEALED + _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Unreadable."""
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        try:
            return _fernet().decrypt(encrypted_text.removeprefix(SEALED)).decode()
        except InvalidToken as error:
            raise Unreadable("it was sealed under another SECRET_KEY") from error

    def get_totp_issuer(self) -> str:
        return str(getattr(settings, "WAGTAIL_SITE_NAME", "") or super().get_totp_issuer())


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"bdhvs_allauth.adapters:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
