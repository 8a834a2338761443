"""People made up for a demonstration: no figure that they may have caused leaves the site without saying so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.test import Client

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.api import Learner, erase_person, made_up_people, register
from bdhvs_lms.reporting.readings.actions import freeze
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import csv_of, text_of, xlsx_of
from tests.support.addresses import below
from tests.support.world import T0

MARK = {"": "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO", "/en": "ILLUSTRATIVE FIGURES – NOT FOR REPORTING"}
AREAS = ("01@", "10015@2025-07-01", "10030@2025-07-01", "99@", "100150001@2025-07-01")
FILTERS = {
    "": ("", "&nhom=adult&nam=2025", "&nam=tat-ca", "&nam=2030", "&sap-xep=ten"),
    "/en": ("", "&nhom=adult&nam=2025"),
}
# Of a page with more of its filters than these, a file holds the same notice.
OF_FILES = 2


@pytest.fixture
def looking(stage: Stage) -> tuple[Stage, Client]:
    """Real people and totals, areas with and without a plan, a class; and somebody who may open all of it."""
    stage.attain(stage.people(20))
    stage.count_everyone(100)
    stage.member("Nguyễn Thị Thật")
    Area.objects.create(code="99", name="Tỉnh Khác", kind="province")
    Area.objects.create(
        code="100150001", name="Tổ 1", kind="village", parent=stage.area, valid_from=date(2025, 7, 1)
    )  # fmt: skip
    return stage, stage.signed_in(stage.user("root", is_superuser=True))


def pages_and_files(stage: Stage, client: Client, prefix: str, areas: Sequence[str] = AREAS) -> dict[str, Any]:
    """Each address that shows figures of people of these areas, with its response."""
    reading = freeze(stage.province, date(2025, 11, 15), at=now(), by=None, why="thử")
    own = f"/day/{stage.class_group.uuid}/"
    addresses = ["/day/", own, f"{own}?sap-xep=ten", f"{own}?tinh-trang=da-xong"]
    addresses += [f"{own}lop.{kind}" for kind in ("csv", "xlsx")]
    for area in areas:
        for place, more in enumerate(FILTERS[prefix]):
            kinds = 3 if place < OF_FILES else 1
            board, target = "/chi-dao/", "/chi-dao/plan/T3-2025/"
            files = [board] if area == "99@" else [board, target]
            if area != "99@":
                files += [f"{board}ky-so-lieu/{reading.uuid}/so-lieu.{kind}" for kind in ("csv", "xlsx")[: kinds - 1]]
            addresses += [f"{file}?dia-ban={area}{more}" for file in files]
    return {address: client.get(address) for address in (below(prefix, each) for each in addresses)}


def lines_of(address: str, response: Any) -> list[str]:
    """What stands above the table of a file, or the notice of a page."""
    path = address.split("?")[0]
    if path.endswith(".csv"):
        return csv_of(response)[0]
    if path.endswith(".xlsx"):
        return xlsx_of(response)[0]
    html = response.content.decode()
    start = html.find('<p class="illustrative">')
    return [] if start < 0 else [text_of(html[start : html.index("</p>", start)])]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_one_made_up_person_marks_every_page_and_file_of_every_area(looking: Any, prefix: str) -> None:
    stage, client = looking
    for address, response in pages_and_files(stage, client, prefix, AREAS[:2]).items():
        assert response.status_code == 200, address
        assert MARK[prefix] not in lines_of(address, response), address
    register(full_name="Người Minh Họa", at=T0, illustrative=True)
    for address, response in pages_and_files(stage, client, prefix).items():
        assert response.status_code == 200, address
        # A reading is in Vietnamese, whoever asks.
        mark = MARK["" if "so-lieu" in address or "figures" in address else prefix]
        assert lines_of(address, response).count(mark) == 1, address


def test_the_printed_sheets_of_a_marked_page_are_marked_each(looking: Any) -> None:
    stage, client = looking
    assert "made-up" not in client.get("/chi-dao/").content.decode()
    register(full_name="Người Minh Họa", at=T0, illustrative=True)
    for address in ("/chi-dao/", "/chi-dao/plan/T3-2025/", f"/day/{stage.class_group.uuid}/"):
        assert ' made-up"' in client.get(address).content.decode(), address


def test_whoever_was_made_up_stays_so_after_being_erased(stage: Stage) -> None:
    assert not made_up_people()
    learner = register(full_name="Người Minh Họa", at=T0, illustrative=True)
    erase_person(learner)
    assert made_up_people()
    assert Learner.objects.get(pk=learner.pk).illustrative
