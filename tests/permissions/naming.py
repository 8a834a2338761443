"""Run in a process of its own, on a copy of the demonstration: a member of the steering committee asks for every
address; prints as JSON whom the answers named, and whom they named after names had been planted."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, get_resolver, reverse

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign.api import Area, Target
from bdhvs_lms.classes.api import ClassGroup, members
from bdhvs_lms.competency.api import Competency, Confirmation
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.learners.models import Guardian, LearnerIdentity, Person
from bdhvs_lms.reporting.readings.actions import freeze, planned_areas
from bdhvs_lms.reporting.readings.models import Reading
from bdhvs_quiz.models import Attempt
from tests.permissions.discovery import addresses_of_ours
from tests.support.retests import retested
from tests.support.scanning import LEFT_OUT, Scanner, Wanted

OCTOBER = date(2025, 10, 31)
# As many addresses of one name as are tried with different people, classes and attempts.
OF_A_NAME = 6


def add_what_the_demonstration_has_not() -> None:
    """Two retests, one of them closed; a guardian, an address to write to, and telephone numbers of nobody else."""
    for number, person in enumerate(Person.objects.order_by("pk")):
        Person.objects.filter(pk=person.pk).update(phone=f"0919 555 {number:03}")
    place = SimpleNamespace(
        course_key=Course.objects.order_by("pk").values_list("key", flat=True)[0],
        a1=Competency.objects.order_by("pk").first(),
        area=planned_areas()[0],
    )
    people: Any = list(Learner.objects.order_by("pk")[:6])
    going: Any = place
    retested(going, people, None, until=date(2099, 1, 1), going=True)
    done = retested(going, people, None, name="done", until=OCTOBER, going=True)
    apps.get_model("bdhvs_lms.RetestClosing").objects.create(
        sample=done, number=1, tested=6, still=5, absent={}, act_id=uuid4(), closed_at=now(), closed_by=None
    )
    Guardian.objects.create(learner=people[0], full_name="Nguyễn Thị Bảo Hộ", phone="0919 444 222", relation="mother")
    linked = LearnerIdentity.objects.get(kind=LearnerIdentity.Kind.USER)
    get_user_model().objects.filter(pk=linked.subject).update(email="nguoi.hoc@example.vn")


def needles() -> dict[str, str]:
    """Names, accounts and numbers of learners, and of what only they have → which of these it is."""
    found: dict[str, str] = {}
    for model in (Person, Guardian):
        for name, phone in model._default_manager.values_list("full_name", "phone"):
            found[name] = "name"
            found[phone] = found["".join(phone.split())] = "phone"
    found |= {str(actor): "number" for actor in Learner.objects.values_list("actor", flat=True)}
    linked = LearnerIdentity.objects.filter(kind=LearnerIdentity.Kind.USER).values_list("subject", flat=True)
    for user in get_user_model().objects.filter(pk__in=linked):
        found[user.get_username()] = "username"
        found[user.email] = "email"
    for attempt in Attempt.objects.values_list("uuid", flat=True):
        found[str(attempt)] = "attempt"
    for one in Confirmation.objects.all():
        found[one.code] = found[str(one.uuid)] = "certificate"
    return found


def addresses() -> Iterator[tuple[str, str]]:
    """(name, address): of each name some, with people, classes and attempts of the demonstration in them."""
    values = _values()
    for one in addresses_of_ours(get_resolver().url_patterns):
        parameters = re.findall(r"<(?:\w+:)?(\w+)>", one.route)
        pools = [values.get(parameter, values[""]) for parameter in parameters]
        made: list[str] = []
        for chosen in product(*pools):
            try:
                made.append(reverse(one.name, kwargs=dict(zip(parameters, chosen, strict=True))))
            except NoReverseMatch:
                continue
            if len(made) == OF_A_NAME:
                break
        for address in made:
            yield one.name, address


def _values() -> dict[str, list[Any]]:
    """Of a parameter's name what it can be; "": of any other."""
    classes = list(ClassGroup.objects.order_by("pk")[:2])
    learners = list(members(classes[0], day_of(now())).order_by("pk")[:2])
    attempts = list(Attempt.objects.filter(learner__in=learners).order_by("pk").values_list("uuid", flat=True)[:2])
    target = Target.objects.select_related("plan").order_by("pk").first()
    assert target is not None
    uuids = [
        model.objects.order_by("pk").values_list("uuid", flat=True)[0]
        for model in (Reading, Confirmation, apps.get_model("bdhvs_lms.RetestSample"))
    ]
    return {
        "class_uuid": [one.uuid for one in classes],
        "actor": [one.actor for one in learners],
        "attempt": attempts,
        "uuid": [*uuids, classes[0].uuid],
        "code": [Confirmation.objects.order_by("pk").values_list("code", flat=True)[0], classes[0].code, "a"],
        "kind": ["xlsx", "csv", "docx", "pdf", "js"],
        "plan_key": [target.plan.key],
        "target_key": [target.key],
        # Of nothing that there is: an address of its own shape is refused by its view, not by the URL conf.
        "token": ["A" * 27],
        "sha256": ["0" * 64],
        "folder": ["media"],
        "media_type": ["audio"],
        "": [learners[0].pk, learners[0].actor, classes[0].uuid, classes[0].code, "1", "a"],
    }


def every_address(scanner: Scanner) -> list[str]:
    """Names of what was asked for, first as a link does and then as a form that says nothing."""
    asked: dict[str, str] = {}
    for name, address in addresses():
        asked[name] = address
        if not LEFT_OUT.search(address):
            scanner.ask(address)
    for address in asked.values():
        if not LEFT_OUT.search(address):
            scanner.ask(address, {})
    return sorted(asked)


def planted(scanner: Scanner) -> dict[str, list[str]]:
    """By what was asked for what was found there, when an area of the committee's is called as a learner is and its
    reading is made for that learner's sake."""
    person = Person.objects.exclude(phone="").order_by("pk")[3]
    area = planned_areas()[0]
    Area.objects.filter(pk=area.pk).update(name=f"Xã {person.full_name.upper()}")
    area.refresh_from_db()
    reading = freeze(area, OCTOBER, at=now(), by=None, why=f"Gọi {person.phone}")
    board, made = reverse("bdhvs_lms:board"), reverse("bdhvs_lms:reading", args=[reading.uuid])
    kinds = reading.files.order_by("kind").values_list("kind", flat=True)
    files = {one: reverse("bdhvs_lms:reading-file", args=[reading.uuid, one]) for one in kinds}
    found: dict[str, list[str]] = {}
    for what, address in {"board": board, "reading": made, **files}.items():
        before = len(scanner.named)
        scanner.ask(address)
        found[what] = sorted({one.partition(":")[0] for _address, one in scanner.named[before:]})
    return found


def main() -> None:
    add_what_the_demonstration_has_not()
    kinds = needles()
    user = get_user_model().objects.get(username="chidao")
    scanner = Scanner(user, Wanted(kinds), typed=Person.objects.order_by("pk")[1].full_name)
    asked = every_address(scanner)
    scanner.crawl(["/chi-dao/", "/en/steering/", "/"])
    last = scanner.ask("/chi-dao/")
    found = {
        "kinds": sorted(kinds.values()),
        "asked": asked,
        "left out": sorted({one.name for one in addresses_of_ours(get_resolver().url_patterns)} - set(asked)),
        "answers": scanner.answers,
        "opened": scanner.opened,
        "broken": scanner.broken,
        "named": list(scanner.named),
        "signed in": last.status_code == 200,
        "planted": planted(scanner),
    }
    sys.stdout.write(f"{json.dumps(found)}\n")
