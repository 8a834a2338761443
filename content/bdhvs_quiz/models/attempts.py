"""Published versions, learners' attempts and their steps, and the words that learners typed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from bdhvs_content.api import NfcCharField
from bdhvs_lms.attempts.api import AttemptBase, StepBase, VersionBase, attempt_constraints

MAX_TYPED = 200
"""Characters of an answer that is typed."""


class QuizVersion(VersionBase):
    """A quiz as it was published in one language: the one row from which it is shown, graded, and read again years
    later.
    Rows of one number are one publishing: the same questions in the same order, asked in other words.

    `shown` is what may be seen before submitting, `key` what may not; the two are never mixed.
    """

    language = models.CharField(max_length=20, help_text="In which the quiz was asked.")
    shown = models.JSONField(
        encoder=DjangoJSONEncoder,
        help_text='{"language", "title", "intro", "attempts_allowed", "shuffle_questions", "shuffle_options", '
        '"show_answers", "questions": [{"key", "type", "plugin", "prompt", "shown", "language" where it is another, '
        '"points" (a number as text) where it is not 1, "parts": true where a part of them can be earned}]}, and '
        'where they are set "grade_from", "one_per_page", "opens_at", "closes_at", "wait_minutes", "time_limit" '
        '(minutes), "overall": [{"percent", "text"}], "sections": [{"title", "intro", "first": question key}], '
        '"draws": [{"count"}], of which a question names its own by number: "draw", "marks": [{"competency": IRI, '
        '"names", "percent"}], of which a question names those that it counts for: "competencies".',
    )
    key = models.JSONField(encoder=DjangoJSONEncoder, help_text="Question key to what grades and explains it.")
    max_score = models.DecimalField(max_digits=8, decimal_places=2)
    pass_score = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity_key", "number", "language"], name="quiz_version_once"),
            models.CheckConstraint(
                condition=Q(pass_score__gt=0) & Q(pass_score__lte=models.F("max_score")),
                name="quiz_version_pass_le_max",
            ),
        ]

    @property
    def number_asked(self) -> int:
        """Return the number of questions in one attempt."""
        fixed = sum("draw" not in question for question in self.shown["questions"])
        return fixed + sum(draw["count"] for draw in self.shown.get("draws", ()))

    @property
    def by_question(self) -> bool:
        """Tell whether points are right answers: one for each question, all of it or nothing."""
        return not any("points" in question or "parts" in question for question in self.shown["questions"])

    @classmethod
    def published(cls, activity_key: UUID, language: str = "") -> QuerySet[QuizVersion]:
        """Return the versions, the last publishing first; within one, first the row in this language (or the same
        without its
        country), then that of the page which the others were translated from."""
        wanted = Case(When(language=language, then=0), When(language=language.split("-")[0], then=1), default=2)
        return cls.objects.filter(activity_key=activity_key).order_by("-number", wanted, "pk")


def corrected(version: QuizVersion, later: QuizVersion) -> dict[str, Any]:
    """Return by question key the keys with which `later` grades questions of `version`: those that it still asks, of
    the same
    type."""
    kinds = {question["key"]: question["type"] for question in later.shown["questions"]}
    return {
        question["key"]: later.key[question["key"]]
        for question in version.shown["questions"]
        if kinds.get(question["key"]) == question["type"]
    }


class Attempt(AttemptBase):
    """An attempt at a quiz, open until it is handed in and graded. Score columns are null until then."""

    ended_by = "submitted_at"
    newest: AttemptStep | None = None
    """The newest step as it was read with the attempt (`steps.with_newest`). None: it was not, or there is none."""

    version = models.ForeignKey(QuizVersion, on_delete=models.PROTECT, related_name="attempts")
    drawn = models.JSONField(
        null=True,
        help_text="Keys of the questions that were drawn for it, beside those everybody is asked. Null: none.",
    )
    reopenings = models.PositiveSmallIntegerField(default=0, help_text="How often a teacher opened it again.")
    reopened_at = models.DateTimeField(null=True, help_text="When that was last.")
    due_at = models.DateTimeField(
        null=True, help_text="When it is closed by the server's clock, with the answers that were saved. Null: never."
    )
    submitted_at = models.DateTimeField(null=True)
    submitted_received_at = models.DateTimeField(null=True)
    raw = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    success = models.BooleanField(null=True)
    graded_by = models.ForeignKey(
        QuizVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Of a later publishing, whose keys it was graded with. Null: its own version's.",
    )
    gradings = models.JSONField(
        default=dict,
        help_text='Of which grading statements in force are: {"all", "" (what concludes the attempt), question key}. '
        "What is not there is of the first.",
    )
    grade = models.JSONField(
        null=True,
        help_text='What counts once it is handed in, where the version says of which attempts: {"method", "of" (how '
        'many), "raw" (a number as text), "success", "verdict"} (counting.py). Null: it is its own, as the best.',
    )
    taken_back_at = models.DateTimeField(
        null=True, help_text="It was keyed in for the wrong person: nobody's any more."
    )

    @property
    def begun_at(self) -> datetime:
        """Return since when it can be answered, by the server's clock."""
        return self.reopened_at or self.opened_received_at

    @property
    def passed(self) -> bool | None:
        """Return the quiz's result by this attempt; None: none, as another attempt counts, or it is not handed in."""
        return self.success if self.grade is None else self.grade["verdict"]

    @property
    def counted(self) -> Decimal | None:
        """Return the points that count once it is handed in. None: none, as the attempt that counts is open again."""
        if self.grade is None:
            return self.raw
        return None if self.grade["raw"] is None else Decimal(self.grade["raw"])

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Return the questions of its version that it asks, in the version's order."""
        drawn = set(self.drawn or ())
        return [
            question
            for question in self.version.shown["questions"]
            if "draw" not in question or question["key"] in drawn
        ]

    @property
    def keys(self) -> dict[str, Any]:
        """Return the key of each of its questions: that of `graded_by`, if that still asks the same kind of
        question."""
        own: dict[str, Any] = self.version.key
        if self.graded_by is None:
            return own
        return {**own, **corrected(self.version, self.graded_by)}

    def grading_of(self, question_key: str = "") -> int:
        """Return the grading number of the statement in force about a question, or of those that conclude the
        attempt."""
        number: int = self.gradings.get(question_key, self.gradings.get("all", 1))
        return number

    @property
    def next_grading(self) -> int:
        """Return the number of the next grading."""
        return max(self.gradings.values(), default=1) + 1

    class Meta:
        constraints = [
            *attempt_constraints("attempt", "submitted_at"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_received_at=None, raw=None, success=None)
                | Q(
                    submitted_at__isnull=False,
                    submitted_received_at__isnull=False,
                    raw__isnull=False,
                    success__isnull=False,
                ),
                name="attempt_graded_when_submitted",
            ),
        ]


