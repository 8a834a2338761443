"""A learner's own pages: what comes next, what was shown and is missing in sentences, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, add_member, create_class
from bdhvs_lms.competency import api as competency
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner, link_user, register
from bdhvs_lms.progress.api import Result
from bdhvs_lms.reporting.api import courses_of
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_content import pages as content
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.addresses import below
from tests.support.markup import html_of
from tests.support.world import T0, uid


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return Stage()


def words(html: str) -> str:
    """The main text without tags, blanks folded."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    text = main.group() if main else html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


RESULTS = "/viec-hoc/ket-qua/"


def page_of(client: Client, address: str = "/viec-hoc/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return html_of(response)


def push(course_key: UUID, name: str, **more: Any) -> courses.Activity:
    facts = {
        "key": uid(name),
        "type_key": "bdhvs_quiz.quiz",
        "plugin": "bdhvs_quiz",
        "titles": {"vi": name},
        "done_on": "passed",
        "revision": "1",
        "max_score": Decimal(10),
        "pass_score": Decimal(8),
    }
    return courses.push_activity(course_key, courses.ActivityFacts(**{**facts, **more}), at=T0)


def push_course(name: str, activities: int = 1) -> UUID:
    key = uid(name)
    courses.push_course(key, host="tests", titles={"vi": name}, revision="1", at=T0)
    for number in range(activities):
        push(key, f"{name}, bài {number}", position=number)
    return key


# --- What was shown, and what is missing ------------------------------------------------------------------------------


def test_what_was_shown_and_what_is_missing_are_sentences(stage: Stage) -> None:
    learner, client = stage.learning_user("Lan")
    stage.record(
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9),
        stage.act(learner, tracking.VERB_FAILED, stage.task, minutes=2, score=3),
    )
    text = words(page_of(client, RESULTS))
    assert "✓ Đã làm được: Năng lực một – trình độ “Sử dụng được”, từ ngày 01/09/2025. Vì sao có kết quả này?" in text
    assert "◐ Đang học: Năng lực hai – trình độ “Sử dụng tốt”." in text
    assert "Còn thiếu: đạt một bài kiểm tra trên trang này." in text
    # What is only under way does not stand below what was done.
    assert text.index("Đã làm được ✓") < text.index("Năng lực một –") < text.index("Đang học ◐ Đang học: Năng lực hai")
    assert "mức tin cậy" not in text.lower()
    english = words(page_of(client, below("/en", RESULTS)))
    assert "✓ Achieved: Competency one – level “Can use”, since 1 September 2025. Why this result?" in english
    assert "◐ In progress: Competency two – level “Uses well”." in english
    assert "Still needed: pass a quiz on this site." in english


def test_what_is_missing_names_the_work_that_would_show_it(stage: Stage) -> None:
    more = push(stage.course_key, "Bài làm thêm", position=9)
    competency.push_alignment(more.key, "1", [(stage.a2.pk, 2)], at=T0)
    too_easy = push(stage.course_key, "Bài mức thấp", position=10)
    competency.push_alignment(too_easy.key, "1", [(stage.a2.pk, 1)], at=T0)
    learner, client = stage.learning_user("Lan")
    stage.record(stage.act(learner, tracking.VERB_FAILED, stage.task, minutes=2, score=3))
    html = page_of(client, RESULTS)
    assert f'Làm bài này: <a href="/viec-hoc/bai/{more.key}/">Bài làm thêm</a>' in html
    assert str(too_easy.key) not in html


def test_a_heading_without_anything_below_it_is_left_out(stage: Stage) -> None:
    learner, client = stage.learning_user("Lan")
    stage.record(stage.act(learner, tracking.VERB_FAILED, stage.task, minutes=2, score=3))
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page_of(client, RESULTS))
    assert "Đang học" in headings and "Đã làm được" not in headings


def test_the_higher_level_speaks_for_the_lower(stage: Stage) -> None:
    learner, client = stage.learning_user("Lan")
    stage.attain([learner], codes=["A1"], level=1)
    stage.attain([learner], codes=["A1"], level=2)
    assert words(page_of(client, RESULTS)).count("Đã làm được: Năng lực một") == 1
    assert "Năng lực một – trình độ “Sử dụng tốt”" in words(page_of(client, RESULTS))


