"""System checks (`manage.py check`) of registered question types and templates, before an editor or a learner meets an
error."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from bdhvs_lms.plugins.api import missing_templates, question_types
from bdhvs_quiz.conf import app_settings
from bdhvs_quiz.models import Question

TEMPLATES = (
    "bdhvs_quiz/attempt.html",
    "bdhvs_quiz/class_papers.html",
    "bdhvs_quiz/confirm.html",
    "bdhvs_quiz/option.html",
    "bdhvs_quiz/paper_key.html",
    "bdhvs_quiz/paper_pack.html",
    "bdhvs_quiz/paper_print.html",
    "bdhvs_quiz/paper_return.html",
    "bdhvs_quiz/paper_sheet.html",
    "bdhvs_quiz/question_preview.html",
    "bdhvs_quiz/quiz_page.html",
    "bdhvs_quiz/reopen.html",
    "bdhvs_quiz/result.html",
)


def check_question_types(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that each type's model is in the bank and has the same key. The plugin contract checks the types'
    templates."""
    found = missing_templates("bdhvs_quiz", TEMPLATES)
    for kind in question_types.registered():  # what was refused is bdhvs_lms.E004
        owner = f"{type(kind).__module__}.{type(kind).__qualname__}"
        if not issubclass(kind.model, Question):
            found.append(
                Error(
                    f"{owner}: its model {kind.model._meta.label} is not in the question bank.",
                    hint="Derive the model from bdhvs_quiz.api.Question.",
                    id="bdhvs_quiz.E001",
                )
            )
        elif kind.model.kind != kind.key:
            found.append(
                Error(
                    f"{owner}: {kind.model._meta.label}.kind is {kind.model.kind!r}, not {kind.key!r}.",
                    hint="Give the model and the question type the same key.",
                    id="bdhvs_quiz.E002",
                )
            )
    return found


def connect() -> None:
    register(check_question_types, "bdhvs")
    app_settings.register_checks()
