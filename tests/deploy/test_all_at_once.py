"""Learners begin, save and hand in all at once, on PostgreSQL, with two workers."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection

from tests.support.live import Installation
from tests.support.soak import rounds

PEOPLE, QUESTIONS, LATE = rounds(60, soak=200), 4, 10
"""Every tenth comes back after the end, by the server's clock."""
CSRF = "a" * 32

PREPARE = """
import json
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners import api as learners
from bdhvs_quiz.grading import field_name
from tests.bdhvs_content import pages
course = pages.course(pages.catalog())
questions = [pages.question(f"Câu {number}?") for number in range(QUESTIONS)]
quiz = pages.quiz(course, questions, time_limit=30)
sessions = []
for number in range(PEOPLE):
    # No password: to compute the digest of one takes longer than all the rest.
    user = get_user_model().objects.create(username=f"hoc{number}", password="!")
    learner = learners.register(full_name=f"Học {number}", at=pages.AT, user=user, actor=pages.uid(f"hoc{number}"))
    record_consent(learner.actor, given=True, at=pages.AT)
    courses.enrol(learner, course.translation_key, at=pages.AT)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
answers = {
    field_name(str(row.key)): [pages.option_id(row, 1), pages.option_id(row, 0)] for row in questions
}
names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME]
print(json.dumps({"quiz": str(quiz.translation_key), "sessions": sessions, "answers": answers, "cookies": names}))
"""

# Of each learner's attempts: whether it was handed in, what with, and its statements by verb.
FOUND = """
import json
from collections import Counter
from bdhvs_lms.learners.models import LearnerIdentity
from bdhvs_quiz.models import Attempt
from bdhvs_xapi import api as xapi
whose = dict(LearnerIdentity.objects.filter(kind="user").values_list("learner_id", "learner__person__full_name"))
found = {}
for row in Attempt.objects.all():
    last = row.steps.order_by("-seq").first()
    verbs = Counter(fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(registration=row.uuid))
    found.setdefault(whose[row.learner_id], []).append(
        [str(row.uuid), last.kind, {f"q-{key}": value for key, value in last.data["responses"].items()}, verbs]
    )
print(json.dumps(found))
"""


class Browser:
    def __init__(self, url: str, cookies: list[str], session: str) -> None:
        self.host = urlsplit(url).netloc
        self.headers = {
            "Cookie": f"{cookies[0]}={session}; {cookies[1]}={CSRF}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.statuses: Counter[int] = Counter()

    def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, str, bytes]:
        """Status, where it leads, body."""
        there = HTTPConnection(self.host, timeout=60)
        try:
            there.request("POST", path, urlencode({"csrfmiddlewaretoken": CSRF, **form}), self.headers | headers)
            answer = there.getresponse()
            body = answer.read()
        finally:
            there.close()
        self.statuses[answer.status] += 1
        return answer.status, answer.headers.get("Location", ""), body


class Learner(Browser):
    """Presses everything twice at once: begin with one form and with another, save from two copies of the page."""

    def __init__(self, url: str, prepared: dict[str, Any], number: int) -> None:
        super().__init__(url, prepared["cookies"], prepared["sessions"][number])
        self.number, self.prepared = number, prepared
        self.path, self.base = "", 0
        self.wrong: list[str] = []

    def both(self, *acts: tuple[str, dict[str, str], dict[str, str]]) -> list[tuple[int, str, bytes]]:
        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(lambda act: self.post(act[0], act[1], **act[2]), acts))

    def begin(self) -> None:
        act, path = str(uuid.uuid4()), f"/bai-kiem-tra/{self.prepared['quiz']}/bat-dau/"
        answers = self.both(*((path, {"act_id": each}, {}) for each in (act, act, str(uuid.uuid4()))))
        if {status for status, _, _ in answers} != {303} or len({where for _, where, _ in answers}) != 1:
            self.wrong.append(f"begin: {answers}")
        self.path = answers[0][1]

    def save(self) -> None:
        # With clocks that are years off.
        names = sorted(self.prepared["answers"])
        halves = (names[: QUESTIONS // 2], "2019-01-01T00:00:00Z"), (names[QUESTIONS // 2 :], "2041-01-01T00:00:00Z")
        forms = [
            {**{name: self.prepared["answers"][name][0] for name in half}, "occurred_at": clock}
            | {"do": "save", "act_id": str(uuid.uuid4()), "base": "1", "copy": f"{uuid.uuid4()}.1"}
            for half, clock in halves
        ]
        answers = self.both(*((self.path, form, {"Accept": "application/json"}) for form in forms))
        if {status for status, _, _ in answers} != {200}:
            self.wrong.append(f"save: {answers}")
            return
        self.base = max(json.loads(body)["base"] for _, _, body in answers)

    def hand_in(self) -> None:
        form = {"do": "submit", "act_id": str(uuid.uuid4()), "base": str(self.base), "confirmed": "1"}
        if self.number % LATE == 0:
            # After the end, with a clock that says it is before: other answers than what was saved.
            del form["confirmed"]
            form |= {name: wrong for name, (_right, wrong) in self.prepared["answers"].items()}
            form["occurred_at"] = "2026-01-01T00:00:00Z"
        answers = self.both(*((self.path, form, {}) for _ in range(2)))
        if {status for status, _, _ in answers} != {303}:
            self.wrong.append(f"hand in: {[(status, where) for status, where, _ in answers]}")


def at_once(acts: list[Any]) -> None:
    begin = threading.Barrier(len(acts))

    def go(act: Any) -> None:
        begin.wait()
        act()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(go, acts))


@pytest.mark.database
@pytest.mark.thorough
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_all_at_once_lose_nothing_and_do_nothing_twice(installation: Installation) -> None:
    import psycopg

    numbers = PREPARE.replace("PEOPLE", str(PEOPLE)).replace("QUESTIONS", str(QUESTIONS))
    prepared = json.loads(installation.python(numbers).splitlines()[-1])
    server = installation.serve(workers=2)
    learners = [Learner(server.url, prepared, number) for number in range(PEOPLE)]
    at_once([learner.begin for learner in learners])
    at_once([learner.save for learner in learners])
    late = [learner.path.rstrip("/").rsplit("/", 1)[-1] for learner in learners[::LATE]]
    with psycopg.connect(installation.database_url, autocommit=True) as database:
        database.execute(
            "UPDATE bdhvs_quiz_attempt SET due_at = now() - interval '2 minutes' WHERE uuid = ANY(%s::uuid[])", [late]
        )
    at_once([learner.hand_in for learner in learners])
    assert [wrong for learner in learners for wrong in learner.wrong] == []
    assert set(sum((learner.statuses for learner in learners), Counter[int]())) == {200, 303}
    found = json.loads(installation.python(FOUND).splitlines()[-1])
    right = {name: answers[0] for name, answers in prepared["answers"].items()}
    for learner in learners:
        [(attempt, kind, responses, verbs)] = found[f"Học {learner.number}"]
        assert learner.path.rstrip("/").endswith(attempt)
        assert kind == "submitted" and {name: flat(value) for name, value in responses.items()} == right
        assert verbs == {"initialized": 1, "answered": QUESTIONS, "completed": 1, "passed": 1}


def flat(response: Any) -> str:
    return str(response[0] if isinstance(response, list) else response)
