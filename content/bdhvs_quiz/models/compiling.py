"""From the living bank to one immutable row. What may be seen and what may not part ways here, once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bdhvs_content.api import NotPublishable
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models.bank import bank_rows, real_questions


def problems_of(question_ids: Iterable[int]) -> list[str]:
    """What keeps these questions from being published as a quiz, one sentence each, for the editor."""
    ids = list(question_ids)
    if not ids:
        return [str(_("The quiz has no questions. Add at least one."))]
    real = real_questions(ids)
    problems = []
    for row in bank_rows(ids):
        kind = question_types.get(row.type_key)
        if kind is None or row.pk not in real:
            problems.append(
                _("“%(question)s” cannot be used because its plugin “%(key)s” is not installed.")
                % {"question": row, "key": row.type_key}
            )
        elif not row.live:
            problems.append(
                _("“%(question)s” is not published. Publish it in the question bank first.") % {"question": row}
            )
        else:
            # A question that nobody can answer rightly must not be asked, however it came into the bank.
            problems.extend(
                _("“%(question)s”: %(problem)s") % {"question": row, "problem": problem}
                for problem in real[row.pk].problems()
            )
    return problems


def compile_quiz(page: Any) -> dict[str, Any]:
    """The page's content as plain JSON: {"shown", "key", "pass_percent"}. Raises NotPublishable.

    Reads published questions only: the rows of a bank with drafts hold what is live, revisions hold the drafts.
    """
    ids = [item.question_id for item in page.items.all()]
    problems = problems_of(ids)
    if problems:
        raise NotPublishable(problems)
    real = real_questions(ids)
    shown, key = [], {}
    for pk in ids:
        question = real[pk]
        kind = question_types.get(question.type_key)
        assert kind is not None  # noqa: S101  problems_of has looked
        seen, hidden = kind.compile(question)
        shown.append(
            {
                "key": str(question.key),
                "type": question.type_key,
                "plugin": question._meta.app_label,
                # Outside what the type compiled, so that it can be read when the type is gone.
                "prompt": question.prompt,
                "shown": seen,
            }
        )
        key[str(question.key)] = hidden
    return {
        "shown": {
            "language": page.locale.language_code,
            "title": page.title,
            "intro": page.intro,
            "attempts_allowed": page.attempts_allowed,
            "shuffle_questions": page.shuffle_questions,
            "shuffle_options": page.shuffle_options,
            "show_answers": str(page.show_answers),
            "questions": shown,
        },
        "key": key,
        "pass_percent": page.pass_percent,
    }


def scores_of(content: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """(max score, pass score) in points, one a question; the pass mark rounds up to a whole question."""
    count = len(content["shown"]["questions"])
    return Decimal(count), Decimal(-(-count * content["pass_percent"] // 100))
