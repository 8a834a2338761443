"""People who open pages, and the moment at which they do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bdhvs_lms.campaign.api import Area, SteeringAssignment
from bdhvs_lms.classes.actions import change_class
from bdhvs_lms.classes.api import ClassGroup, ClassTeacher, Membership
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, link_user
from tests.support.board import Board
from tests.support.classes import class_of
from tests.support.world import T0
from tests.support.worlds import made_once

NOW = "2025-11-15T10:00:00+07:00"


class Stage(Board):
    """`Board` with one class, and clients signed in as the people who open pages. Today is 15 November 2025."""

    def __post_init__(self) -> None:
        super().__post_init__()
        course = Course.objects.get(key=self.course_key)
        self.class_group = class_of(course, self.area, code="toi-thu-ba", name="Lớp tối thứ Ba", at=T0)

    def signed_in(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def user(self, name: str, **values: Any) -> User:
        return User.objects.create_user(name, password="mật khẩu thử", **values)  # noqa: S106

    def learning_user(self, name: str) -> tuple[Learner, Client]:
        learner, user = self.learner(name), self.user(name)
        link_user(learner, user)
        return learner, self.signed_in(user)

    def member(self, name: str) -> Learner:
        learner = self.learner(name)
        Membership.objects.create(learner=learner, class_group=self.class_group, valid_from=T0.date())
        return learner

    def teacher(self, name: str = "teacher", class_group: ClassGroup | None = None) -> Client:
        user = self.user(name)
        ClassTeacher.objects.create(class_group=class_group or self.class_group, user=user, valid_from=T0.date())
        return self.signed_in(user)

    def phone(self, number: str) -> None:
        """Whom learners of the class call."""
        group = self.class_group
        change_class(group, name=group.name, area=group.area, starts=group.starts, phone=number, at=T0, by=None)

    def steering(self, *areas: Area, name: str = "steering") -> Client:
        user = self.user(name)
        for area in areas or (self.area,):
            SteeringAssignment.objects.create(user=user, area=area)
        return self.signed_in(user)


# A module that fills its stage for all tests says `made, _own = made_once(filled)`, and `filled` makes it.
made, own = made_once(Stage)


@pytest.fixture
def stage(own: Stage, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = NOW
    return own
