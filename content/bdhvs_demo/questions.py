"""The demonstration's questions in the bank. What is there already is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wagtail.models import Locale

from bdhvs_demo.data import demo_id
from bdhvs_quiz.api import Question, QuestionAlignment, samples_of_types


def question(asked: Mapping[str, Any], name: str, *, by: Any, about: Iterable[QuestionAlignment] = ()) -> Question:
    """Return the question of the bank whose identity follows from `name`; written and published if it is not there.
    `about`:
    which competencies it asks."""
    key = demo_id(name)
    found = Question.objects.filter(translation_key=key).first()
    if found is not None:
        return found
    sample = samples_of_types()[asked["type"]]
    made: Question = sample.MODEL(
        translation_key=key,
        locale=Locale.objects.get(language_code="vi"),
        prompt=asked["prompt"],
        explanation=asked["explanation"],
        live=False,
        **sample.fields(asked, lambda place: str(demo_id(f"{name}/{place}"))),
    )
    made.alignments.add(*about)
    made.save()
    made.save_revision(user=by).publish(user=by)
    return made


def samples(courses: Iterable[Mapping[str, Any]], *, by: Any) -> list[Question]:
    """Make a question of each type that no course asks: the bank of the demonstration has one of every type."""
    activities = (one for course in courses for section in course["sections"] for one in section["activities"])
    there = {asked["type"] for one in activities for asked in one.get("questions", ())}
    return [
        question({**sample.ASKED, "type": name}, f"samples/{name}", by=by)
        for name, sample in samples_of_types().items()
        if name not in there
    ]
