"""Every address of ours × every kind of visitor. A new address without an entry here fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bdhvs_lms.audit.api import CONSENT_VERSION, record_consent
from bdhvs_lms.campaign.api import SteeringAssignment
from bdhvs_lms.classes.api import ClassGroup, ClassTeacher, Membership
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import link_user, register
from bdhvs_quiz import actions
from bdhvs_quiz.models import Attempt, QuizVersion
from tests.support.board import Board
from tests.support.world import T0, uid

OURS = ("bdhvs_lms", "bdhvs_content", "bdhvs_quiz", "bdhvs_h5p", "bdhvs_theme", "bdhvs_xapi")
ADMIN = "quan-tri/"

ROLES = (
    "anonymous",
    "learner",  # enrolled, in the class, has an attempt
    "other_learner",  # of another area, enrolled in nothing
    "teacher",  # of the class
    "other_teacher",  # of another class
    "editor",  # of the Wagtail admin
    "other_steering",  # of another area
    "steering",  # of the area
    "superuser",
)


class Cast(Board):
    """Everybody, and everything they might try to open."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.users: dict[str, User] = {role: self.user(role) for role in ROLES if role != "anonymous"}
        self.owner = self.learner("learner")
        link_user(self.owner, self.users["learner"])
        other = register(full_name="other", at=T0, area=self.other_area, groups=[self.group])
        link_user(other, self.users["other_learner"])
        for learner in (self.owner, other):
            record_consent(learner.actor, given=True, at=T0)
        self.class_group, other_class = (self.make_class(code) for code in ("lop-mot", "lop-hai"))
        Membership.objects.create(learner=self.owner, class_group=self.class_group, valid_from=T0.date())
        for role, group in (("teacher", self.class_group), ("other_teacher", other_class)):
            ClassTeacher.objects.create(class_group=group, user=self.users[role], valid_from=T0.date())
        SteeringAssignment.objects.create(user=self.users["steering"], area=self.area)
        SteeringAssignment.objects.create(user=self.users["other_steering"], area=self.other_area)
        self.users["editor"].user_permissions.add(Permission.objects.get(codename="access_admin"))
        User.objects.filter(username="superuser").update(is_superuser=True)
        self.users["superuser"].refresh_from_db()
        self.lesson_key = self.push("a lesson", "bdhvs_content.lesson", "completed")
        self.quiz_key = self.push("a quiz", "bdhvs_quiz.quiz", "passed")
        self.publish_quiz()
        self.submitted = self.attempt()
        actions.submit(self.submitted.uuid, self.owner, {}, act_id=uuid4(), at=T0 + timedelta(hours=1))
        self.open = self.attempt()

    def user(self, role: str) -> User:
        return User.objects.create_user(role)

    def make_class(self, code: str) -> ClassGroup:
        course = courses.Course.objects.get(key=self.course_key)
        return ClassGroup.objects.create(name=code, code=code, course=course, area=self.area, starts=T0.date())

    def push(self, name: str, type_key: str, done_on: Any) -> UUID:
        facts = courses.ActivityFacts(
            key=uid(name),
            type_key=type_key,
            plugin=type_key.split(".")[0],
            titles={"vi": name},
            done_on=done_on,
            revision="1",
            position=8,
            max_score=Decimal(1) if done_on == "passed" else None,
            pass_score=Decimal(1) if done_on == "passed" else None,
        )
        return courses.push_activity(self.course_key, facts, at=T0).key

    def publish_quiz(self) -> None:
        question = str(uid("question"))
        options = [{"id": str(uid(text)), "text": text} for text in ("một", "hai")]
        QuizVersion.objects.create(
            activity_key=self.quiz_key,
            number=1,
            titles={"vi": "Kiểm tra"},
            shown={
                "language": "vi",
                "title": "Kiểm tra",
                "intro": "",
                "attempts_allowed": 0,
                "questions": [
                    {
                        "key": question,
                        "type": "bdhvs_quiz.single_choice",
                        "plugin": "bdhvs_quiz",
                        "prompt": "Chọn?",
                        "shown": {"language": "vi", "prompt": "Chọn?", "options": options},
                    }
                ],
            },
            key={question: {"right": options[0]["id"], "feedback": {}, "explanation": ""}},
            max_score=1,
            pass_score=1,
            created_at=T0,
        )

    def attempt(self) -> Attempt:
        return actions.open_attempt(self.owner, self.quiz_key, act_id=uuid4(), at=T0)

    def client(self, role: str) -> Client:
        client = Client()
        if role != "anonymous":
            client.force_login(self.users[role])
        return client


@dataclass(frozen=True)
class Probe:
    """One request and what each role gets. Roles not named get `rest`."""

    what: str
    address: Callable[[Cast], str]
    rest: int
    answers: dict[str, int] = field(default_factory=dict)
    data: Callable[[], dict[str, str]] | None = None
    """Posted; None: a GET."""


def everyone(address: str, status: int) -> Probe:
    return Probe(address, lambda _cast: address, status)


def on(name: str, *attributes: str) -> Callable[[Cast], str]:
    """The named address with the cast's attributes as arguments."""

    def build(cast: Cast) -> str:
        values = []
        for attribute in attributes:
            value: Any = cast
            for step in attribute.split("."):
                value = getattr(value, step)
            values.append(value)
        return reverse(name, args=values)

    return build


def an_act() -> dict[str, str]:
    return {"act_id": str(uuid4())}


# 302 for the anonymous: to the sign-in page. Accounts without a learner are sent there too, where a learner acts.
LEARNERS_OWN = {"anonymous": 302, "learner": 200, "other_learner": 200}
WHY = "/viec-hoc/nang-luc/test-framework/A1/1/"
AREA = "/chi-dao/?dia-ban=10015@2025-07-01"

