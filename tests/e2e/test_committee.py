"""A member of the committee, from signing in: which area lacks most people, in three clicks; the report and a target on
paper."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from tests.e2e.people import DESK, Visitor
from tests.support.live import Installation
from tests.support.pdfs import texts_of

CLOCK = "2026-11-15T19:40:00+07:00"
# In two communes some more adults who are as far as 2026 asks: of so few as the demonstration has nothing is shown.
FROZEN = """
from datetime import UTC, date, datetime
from django.core.management import call_command
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency.api import Attainment, Competency, PassRule
from bdhvs_lms.competency.models import StandingFill
from bdhvs_lms.learners.api import Belonging, Learner, Placement
began = datetime(2026, 1, 5, tzinfo=UTC)
group = TargetGroup.objects.get(key="adult")
rule = PassRule.objects.filter(group=group, year=2026).order_by("-number").first()
asked = Competency.objects.filter(framework=rule.framework, code__in=rule.all_of)
StandingFill.objects.all().delete()
for name, count in (("Phường Chương Mỹ", 30), ("Xã Xuân Mai", 40)):
    area = Area.objects.get(name=name)
    people = Learner.objects.bulk_create(Learner() for _ in range(count))
    Placement.objects.bulk_create(Placement(learner=one, area=area, valid_from=began.date(), recorded_at=began)
        for one in people)
    Belonging.objects.bulk_create(Belonging(learner=one, group=group, valid_from=began.date(), recorded_at=began)
        for one in people)
    Attainment.objects.bulk_create(Attainment(learner=one, competency=each, level=rule.level, status="demonstrated",
        attained_at=began) for each in asked for one in people)
call_command("freeze_reading", "--day", "2026-11-14")
"""
ADULTS = "T3-2026"


def printed(visitor: Visitor, name: str) -> list[str]:
    """The texts of the sheets that the browser prints."""
    made = visitor.page.pdf(prefer_css_page_size=True, print_background=False)
    if folder := os.environ.get("BDHVS_SCREENSHOTS", ""):
        (Path(folder) / f"{name}.pdf").write_bytes(made)
    return texts_of(made)


def test_who_is_furthest_is_found_in_three_clicks_and_the_report_is_printed(demo: Installation, browser: Any) -> None:
    demo.python(FROZEN)
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url
    member = Visitor(browser, url, "chidao", scripts=False, size=DESK)
    clicks = 0
    for link in ("a[href$='/chi-dao/']", "main a[href$='/ky-so-lieu/']", "main a[href$='/bao-cao/']"):
        if link.endswith("/chi-dao/']") and member.page.url.rstrip("/").endswith("/chi-dao"):
            continue
        member.press(link)
        clicks += 1
    assert clicks <= 3
    text = re.sub(r"\s+", " ", member.text())
    found = re.search(rf"{ADULTS}: ([^:]+): còn thiếu ([\d.]+) người", text)
    assert found is not None, text
    sheets = printed(member, "committee-report")
    paper = re.sub(r"\s+", " ", " ".join(sheets))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in paper
    assert "Nơi nhận:" in paper
    assert found[1].strip() in paper
    assert "Tải Word" not in paper
    # The same area as the board's own page of the target has first.
    member.open(f"/chi-dao/kh02-chuongmy-2025/{ADULTS}/?dia-ban=277@")
    first = member.page.locator("table.report tbody th a").first.inner_text()
    assert first.strip() == found[1].strip()
    # Title, plan, numbers, months, areas, rule and sources: what an official lays on a table is one sheet.
    assert len(printed(member, "committee-target")) == 1
