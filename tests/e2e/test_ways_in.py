"""Into a lesson without a password, on a telephone 360 pixels wide and without scripts: how many taps and bytes it
takes. And two people on one telephone, with scripts, while the line goes away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.people import Visitor
from tests.e2e.thumb import Thumb
from tests.support.live import Installation

CLOCK = "2025-11-15T10:00:00+07:00"
PICTURES = ("Mặt trời", "Chìa khóa", "Con gà")
OTHER_PICTURES = ("Con cá", "Hoa sen", "Mặt trời")
# A learner of the demonstration who has something left to do, and the addresses in the codes.
PREPARED = """
import json
from django.urls import reverse
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.models import Membership
from bdhvs_lms.classes.sign_in import cards, devices, pins
from bdhvs_lms.reporting.api import address_of, courses_of
for row in Membership.objects.filter(learner__person__isnull=False, valid_to=None).order_by("pk"):
    courses = courses_of(row.learner, day_of(now()))
    if courses and address_of(courses[0].next_activity):
        break
group, learner = row.class_group, row.learner
pins.choose_pin(learner, group.uuid, ("sun", "key", "hen"), at=now())
print(json.dumps({
    "scan": reverse("bdhvs_lms:class-scanned", args=[group.uuid, devices.sign_in_token(group, now())]),
    "card": reverse("bdhvs_lms:card", args=[cards.new_card(learner)]),
    "poster": reverse("bdhvs_lms:join-class", args=[group.code]),
    "name": learner.person.full_name,
    "first": address_of(group.course.activities.filter(active=True).order_by("position").first()),
    "lesson": address_of(courses[0].next_activity),
}))
"""


class Comer(Thumb):
    def pictures(self, pictures: tuple[str, ...] = PICTURES) -> None:
        choose(self.phone, pictures)
        self.tap("main button.btn-primary")


def choose(phone: Visitor, pictures: tuple[str, ...]) -> None:
    for number, picture in enumerate(pictures):
        phone.page.locator(f"#picture{number}").get_by_label(picture).check()


def test_from_a_poster_a_classs_code_and_a_card_to_the_lesson(demo: Installation, browser: Any) -> None:
    made = json.loads(demo.python(PREPARED, BDHVS_TEST_CLOCK=CLOCK).splitlines()[-1])
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url
    counted: dict[str, tuple[int, int, int]] = {}

    # The poster's code: whoever is new joins, chooses three pictures, twice, and is in the first lesson.
    newcomer = Comer(browser, url)
    newcomer.phone.open(made["poster"])
    newcomer.type("#id_full_name", "Nguyễn Thị Mới")
    newcomer.type("#id_birth_year", "1961")
    newcomer.phone.page.select_option("#id_area", index=2)
    newcomer.taps += 2  # opening the list, and a line of it
    newcomer.phone.page.check("#id_consent")
    newcomer.tap("main button.btn-primary")
    beside_pin = newcomer.taps
    newcomer.pictures()
    newcomer.pictures()
    assert newcomer.phone.path == made["first"]
    counted["poster"] = (beside_pin, len(newcomer.wire.documents), newcomer.wire.bytes)

    # The class's sign-in code: a name, three pictures, and where one left off.
    comer = Comer(browser, url)
    comer.phone.open(made["scan"])
    row = comer.phone.page.get_by_role("link", name=made["name"]).first
    assert row.bounding_box()["height"] >= 56
    comer.tap("main .names a", has_text=made["name"])
    comer.pictures()
    assert comer.phone.path == made["lesson"]
    counted["class code"] = (comer.taps, len(comer.wire.documents), comer.wire.bytes)

    # "Switch learner" and a name: the next person in two taps, who finds nothing of the one before.
    phone = comer.phone
    phone.press("form.who button")
    assert phone.page.get_by_role("link", name=made["name"]).count() >= 1
    assert made["name"] not in phone.text("header")

    holder = Comer(browser, url)
    holder.phone.open(made["card"])
    assert made["name"] not in holder.phone.text("body")
    holder.tap("main button.btn-primary")
    assert holder.phone.path == made["lesson"]
    counted["card"] = (holder.taps, len(holder.wire.documents), holder.wire.bytes)
    # Whoever has the telephone next finds no page that leads to the card.
    holder.phone.press("form.who button")
    for _page in range(4):
        holder.phone.page.go_back()
        assert not holder.phone.page.get_by_role("button", name="Vào học").count()

    # Taps beside PIN and consent, pages, and bytes of the whole way with an empty cache.
    most = {"poster": (6, 7, 30 * 1024), "class code": (4, 6, 25 * 1024), "card": (2, 5, 15 * 1024)}
    for way, limits in most.items():
        assert min(counted[way]) > 0, counted
        assert all(number <= limit for number, limit in zip(counted[way], limits, strict=True)), counted
    for visitor in (newcomer.phone, comer.phone, holder.phone):
        assert visitor.watched.problems == []


# Two members of one class who have begun nothing, and an attempt of each at its quiz.
TWO = """
from uuid import uuid4
import json
from django.urls import reverse
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import now
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.sign_in import devices, pins
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Person
from bdhvs_quiz.actions import open_attempt
group = ClassGroup.objects.get(code="minh-hoa-1")
quiz = group.course.activities.filter(active=True, plugin="bdhvs_quiz").order_by("position").first()
made = {"scan": reverse("bdhvs_lms:class-scanned", args=[group.uuid, devices.sign_in_token(group, now())])}
for key, name, pictures in (
    ("sen", "Bạch Thị Sen", ("sun", "key", "hen")), ("tinh", "Khuất Văn Tình", ("fish", "lotus", "sun"))
):
    learner = Person.objects.get(full_name=name).learner
    record_consent(learner.actor, given=True, at=now())
    courses.enrol(learner, group.course.key, at=now())
    pins.choose_pin(learner, group.uuid, pictures, at=now())
    attempt = open_attempt(learner, quiz.key, act_id=uuid4(), uuid=uuid4(), at=now())
    made[key] = {"name": name, "attempt": reverse("bdhvs_quiz:attempt", args=[attempt.uuid])}
