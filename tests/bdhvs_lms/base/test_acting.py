"""The same form again. That all forms that make something are kept by it: tests/permissions/test_sent_twice.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.test import RequestFactory

from bdhvs_lms.base.api import SeeOther, act_once, now
from bdhvs_lms.models import SentForm
from tests.support.live import Installation, Server
from tests.support.meanwhile import meanwhile

pytestmark = pytest.mark.database

TABLE = SentForm._meta.db_table


class Desk:
    """A form whose view counts what it made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.view = act_once(self._view)

    def _view(self, request: HttpRequest) -> HttpResponseBase:
        name = request.POST["name"]
        if name == "broken":
            raise ZeroDivisionError
        if name == "":
            return HttpResponse("Name?")
        self.made.append(name)
        return JsonResponse({"id": len(self.made)}) if name == "script" else SeeOther(f"/made/{len(self.made)}/")

    def send(self, name: str = "Lan", *, number: str = "a" * 64, user: int | None = 1, file: bytes = b"") -> Any:
        said: dict[str, Any] = {"name": name, "csrfmiddlewaretoken": number}
        if file:
            said["file"] = SimpleUploadedFile("a.txt", file)
        request = RequestFactory().post("/new/", said)
        request.user = SimpleNamespace(pk=user)
        return self.view(request)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def test_the_same_form_again_leads_where_the_first_led(desk: Desk) -> None:
    assert [desk.send()["Location"], desk.send()["Location"]] == ["/made/1/", "/made/1/"]
    assert [desk.send("script").content, desk.send("script").content] == [b'{"id": 2}', b'{"id": 2}']
    assert desk.made == ["Lan", "script"]


def test_what_is_filled_in_otherwise_opened_anew_or_sent_by_somebody_else_is_another_form(desk: Desk) -> None:
    desk.send()
    for other in ({"name": "Mai"}, {"number": "b" * 64}, {"user": 2}, {"user": None}, {"file": b"1"}, {"file": b"2"}):
        made = len(desk.made)
        # Nobody is led to what somebody else has made, whatever number they send.
        assert desk.send(**other)["Location"] == f"/made/{made + 1}/"


def test_what_made_nothing_can_be_sent_again(desk: Desk) -> None:
    assert desk.send("").content == desk.send("").content == b"Name?"
    for _time in range(2):
        with pytest.raises(ZeroDivisionError):
            desk.send("broken")
    assert not SentForm.objects.exists()


def test_one_that_comes_while_the_first_is_at_work_waits_for_it(desk: Desk) -> None:
    desk.send()
    row = SentForm.objects.all()
    row.update(status=0)
    with meanwhile(TABLE, lambda: row.update(status=303), after=3):
        assert desk.send()["Location"] == "/made/1/"
    assert desk.made == ["Lan"]


@pytest.mark.thorough
def test_one_that_is_long_at_work_is_not_done_a_second_time_and_one_that_was_killed_is(desk: Desk) -> None:
    desk.send()
    SentForm.objects.update(status=0, answer="", sent_at=now() - timedelta(minutes=9))
    request = RequestFactory().post("/new/", {"name": "Lan", "csrfmiddlewaretoken": "a" * 64})
    request.user = SimpleNamespace(pk=1, is_authenticated=False)
    assert (desk.view(request).status_code, desk.made) == (409, ["Lan"])
    SentForm.objects.update(sent_at=now() - timedelta(minutes=11))
    assert desk.send()["Location"] == "/made/2/"


def test_keys_go_after_a_day(desk: Desk) -> None:
    desk.send()
    SentForm.objects.update(sent_at=now() - timedelta(hours=25))
    desk.send("Mai")
    assert SentForm.objects.count() == 1


SIGN_IN = """
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.create_superuser("quan-tri"))
print(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
COUNT = "from bdhvs_lms.learners.models import WhoLearns; print(WhoLearns.objects.count())"


@pytest.mark.thorough
def test_two_workers_that_get_the_same_form_at_once_make_one_row(
    installation: Installation, live_process: Callable[..., Server]
) -> None:
    name, key = installation.python(SIGN_IN).split()
    server, page = live_process(workers=2), "/quan-tri/lop-hoc/ai-hoc/new/"
    headers = {"Origin": server.url, "Referer": server.url}
    with httpx.Client(base_url=server.url, cookies={name: key}, headers=headers, timeout=60) as client:
        for _round in range(5):
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).text)
            assert found is not None
            form = {"rule": "by-hand", "csrfmiddlewaretoken": found[1]}
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda _n: client.post(page, data=form), range(4)))  # noqa: B023
            assert {answer.status_code for answer in answers} <= {302, 303}
            assert {answer.headers["Location"] for answer in answers} == {page.removesuffix("new/")}
    assert int(installation.python(COUNT)) == 5