class AttemptStep(StepBase):
    """A step of an attempt. `data`: {"responses"}, ids of options and in place of typed words the number of a
    TypedAnswer;
    saved: "since" and "ticks" (merging.py); graded: "outcomes"; corrected: those and "observer", the opaque actor of
    who
    did it; regraded: those and "regrade", its UUID; taken back: "observer" and "reason"; opened again: responses,
    "since"
    and "observer". The intermediate saves end when it is handed in: see `forget_saved`."""

    class Kind(models.TextChoices):
        OPENED = "opened", "opened"
        SAVED = "saved", "saved"
        SUBMITTED = "submitted", "submitted"
        CORRECTED = "corrected", "corrected"
        REGRADED = "regraded", "regraded"
        RETURNED = "returned", "taken back"
        REOPENED = "reopened", "opened again"

    HANDED_IN: ClassVar[tuple[str, ...]] = (Kind.SUBMITTED, Kind.CORRECTED, Kind.REGRADED)
    """Kinds after which an attempt is not answered any more."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    act_id = models.UUIDField(unique=True, help_text="Derived from the form's key and content: see actions.")
    opening = models.PositiveSmallIntegerField(
        default=1, help_text="1 until the attempt is opened again, 2 from then on, and so forth."
    )

    class Meta(StepBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["attempt", "seq"], name="attempt_step_once"),
            models.UniqueConstraint(
                fields=["attempt", "opening"], condition=Q(kind="submitted"), name="attempt_submitted_once_an_opening"
            ),
        ]

    @classmethod
    def forget_saved(cls, attempt: Attempt) -> None:
        """Delete the intermediate saves, in the transaction that hands the attempt in. One query.

        Nothing reads them any more: grading, results, statements and a person's export are made from the step of
        handing in,
        which holds every answer. Its number still says how many steps there were.
        """
        # Past the guard of an append-only table, whose manager refuses every deletion.
        cls._base_manager.filter(attempt=attempt, kind=cls.Kind.SAVED).delete()


class TypedAnswer(models.Model):
    """A learner's typed answer: the one table that holds such words, so that they can be erased.

    Steps, statements and results name a row by `number` and say what it matched. Why no digest of the words in the
    step?
    Because short words can be guessed from one. Intermediate words are deleted on handing in.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="typed_answers")
    question_key = models.UUIDField()
    number = models.PositiveIntegerField(help_text="Counts the different answers typed to this question.")
    text = NfcCharField(max_length=MAX_TYPED)

    class Meta:
        verbose_name = _("typed answer")
        verbose_name_plural = _("typed answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key", "number"], name="typed_answer_number_once"),
            models.UniqueConstraint(fields=["attempt", "question_key", "text"], name="typed_answer_text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="typed_answer_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.question_key}/{self.number}"
