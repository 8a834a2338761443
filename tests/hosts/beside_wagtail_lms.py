"""Read by the shell of a host's `manage.py`: what the adapter makes of wagtail-lms's courses."""

from datetime import timedelta
from io import StringIO

from django.contrib.auth import get_user_model
from django.core.management import call_command
from wagtail.models import Site
from wagtail_lms.models import (
    CourseEnrollment,
    CoursePage,
    H5PLessonCompletion,
    H5PLessonPage,
    SCORMAttempt,
    SCORMLessonPage,
    SCORMPackage,
)

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.courses.api import Activity, Course, enrolment_of
from bdhvs_lms.learners.api import Learner, LearnerIdentity, register
from bdhvs_xapi.api import Statement

home = Site.objects.get(is_default_site=True).root_page
course = home.add_child(instance=CoursePage(title="Fire safety", live=False))
course.save_revision().publish()
first = course.add_child(instance=H5PLessonPage(title="Smoke", live=False))
first.save_revision().publish()
# Past its `save`, which unpacks the file.
(package,) = SCORMPackage.objects.bulk_create([SCORMPackage(title="Ladders", package_file="ladders.zip")])
second = course.add_child(instance=SCORMLessonPage(title="Ladders", scorm_package=package, live=False))
second.save_revision().publish()


def facts():
    found = Activity.objects.filter(course__key=course.translation_key).order_by("position")
    return [(one.titles, one.active, one.type_key) for one in found]


assert Course.objects.get(key=course.translation_key).titles == {"en": "Fire safety"}
kind = "bdhvs_wagtail_lms.lesson"
assert facts() == [({"en": "Smoke"}, True, kind), ({"en": "Ladders"}, True, kind)], facts()


def recorded():
    rows = Statement.objects.order_by("seq").select_related("verb", "object_term", "authority")
    return [
        (one.verb.iri.rpartition("/")[2], one.object_term.iri.rpartition("/")[2], one.authority.key) for one in rows
    ]


ana, bao = (get_user_model().objects.get(email=f"{name}@city.example") for name in ("ana", "bao"))
at = now() - timedelta(days=1)
area = Area.objects.first()


def learner_of(user):
    learner = register(full_name=user.get_full_name(), birth_year=1960, area=area, at=at)
    LearnerIdentity.objects.create(learner=learner, kind=LearnerIdentity.Kind.USER, subject=str(user.pk))
    return learner


lan = learner_of(ana)
record_consent(lan.actor, given=True, at=at)
for user in (ana, bao):
    CourseEnrollment.objects.create(user=user, course=course)
    H5PLessonCompletion.objects.create(user=user, lesson=first)
# Bảo has no learner yet, so nothing is known of him.
assert Learner.objects.count() == 1
assert enrolment_of(lan, course.translation_key) is not None


assert recorded() == [("completed", str(first.translation_key), "client")], recorded()
attempt = SCORMAttempt.objects.create(user=ana, scorm_package=package, completion_status="incomplete")
assert len(recorded()) == 1, recorded()
attempt.completion_status, attempt.score_scaled = "completed", 0.8
attempt.save()
attempt.save()
# The second lesson, and with it the course.
assert len(recorded()) == 3, recorded()

# He is linked and agrees: the command catches up, once.
record_consent(learner_of(bao).actor, given=True, at=at)
for news in (1, 0):
    out = StringIO()
    call_command("feed_wagtail_lms", stdout=out)
    assert f"{news} completions recorded" in out.getvalue(), out.getvalue()
assert len(recorded()) == 4, recorded()
H5PLessonPage.objects.get(pk=first.pk).unpublish()
assert [active for _titles, active, _kind in facts()] == [False, True], facts()
call_command("rebuild", check=True)
print("as it should be")  # noqa: T201
