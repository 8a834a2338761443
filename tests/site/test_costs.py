"""What each page and each act outside the admin asks of the database: the same for a small site and a grown one.

The addresses are those of the table that says who may open what (tests/permissions/addresses.py), so that a new one is
measured as soon as it has an entry there; beside them the pages that Wagtail serves and what their forms do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from plugin_example.models import NumberQuestion

from adapter_tests.saying import CHILD, said
from bdhvs_h5p.attempts.actions import attempts, open_attempt
from bdhvs_h5p.attempts.taking import Claim, take
from bdhvs_h5p.attempts.tokens import issue
from bdhvs_lms.attempts.api import own_attempt
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.campaign.site_information import KEY
from bdhvs_lms.classes.api import add_member, add_teacher
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner, link_user
from bdhvs_lms.site import health
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz import actions
from bdhvs_quiz.grading import field_name
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.permissions.addresses import SITE
from tests.permissions.answers import DONE, OPEN, Probe
from tests.permissions.conftest import made
from tests.permissions.roles import Cast
from tests.support.loops import for_each

PASSWORD = "mật khẩu thử"
MANY = 8


class Site(Cast):
    """The cast, and learners who may do what its own has done already. `grow` makes everything many."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limited = pages.quiz(self.course, list(self.used.values())[:1], "Một lần", attempts_allowed=1)
        self.beginner = self._person("beginner")
        self.used_up = self._person("used-up")
        self._submit(self.used_up, self.limited)
        self.withdrawn = self._person("withdrawn")
        record_consent(self.withdrawn.actor, given=False, at=pages.AT)
        # One of each, so that what comes later is more of the same; and one of the class without a card.
        add_member(self.class_group, self.beginner, at=pages.AT, by=None)
        self.record(
            self.act(self.owner, tracking.VERB_FAILED, self.task, minutes=1, score=3),
            self.act(self.owner, tracking.VERB_PASSED, self.task, minutes=2, score=9, try_no=2),
            self.act(self.owner, tracking.VERB_EXPERIENCED, self.lesson, minutes=3),
        )
        self.play(0)

    def _person(self, name: str) -> Learner:
        learner = self.learner(name)
        user = User.objects.create_user(name, password=PASSWORD)
        link_user(learner, user)
        courses.enrol(learner, self.course.translation_key, at=pages.AT)
        self._clients[name] = Client()
        self._clients[name].force_login(user)
        self._keys[name] = self._clients[name].cookies["bdhvs-session"].value
        return learner

    def _submit(self, learner: Learner, page: Any) -> None:
        attempt = actions.open_attempt(learner, page.translation_key, act_id=uuid4(), at=pages.AT)
        actions.submit(attempt.uuid, learner, {}, act_id=uuid4(), at=pages.AT + timedelta(minutes=1))

    def play(self, turn: int) -> None:
        """One more attempt at the H5P activity, finished, and the next one begun."""
        at = pages.AT + timedelta(minutes=turn)
        claims = [Claim(place, said("answered", part=CHILD, score=(1, 1))) for place in range(1, 9)]
        take(self.h5p_attempt, uuid4(), [*claims, Claim(9, said("completed", score=(2, 2)))], at=at)
        key = self.h5p_page.translation_key
        self.h5p_attempt = own_attempt(
            attempts(), open_attempt(self.owner, key, act_id=uuid4(), at=at).uuid, self.owner
        )

    def grow(self) -> None:
        # Results and statements.
        actions.submit(self.open.uuid, self.owner, {}, act_id=uuid4(), at=pages.AT + timedelta(minutes=20))
        for _turn in range(MANY):
            self._submit(self.owner, self.quiz_page)
        self.open = self.attempt()
        for turn in range(1, MANY):
            self.play(turn)
        acts = [
            self.act(self.owner, tracking.VERB_PASSED, self.task, minutes=turn, score=9, try_no=turn)
            for turn in range(3, MANY + 3)
        ]
        self.record(*acts)
        for turn in range(MANY):
            record_consent(self.owner.actor, given=True, at=pages.AT + timedelta(hours=turn))
        # Courses, and what is in one.
        for turn in range(8):
            other = pages.course(self.catalog, f"Khóa {turn}")
            pages.lesson(other, f"Bài của khóa {turn}")
            courses.enrol(self.owner, other.translation_key, at=pages.AT)
            pages.lesson(self.section, f"Bài thêm {turn}")
        # People, classes, places.
        members = [self.learner(f"member {number}") for number in range(MANY)]
        for member in members:
            add_member(self.class_group, member, at=pages.AT, by=None)
        self.attain(members)
        for number in range(MANY):
            further = self._class(f"lop-{number + 10}")
            add_member(further, self.beginner, at=pages.AT, by=None)
            add_teacher(further, self.users["teacher"], at=pages.AT, by=None)
        Area.objects.bulk_create(
            Area(code=f"V{n}", name=f"Thôn {n}", kind="village", parent=self.area, valid_from=date(2025, 7, 1))
            for n in range(MANY)
        )


