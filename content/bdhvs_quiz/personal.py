"""Personal data of this app: attempts without typed words, the words apart, and questions that a person wrote or
locked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.attempts.api import WHY_KEPT
from bdhvs_lms.learners.api import LearnerIdentity
from bdhvs_lms.plugins.api import PersonalData
from bdhvs_quiz.models import (
    Attempt,
    AttemptStep,
    ImportedFile,
    PaperSheet,
    Question,
    QuestionImport,
    Reopening,
    TypedAnswer,
)


class QuizPersonalData(PersonalData):
    key = "bdhvs_quiz"
    models: ClassVar[tuple[str, ...]] = (
        "bdhvs_quiz.Attempt",
        "bdhvs_quiz.AttemptStep",
        "bdhvs_quiz.TypedAnswer",
        "bdhvs_quiz.Question",
        "bdhvs_quiz.PaperSheet",
        "bdhvs_quiz.QuestionImport",
        "bdhvs_quiz.ImportedFile",
        "bdhvs_quiz.Reopening",
    )
    pages: ClassVar[Mapping[str, Any]] = {
        "quiz-regrade": _("attempts at a quiz that are graded again"),
        "attempt-reopen": _("opening an attempt again"),
        "paper-pack": _("a test on paper"),
        "paper-print": _("a test on paper, to print"),
        "paper-sheet": _("answers keyed in from paper"),
        "paper-return": _("taking back a sheet of a test on paper"),
    }
    kept: ClassVar[Mapping[str, str]] = {
        "bdhvs_quiz.Attempt": WHY_KEPT,
        "bdhvs_quiz.AttemptStep": WHY_KEPT,
        "bdhvs_quiz.PaperSheet": WHY_KEPT,
    }

    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        accounts = _accounts_of(learner)
        attempts = Attempt.objects.filter(learner=learner).select_related("version").order_by("pk")
        steps = (
            AttemptStep.objects.filter(attempt__learner=learner).select_related("attempt").order_by("attempt", "seq")
        )
        return {
            "bdhvs_quiz.Attempt": [
                {
                    "attempt": str(attempt.uuid),
                    "quiz": attempt.version.titles,
                    "language": attempt.version.language,
                    "number": attempt.number,
                    "opened_at": attempt.opened_at.isoformat(),
                    "submitted_at": attempt.submitted_at.isoformat() if attempt.submitted_at else None,
                    "points": str(attempt.raw) if attempt.raw is not None else None,
                    "of": str(attempt.version.max_score),
                    "passed": attempt.passed,
                    "counts": attempt.grade["raw"] if attempt.grade is not None else None,
                    "taken_back_at": attempt.taken_back_at.isoformat() if attempt.taken_back_at else None,
                }
                for attempt in attempts
            ],
            "bdhvs_quiz.AttemptStep": [
                {
                    "attempt": str(step.attempt.uuid),
                    "step": step.seq,
                    "what": step.kind,
                    "answers": step.data.get("responses", {}),
                    "at": step.occurred_at.isoformat(),
                }
                for step in steps
            ],
            "bdhvs_quiz.Reopening": [
                {"attempt": str(row.attempt.uuid), "at": row.at.isoformat(), "reason": row.reason}
                for row in Reopening.objects.filter(attempt__learner=learner).select_related("attempt").order_by("pk")
            ],
            "bdhvs_quiz.PaperSheet": [
                {
                    "quiz": sheet.pack.version.titles,
                    "test_on": sheet.pack.held_on.isoformat(),
                    "number": sheet.number,
                    "attempt": str(sheet.attempt.uuid) if sheet.attempt else None,
                }
                for sheet in PaperSheet.objects.filter(learner=learner)
                .select_related("pack__version", "attempt")
                .order_by("pk")
            ],
            "bdhvs_quiz.TypedAnswer": [
                {
                    "attempt": str(row.attempt.uuid),
                    "question": str(row.question_key),
                    "number": row.number,
                    "text": row.text,
                }
                for row in _typed_by(learner).select_related("attempt").order_by("attempt", "question_key", "number")
            ],
            "bdhvs_quiz.Question": [
                {
                    "question": row.prompt,
                    "author": str(row.author_id) in accounts,
                    "locked_at": row.locked_at.isoformat() if str(row.locked_by_id) in accounts else None,
                }
                for row in _questions_of(accounts).order_by("pk")
            ],
            "bdhvs_quiz.QuestionImport": [
                {
                    "file": row.file_name,
                    "at": row.created_at.isoformat(),
                    "imported_at": row.done_at.isoformat() if row.done_at else None,
                    "questions": row.written,
                }
                for row in _imports_of(accounts).order_by("pk")
            ],
            "bdhvs_quiz.ImportedFile": [
                {"file": row.question_import.file_name, "name": row.name, "words": row.alt}
                for row in ImportedFile.objects.filter(question_import__in=_imports_of(accounts))
                .defer("data")
                .select_related("question_import")
                .order_by("pk")
            ],
        }

    def erase(self, learner: Any) -> int:
        """Delete typed words, imports and the reasons of reopened attempts; remove the names of a question's author and
        locker.
        The question stays, and so does its lock."""
        accounts = _accounts_of(learner)
        deleted, _each = _typed_by(learner).delete()
        deleted += _imports_of(accounts).delete()[0]
        deleted += Reopening.objects.filter(attempt__learner=learner).delete()[0]
        rows = Question.objects.rows()
        written = rows.filter(author__in=accounts).update(author=None)
        return deleted + written + rows.filter(locked_by__in=accounts).update(locked_by=None)


def _typed_by(learner: Any) -> Any:
    return TypedAnswer.objects.filter(attempt__learner=learner)


def _accounts_of(learner: Any) -> list[str]:
    accounts = LearnerIdentity.objects.filter(learner=learner, kind=LearnerIdentity.Kind.USER, issuer="")
    return list(accounts.values_list("subject", flat=True))


def _imports_of(accounts: list[str]) -> Any:
    rows: Any = QuestionImport.objects
    return rows.filter(user__in=accounts)


def _questions_of(accounts: list[str]) -> Any:
    return Question.objects.rows().filter(Q(author__in=accounts) | Q(locked_by__in=accounts))
