"""People as the ledger knows them (an opaque UUID), as others know them (names, erasable), and where they belong."""

import uuid
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.append_only import AppendOnly
from bdhvs_lms.learners.session_store import SessionStore
from bdhvs_lms.learners.sign_in_ends import SignInKind


class Learner(models.Model):
    """An actor UUID and nothing else: what is left of a person after erasure.

    Why no name here? Because statements, projections and placements point here and stay; see `Person`.
    """

    actor = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    illustrative = models.BooleanField(default=False, editable=False, help_text="Made up for a demonstration.")
    # Both follow from `LearnerAlias` alone and are written with it (`records`): who was never merged costs no query.
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    """The record that stands for this one, at the end of the chain; None: it stands for itself."""
    merges = models.BooleanField(default=False, editable=False, help_text="It stands for further records.")
    erasing_since = models.DateTimeField(
        null=True, editable=False, help_text="An erasure was begun then and has still to be finished."
    )

    class Meta:
        indexes = [
            # "does this site hold made-up people?"
            models.Index(fields=["illustrative"], condition=Q(illustrative=True), name="learner_made_up"),
            # "which records does this one stand for?", and whose are several
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="learner_merged_into"),
            models.Index(fields=["merges"], condition=Q(merges=True), name="learner_merges"),
        ]

    def __str__(self) -> str:
        return str(self.actor)

    @property
    def whole(self) -> "Learner":
        """Return the record that stands for this person: mostly this one."""
        return self if self.merged_into is None else self.merged_into

    @cached_property
    def records(self) -> tuple["Learner", ...]:
        """Return all records of this person, the one that stands for them first. A query only where records were
        merged."""
        whole = self.whole
        return (whole, *whole.merged.order_by("pk")) if whole.merges else (whole,)

    @property
    def ids(self) -> list[int]:
        """Return primary keys of `records`: whose rows are this person's."""
        return [record.pk for record in self.records]

    @property
    def actors(self) -> list[uuid.UUID]:
        """Return the actors under which statements, consents and accesses name this person."""
        return [record.actor for record in self.records]


class LearnerAlias(AppendOnly):
    """The fact that two records are one person's: statements of `duplicate` speak of whom `kept` speaks. Append-only.

    The newest row of a duplicate speaks, so that one alias is in force at most; `undone`: the two are apart again.
    Nothing is moved: rows and statements keep the record that they were written under, and whoever reads resolves it.
    """

    duplicate = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="aliases")
    number = models.PositiveIntegerField(help_text="1 for the duplicate's first.")
    kept = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+")
    undone = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text="Emptied when the person is erased.")

    class Meta:
        constraints = [
            # Two at once would both be the newest.
            models.UniqueConstraint(fields=["duplicate", "number"], name="alias_number_once"),
            models.CheckConstraint(condition=~Q(duplicate=models.F("kept")), name="alias_of_another"),
        ]
        indexes = [models.Index(fields=["kept", "duplicate"], name="alias_of_kept")]

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.kept_id}"


class Person(models.Model):
    """Names and contacts of a learner: erasable as one row."""

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="person")
    full_name = models.CharField(_("full name"), max_length=120)
    search_name = models.CharField(max_length=120, db_index=True, editable=False, help_text="Folded: no diacritics.")
    sort_name = models.CharField(
        max_length=240, db_index=True, editable=False, help_text="By it people are listed: the given name first."
    )
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        permissions = [("export_person", "Can export everything about a person")]

    def __str__(self) -> str:
        return self.full_name


class Guardian(models.Model):
    """The parent or guardian of a minor, whom we may call and who may consent for the child: erasable with the child.

    One for each learner, because nobody asks for more: consent is one person's, and so is a call.
    """

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mother")
        FATHER = "father", _("father")
        OTHER = "other", _("parent or guardian")

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="guardian")
    full_name = models.CharField(_("full name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    relation = models.CharField(_("relation"), max_length=6, choices=Relation.choices)

    class Meta:
        verbose_name = _("parent or guardian")
        verbose_name_plural = _("parents and guardians")

    def __str__(self) -> str:
        return self.full_name


class LearnerIdentity(models.Model):
    """One way by which a learner is recognised: an account, a PIN, a card, an outside login, a pulled actor."""

    class Kind(models.TextChoices):
        USER = "user", _("user account")
        PIN = "pin", _("class PIN")
        QR = "qr", _("QR card")
        OIDC = "oidc", _("external sign-in")
        LTI = "lti", _("LTI")
        HOST = "host", _("another LMS on this site")
        ACTOR = "actor", _("actor of fetched statements")
        DEVICE = "device", _("this device")

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    issuer = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200)
    secret = models.CharField(
        max_length=200, blank=True, editable=False, help_text="What proves it: a hashed PIN, the seed of a card."
    )
    brought = models.BooleanField(
        default=False,
        editable=False,
        help_text="Of an account that was there before: nobody of ours sets its password, and erasing leaves it.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "issuer", "subject"], name="identity_once")]


class Placement(AppendOnly):
    """The placement of a learner in the area that counts them from this day on. Append-only; survives erasure.

    `area` null: 'Chưa xác định xã mới', the old unit was split and nobody has assigned the person yet.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="placements")
    area = models.ForeignKey("bdhvs_lms.Area", null=True, on_delete=models.PROTECT, related_name="placements")
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            # "where was this learner on this day?"
            models.Index(fields=["learner", "-valid_from", "-id"], name="placement_on_day"),
            # "who was ever placed here?"
            models.Index(fields=["area", "valid_from"], name="placement_of_area"),
        ]


class Belonging(AppendOnly):
    """The learner's membership of a group (at an organisation) during a span. Append-only; survives erasure.

    `basis`: 'list' (somebody named them) or 'rule' (a group's rule held, e.g. the age rule at registration).
    An end is a further row with `valid_to`; a row that was wrong from the start is followed by the same, `withdrawn`:
    an end on the first day would still count that day. On a day, the row of (learner, group, organisation) with the
    latest `valid_from` not after that day speaks, the newest of equals: as with placements.
    `grade`: a pupil's class at the school ("7A2"); the next one is a further row. It begins with the year of school and
    has no room for a name (`clean_grade`), because the row survives erasure.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="belongings")
    group = models.ForeignKey("bdhvs_lms.TargetGroup", on_delete=models.PROTECT, related_name="belongings")
    organisation = models.ForeignKey(
        "bdhvs_lms.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="belongings"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Last day.")
    withdrawn = models.BooleanField(default=False, help_text="It never held: a correction of an earlier row.")
    grade = models.CharField(_("grade"), max_length=8, blank=True)
    basis = models.CharField(max_length=4, choices=[("list", _("by list")), ("rule", _("by rule"))], default="list")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="belonging_span"
            )
        ]
        # "who is in this group on this day?"
        indexes = [models.Index(fields=["group", "learner", "-valid_from", "-id"], name="belonging_of_group")]