MATRIX: dict[str, list[Probe]] = {
    "healthz": [everyone("/healthz", 200)],
    "rendition": [everyone("/media/images/none.jpg", 404)],
    "bdhvs_lms:help": [everyone("/tro-giup/", 200)],
    "bdhvs_lms:start": [everyone("/bat-dau/", 302)],
    "bdhvs_lms:sign-in": [Probe("form", lambda _cast: "/dang-nhap/", 302, {"anonymous": 200})],
    "bdhvs_lms:sign-out": [
        Probe("out", lambda _cast: "/thoat/", 302, data=dict),
        everyone("/thoat/", 405),
    ],
    "bdhvs_lms:my-learning": [Probe("own", lambda _cast: "/viec-hoc/", 403, LEARNERS_OWN)],
    "bdhvs_lms:why": [Probe("own", lambda _cast: WHY, 403, LEARNERS_OWN)],
    "bdhvs_lms:my-data": [Probe("own", lambda _cast: "/viec-hoc/du-lieu/", 403, LEARNERS_OWN)],
    "bdhvs_lms:my-data-download": [
        Probe("own", on("bdhvs_lms:my-data-download"), 403, LEARNERS_OWN, data=dict),
        Probe("by a link", on("bdhvs_lms:my-data-download"), 405),
    ],
    "bdhvs_lms:my-data-withdraw": [
        Probe(
            "own",
            on("bdhvs_lms:my-data-withdraw"),
            403,
            {"anonymous": 302, "learner": 303, "other_learner": 303},
            data=dict,
        ),
        Probe("by a link", on("bdhvs_lms:my-data-withdraw"), 405),
    ],
    "bdhvs_lms:my-data-erase": [
        Probe("asks", on("bdhvs_lms:my-data-erase"), 403, LEARNERS_OWN),
        Probe("own", on("bdhvs_lms:my-data-erase"), 403, LEARNERS_OWN, data=dict),
    ],
    "bdhvs_lms:class-list": [
        Probe(
            "list",
            lambda _cast: "/day/",
            403,
            {"anonymous": 302, "teacher": 200, "other_teacher": 200, "superuser": 200},
        )
    ],
    "bdhvs_lms:class-review": [
        Probe(
            "class",
            on("bdhvs_lms:class-review", "class_group.uuid"),
            404,
            {"anonymous": 302, "teacher": 200, "superuser": 200},
        )
    ],
    "bdhvs_lms:board": [
        Probe(
            "own area",
            lambda _cast: "/chi-dao/",
            403,
            {"anonymous": 302, "other_steering": 200, "steering": 200, "superuser": 200},
        ),
        Probe(
            "this area",
            lambda _cast: AREA,
            403,
            {"anonymous": 302, "other_steering": 404, "steering": 200, "superuser": 200},
        ),
    ],
    "bdhvs_content:enrol": [
        Probe(
            "enrol",
            on("bdhvs_content:enrol", "course_key"),
            302,
            {"learner": 303, "other_learner": 303},
            data=lambda: {"consent": "on", "text_version": CONSENT_VERSION},
        )
    ],
    "bdhvs_content:lesson-read": [
        Probe(
            "read",
            on("bdhvs_content:lesson-read", "lesson_key"),
            302,
            {"learner": 303, "other_learner": 403},
            data=an_act,
        )
    ],
    "bdhvs_quiz:begin": [
        Probe("begin", on("bdhvs_quiz:begin", "quiz_key"), 302, {"learner": 303, "other_learner": 403}, data=an_act)
    ],
    "bdhvs_quiz:attempt": [
        Probe("open", on("bdhvs_quiz:attempt", "open.uuid"), 302, {"learner": 200, "other_learner": 404}),
        Probe(
            "submit",
            on("bdhvs_quiz:attempt", "open.uuid"),
            302,
            {"learner": 303, "other_learner": 404},
            data=lambda: {**an_act(), "do": "save"},
        ),
    ],
    "bdhvs_quiz:result": [
        Probe("result", on("bdhvs_quiz:result", "submitted.uuid"), 302, {"learner": 200, "other_learner": 404})
    ],
}


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return Cast()


def addresses_of_ours(patterns: list[Any], prefix: str = "", namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses_of_ours(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern) and not route.startswith(ADMIN):
            view = getattr(pattern.callback, "view_class", pattern.callback)
            if view.__module__.split(".")[0] in OURS:
                yield f"{namespace}{pattern.name}"


def test_every_address_of_ours_has_an_entry_and_every_entry_an_address() -> None:
    assert set(addresses_of_ours(get_resolver().url_patterns)) == set(MATRIX)


PROBES = [pytest.param(probe, id=f"{name} {probe.what}") for name, probes in MATRIX.items() for probe in probes]


@pytest.mark.parametrize("probe", PROBES)
def test_who_may_open_what(cast: Cast, probe: Probe) -> None:
    found, expected = {}, {}
    for role in ROLES:
        client, address = cast.client(role), probe.address(cast)
        response = client.get(address) if probe.data is None else client.post(address, probe.data())
        found[role] = response.status_code
        expected[role] = probe.answers.get(role, probe.rest)
    assert found == expected


@pytest.mark.parametrize("role", ROLES)
def test_the_admin_opens_for_editors_and_superusers_only(cast: Cast, role: str) -> None:
    status = cast.client(role).get("/quan-tri/").status_code
    assert status == (200 if role in ("editor", "superuser") else 302)


def test_nobody_is_sent_round_in_a_circle(cast: Cast) -> None:
    for role in ROLES:
        for probes in MATRIX.values():
            for probe in probes:
                if probe.data is None:
                    response = cast.client(role).get(probe.address(cast), follow=True)
                    assert response.status_code in (200, 403, 404, 405), (role, probe.what)
