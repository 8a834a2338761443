"""What an act stands in: kept as JSON in its row, and the same again when a statement is built from the row."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from bdhvs_lms.attempts.api import NotEnrolled, NotOffered, enrolled_in, from_references, references
from bdhvs_lms.classes.actions import end_member
from bdhvs_lms.classes.api import ClassGroup, add_member, create_class
from bdhvs_lms.courses.api import Activity, Course, activity, activity_ref, course_ref
from bdhvs_lms.learners.api import register
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.tracking.api import (
    TYPE_ASSESSMENT,
    TYPE_INTERACTION,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    ObjectRef,
    activity_iri,
    class_iri,
    class_type,
    competency_iri,
)
from bdhvs_xapi import api as xapi
from tests.support.world import T0, World, uid

pytestmark = pytest.mark.django_db


def a_class(world: World, code: str) -> ClassGroup:
    course = Course.objects.get(key=world.course_key)
    return create_class(name="Lớp của Lan", code=code, course=course, area=world.area, starts=T0.date(), at=T0, by=None)


def test_course_class_of_that_day_and_competencies_of_that_revision(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    world = World()
    learner = world.learner()
    earlier, now = a_class(world, "truoc"), a_class(world, "nay")
    add_member(earlier, learner, at=T0, by=None)
    end_member(earlier, learner, last_day=date(2025, 9, 2), at=T0, by=None)
    add_member(now, learner, at=T0, by=None, valid_from=date(2025, 9, 3))
    row = activity(world.quiz)
    assert row is not None
    # 00:30 of the third of September in Vietnam.
    moment = datetime(2025, 9, 2, 17, 30, tzinfo=UTC)
    with django_assert_num_queries(2):
        kept = json.loads(json.dumps(references(learner, row, moment, revision="1", language="en")))
    assert list(kept) == ["object", "grouping", "other", "language"]
    back = from_references(kept)
    iris = [competency_iri("test-framework", code, 1) for code in ("A1", "A2")]
    assert [ref.iri for ref in back.pop("other")] == iris
    assert back == {
        "object": ObjectRef(activity_ref(row).iri, TYPE_ASSESSMENT, {"vi": "Kiểm tra"}),
        # A class has no name here: whoever names one may put a person's name into it.
        "grouping": (course_ref(row.course), ObjectRef(class_iri(now.uuid), class_type())),
        "language": "en",
    }
    assert references(learner, row, moment, revision="2", language="en")["other"] == [], "no such revision"


def test_the_type_says_what_it_is_and_without_its_plugin_what_finishes_it() -> None:
    world = World()
    learner, row = world.learner(), activity(world.quiz)
    assert row is not None
    row.type_key = "bdhvs_h5p.h5p"
    assert references(learner, row, T0, revision="1", language="vi")["object"]["type"] == TYPE_INTERACTION
    assert activity_types.get("tests.Kiểm tra") is None
    row.type_key = "tests.Kiểm tra"
    assert references(learner, row, T0, revision="1", language="vi")["object"]["type"] == TYPE_ASSESSMENT


def test_only_who_is_enrolled_and_only_an_activity_of_that_type() -> None:
    world = World()
    learner = world.learner()
    row, enrolment = enrolled_in(learner, world.quiz, "tests.Kiểm tra")
    assert (row.key, enrolment.learner_id, enrolment.course.key) == (world.quiz, learner.pk, world.course_key)
    for key, type_key in ((world.quiz, "bdhvs_quiz.quiz"), (uid("nothing"), "tests.Kiểm tra")):
        with pytest.raises(NotOffered):
            enrolled_in(learner, key, type_key)
    with pytest.raises(NotEnrolled):
        enrolled_in(register(full_name="Bình", at=T0), world.quiz, "tests.Kiểm tra")


def test_a_decision_about_an_activity_gives_it_the_type_that_its_plugin_does() -> None:
    world = World()
    learner = world.learner()
    Activity.objects.filter(key=world.lesson).update(type_key="bdhvs_h5p.h5p")
    world.record(world.act(learner, VERB_EXPERIENCED, world.lesson, minutes=0))
    [decision] = xapi.facts(activity=activity_iri(world.lesson), verbs=[VERB_COMPLETED])
    assert decision.statement["object"]["definition"]["type"] == TYPE_INTERACTION
