"""A class as tests need it: with a course and its teacher, and people who come to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, add_member, add_teacher, create_class
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, register


def class_of(course: Course, area: Area, *, code: str, at: datetime, teacher: str = "", name: str = "") -> ClassGroup:
    """`teacher`: username of the account that teaches it, made where there is none; empty: nobody does."""
    group = create_class(
        name=name or f"Lớp {code}", code=code, course=course, area=area, starts=at.date(), at=at, by=None
    )
    if teacher:
        user, _made = User.objects.get_or_create(username=teacher)
        add_teacher(group, user, at=at, by=None)
    return group


def member_of(group: ClassGroup, name: str, *, at: datetime, agreed: bool = True, **known: Any) -> Learner:
    """Somebody new on record, in the class from that day on. `known`: as `register` takes it."""
    learner = register(full_name=name, at=at, **known)
    if agreed:
        record_consent(learner.actor, given=True, at=at)
    add_member(group, learner, at=at, by=None)
    return learner
