"""Tables of who consented to what, and who looked at whom.

Append-only; a learner is named by the opaque actor UUID alone, because this part lies below `learners` and must outlive
a person's erasure.
"""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import in_language
from bdhvs_lms.base.append_only import AppendOnly


class ConsentText(AppendOnly):
    """A text that people are asked to agree to, as operators write it: one row a saving, of a version the newest
    speaks.

    A version whose day (`valid_from`) has come is never saved again: a yes stays a yes to what was read. Without a day
    it is a draft. Until a first one is in force the text that is shipped is, called by `BDHVS_CONSENT_VERSION`.
    """

    version = models.CharField(max_length=40)
    number = models.PositiveIntegerField(help_text="1 for the version's first saving.")
    text_vi = models.TextField(_("text in Vietnamese"))
    text_en = models.TextField(_("text in English"))
    valid_from = models.DateField(_("in force from"), null=True, blank=True, help_text="None: a draft.")
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="consent_text_once")]
        # "which text is in force on this day?"
        indexes = [models.Index(fields=["-valid_from"], name="consent_text_in_force")]

    def __str__(self) -> str:
        return self.version

    @property
    def text(self) -> str:
        """Return the text in the page's language."""
        return in_language(self.text_vi, self.text_en)


class PaperConsent(AppendOnly):
    """Signed forms on paper that were written down in one act, for however many people."""

    signed_on = models.DateField(_("signed on"))
    kept_at = models.CharField(
        _("where the paper is kept"), max_length=200, help_text="Emptied with the erasure of its last person."
    )
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("consent on paper")
        verbose_name_plural = _("consents on paper")

    def __str__(self) -> str:
        return f"{self.signed_on:%Y-%m-%d}"


class Consent(AppendOnly):
    """One answer to one version of the consent text. A withdrawal is a further row, never an update.

    Law 91/2025/QH15: consent is kept with what it was given to (purpose and version of the text) and when.
    """

    actor = models.UUIDField()
    purpose = models.CharField(max_length=40, help_text="Which processing: 'learning' is the only one so far.")
    text_version = models.CharField(max_length=40)
    given = models.BooleanField(help_text="False: withdrawn.")
    at = models.DateTimeField()
    by_representative = models.BooleanField(default=False, help_text="A parent or guardian answered.")
    paper = models.ForeignKey(
        PaperConsent, null=True, on_delete=models.PROTECT, related_name="consents", help_text="None: answered here."
    )

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
        verbose_name = _("access log")
        verbose_name_plural = _("access log")
        # "who looked at these people?", "what did this account look at?" and "what is older than we keep?"
        indexes = [
            models.Index(fields=["people", "-at"], name="access_of_people"),
            models.Index(fields=["user", "-at"], name="access_by_user"),
            models.Index(fields=["at"], name="access_at"),
        ]

    @property
    def actors(self) -> frozenset[UUID]:
        """Return who was seen. One query."""
        return frozenset(self.people.members.values_list("actor", flat=True))


# What operators may do with them, by Django's names of permissions.
RIGHTS: dict[type[models.Model], str] = {
    AccessLog: "view",
    ConsentText: "add change view",
    PaperConsent: "add view",
}