class SelfRegistration(models.Model):
    """A learner's registration without anybody of ours, and what they said of where they live: erasable.

    Until a teacher or officer has taken them into the lists (`Claim`) nothing places them, so that no board counts
    them; see `claims`.
    """

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="self_registration")
    area = models.ForeignKey(
        "bdhvs_lms.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="None: unknown."
    )
    registered_at = models.DateTimeField()
    form = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text="Of the page that was sent and the name: sent again is the same.",
    )
    origin = models.CharField(max_length=64, blank=True, editable=False, help_text="The address's digest of that day.")

    class Meta:
        verbose_name = _("self-registered person")
        verbose_name_plural = _("self-registered people")
        # "who registered lately?"
        indexes = [
            models.Index(fields=["-registered_at", "-id"], name="self_registered_lately"),
            # "how many from this address today?"
            models.Index(fields=["origin"], name="self_registered_origin"),
        ]

    def __str__(self) -> str:
        return self.learner.person.full_name


class Claim(AppendOnly):
    """The day on which somebody who registered by themselves was taken into the lists: from it on they count. Survives
    erasure."""

    learner = models.OneToOneField(Learner, on_delete=models.PROTECT, related_name="claim")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class WhoLearns(AppendOnly):
    """The rule of whose accounts may become learners by themselves. Written anew at each change; the newest speaks, and
    before the first BDHVS_WHO_LEARNS does. Who learns already goes on, whatever it says."""

    class Rule(models.TextChoices):
        EVERYONE = "everyone", _("every account, once its owner wants to")
        GROUPS = "groups", _("accounts of these groups")
        BY_HAND = "by-hand", _("only people whom an operator adds")

    rule = models.CharField(max_length=8, choices=Rule.choices)
    groups = models.JSONField(default=dict, help_text="Of the rule 'groups': primary keys, and names as they were.")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rule for accounts that may learn")
        verbose_name_plural = _("rule for accounts that may learn")

    def __str__(self) -> str:
        return str(self.get_rule_display())


class SignInAccount(models.Model):
    """Facts that signing in knows of an account beside Django's own row.

    `name`: one for all ways to write the sign-in name (`account_names.name_key`); null where an older account has it
    (both were there before this table was). `generation` goes up when the owner signs out everywhere: what devices had
    been given before is void.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False)
    name = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - no two nulls clash
    generation = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        # As operators see them: those of staff.
        verbose_name = _("staff account")
        verbose_name_plural = _("staff accounts")

    def __str__(self) -> str:
        return self.user.get_username()


class SignInSession(AbstractBaseSession):
    """One browser that is signed in, as Django's sessions are kept (`session_store`), with what its owner may want to
    know of it. Gone when it has ended; `clearsessions` takes those away that ended by themselves.

    `session_key` is a digest of what the cookie holds: who reads the table, or a backup, has no key to anything.
    """

    Kind = SignInKind

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    # Of a learner without an account: when the PIN or card goes, so do the sessions that it began.
    identity = models.ForeignKey(LearnerIdentity, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices, blank=True)
    device = models.CharField(max_length=30, blank=True, help_text="Browser and system: 'chrome android'.")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="To some minutes.")

    @classmethod
    def get_session_store_class(cls) -> Any:
        return SessionStore


class SignInTry(models.Model):
    """A password that was tried and was not right, for as long as it counts (a quarter of an hour by default).

    Why a table and no cache? Because several server processes must count together, and the ready site has no cache
    that they share. Account and address are digests under the site's key: who leaks the table leaks no names, and rows
    are deleted when they no longer count. `device`: empty for all that never signed in to the account.
    """

    subject = models.CharField(max_length=64, editable=False)
    device = models.CharField(max_length=16, blank=True, editable=False)
    address = models.CharField(max_length=64, blank=True, editable=False)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            # "how often did such devices try this account lately?"
            models.Index(fields=["subject", "device", "-at"], name="sign_in_try_subject"),
            # "how many wrong ones came from this address lately?"
            models.Index(fields=["address", "-at"], name="sign_in_try_address"),
        ]


# What operators may do with them, by Django's names of permissions.
RIGHTS: dict[type[models.Model], str] = {
    Person: "add change export view",
    Guardian: "add change delete view",
    LearnerIdentity: "add change",
    Placement: "add",
    Belonging: "add",
    SelfRegistration: "view",
    Claim: "add",
    LearnerAlias: "add",
    WhoLearns: "add view",
    # Whose accounts, `StaffRole.given_by` says further.
    SignInAccount: "add change view",
}
