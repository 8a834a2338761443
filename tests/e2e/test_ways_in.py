"""Into a lesson without a password, on a telephone 360 pixels wide and without scripts: how many taps it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.people import PHONE, Visitor
from tests.support.live import Installation

pytestmark = [pytest.mark.slow, pytest.mark.database_free]

CLOCK = "2025-11-15T10:00:00+07:00"
# A learner of the demonstration who has something left to do, and the addresses in both codes.
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
pins.choose_pin(learner, group.uuid, ("sun", "key", "hen"))
print(json.dumps({
    "scan": reverse("bdhvs_lms:class-scanned", args=[group.uuid, devices.sign_in_token(group)]),
    "card": reverse("bdhvs_lms:card", args=[cards.new_card(learner)]),
    "name": learner.person.full_name,
    "lesson": address_of(courses[0].next_activity),
}))
"""


def test_from_the_classs_code_and_from_a_card_to_the_lesson(demo: Installation, browser: Any) -> None:
    made = json.loads(demo.python(PREPARED).splitlines()[-1])
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url

    phone, taps = Visitor(browser, url, size=PHONE), 0
    phone.open(made["scan"])
    row = phone.page.get_by_role("link", name=made["name"]).first
    assert row.bounding_box()["height"] >= 56
    with phone.page.expect_navigation():
        row.click()
    taps += 1
    for number, picture in enumerate(("Mặt trời", "Chìa khóa", "Con gà")):
        phone.page.locator(f"#picture{number}").get_by_label(picture).check()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.press("main button.btn-primary")
    taps += 1
    assert phone.path == made["lesson"]
    assert taps <= 4

    # "Switch learner" and a name: the next person in two taps, who finds nothing of the one before.
    phone.press("form.who button")
    assert phone.page.get_by_role("link", name=made["name"]).count() >= 1
    assert made["name"] not in phone.text("header")

    other = Visitor(browser, url, size=PHONE)
    other.open(made["card"])
    assert made["name"] not in other.text("body")
    other.press("main button.btn-primary")
    assert other.path == made["lesson"]
    for visitor in (phone, other):
        assert visitor.watched.problems == []