def test_an_official_confirmation_is_said_first(stage: Stage) -> None:
    learner, client = stage.learning_user("Lan")
    stage.attain([learner], codes=["A1"], confirmed_at=T0)
    text = words(page_of(client, RESULTS))
    assert "✓✓ Đã được xác nhận: Năng lực một – trình độ “Sử dụng được”, ngày 01/09/2025." in text


def test_what_counts_towards_the_target_goes_as_far_as_data_say(stage: Stage) -> None:
    learner, client = stage.learning_user("Lan")
    head = "để được tính vào chỉ tiêu năm 2025, nhóm “Người trưởng thành”."
    stage.attain([learner], codes=["A1"])
    text = words(page_of(client, RESULTS))
    assert f"◐ Chưa đủ {head} Đã đạt 1/2 năng lực, trình độ “Sử dụng được”. Còn thiếu: Năng lực hai" in text
    # What is missing leads to what it takes, and on to where it may be found.
    links = re.findall(r'<a href="([^"]+)">(?:Năng lực hai|Tìm trong các khóa học)</a>', page_of(client, RESULTS))
    assert links == ["/viec-hoc/nang-luc/test-framework/A2/1/", "/"]
    assert all(client.get(link).status_code == 200 for link in links[:1])
    stage.attain([learner], codes=["A2"], level=2)
    text = words(page_of(client, RESULTS))
    assert f"✓ Đã đủ {head} Đã đạt 2/2 năng lực" in text
    # A rule that names what the framework does not have: nobody passes it, and no page says that somebody does.
    stage.add_rule(2025, codes=["A1", "A2", "A9"], number=2)
    assert f"◐ Chưa đủ {head} Đã đạt 2/3 năng lực" in words(page_of(client, RESULTS))


def test_of_a_group_without_a_rule_nothing_is_said(stage: Stage) -> None:
    _learner, client = stage.learning_user("Lan")
    type(stage.rule)._base_manager.filter(pk=stage.rule.pk).delete()
    assert "Tính vào chỉ tiêu" not in words(page_of(client, RESULTS))


def test_an_empty_record_says_what_to_do_first(stage: Stage) -> None:
    user = stage.user("moi")
    link_user(register(full_name="Người Mới", at=T0), user)
    html = page_of(stage.signed_in(user))
    text = words(html)
    assert "Bắt đầu với khóa học đầu tiên" in text
    assert '<a class="btn-primary" href="/">Chọn khóa học</a>' in html
    assert html.count("btn-primary") == 1
    assert "Chưa có kết quả." in words(page_of(stage.signed_in(user), RESULTS))


# --- What comes next --------------------------------------------------------------------------------------------------


def test_the_course_last_worked_on_comes_first_and_finished_ones_last(stage: Stage) -> None:
    learner, _client = stage.learning_user("Lan")
    for number, name in enumerate(("Khóa hai", "Khóa ba", "Khóa đã xong")):
        courses.enrol(learner, push_course(name), at=T0.replace(day=10 + number))
    result = {"learner": learner}
    Result.objects.create(activity_key=uid("Khóa hai, bài 0"), last_at=T0.replace(day=20), **result)
    Result.objects.create(
        activity_key=uid("Khóa đã xong, bài 0"), last_at=T0.replace(day=25), passed_at=T0.replace(day=25), **result
    )
    titles = [progress.course.titles["vi"] for progress in courses_of(learner, T0.date())]
    assert titles == ["Khóa hai", "Khóa ba", "Khóa thử", "Khóa đã xong"]


def classes_in(page: Any, learner: Learner, *starts: str, ends: str | None = None) -> list[str]:
    """The learner is in a class of this course for each of these first days; the classes' names."""
    course = courses.Course.objects.get(key=page.translation_key)
    area, _made = Area.objects.get_or_create(code="10015", defaults={"name": "Phường Thử", "kind": "commune"})
    names = []
    for start in starts:
        first, last = date.fromisoformat(start), None if ends is None else date.fromisoformat(ends)
        names.append(f"Lớp {page.title} {start}")
        group = create_class(
            name=names[-1], code=f"lop-{ClassGroup.objects.count()}", course=course, area=area, starts=first, ends=last,
            at=content.AT, by=None,
        )  # fmt: skip
        add_member(group, learner, at=content.AT, valid_from=first, by=None)
    return names