Ask = Callable[[Site], tuple[str, str, str, dict[str, Any]]]
"""(role, method, address, form)."""


def answers(site: Site) -> dict[str, Any]:
    rows = site.used.values()
    return {
        field_name(str(row.key)): ["5"] if isinstance(row, NumberQuestion) else kinds.answer_to(row, right=True)
        for row in rows
    }


def act(**more: str) -> dict[str, str]:
    return {"act_id": str(uuid4()), **more}


def attempt_of(site: Site) -> str:
    return reverse("bdhvs_quiz:attempt", args=[site.open.uuid])


def posted(site: Site, **more: Any) -> dict[str, Any]:
    """What the page around the player posts: JSON."""
    return {"token": issue(site.h5p_attempt, at=pages.AT), **more}


def h5p(site: Site, name: str) -> str:
    return reverse(f"bdhvs_h5p:{name}", args=[site.h5p_attempt.uuid])


def begin(page: Any) -> str:
    return reverse("bdhvs_quiz:begin", args=[page.translation_key])


MORE: dict[str, Ask] = {
    "home of a visitor": lambda site: ("anonymous", "GET", site.catalog.url, {}),
    "home of a learner": lambda site: ("learner", "GET", site.catalog.url, {}),
    "course of a visitor": lambda site: ("anonymous", "GET", site.course.url, {}),
    "course of a learner": lambda site: ("learner", "GET", site.course.url, {}),
    "lesson": lambda site: ("learner", "GET", site.lesson_page.url, {}),
    "quiz": lambda site: ("learner", "GET", site.quiz_page.url, {}),
    "begin": lambda site: ("beginner", "POST", begin(site.quiz_page), act()),
    "no attempts left": lambda site: ("used-up", "POST", begin(site.limited), act()),
    "consent asked again": lambda site: ("withdrawn", "POST", begin(site.quiz_page), act()),
    "consent asked again for a lesson": lambda site: (
        "withdrawn",
        "POST",
        reverse("bdhvs_content:lesson-read", args=[site.lesson_page.translation_key]),
        act(),
    ),
    "H5P activity": lambda site: ("learner", "GET", site.h5p_page.url, {}),
    "statements of an H5P activity": lambda site: (
        "learner",
        "POST",
        h5p(site, "statements"),
        posted(site, statements=[{"n": n, "statement": said("completed", score=(2, 2))} for n in (1, 2, 3)]),
    ),
    "state of an H5P activity": lambda site: (
        "learner",
        "POST",
        h5p(site, "state"),
        posted(site, states=[{"subContentId": "0", "dataType": "state", "data": "{}"}]),
    ),
    "save answers": lambda site: ("learner", "POST", attempt_of(site), act(do="save", **answers(site))),
    "confirm": lambda site: ("learner", "GET", f"{attempt_of(site)}?buoc=nop", {}),
    "submit": lambda site: ("learner", "POST", attempt_of(site), act(do="submit", **answers(site))),
    "sign in": lambda site: (
        "anonymous",
        "POST",
        reverse("bdhvs_lms:sign-in"),
        {"username": "beginner", "password": PASSWORD},
    ),
    "sign-in refused": lambda site: (
        "anonymous",
        "POST",
        reverse("bdhvs_lms:sign-in"),
        {"username": "beginner", "password": "sai"},
    ),
    "no such page": lambda site: ("learner", "GET", "/khong-co/", {}),
}


