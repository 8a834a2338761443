"""Who consented to what, and who looked at whom. Append-only; a learner is named by the opaque actor UUID alone,

because this part lies below `learners` and must outlive a person's erasure."""

from uuid import UUID

from django.conf import settings
from django.db import models

from bdhvs_lms.base.append_only import AppendOnly


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


class AccessedPeople(AppendOnly):
    """Some people who were seen together, once however often: a class is looked at every evening, its people stay.

    Why not a row for each person and look? A district's looks made 46 GB of them a year.
    """

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the sorted actor UUIDs.")

    def __str__(self) -> str:
        return f"{self.members.count()}"


class AccessedPerson(AppendOnly):
    """One of `AccessedPeople`."""

    # "in which groups of people is this person?"
    pk = models.CompositePrimaryKey("actor", "people_id")
    actor = models.UUIDField(help_text="The learner who was looked at.")
    people = models.ForeignKey(AccessedPeople, on_delete=models.PROTECT, related_name="members")


class AccessLog(AppendOnly):
    """A member of staff saw the learning records of named people: one row a look."""

    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    user_label = models.CharField(max_length=150, help_text="Kept when the account goes, unless its person is erased.")
    people = models.ForeignKey(AccessedPeople, on_delete=models.PROTECT, db_index=False, related_name="looks")
    page = models.CharField(max_length=60, help_text="Name of the view, e.g. 'class-review'.")
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        # "who looked at these people?", "what did this account look at?" and "what is older than we keep?"
        indexes = [
            models.Index(fields=["people", "-at"], name="access_of_people"),
            models.Index(fields=["user", "-at"], name="access_by_user"),
            models.Index(fields=["at"], name="access_at"),
        ]

    @property
    def actors(self) -> frozenset[UUID]:
        """Who was seen. One query."""
        return frozenset(self.people.members.values_list("actor", flat=True))
