"""Run in processes of their own, beside a serving site: a class whose teachers do the same at the same time."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from bdhvs_lms.classes.api import add_teacher, plan_sessions, take_attendance
from bdhvs_lms.classes.models import ClassSession
from bdhvs_lms.progress.models import Presence
from bdhvs_lms.tracking.api import VERB_ATTENDED, check, session_iri
from bdhvs_quiz.grading import field_name
from bdhvs_quiz.models import Attempt, PaperPack, PaperSheet
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.test_paper import Hall

ROUNDS = 4


def tell(told: dict[str, Any]) -> None:
    sys.stdout.write("TOLD" + json.dumps(told) + "\n")


def _session(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def build() -> None:
    """Two teachers, two learners; packs of a sheet for each, sessions at which one of the two was there."""
    hall = Hall("Lan", "Ân")
    colleague = User.objects.create_superuser("coba")
    add_teacher(hall.group, colleague, at=pages.AT, by=None)
    packs = [hall.pack(spare=0, codes=1) for _round in range(ROUNDS)]
    lan = next(one for one in hall.people if one.person.full_name == "Lan")
    an = next(one for one in hall.people if one != lan)
    meetings = []
    for number in range(ROUNDS):
        [one] = plan_sessions(
            hall.group, starts_at=pages.AT - timedelta(hours=number + 1), at=pages.AT, by=hall.teacher
        )
        take_attendance(one, {lan.pk: True}, at=pages.AT, by=hall.teacher)
        [fact] = xapi.facts(activity=session_iri(one.uuid))
        meetings.append(
            {
                "page": reverse("bdhvs_lms:session", args=[hall.group.uuid, one.uuid]),
                "void": reverse("statements:statement", args=[fact.statement_id]),
            }
        )
    tell(
        {
            "sessions": [_session(hall.teacher), _session(colleague)],
            "papers": reverse("bdhvs_quiz:class-papers", args=[hall.group.uuid]),
            "quiz": str(hall.quiz.translation_key),
            "packs": [reverse("bdhvs_quiz:paper-pack", args=[hall.group.uuid, pack.uuid]) for pack in packs],
            "people": {"Lan": str(lan.actor), "Ân": str(an.actor)},
            "lan": lan.pk,
            "answers": {field_name(str(row.key)): kinds.answer_to(row, right=True) for row in hall.questions},
            "meetings": meetings,
        }
    )


def attempts() -> None:
    """What is entered, sheet by sheet; then what was given away."""
    rows = PaperSheet.objects.select_related("learner__person", "attempt").order_by("pack", "number")
    tell(
        {
            "packs": PaperPack.objects.count(),
            "sheets": [
                [row.learner.person.full_name if row.learner else "", str(row.attempt.uuid) if row.attempt else ""]
                for row in rows
            ],
            "attempts": Attempt.objects.count(),
            "in force": sum(
                bool(xapi.facts(registration=one.uuid)) == (one.taken_back_at is None)
                for one in Attempt.objects.order_by("pk")
            ),
            "differences": [str(difference) for difference in check()],
        }
    )


def presences() -> None:
    facts = xapi.facts(verbs=[VERB_ATTENDED])
    tell(
        {
            "in force": len(facts),
            "sessions": len({fact.object_id for fact in facts}),
            "present": Presence.objects.count(),
            "held": ClassSession.objects.count(),
            "differences": [str(difference) for difference in check()],
        }
    )