def test_the_course_of_ones_class_comes_first_everywhere_with_the_classs_name(db: None, settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = content.AT.isoformat()
    root = content.catalog()
    pages = [content.course(root, f"Khóa {number}") for number in range(4)]
    lessons = [content.lesson(page, f"Bài của khóa {number}") for number, page in enumerate(pages)]
    learner = content.enrolled(pages[0])
    client = content.client_of("lan")
    # A class that is over is no reason for anything.
    classes_in(pages[3], learner, "2025-03-01", ends="2025-05-31")
    assert "Khóa học của lớp" not in words(page_of(client)) + words(page_of(client, "/"))

    [older] = classes_in(pages[1], learner, "2025-09-01")
    text = words(page_of(client))
    # In the class and not enrolled yet: the course is there all the same, and is begun and not continued.
    first = f"Vào học Khóa 1 ★ Khóa học của lớp {older} Đã xong 0/1 bài Tiếp theo: Bài của khóa 1 Vào học Khóa 0"
    assert first in text
    assert client.get("/hoc-tiep/").headers["Location"] == lessons[1].get_url()
    assert "Đăng ký học" in words(page_of(client, lessons[1].get_url()))

    courses.enrol(learner, pages[2].translation_key, at=content.AT)
    newer, newest = classes_in(pages[2], learner, "2025-10-01", "2025-11-01")
    text = words(page_of(client))
    first = f"Học tiếp Khóa 2 ★ Khóa học của lớp {newest} , {newer} Đã xong 0/1 bài"
    assert first in text
    assert text.index("Khóa 2") < text.index("Khóa 1") < text.index("Khóa 0")
    catalogue = words(page_of(client, "/"))
    assert f"Học tiếp Bài của khóa 2 ★ Khóa học của lớp {newest} , {newer} Khóa 2" in catalogue
    heads = re.findall(r"<h3\s*>(Khóa \d)</h3>", page_of(client, "/"))
    assert heads == ["Khóa 2", "Khóa 1", "Khóa 0", "Khóa 3"]
    assert re.findall(r"<h3\s*>(Khóa \d)</h3>", page_of(Client(), "/")) == [page.title for page in pages]

    # What is left to do comes before what is done, of a class or not.
    Result.objects.create(
        activity_key=lessons[2].translation_key, last_at=content.AT, completed_at=content.AT, learner=learner
    )
    assert words(page_of(client)).index("Khóa 1") < words(page_of(client)).index("Khóa 0")
    assert words(page_of(client)).index("Khóa 0") < words(page_of(client)).index("Khóa 2")


def test_classes_cost_the_same_for_one_and_for_many(db: None, settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = content.AT.isoformat()
    root = content.catalog()
    pages = [content.course(root, f"Khóa {number}") for number in range(5)]
    for page in pages:
        content.lesson(page)
    learner = content.enrolled(pages[0])
    client = content.client_of("lan")
    counts = []
    for number in (1, 4):
        for page in pages[len(counts) : number + 1]:
            classes_in(page, learner, f"2025-10-0{number}", f"2025-11-0{number}")
        for address in ("/viec-hoc/", "/"):
            client.get(address)
        counts.append([queries(lambda: client.get(address)) for address in ("/viec-hoc/", "/")])  # noqa: B023
    assert counts[0] == counts[1]


def test_one_main_action_whatever_the_number_of_courses(db: None) -> None:
    root = content.catalog()
    pages = [content.course(root, f"Khóa {number}") for number in range(3)]
    lessons = [content.lesson(page, f"Bài của khóa {number}") for number, page in enumerate(pages)]
    learner = content.enrolled(pages[0])
    for day, page in enumerate(pages[1:], start=1):
        courses.enrol(learner, page.translation_key, at=content.AT + timedelta(days=day))
    client = content.client_of("lan")
    html = page_of(client)
    assert re.findall(r'class="btn-primary" href="([^"]+)"', html) == [lessons[2].get_url()]
    others = re.findall(r'class="btn-secondary" href="([^"]+)"', html)
    assert [client.get(address).headers["Location"] for address in others] == [
        lessons[1].get_url(),
        lessons[0].get_url(),
    ]


def onward(request: HttpRequest) -> str:
    template = Template('{% include "bdhvs_lms/includes/continue.html" %}')
    return words(template.render(Context({"request": request})))


def asked_by(learner: Learner | None, **more: Any) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    for name, value in {"learner": learner, **more}.items():
        setattr(request, name, value)
    return request


def test_the_first_page_says_what_comes_next_by_name(db: None) -> None:
    page = content.course(content.catalog(), "Khóa một")
    lessons = [content.lesson(page, f"Bài {number}") for number in (1, 2)]
    assert onward(asked_by(None)) == "Đăng nhập để học"
    learner = content.person()
    assert onward(asked_by(learner)) == "Hãy chọn một khóa học bên dưới để bắt đầu."
    courses.enrol(learner, page.translation_key, at=content.AT)
    said = "Học tiếp Bài 1 Khóa một · Đã xong 0/2 bài Học tiếp : Bài 1"
    assert onward(asked_by(learner)) == said
    assert said in words(page_of(content.client_of("lan"), "/")), "the catalogue shows it"
    assert onward(asked_by(learner, is_preview=True)) == ""
    for lesson in lessons:
        lesson.unpublish()
    assert onward(asked_by(learner)) == "Các khóa đang học đều đã xong. Có thể chọn khóa khác bên dưới."


def test_the_address_of_an_activity_without_a_page_or_plugin_is_a_themed_404(stage: Stage) -> None:
    for key in (stage.quiz, uuid4()):
        response = Client().get(f"/viec-hoc/bai/{key}/")
        assert response.status_code == 404
        assert "Không có trang này" in words(html_of(response))


# --- What they cost ---------------------------------------------------------------------------------------------------


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_pages_cost_the_same_for_any_number_of_courses_competencies_and_results(stage: Stage) -> None:
    """my-learning, why, help, start and the first page's main action, for a small record and a large one."""
    counts = []
    for name, many in (("Ít", 1), ("Nhiều", 12)):
        learner, client = stage.learning_user(name)
        framework = competency.load_framework(
            {
                "id": f"khung-{many}",
                "title_vi": "Khung",
                "source": "tests",
                "levels": [{"level": 1, "label_vi": "Một"}],
                "domains": [
                    {
                        "code": "B",
                        "label_vi": "Miền",
                        "competencies": [
                            {"code": f"B{number}", "label_vi": f"B{number}"} for number in range(2 * many)
                        ],
                    }
                ],
            },
            at=T0,
        )
        pairs = [(one.pk, 1) for one in framework.competencies.all()]
        for number in range(many):
            key = push_course(f"{name} {number}", 1 + many)
            courses.enrol(learner, key, at=T0)
            for place in range(1 + many):
                competency.push_alignment(uid(f"{name} {number}, bài {place}"), "1", pairs, at=T0)
        for number in range(1, 2 * many + 2):
            stage.record(
                stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=number, score=9, try_no=number),
                stage.act(learner, tracking.VERB_FAILED, stage.task, minutes=30 + number, score=3, try_no=number),
            )
        competency.Attainment.objects.bulk_create(
            competency.Attainment(
                learner=learner,
                competency_id=pk,
                level=1,
                status="in_progress" if place % 2 else "demonstrated",
                attained_at=None if place % 2 else T0,
            )
            for place, (pk, _level) in enumerate(pairs)
        )
        client.get("/viec-hoc/")
        counts.append(
            {
                address: queries(lambda: client.get(address))  # noqa: B023
                for address in (
                    "/viec-hoc/",
                    "/viec-hoc/lop/",
                    RESULTS,
                    "/viec-hoc/nang-luc/test-framework/A1/1/",
                    "/tro-giup/",
                    "/bat-dau/",
                    "/viec-hoc/du-lieu/",
                )
            }
            | {"first page": queries(lambda: onward(asked_by(learner)))}  # noqa: B023
        )
    assert counts[0] == counts[1]
    assert counts[0]["/viec-hoc/"] <= 30
    assert counts[0]["first page"] <= 7
