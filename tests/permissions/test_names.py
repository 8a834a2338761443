"""The committee reaches no named record: every address, every filter and every file, on the demonstration's people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.permissions.addresses import MACHINES, SITE
from tests.support.live import Installation

CLOCK = "2025-11-15T10:00:00+07:00"

LOOK = """
import json
from datetime import date
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.models import Person
from bdhvs_lms.reporting.readings.actions import freeze, planned_areas
from tests.support.scanning import Scanner, needles
wanted = needles()
for area in planned_areas():
    freeze(area, date(2025, 10, 31), at=now(), by=None)
scanner = Scanner("chidao", wanted)
scanner.every_address()
scanner.crawl(["/chi-dao/", "/en/steering/", "/"])
found = scanner.scan

# One of them is named where an area is described, and in what a file says.
person = Person.objects.exclude(phone="").first()
Area.objects.update(note_vi=f"Liên hệ {person.full_name.upper()}, {person.phone}")
for area in planned_areas():
    freeze(area, date(2025, 10, 31), at=now(), by=None, why=f"Theo {person.full_name}")
planted = Scanner("chidao", wanted)
planted.crawl(["/chi-dao/"], pages=60)
print(json.dumps({
    "needles": sorted(wanted.values()), "asked": sorted(found.asked), "opened": found.opened, "named": found.named,
    "planted": planted.scan.named,
}))
"""


@pytest.mark.slow
@pytest.mark.database_free
def test_no_answer_to_the_committee_names_a_learner(demo: Installation) -> None:
    output = demo.manage("shell", "--no-imports", "-c", LOOK, environment={"BDHVS_TEST_CLOCK": CLOCK}, timeout=500)
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    assert {kind: found["needles"].count(kind) for kind in ("name", "number")} == {"name": 60, "number": 60}
    assert {"phone", "username"} <= set(found["needles"])
    assert set(SITE) | set(MACHINES) <= set(found["asked"])
    opened = found["opened"]
    for part in (
        "/chi-dao/?",
        "nhom=",
        "nam=tat-ca",
        "sap-xep=ten",
        "/so-lieu.xlsx",
        "/so-lieu.csv",
        "/so-sanh/",
        "bao-cao.docx",
    ):
        assert any(part in address for address in opened), part
    assert len(opened) > 100
    assert found["named"] == []

    # The scan sees what it looks for: on pages, in text files and in what is packed.
    kinds = {what.split(":")[0] for _address, what in found["planted"]}
    places = {address.partition("?")[0].rpartition(".")[2] for address, _what in found["planted"]}
    assert kinds == {"name", "phone"} and {"csv", "xlsx", "/chi-dao/"} <= places
