"""What `manage.py check` finds wrong with registered question types: before an editor or a learner does."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from bdhvs_lms.plugins.api import question_types


def check_question_types(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Each type's model is in the bank and says the same key; its three fragments exist."""
    from bdhvs_quiz.models import Question  # registered before models are ready

    found: list[CheckMessage] = []
    for kind in question_types:
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
                    f"{owner}: {kind.model._meta.label}.kind is {kind.model.kind!r} and not {kind.key!r}.",
                    hint="Give the model and the question type the same key.",
                    id="bdhvs_quiz.E002",
                )
            )
        for name in (kind.template, kind.review_template, kind.print_template):
            try:
                get_template(name)
            except TemplateDoesNotExist:
                found.append(
                    Error(
                        f"{owner}: there is no template {name}.",
                        hint="A question type ships its own fragments; a theme may override them.",
                        id="bdhvs_quiz.E003",
                    )
                )
    return found


def connect() -> None:
    register(check_question_types, "bdhvs")
