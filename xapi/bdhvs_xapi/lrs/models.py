"""Who may talk to the record store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bdhvs_xapi.store.models import Authority


class Credential(models.Model):
    """A key and a secret for HTTP Basic, what they allow, and the authority of what is written with them.

    Why no deletion? Statements rest on the authority, and an operator must see who could write. Revoking ends it.
    Why is the secret's digest cheap to compute? The secret has 256 random bits: nobody guesses it, and every request
    checks it.
    """

    # What operators call it: "H5P of the district", "Power BI".
    name = models.CharField(max_length=200)
    # The user name of HTTP Basic; unique: each request looks its credential up by it.
    key = models.CharField(max_length=64, unique=True)
    # HMAC-SHA256 of the secret in hexadecimal, keyed with the project's SECRET_KEY.
    secret_hash = models.CharField(max_length=64)
    # One of its own: its trust never changes, and "mine" means what was written under it.
    authority = models.OneToOneField(Authority, models.PROTECT, related_name="credential")
    # Values of ``credentials.Scope`` separated by spaces, as OAuth writes them.
    scopes = models.CharField(max_length=200)
    created = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Kept to the minute: a write with each request would cost more than the request.
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(key="") & ~models.Q(name="") & ~models.Q(scopes=""), name="xapi_credential_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"
