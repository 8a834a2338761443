"""What was done under an old version of an activity counts by another: chosen, told, agreed to, logged, listed."""

from __future__ import annotations

import os
from typing import Any
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import ModelLogEntry

from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.models import AlignmentRevision, Realignment
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_lms.admin.record_store import agreed, signed_in
from tests.support.board import Board
from tests.support.browsing import opened
from tests.support.markup import collapsed, html_of
from tests.support.world import T0, statuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(settings: Any) -> Board:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    board = Board()
    board.add_rule(2025, codes=["A1"], level=2, number=2)
    competency.push_alignment(board.task, "2", [(board.a1.pk, 2)], at=T0)
    return board


def revisions(board: Board) -> dict[str, str]:
    rows = AlignmentRevision.objects.filter(activity_key=board.task).order_by("revision")
    old, new = rows.values_list("pk", flat=True)
    return {"old": str(old), "new": str(new), "reason": "Gắn nhầm năng lực"}


def test_from_the_list_to_the_log(board: Board) -> None:
    learner = board.learner("an")
    board.record(board.act(learner, tracking.VERB_PASSED, board.task, minutes=5, score=9))
    operator: Any = signed_in("van-hanh")
    listed = html_of(operator.get(reverse("realignments:index")))
    choose, address = (
        reverse(f"realignments:{name}", args=args) for name, args in (("choose", []), ("realign", [board.task]))
    )
    assert f'href="{choose}"' in listed
    assert f'<a href="{address}">Thực hành (Khóa thử)</a>' in html_of(operator.get(choose, {"q": "thuc hanh"}))
    assert "Không có hoạt động nào tên như vậy" in html_of(operator.get(choose, {"q": "kiểm tra"}))
    page = BeautifulSoup(operator.get(address).content, "html.parser")
    said = [
        collapsed(label.get_text()) for label in page.select("input[type=radio] + label, label:has(input[type=radio])")
    ]
    # Of each version what speaks for it now, and what it was published with.
    assert sorted(one.partition(": ")[2] for one in said) == 2 * ["A1 Năng lực một, trình độ 2"] + 2 * [
        "A2 Năng lực hai, trình độ 2"
    ]
    data = revisions(board)
    same = operator.post(address, {**data, "new": data["old"]})
    assert (same.status_code, list(same.context["form"].errors)) == (422, ["new"])
    told = html_of(operator.post(address, data))
    assert "Kết quả của 1 người sẽ thay đổi" in told and "Chưa lưu gì." in told
    assert not Realignment.objects.exists()
    assert agreed(operator, address, data)["Location"] == reverse("realignments:index")
    row = Realignment.objects.get()
    assert (row.from_revision, row.to.revision, row.by, row.reason) == ("1", "2", operator.user, "Gắn nhầm năng lực")
    assert statuses(learner)["A1/2"][0] == "demonstrated" and statuses(learner)["A2/2"][0] == "demonstrated"
    [entry] = ModelLogEntry.objects.all()
    assert (entry.label, entry.user) == ("Thực hành (Khóa thử)", operator.user)
    listed = html_of(operator.get(reverse("realignments:index")))
    for text in ("Thực hành (Khóa thử)", "A1 Năng lực một, trình độ 2", "Gắn nhầm năng lực"):
        assert text in listed
    again = operator.post(address, data)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["new"])


def test_nothing_to_choose_is_no_failed_search() -> None:
    choose = reverse("realignments:choose")
    operator = signed_in("van-hanh")
    assert "Chưa có hoạt động nào được gắn lại năng lực." in html_of(operator.get(choose))
    assert "Không có hoạt động nào tên như vậy" in html_of(operator.get(choose, {"q": "thuc hanh"}))


def test_the_command_tells_and_then_does_it(board: Board, capsys: Any) -> None:
    learner = board.learner("an")
    board.record(board.act(learner, tracking.VERB_PASSED, board.task, minutes=5, score=9))
    asked = (str(board.task), "1", "2")
    call_command("realign", *asked)
    assert capsys.readouterr().out.splitlines()[-1] == "The results of 1 people change."
    with pytest.raises(CommandError, match="reason"):
        call_command("realign", *asked, "--apply")
    assert not Realignment.objects.exists()
    call_command("realign", *asked, "--apply", "--reason", "Gắn nhầm")
    assert capsys.readouterr().out.splitlines()[-1] == "Decided anew about 1 people."
    assert statuses(learner)["A1/2"][0] == "demonstrated"
    for wrong in (("x", "1", "2"), (str(board.task), "1", "9"), (str(board.task), "1", "1")):
        with pytest.raises(CommandError):
            call_command("realign", *wrong)


def test_the_field_that_finds_an_activity_is_all_on_a_telephone(board: Board, chromium: str) -> None:
    site = _Browsed(signed_in("van-hanh").user)
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=True)
        page = context.new_page()
        page.goto(f"{SITE}{reverse('realignments:choose')}")
        box, button = page.locator("#words").bounding_box(), page.locator("main form button").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
        assert button["y"] >= box["y"] + box["height"] + 6
        context.close()
    assert site.problems == []