def of_the_table() -> Iterator[tuple[str, Ask]]:
    """For each entry the first role that gets somewhere; where nobody does, the learner's refusal."""
    for name, probes in SITE.items():
        for probe in (replace(one, address=name) for one in probes):
            yield str(probe), asking(probe, probe.first())


def asking(probe: Probe, role: str) -> Ask:
    # Not the superuser where a teacher or a committee may: theirs is the page that has to be fast.
    better = next((r for r in ("learner", "teacher", "steering") if probe.answers[r] in (OPEN, DONE)), role)
    return lambda site: (better, probe.method, probe.url(site), dict(probe.data(site)))


ASKED: dict[str, Ask] = {**dict(of_the_table()), **MORE}


def queries(site: Site, ask: Ask) -> tuple[int, list[str]]:
    """(status, statements); what it did is undone."""
    # It looks at migrations and columns now and then, here each time, and at the site's information once a minute, here
    # never.
    health._sure_until = 0.0
    cache.set(KEY, {})
    # Django keeps the last 9000 statements, and warns when there were more.
    reset_queries()
    with transaction.atomic():
        role, method, address, form = ask(site)
        client = site.client(role)
        with CaptureQueriesContext(connection) as captured:
            kind = {"content_type": "application/json"} if "token" in form else {}
            response = client.get(address) if method == "GET" else client.post(address, form, **kind)
            if response.streaming:
                b"".join(response)
        transaction.set_rollback(True)
    return response.status_code, [query["sql"] for query in captured]


Measured = dict[str, tuple[tuple[int, list[str]], tuple[int, list[str]]]]


@pytest.fixture(scope="module")
def measured(once: Any, django_db_setup: None, django_db_blocker: Any) -> Measured:
    """Measured by one worker for all: each request on a small site and on a grown one."""

    def measure(site: Site) -> Measured:
        def all_of() -> dict[str, tuple[int, list[str]]]:
            return {name: queries(site, ask) for name, ask in ASKED.items()}

        cache.clear()
        all_of()  # what a process keeps from its first requests on
        small = all_of()
        site.grow()
        grown = all_of()
        return {name: (small[name], grown[name]) for name in ASKED}

    def make(folder: Path) -> str:
        [found] = [measure(site) for site in made(Site, django_db_blocker)]
        return json.dumps(found)

    found: Measured = json.loads(once("costs", make)[0])
    return found


@pytest.mark.django_db
@for_each("name", ASKED)
def test_it_asks_the_same_of_a_small_and_a_grown_site(measured: Measured, name: str) -> None:
    (status, few), (status_later, many) = measured[name]
    assert status == status_later
    assert status < 500
    assert len(few) == len(many), "\n".join(many)


@pytest.mark.django_db
def test_what_is_meant_to_happen_is_what_was_measured(measured: Measured) -> None:
    statuses = {name: measured[name][0][0] for name in MORE}
    assert statuses == {
        **dict.fromkeys(MORE, 200),
        "begin": 303,
        "no attempts left": 409,
        "consent asked again": 400,
        "consent asked again for a lesson": 400,
        "save answers": 303,
        "submit": 303,
        "sign in": 302,
        "sign-in refused": 422,
        "no such page": 404,
    }
