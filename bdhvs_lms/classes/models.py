"""Models of who learns together, under whom. Declared and dated."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import account_name

EARLY = timedelta(hours=12)
"""So long before a session attendance may be taken: a hall is counted before the lesson begins, not a week before."""


def number_goes(collector: Any, field: Any, rows: Any, using: str) -> None:
    """Remove a class's number together with its account: `on_delete`."""
    collector.add_field_update(field, None, rows)
    collector.add_field_update(ClassGroup._meta.get_field("phone"), "", rows)


class ClassGroup(models.Model):
    """A class that takes one course in one place."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    code = models.SlugField(max_length=20, unique=True)
    course = models.ForeignKey("bdhvs_lms.Course", on_delete=models.PROTECT, related_name="classes")
    area = models.ForeignKey("bdhvs_lms.Area", on_delete=models.PROTECT, related_name="classes")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="Whom learners of the class call; they see it.")
    phone_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=number_goes,
        related_name="+",
        help_text="Whose own number it is: it goes with them. None: an office's.",
    )
    sign_in_token = models.CharField(
        max_length=43, blank=True, editable=False, help_text="Another one makes another QR code for signing in."
    )
    sign_in_until = models.DateTimeField(
        null=True, editable=False, help_text="Until then whoever types the code sees the list of names."
    )
    choosing_until = models.DateTimeField(
        null=True, editable=False, help_text="Until then members who have no pictures choose them without their card."
    )

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        permissions = [("make_own_class", "Can make classes and teach them")]
        constraints = [
            models.CheckConstraint(condition=Q(phone_of=None) | ~Q(phone=""), name="class_phone_is_somebodys"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="memberships")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Last day.")
    found = models.BooleanField(
        default=False, help_text="A teacher found them on record by name and year: no ways in of theirs are given out."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "class_group", "valid_from"], name="membership_once"),
        ]


class AssignedCourse(models.Model):
    """A further course that the class takes; the first one is the class's own (`ClassGroup.course`)."""

    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="assigned_courses")
    course = models.ForeignKey("bdhvs_lms.Course", on_delete=models.PROTECT, related_name="+")
    opens = models.DateField(help_text="From this day on members are enrolled.")
    due = models.DateField(null=True, blank=True, help_text="By this day it is to be done.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["class_group", "course"], name="assigned_once"),
            models.CheckConstraint(condition=Q(due=None) | Q(due__gte=models.F("opens")), name="assigned_span"),
        ]


class JoinRequest(models.Model):
    """A request of somebody on record to be let in by the class's code. Gone when a teacher has answered."""

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="join_requests")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="join_requests")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "class_group"], name="join_request_once")]


class Match(models.Model):
    """A person on record whom a teacher named by a name and a year of birth that neighbours know.

    `record`: under which they learn in this class until they, or an operator, say that both are one person. None: the
    one on record had no way in, no learning and no class, and came in at once: their telephone number stays hidden
    until they sign in.
    """

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="+")
    record = models.ForeignKey("bdhvs_lms.Learner", null=True, on_delete=models.CASCADE, related_name="matches")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "record"], name="match_once")]


class ClassTeacher(models.Model):
    """The appointment of a teacher, who sees the classes named here and no others.

    `owner`: may also appoint and end teachers, and rename, move and close the class. `ended_at`: from this moment on it
    is over, in the middle of its last day.
    """

    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="teachers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Last day.")
    owner = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["class_group", "user", "valid_from"], name="teacher_once")]


class PinTry(models.Model):
    """A wrong class PIN that was tried, kept until the right one follows on the same device, or for a day.

    Goes with the PIN: a new one is not what was guessed at.
    """

    identity = models.ForeignKey("bdhvs_lms.LearnerIdentity", on_delete=models.CASCADE, related_name="+")
    device = models.CharField(max_length=16, editable=False, help_text="A random number that the device keeps.")
    known = models.BooleanField(default=False, help_text="The learner had signed in on the device before.")
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            # "how many wrong ones came from this device lately?"
            models.Index(fields=["device", "-at"], name="pin_try_device"),
            # "how many of this learner's lately?"
            models.Index(fields=["identity", "-at"], name="pin_try_identity"),
        ]


class PinChoice(models.Model):
    """The time and device of a class PIN's choice, for the teacher to see that it was its owner. Goes with the PIN."""

    identity = models.OneToOneField("bdhvs_lms.LearnerIdentity", on_delete=models.CASCADE, related_name="+")
    device = models.CharField(
        max_length=16, blank=True, editable=False, help_text="A random number that the device keeps; empty: signed in."
    )
    shared = models.BooleanField(default=False, help_text="They said that others use the device too.")
    at = models.DateTimeField()

    class Meta:
        # "how many were chosen on this device lately?"
        indexes = [models.Index(fields=["device", "-at"], name="pin_choice_device")]


