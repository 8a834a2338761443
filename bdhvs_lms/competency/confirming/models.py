"""Acts of confirming, whom they confirmed, what was revoked; and confirmations on VNeID, as somebody else has them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.append_only import AppendOnly

DOCUMENT_LENGTH, SIGNER_LENGTH, UNIT_LENGTH = 80, 160, 200
CODE_LENGTH = 16
# Of an act and of a proposal: a pass rule, or one competency at a level.
OF_ONE_THING = Q(pass_rule__isnull=False, competency=None, level=None) | Q(
    pass_rule=None, competency__isnull=False, level__isnull=False
)


class ConfirmationAct(AppendOnly):
    """One form by which somebody confirmed what people had attained: a pass rule, or one competency at a level.

    `signer` and `unit` are printed as they were typed: a certificate says years later who signed it then.
    """

    act_id = models.UUIDField(unique=True, help_text="Of the form.")
    pass_rule = models.ForeignKey("bdhvs_lms.PassRule", null=True, on_delete=models.PROTECT, related_name="+")
    competency = models.ForeignKey("bdhvs_lms.Competency", null=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    confirmed_on = models.DateField(_("day of the document"))
    document = models.CharField(_("number of the document"), max_length=DOCUMENT_LENGTH)
    signer = models.CharField(
        _("who signed"), max_length=SIGNER_LENGTH, blank=True, help_text="Emptied when the one who recorded is erased."
    )
    unit = models.CharField(_("agency"), max_length=UNIT_LENGTH)
    # Of rows from before officers alone confirmed.
    class_group = models.ForeignKey(
        "bdhvs_lms.ClassGroup",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Of whose teacher it is; None: of an officer.",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    confirmer = models.UUIDField(help_text="The opaque actor of who confirmed.")
    occurred_at = models.DateTimeField(help_text="Of the statements: the end of that day, or when it was recorded.")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        permissions = [("confirm_attainment", "Can confirm attainment of people of the account's areas")]
        constraints = [
            models.CheckConstraint(
                condition=OF_ONE_THING,
                name="confirmation_act_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.document


class ConfirmationProposal(models.Model):
    """A request of a teacher to the officer of the area to confirm what a person has attained: a pass rule, or one
    competency at a level. It goes when that is confirmed or proposed anew, when it is taken back, and when the
    person is erased. Refused it stays, with the officer's words."""

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="+")
    pass_rule = models.ForeignKey("bdhvs_lms.PassRule", null=True, on_delete=models.PROTECT, related_name="+")
    competency = models.ForeignKey("bdhvs_lms.Competency", null=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    class_group = models.ForeignKey("bdhvs_lms.ClassGroup", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField()
    refused_at = models.DateTimeField(null=True, help_text="None: it waits for the officer.")
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    refusal = models.TextField(_("why it was refused"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("proposal to confirm")
        verbose_name_plural = _("proposals to confirm")
        constraints = [
            models.CheckConstraint(
                condition=OF_ONE_THING,
                name="confirmation_proposal_of_one_thing",
            ),
            models.UniqueConstraint(fields=["learner", "pass_rule"], name="confirmation_proposal_of_rule_once"),
            models.UniqueConstraint(
                fields=["learner", "competency", "level"], name="confirmation_proposal_of_level_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposed_at)


class Confirmation(AppendOnly):
    """The confirmation of one person's attainment by an act; from it come the statements and the certificate.

    `uuid` follows from the act and the person, so that a form that is sent again finds the row, and the statements
    their ids. `code` is on the certificate and lets anybody who holds it ask whether it is valid.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    act = models.ForeignKey(ConfirmationAct, on_delete=models.PROTECT, related_name="confirmations")
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="confirmations")
    code = models.CharField(max_length=CODE_LENGTH, unique=True, editable=False)
    attained = models.JSONField(
        encoder=DjangoJSONEncoder,
        help_text="What was confirmed, frozen: [{framework, code, level, names, attained_at, trust, statement}, …].",
    )

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [models.UniqueConstraint(fields=["act", "learner"], name="confirmation_once")]

    def __str__(self) -> str:
        return str(self.uuid)


class ConfirmationRevocation(AppendOnly):
    """A named act that ends a confirmation, and why. Nobody takes it back; a new confirmation may follow."""

    confirmation = models.OneToOneField(Confirmation, on_delete=models.PROTECT, related_name="revocation")
    act_id = models.UUIDField(unique=True, help_text="Of the form.")
    reason = models.TextField(_("reason"), max_length=500, blank=True, help_text="Emptied when the person is erased.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    revoker = models.UUIDField(help_text="Whom the voiding names: opaque.")
    revoked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("revocation of a certificate")
        verbose_name_plural = _("revocations of certificates")

    def __str__(self) -> str:
        return str(self.confirmation)


class VneidConfirmation(AppendOnly):
    """A source's word about a person's confirmation on VNeID. Entered, never computed, never added to ours.

    A correction is a further row: the newest `as_of`, then the newest entry, speaks. It goes when the person is erased.
    """

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="vneid_confirmations")
    confirmed = models.BooleanField(_("confirmed on VNeID"), default=True)
    confirmed_on = models.DateField(_("day of confirmation"), null=True, blank=True)
    as_of = models.DateField(_("as of"))
    source = models.CharField(_("source"), max_length=300)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("confirmation on VNeID")
        verbose_name_plural = _("confirmations on VNeID")
        # "what speaks of this person?"
        indexes = [models.Index(fields=["learner", "-as_of", "-entered_at"], name="vneid_in_force")]

    def __str__(self) -> str:
        return str(self.as_of)


# What operators may do with them, by Django's names of permissions.
RIGHTS: dict[type[models.Model], str] = {VneidConfirmation: "add view"}


def uuid_of(act_id: uuid.UUID, actor: uuid.UUID) -> uuid.UUID:
    """Return the UUID of the confirmation of this person by this act."""
    return uuid.uuid5(act_id, str(actor))
