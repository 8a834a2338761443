"""Proposed, confirmed, printed, checked; revoked, and checked again; a forged code: as a teacher, an officer and
anybody see it. No page or paper has a year of birth or a number of a person on it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.e2e.people import DESK, PHONE, Visitor
from tests.support.live import Installation
from tests.support.pdfs import texts_of

pytestmark = pytest.mark.thorough

CLOCK = "2026-11-15T19:40:00+07:00"
# Somebody of the demonstration's class who has attained all that a rule of this year asks for, with a long name.
PREPARED = """
import json
from datetime import datetime
from bdhvs_lms.base.api import CALENDAR
from bdhvs_lms.classes.api import ClassGroup, members
from bdhvs_lms.competency.api import check, rule_subjects
from bdhvs_lms.learners.actions import named
at = datetime.fromisoformat("2026-11-15T19:00:00+07:00").astimezone(CALENDAR)
group = ClassGroup.objects.get(code="minh-hoa-1")
people = list(members(group, at.date()))
learner = next(iter(check(rule_subjects(at.date())[0], people, at=at, by=None).ready))
person = learner.person
for column, value in named("Nguyễn Phúc Hồng Thanh Tường Vy Quỳnh Ngọc Ái Vân Anh").items():
    setattr(person, column, value)
person.phone, person.birth_year = "0912 345 678", 1957
person.save()
print(json.dumps({"class": str(group.uuid), "learner": str(learner.actor), "name": person.full_name}))
"""
PAPER = {"#id_number": "12/XN-UBND", "#id_signer": "Trần Văn Cường, Phó Chủ tịch", "#id_unit": "UBND phường Chương Mỹ"}
PERSONAL = ("1957", "0912 345 678", "0912345678")


class Looking:
    """Every page that was looked at: by axe, by its width on two screens, and as a picture for whoever wants it."""

    def __init__(self) -> None:
        self.axe, self.found = Axe(), []
        # Where pictures go; empty: none are taken.
        self.folder = os.environ.get("BDHVS_SCREENSHOTS", "")

    def at(self, visitor: Visitor, name: str) -> str:
        page = visitor.page
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                self.found.append(f"{name}: wider than {size['width']}")
            if self.folder:
                page.screenshot(path=Path(self.folder) / f"confirming-{name}-{size['width']}.png", full_page=True)
        page.set_viewport_size(PHONE)
        for violation in self.axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
            nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            self.found.append(f"{name}: {violation['id']}: {nodes}")
        return re.sub(r"\s+", " ", visitor.text())


def test_confirmed_printed_checked_revoked_and_forged(demo: Installation, browser: Any) -> None:

    made = json.loads(demo.python(PREPARED).splitlines()[-1])
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url
    looking = Looking()
    teacher = Visitor(browser, url, "huongdan", scripts=True)

    # From the person's page to the list, and a proposal.
    teacher.open(f"/day/{made['class']}/nguoi/{made['learner']}/")
    teacher.press("main a", has_text="Đề nghị xác nhận")
    assert made["name"] in looking.at(teacher, "list")
    assert teacher.page.locator("[name=learner]:checked").count() == 1
    teacher.press("main [name=do][value=propose]")
    assert "Đang chờ cán bộ xác nhận" in looking.at(teacher, "proposed")

    # The officer sees who was proposed first, looks once more, and says yes.
    officer = Visitor(browser, url, "canbo", scripts=True)
    officer.open("/xac-nhan/")
    officer.page.locator("main [name=de-nghi]").check()
    officer.press("main form[method=get] button")
    assert made["name"] in looking.at(officer, "officer")
    officer.page.locator("main label", has_text=made["name"]).click()
    for field, text in PAPER.items():
        # The agency is the site's, where it has one.
        if officer.page.locator(field).count():
            officer.page.fill(field, text)
    officer.press("main [name=do][value=review]")
    assert "Xác nhận 1 người?" in looking.at(officer, "review")
    officer.press("main [name=do][value=confirm]")
    assert "Đã xác nhận 1 người." in looking.at(officer, "confirmed")

    # The certificate, as a page and as a file, for the teacher too.
    teacher.open(f"/day/{made['class']}/xac-nhan/")
    teacher.press("main a[href*='/giay-xac-nhan/so/']", has_text=made["name"])
    own = teacher.path
    assert "Thu hồi" not in teacher.text()
    officer.open(f"/xac-nhan/?tim={made['name']}")
    officer.press("main a[href*='/giay-xac-nhan/so/']")
    assert officer.path == own
    text = looking.at(officer, "certificate")
    assert made["name"] in text and "12/XN-UBND" in text
    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", text)
    assert code is not None, text
    file = teacher.context.request.get(f"{url}{own}giay.pdf").body()
    if looking.folder:
        (Path(looking.folder) / "certificate.pdf").write_bytes(file)
    [paper] = texts_of(file)
    assert made["name"] in paper and code[0] in paper
    for hidden in PERSONAL:
        assert hidden not in paper and hidden not in text

    # Anybody types the code.
    anybody = Visitor(browser, url, scripts=True)
    anybody.open("/giay-xac-nhan/")
    looking.at(anybody, "ask")
    anybody.page.fill("#id_code", code[0].lower().replace("-", " "))
    anybody.press("main form [type=submit]")
    checked = looking.at(anybody, "valid")
    address = anybody.path
    assert "Giấy xác nhận còn hiệu lực" in checked and made["name"] not in checked
    anybody.page.fill("#id_name", made["name"])
    anybody.press("main form [type=submit]")
    assert "đúng họ tên này" in looking.at(anybody, "compared")
    for hidden in PERSONAL:
        assert hidden not in anybody.page.content()

    # Revoked, and checked again.
    officer.press("main a", has_text="Thu hồi giấy xác nhận này")
    looking.at(officer, "revoking")
    officer.page.fill("#reason", "Nhầm người cùng tên")
    officer.press("main form [type=submit]")
    assert "ĐÃ THU HỒI" in looking.at(officer, "revoked-paper")
    anybody.open(address)
    assert "Giấy xác nhận đã bị thu hồi ngày 15/11/2026" in looking.at(anybody, "revoked")

    # A forged code.
    anybody.open("/giay-xac-nhan/")
    anybody.page.fill("#id_code", "7K3M-9QXT-4HWD-2PNR")
    anybody.press("main form [type=submit]")
    assert "Không có giấy xác nhận nào mang mã này." in looking.at(anybody, "forged")
    assert looking.found == []