class ClassSession(models.Model):
    """A meeting of a class at a time and place, or a teacher's visit to one to three of its learners at home."""

    class Kind(models.TextChoices):
        CLASS = "class", _("class session")
        VISIT = "visit", _("home visit")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.CLASS)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=90)
    place = models.CharField(max_length=120, blank=True, help_text="Emptied when somebody who was visited is erased.")
    cancelled = models.BooleanField(default=False)
    held_at = models.DateTimeField(null=True, editable=False, help_text="When attendance was first taken.")
    others = models.PositiveSmallIntegerField(default=0, help_text="People who came and are in no list.")

    class Meta:
        verbose_name = _("class session")
        verbose_name_plural = _("class sessions")
        constraints = [
            # The form of a session that is sent again is the same session.
            models.UniqueConstraint(fields=["class_group", "kind", "starts_at"], name="session_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="session_minutes"),
        ]
        # "the next and the last ones of this class"
        indexes = [models.Index(fields=["class_group", "-starts_at"], name="session_of_class")]

    def __str__(self) -> str:
        return str(self.uuid)

    def is_to_come(self, at: datetime) -> bool:
        """Tell whether it is too early at that time to say who was there."""
        return self.starts_at > at + EARLY


class Attendance(models.Model):
    """A mark that says whether somebody was at a session, as its teacher said last. What is shown and counted are the
    statements in force (`SessionAct`, progress's `Presence`)."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="attendance")
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="attendance")
    present = models.BooleanField()
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "learner"], name="attendance_once")]


class SessionAct(models.Model):
    """An act recorded of somebody at a session: that they attended, and each lesson that was watched together.

    A statement's every field comes from here. `voided_at`: a correction took it out of force; coming back is the next
    `grading`.
    """

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="acts")
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="session_acts")
    verb = models.CharField(max_length=200, help_text="Verb IRI.")
    object_key = models.UUIDField(help_text="The session, or the lesson that was watched.")
    revision = models.CharField(max_length=64, blank=True)
    grading = models.PositiveSmallIntegerField(default=1)
    instructor = models.UUIDField(null=True, help_text="The opaque actor of who recorded it; None: the machine.")
    payload = models.JSONField(encoder=DjangoJSONEncoder, help_text="The rest of the frozen act: references, context.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "learner", "verb", "object_key", "grading"], name="session_act_once"
            )
        ]


class Team(models.Model):
    """A team of a village or residential group (or of an organisation there), from a day on. Declared and dated."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    area = models.ForeignKey("bdhvs_lms.Area", on_delete=models.PROTECT, related_name="teams")
    organisation = models.ForeignKey(
        "bdhvs_lms.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="teams"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Last day.")

    class Meta:
        verbose_name = _("community team")
        verbose_name_plural = _("community teams")
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="team_name_area"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="team_span"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """The stay of somebody in a team: an account, a person on record without one, or a neighbour by name only.

    Who leads it, or comes from the youth union, is so for the whole span: what changes is a further row.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey("bdhvs_lms.Learner", null=True, on_delete=models.PROTECT, related_name="+")
    full_name = models.CharField(max_length=120, blank=True, help_text="Of a neighbour; emptied when it is erased.")
    phone = models.CharField(max_length=20, blank=True, help_text="Of a neighbour; emptied when it is erased.")
    leader = models.BooleanField(default=False)
    youth_union = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Last day.")
    ended_at = models.DateTimeField(null=True, editable=False, help_text="From this moment on it is over.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="team_member_span"
            ),
            # One stay at a time.
            models.UniqueConstraint(fields=["team", "user"], condition=Q(valid_to=None), name="team_member_once"),
            models.UniqueConstraint(
                fields=["team", "learner"], condition=Q(valid_to=None), name="team_member_learner_once"
            ),
            models.CheckConstraint(
                condition=Q(learner=None, full_name="", phone="")
                | Q(user=None, full_name="", phone="")
                | Q(user=None, learner=None),
                name="team_member_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id}"

    @property
    def called(self) -> str:
        """Return the member's name, for an account without one how it signs in; empty: erased. No query behind
        `with_names`."""
        if self.learner is not None:
            person = getattr(self.learner.whole, "person", None)
            return "" if person is None else str(person.full_name)
        if self.user is not None:
            return account_name(self.user)
        return self.full_name


MOST_WORDS = 1_000
"""Characters of a note, and of a reason."""


class ClassNote(models.Model):
    """A note for the teachers of this class, and for the learner's own copy of their data."""

    class_group = models.ForeignKey("bdhvs_lms.ClassGroup", on_delete=models.CASCADE, related_name="notes")
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="class_notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=MOST_WORDS)
    written_at = models.DateTimeField()
    act_id = models.UUIDField(unique=True, help_text="Of the form that wrote it.")

    class Meta:
        # "what is written about this learner in this class?"
        indexes = [models.Index(fields=["class_group", "learner", "-written_at"], name="note_of_learner")]


class CompletionMark(models.Model):
    """A teacher's word that a learner has completed something that completing finishes, and why.

    The statement's every field comes from here but for the reason, which stays here and goes with the learner's data.
    `voided_at`: the teacher took it back.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="Its statement's id seed.")
    class_group = models.ForeignKey("bdhvs_lms.ClassGroup", on_delete=models.PROTECT, related_name="completion_marks")
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="completion_marks")
    activity_key = models.UUIDField()
    revision = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    instructor = models.UUIDField(null=True, help_text="The opaque actor of who said it; None: the machine.")
    reason = models.TextField(max_length=MOST_WORDS, blank=True, help_text="Emptied when the learner is erased.")
    payload = models.JSONField(encoder=DjangoJSONEncoder, help_text="The rest of the frozen act: references, context.")
    occurred_at = models.DateTimeField()
    act_id = models.UUIDField(unique=True, help_text="Of the form that said it.")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "activity_key"], condition=Q(voided_at=None), name="completion_mark_once"
            )
        ]


# What operators may do with them, by Django's names of permissions.
RIGHTS: dict[type[models.Model], str] = {
    ClassGroup: "add change view",
    Membership: "add change",
    ClassTeacher: "add change",
    Team: "add change view",
    TeamMember: "add change",
}
