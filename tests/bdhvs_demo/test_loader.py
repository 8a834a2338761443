"""The demonstration as it is loaded: alive on any day, marked wherever a number was made up, and loaded once."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bdhvs_demo import committee, data, roster
from bdhvs_demo.evenings import HANOI, RECENT_DAYS, Calendar, responses_for
from bdhvs_demo.places import EMPLOYERS, PEOPLE, SURVEYS, VILLAGES
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

CLOCK = datetime(2025, 11, 15, 10, 0, tzinfo=HANOI)

# What there is, as JSON: every table's rows, whoever signs in apart.
ROWS = """
import json
from django.apps import apps
rows = {}
for model in apps.get_models(include_auto_created=True):
    sessions = model._meta.label in ("sessions.Session", "bdhvs_lms.SignInSession")
    if model._meta.managed and not model._meta.proxy and not sessions:
        rows[model._meta.label] = sorted(str(pk) for pk in model._base_manager.values_list("pk", flat=True))
print(json.dumps(rows))
"""

EDIT = """
from bdhvs_content.api import LessonPage
from bdhvs_quiz.api import SingleChoiceQuestion
lesson = LessonPage.objects.get(slug="bang-cai-dat-nhanh")
lesson.title = "Bảng nút nhanh"
lesson.save_revision().publish()
question = SingleChoiceQuestion.objects.get(prompt__startswith="Muốn bật Wi-Fi")
question.explanation = "Sửa rồi."
question.save_revision().publish()
lesson.get_next_sibling().specific.delete()
"""

LOOK = """
import json
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Page
from bdhvs_content.api import LessonPage
from bdhvs_lms.campaign.api import Denominator, Figure
from bdhvs_lms.classes.api import ClassGroup
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area, SteeringAssignment, Target
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.queries.review import class_review
from bdhvs_demo.places import COMMUNE, DISTRICT, WARD
from bdhvs_quiz.models import Question, QuizVersion, ShowAnswers
from bdhvs_quiz.api import SingleChoiceQuestion
from bdhvs_xapi.api import facts
from bdhvs_lms.competency.api import Attainment
from bdhvs_lms.reporting.readings.models import Reading
editor = get_user_model().objects.get(username="bientap")
pages = [page.specific for page in Page.objects.filter(depth__gt=1)]
moments = [fact.occurred_at for learner in Learner.objects.all() for fact in facts(actor_key=key(learner))]
lessons = LessonPage.objects.all()
board = Board(now())
newest = lambda code: max(Area.objects.filter(code=code), key=lambda one: str(one.valid_from or ""))
area = {code: newest(code) for code in (DISTRICT, WARD, COMMUNE)}
targets = {target.key: target for target in Target.objects.all()}
row = lambda target, code: (found := board.row(targets[target], area[code])) and [found.numerator, found.verdict]
numbers = [*Denominator.objects.all(), *Figure.objects.all()]
seen = SteeringAssignment.objects.all()
print(json.dumps({
    "statements": len(moments),
    "last": max(moments).isoformat(),
    "learners": Learner.objects.count(),
    "made_up": Learner.objects.filter(illustrative=True).count(),
    "numbers": [(row.illustrative, row.source) for row in numbers],
    "classes": [class_review(group, now().date()).counts for group in ClassGroup.objects.order_by("code")],
    "pages": len(pages),
    "may": [all([page.permissions_for_user(editor).can_edit(), page.permissions_for_user(editor).can_publish()])
            for page in pages],
    "bank": [editor.has_perm(f"bdhvs_quiz.change_{question._meta.model_name}") for question in Question.objects.all()],
    "blocks": sorted({block.block_type for lesson in lessons for block in lesson.body}),
    "quizzes": [[version.shown["show_answers"] == ShowAnswers.WHEN_DONE, version.shown["shuffle_options"],
                 "Kiểm ngày 24/11/2026." in version.shown["intro"]] for version in QuizVersion.objects.all()],
    "phones": [learner.person.phone for learner in Learner.objects.all()],
    "committee": sorted(seen.filter(user__username="chidao").values_list("area__code", flat=True)),
    "officer": sorted(seen.filter(user__username="canbo").values_list("area__code", flat=True)),
    "board": {"staff": row("T1-2025", WARD), "adults": row("T3-2025", WARD), "workers": row("T7-2025", COMMUNE),
              "pupils": row("T2-2025", WARD), "of the plan": row("T3-2025", DISTRICT)},
    "hidden": [found.verdict for found in board.below(targets["T3-2026"], area[COMMUNE])],
    "checked": [lesson.facts_checked_on.isoformat() for lesson in LessonPage.objects.all()],
    "lesson": LessonPage.objects.get(slug="bang-cai-dat-nhanh").title,
    "confirmed": Attainment.objects.filter(status="confirmed").values("learner").distinct().count(),
    "readings": [[one.as_of.isoformat(), one.files.count()] for one in Reading.objects.order_by("as_of")],
    "gone": LessonPage.objects.filter(slug="chu-to-va-khoa-man-hinh").exists(),
    "explained": SingleChoiceQuestion.objects.get(prompt__startswith="Muốn bật Wi-Fi").explanation,
}))
""".replace("import facts\n", "import facts\nfrom bdhvs_lms.tracking.api import actor_key as key\n")


AGAIN = """
import io
from django.core.management import call_command
call_command("load_demo", stdout=io.StringIO())
"""

CHECK = """
call_command("rebuild", "--check", stdout=io.StringIO())
"""


@pytest.mark.thorough
def test_a_second_run_adds_nothing_and_keeps_what_editors_changed(demo: Installation) -> None:
    printed = demo.python(EDIT + ROWS + AGAIN + ROWS + LOOK + CHECK, BDHVS_TEST_CLOCK=CLOCK.isoformat())
    before, after, found = (json.loads(line) for line in printed.splitlines())
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}

    assert (found["lesson"], found["explained"], found["gone"]) == ("Bảng nút nhanh", "Sửa rồi.", False)
    assert found["learners"] == found["made_up"] == 60
    # Below three thousand, so that a demonstration is loaded in a minute. Four hundred are of what the committee finds.
    assert 1_800 <= found["statements"] <= 3_000
    assert CLOCK - timedelta(days=2) <= datetime.fromisoformat(found["last"]) < CLOCK
    assert {tuple(number) for number in found["numbers"]} == {(True, data.SOURCE)}
    # One denominator for each day that has come, and no figure of a survey that is still to come.
    days = [row[2] for row in PEOPLE] + [row[3] for row in SURVEYS]
    assert len(found["numbers"]) == sum(day <= CLOCK.date() for day in days)
    for states in found["classes"]:
        assert set(states) == {"needs_help", "not_begun", "in_progress", "done"} and all(states.values()), states
    assert found["pages"] > 30 and all(found["may"]) and found["bank"] and all(found["bank"])
    assert set(found["checked"]) == {"2026-11-24"}
    assert {"video", "document", "picture", "steps", "callout", "check", "text"} <= set(found["blocks"])
    assert found["quizzes"] and all(all(quiz) for quiz in found["quizzes"])
    # Two taps lead to a call on a teacher's page, and none of these calls reaches anybody.
    phones = [phone for phone in found["phones"] if phone]
    assert len(phones) == 55 and all(phone.startswith("0000 000 ") for phone in phones)
    assert found["committee"] == ["10015", "10018", "277"]
    assert found["officer"] == ["10015"]
    assert "suppressed" in found["hidden"]
    assert found["confirmed"] == committee.PEOPLE - committee.REVOKED
    assert found["readings"] == [["2025-08-31", 4], ["2025-09-30", 4], ["2025-10-31", 4]]
    assert found["board"] == {
        "staff": [8, "met"],
        "adults": [19, "not_met"],
        # Three of nine are left: fewer than five people, hidden with the six.
        "workers": [None, "suppressed"],
        "pupils": [0, "not_met"],
        # With the commune's 11, whose autumn this is.
        "of the plan": [30, "not_met"],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["yesterday", "2025-11-15T19:00:00", "2025-99-15T19:00:00+07:00"])
def test_a_moment_without_a_zone_is_refused(at: str) -> None:
    with pytest.raises(CommandError, match="--at: not a date and time with a time zone"):
        call_command("load_demo", at=at, verbosity=0)


@pytest.mark.parametrize("today", [date(2025, 11, 15), date(2026, 11, 25), date(2028, 2, 29)], ids=str)
def test_people_learned_before_today_and_after_they_came(today: date) -> None:
    calendar = Calendar(datetime(today.year, today.month, today.day, 8, 0, tzinfo=HANOI))
    for group in roster.CLASSES:
        began = calendar.began(group.began)
        for pupil in group.pupils:
            for study in pupil.studies:
                attempts = sum(len(scores) for scores in study.scores) + study.left_open
                days = calendar.evenings(max(1, (min(study.lessons, 9) + 1) // 2 + attempts), study.last, study.after)
                assert began <= days[0] and days[-1] < today, pupil.name
                # Whoever has not finished was here lately: nobody has been missing for a year.
                assert study.last is None or days[0] >= today - timedelta(days=RECENT_DAYS), pupil.name
        unfinished = [pupil for pupil in group.pupils if pupil.studies and pupil.studies[0].last is not None]
        assert any(pupil.studies[0].last > 14 for pupil in unfinished), group.name
    assert (calendar.first.weekday(), calendar.recent.weekday()) == (0, 2)  # as the names of the classes say
    # What was learned in the first autumn counts for the year of the first targets.
    assert calendar.evenings(10, None)[-1] <= date(2025, 12, 31)


def test_what_is_made_up_is_called_so() -> None:
    assert all("minh họa" in place.name for place in (*VILLAGES, *EMPLOYERS))
    names = Counter(pupil.name for group in roster.CLASSES for pupil in group.pupils)
    names.update(pupil.name for pupil in roster.PUPILS_OF_SCHOOL)
    assert len(names) == 60 and set(names.values()) == {1}
    # A minor's learning needs a parent's yes, which nobody has given for people who do not exist.
    assert all(pupil.studies == () for pupil in roster.PUPILS_OF_SCHOOL)


class Version:
    shown: dict[str, Any] = {
        "questions": [
            {"key": "one", "shown": {"options": [{"id": "a"}, {"id": "b"}]}},
            {"key": "some", "shown": {"options": [{"id": "c"}, {"id": "d"}, {"id": "e"}]}},
            {"key": "so", "shown": {}},
            {"key": "word", "shown": {}},
        ]
    }
    key: dict[str, Any] = {
        "one": {"right": "a"},
        "some": {"right": ["c", "e"]},
        "so": {"right": "true"},
        "word": {"accepted": ["114", "số 114"]},
    }


def test_so_many_answers_are_right() -> None:
    right = {"one": "a", "some": ["c", "e"], "so": "true", "word": "114"}
    for shift in range(4):
        for count in range(5):
            given = responses_for(Version, count, shift=shift)  # type: ignore[arg-type]
            assert set(given) == set(right)
            assert sum(given[key] == right[key] for key in right) == count
