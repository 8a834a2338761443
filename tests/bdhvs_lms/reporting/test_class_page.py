"""A class's page and its files say the same, whatever is said; the list of classes comes in pages."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from random import Random

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.classes.api import ClassGroup, Membership
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Person, register
from bdhvs_lms.progress.api import Result
from bdhvs_lms.reporting.queries.class_lists import PAGE
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import csv_of, tables_of, xlsx_of
from tests.support.addresses import below
from tests.support.markup import html_of
from tests.support.pdfs import smallest_letters, text_of
from tests.support.world import T0, uid

CALL = {"": "Gọi ", "/en": "Call "}


def any_class(stage: Stage, people: int) -> None:
    """Activities of each kind, and members of whom anything is known that can be."""
    chance = Random(14)
    for place in range(9):
        facts = courses.ActivityFacts(
            key=uid(f"more {place}"),
            type_key=("bdhvs_quiz.quiz", "bdhvs_content.lesson", "tests.gone")[place % 3],
            plugin="tests",
            titles={"vi": f"Bài <số> {place}", **({"en": f"Lesson & {place}"} if place % 2 else {})},
            done_on="passed" if place % 3 == 0 else "completed",
            revision="1",
            position=10 + place,
            required=place != 4,
        )
        courses.push_activity(stage.course_key, facts, at=T0)
    courses.withdraw_activity(uid("more 7"), at=T0)
    keys = list(courses.Activity.objects.values_list("key", flat=True))
    for number in range(people):
        learner = register(full_name=f"Trần “{number}” <Thị> {'ABCĐ'[number % 4]}", at=T0, area=stage.area)
        Membership.objects.create(learner=learner, class_group=stage.class_group, valid_from=T0.date())
        phone, born = chance.choice((("", None), ("0912 345 678", 1950 + number)))
        Person.objects.filter(learner=learner).update(phone=phone, birth_year=born)
        day = T0 + timedelta(days=chance.randrange(74))
        Result.objects.bulk_create(
            Result(
                learner=learner,
                activity_key=key,
                last_at=day,
                completed_at=chance.choice((None, day)),
                completed_trust=chance.choice((0, 1)),
                passed_at=chance.choice((None, day)),
                trust=chance.choice((0, 1)),
                failed_at=chance.choice((None, day)),
                best_raw=chance.choice((None, Decimal("7.5"), Decimal(9))),
                best_max=Decimal(10),
            )
            for key in keys
            if chance.random() < (0.7, 0.0, 1.0)[number % 3]
        )


def test_the_page_and_the_files_of_a_class_are_equal_cell_by_cell(stage: Stage) -> None:
    any_class(stage, 24)
    client = stage.teacher()
    address = f"/day/{stage.class_group.uuid}/"
    for prefix, call in CALL.items():
        for query in ("", "?tinh-trang=can-giup", "?sap-xep=ten"):
            (shown,) = tables_of(client.get(below(prefix, f"{address}{query}")))
            lines, table = csv_of(client.get(below(prefix, f"{address}lop.csv{query}")))
            assert xlsx_of(client.get(below(prefix, f"{address}lop.xlsx{query}"))) == (lines, table)
            head, *rows = table
            # Who it is stands in one field of the page and in three columns of a file, the state with why in one.
            assert shown[0] == [head[0], head[3], *head[5:]]
            assert len(rows) == len(shown) - 1 > 3
            for row, on_page in zip(rows, shown[1:], strict=True):
                name, born, place, state, why, *rest, phone = row
                assert place == "–"
                assert on_page[0] == (name if born == "–" else f"{name} {born}")
                assert on_page[1] == (state if why == "–" else f"{state} {why}")
                assert on_page[2:-1] == rest
                assert on_page[-1] == (phone if phone == "–" else call + phone)


def test_a_class_on_paper_has_every_mark_in_letters_that_can_be_read(stage: Stage) -> None:
    any_class(stage, 24)
    for place in range(20):
        facts = courses.ActivityFacts(
            key=uid(f"many {place}"), type_key="bdhvs_content.lesson", plugin="tests", titles={"vi": f"Nhiều {place}"},
            done_on="completed", revision="1", position=30 + place,
        )  # fmt: skip
        courses.push_activity(stage.course_key, facts, at=T0)
    client, address = stage.teacher(), f"/day/{stage.class_group.uuid}/"
    response = client.get(f"{address}lop.pdf?sap-xep=ten")
    pages = text_of(response)
    assert round(smallest_letters(response.content), 1) == 8
    _lines, (head, *rows) = csv_of(client.get(f"{address}lop.csv?sap-xep=ten"))
    first = next(place for place, page in enumerate(pages) if "Điện thoại" not in page)
    blocks = " ".join(pages[:first]), " ".join(pages[first:])
    for page in pages:
        assert "Lớp tối thứ Ba · Lớp 24 người: " in page and "Người học" in page, "a head on every sheet"
    marks = [text for row in rows for text in row[6:-1]]
    assert len(head) - 7 == 32 == len(marks) / 24
    for number, (name, *_more) in enumerate(rows, 1):
        assert all(f"{number}. {name}" in block for block in blocks), name
    # Each cell of the file as a mark; the legend and the head name none of them.
    said = " ".join(blocks)
    tables = re.sub(r"Tình trạng Xong Điện thoại.*?(?= \d+\. )|xong Đã xong.*?Chưa bắt đầu", "", said)
    done = sum(text.startswith("Đã xong") for text in marks)
    assert done > 50 and len(re.findall(r"(?<!đã )\bxong\b", tables)) == done
    points = [text.split()[-1] for text in marks if re.search(r"\d/\d", text)]
    assert points and sorted(re.findall(r"(?<!chưa đạt )(?<![\d,])[\d,]+/10\b", tables)) == sorted(points)
    assert client.get(below("/en", f"{address}lop.pdf")).status_code == 200


def names_of(html: str) -> list[str]:
    return re.findall(r'<a href="/day/[^"]*" lang="vi">([^<]*)</a>', html)


def test_many_classes_come_in_pages_and_are_searched_by_name_and_code(stage: Stage) -> None:
    ClassGroup.objects.bulk_create(
        ClassGroup(
            name=f"Lớp Thôn Đoài {number:02}", code=f"doai-{number}", course=stage.class_group.course, area=stage.area,
            starts=T0.date() - timedelta(days=number),
        )
        for number in range(1, 46)
    )  # fmt: skip
    root = stage.signed_in(stage.user("root", is_superuser=True))
    first = html_of(root.get("/day/"))
    assert len(names_of(first)) == PAGE and names_of(first)[:2] == ["Lớp tối thứ Ba", "Lớp Thôn Đoài 01"]
    assert "Trang 1/3" in first and 'href="?trang=2" rel="next"' in first and 'rel="prev"' not in first
    last = html_of(root.get("/day/?trang=3"))
    assert len(names_of(last)) == 6 and 'rel="next"' not in last
    # Beyond the last, and what is no number.
    assert names_of(html_of(root.get("/day/?trang=99"))) == names_of(last)
    assert names_of(html_of(root.get(f"/day/?trang={'9' * 18}"))) == names_of(last)
    assert names_of(html_of(root.get("/day/?trang=hai"))) == names_of(first)
    found = html_of(root.get("/day/?tim=doai+4"))
    assert names_of(found) == [f"Lớp Thôn Đoài {number}" for number in ("04", "14", "24", "34", *range(40, 46))]
    assert "10 lớp khớp với “doai 4”." in found and 'value="doai 4"' in found
    assert names_of(html_of(root.get("/day/?tim=Đoài+DOAI-7"))) == ["Lớp Thôn Đoài 07"]
    many = html_of(root.get("/day/?tim=lớp+thôn&trang=2"))
    assert len(names_of(many)) == PAGE and "?tim=l%E1%BB%9Bp+th%C3%B4n&amp;trang=3" in many
    nothing = html_of(root.get("/day/?tim=<b>"))
    assert names_of(nothing) == [] and "Không có lớp nào khớp với “&lt;b&gt;”." in nothing
    teacher = html_of(stage.teacher().get("/day/"))
    assert names_of(teacher) == ["Lớp tối thứ Ba"] and 'type="search"' not in teacher and "Trang 1" not in teacher


def test_a_page_of_the_list_costs_the_same_for_any_number_of_classes(stage: Stage) -> None:
    root = stage.signed_in(stage.user("root", is_superuser=True))
    root.get("/day/")
    counts = []
    for number in range(2):
        ClassGroup.objects.bulk_create(
            ClassGroup(
                name=f"Lớp {number} {one}", code=f"lop-{number}-{one}", course=stage.class_group.course,
                area=stage.area, starts=T0.date(),
            )
            for one in range(30)
        )  # fmt: skip
        for query in ("", "?tim=lop&trang=2"):
            with CaptureQueriesContext(connection) as queries:
                root.get(f"/day/{query}")
            counts.append(len(queries))
    # Names that are looked for are read beside.
    assert counts == [12, 13] * 2
