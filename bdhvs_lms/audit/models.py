"""Who consented to what, and who looked at whom. Append-only; a learner is named by the opaque actor UUID alone,

because this part lies below `learners` and must outlive a person's erasure."""

from django.conf import settings
from django.db import models

from bdhvs_lms.audit.append_only import AppendOnly


class Consent(AppendOnly):
    """One answer to one version of the consent text. A withdrawal is a further row, never an update.

    Law 91/2025/QH15: consent is kept with what it was given to (purpose and version of the text) and when.
    """

    actor = models.UUIDField()
    purpose = models.CharField(max_length=40, help_text="Which processing: 'learning' is the only one so far.")
    text_version = models.CharField(max_length=40)
    given = models.BooleanField(help_text="False: withdrawn.")
    at = models.DateTimeField()
    by_representative = models.BooleanField(default=False)

    class Meta:
        # "what did this person last say about this purpose?"
        indexes = [models.Index(fields=["actor", "purpose", "-at"], name="consent_latest")]


class AccessLog(AppendOnly):
    """A member of staff saw a named person's learning record."""

    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    user_label = models.CharField(max_length=150, help_text="Kept when the account goes, unless its person is erased.")
    actor = models.UUIDField(help_text="The learner who was looked at.")
    page = models.CharField(max_length=60, help_text="Name of the view, e.g. 'class-review'.")
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        # "who looked at this person?" and "what did this account look at?"
        indexes = [
            models.Index(fields=["actor", "-at"], name="access_of_actor"),
            models.Index(fields=["user", "-at"], name="access_by_user"),
        ]