print(json.dumps(made))
"""
# What was said, once a rebuild has found the same.
SAID = """
import json
from django.core.management import call_command
from bdhvs_lms.learners.api import Person
from bdhvs_xapi import api as xapi
call_command("rebuild", "--check")
found = {"sen": {}, "tinh": {}}
names = {"sen": "Bạch Thị Sen", "tinh": "Khuất Văn Tình"}
actors = {str(Person.objects.get(full_name=name).learner.actor): key for key, name in names.items()}
for fact in xapi.facts(after_seq=0):
    statement = json.loads(fact.body)
    who = actors.get(statement["actor"].get("account", {}).get("name", "").removeprefix("urn:uuid:"))
    if who and fact.verb.endswith("/answered"):
        found[who][fact.object_id] = statement["result"].get("response", "")
print(json.dumps(found))
"""


@pytest.mark.thorough
def test_two_people_take_turns_on_one_telephone_and_the_line_goes_away(demo: Installation, browser: Any) -> None:
    made = json.loads(demo.python(TWO, BDHVS_TEST_CLOCK=CLOCK).splitlines()[-1])
    sen, tinh = made["sen"], made["tinh"]
    phone = Visitor(browser, demo.serve(BDHVS_TEST_CLOCK=CLOCK).url, scripts=True)
    page = phone.page

    def come(person: dict[str, str], pictures: tuple[str, ...]) -> None:
        phone.press("main .names a", has_text=person["name"])
        choose(phone, pictures)
        phone.press("main button.btn-primary")
        phone.open(person["attempt"])

    def answer(numbers: range, option: int) -> dict[str, str]:
        """The first (0) or the last (-1) option of these questions, or that number where one types; {question: what a
        statement says of it}."""
        chosen = {}
        for number in numbers:
            asked = page.locator("main form .card").nth(number)
            boxes = asked.locator("input[type=radio], input[type=checkbox]")
            field = boxes.nth(option % boxes.count()) if boxes.count() else asked.locator("input[type=text]")
            if boxes.count():
                field.check()
            else:
                field.fill(str(option))
            # What somebody typed stays with us; it was no right answer.
            said = field.get_attribute("value") if boxes.count() else "other"
            chosen[field.get_attribute("name").removeprefix("q-")] = said
        return chosen

    phone.open(made["scan"])
    come(sen, PICTURES)
    total = page.locator("main form .card").count()
    assert total >= 4
    half = total // 2
    # Half a page is sent, then the line goes; the rest stays on the telephone.
    with page.expect_response(lambda response: response.request.method == "POST"):
        of_sen = answer(range(half), 0)
    expect(page.locator("#answered")).to_contain_text(f"{half}/{total}")
    expect(page.locator("#saved")).to_contain_text("Đã lưu lúc")
    phone.context.set_offline(True)
    of_sen |= answer(range(half, total), 0)
    expect(page.locator("#saved")).to_contain_text("Mất mạng: câu trả lời chưa gửi")
    page.close()
    phone.context.set_offline(False)

    # The other person's turn, without any of it.
    page = phone.page = phone.context.new_page()
    phone.watched.attach(page)
    phone.open("/viec-hoc/")
    phone.press("form.who button")
    phone.press("main button", has_text="Giữ trên máy này, đổi người học")
    phone.open(made["scan"])
    come(tinh, OTHER_PICTURES)
    assert page.locator("main input:checked").count() == 0
    of_tinh = answer(range(total), -1)
    expect(page.locator("#answered")).to_contain_text(f"{total}/{total}")
    phone.press("main [name=do][value=submit]")
    if page.locator("main [name=do][value=submit]").count():
        phone.press("main [name=do][value=submit]")
    assert phone.path.endswith("/ket-qua/")

    # And the first again: what was kept goes to the one whose it is.
    phone.press("form.who button")
    phone.open(made["scan"])
    with page.expect_response(lambda response: response.request.method == "POST" and sen["attempt"] in response.url):
        come(sen, PICTURES)
    expect(page.locator("#answered")).to_contain_text(f"{total}/{total}")
    phone.press("main [name=do][value=submit]")
    assert phone.path.endswith("/ket-qua/")

    said = json.loads(demo.python(SAID).splitlines()[-1])
    for key, chosen in (("sen", of_sen), ("tinh", of_tinh)):
        assert len(said[key]) == len(chosen) == total
        for question, option in chosen.items():
            [response] = [response for iri, response in said[key].items() if question in iri]
            assert option in response, (key, question)
    assert said["sen"] != said["tinh"]
    phone.watched.forget("net::ERR_INTERNET_DISCONNECTED")
    assert phone.watched.problems == []
