"""Receiving record stores and sources on the operators' pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.admin.record_store import Store, signed_in

pytestmark = pytest.mark.django_db
SECRET = "rất-bí-mật-4711"
TARGET = {
    "key": "tinh", "name": "Kho của tỉnh", "url": "https://lrs.example.org/xapi/", "version": "1.0.3",
    "username": "sender", "password": SECRET, "active": "on", "batch_size": "50",
}  # fmt: skip
SOURCE = {name: value for name, value in TARGET.items() if name != "batch_size"} | {"trust": "1", "since": "01/09/2025"}
# Nothing listens there: a connection is refused at once.
NOWHERE = "http://127.0.0.1:9/xapi"
EARLIER = datetime(2025, 9, 1, tzinfo=UTC)


@pytest.fixture
def operator(settings: Any) -> Client:
    settings.BDHVS_TEST_CLOCK = "2025-11-25T10:00:00+07:00"
    return signed_in("van-hanh")


def receiver(operator: Client, **more: Any) -> xapi.Target:
    answer = operator.post(reverse("receivers:add"), {**TARGET, **more})
    assert answer.status_code == 302, answer.context["form"].errors
    return xapi.Target.objects.latest("pk")


def source(operator: Client, **more: Any) -> xapi.Source:
    answer = operator.post(reverse("sources:add"), {**SOURCE, **more})
    assert answer.status_code == 302, answer.context["form"].errors
    return xapi.Source.objects.latest("pk")


def dead(target: xapi.Target, count: int | None = None) -> list[int]:
    """Makes that many of what waits dead letters; their numbers."""
    ids = list(target.items.order_by("id").values_list("id", flat=True)[:count])
    target.items.filter(id__in=ids).update(
        state=xapi.State.DEAD, last_error="400: actor is not welcome", last_error_at=EARLIER
    )
    return ids


# --- Receivers -------------------------------------------------------------------------------------------------------


def test_a_receiver_is_added_and_gets_what_is_recorded_from_then_on(operator: Client) -> None:
    target = receiver(operator, verbs=[tracking.VERB_PASSED], authorities="server\n\nobserver ", trust="0")
    assert (target.key, target.url, target.active, target.batch_size) == (
        "tinh",
        "https://lrs.example.org/xapi",
        True,
        50,
    )
    assert target.filters == {"verbs": [tracking.VERB_PASSED], "authorities": ["server", "observer"], "trust": 0}
    assert xapi.username_of(target) == "sender"
    Store()
    html = operator.get(reverse("receivers:index")).content.decode()
    assert "Kho của tỉnh" in html
    assert "chưa gửi gì" in html
    assert target.items.count() > 0


def test_the_password_is_shown_and_stored_in_the_clear_nowhere(operator: Client) -> None:
    target, other = receiver(operator), source(operator)
    for row in (target, other):
        assert SECRET not in row.secret
    for address in (
        reverse("receivers:index"),
        reverse("receivers:inspect", args=[target.pk]),
        reverse("receivers:edit", args=[target.pk]),
        reverse("sources:inspect", args=[other.pk]),
        reverse("sources:edit", args=[other.pk]),
        "/quan-tri/reports/site-history/",
    ):
        answer = operator.get(address)
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode(), address
    refused = operator.post(reverse("receivers:add"), {**TARGET, "url": "ftp://x"})
    assert SECRET not in refused.content.decode(), "not even in a form that comes back"


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"url": "lrs.example.org"}, "url"),
    ({"url": "http://lrs.example.org/xapi"}, "url"),
    ({"url": "https://me:pw@lrs.example.org/xapi"}, "url"),
    ({"url": "https://lrs.example.org/xapi?x=1"}, "url"),
    ({"key": "có dấu"}, "key"),
    ({"name": ""}, "name"),
    ({"batch_size": "101"}, "batch_size"),
    ({"password": ""}, "password"),
    ({"username": ""}, "username"),
    ({"verbs": ["http://example.org/x"]}, "verbs"),
    ({"trust": "7"}, "trust"),
]


def test_a_mistake_is_told_at_its_field_in_vietnamese(operator: Client) -> None:
    for spoilt, field in MISTAKES:
        answer = operator.post(reverse("receivers:add"), {**TARGET, **spoilt})
        assert answer.status_code in (200, 422)
        assert list(answer.context["form"].errors) == [field], spoilt
    assert not xapi.Target.objects.exists()


def test_a_code_is_taken_once(operator: Client) -> None:
    receiver(operator)
    again = operator.post(reverse("receivers:add"), TARGET)
    assert list(again.context["form"].errors) == ["key"]


def test_editing_keeps_the_password_and_what_a_sender_has_counted(operator: Client) -> None:
    target = receiver(operator)
    kept = target.secret
    address = reverse("receivers:edit", args=[target.pk])
    form = operator.get(address).context["form"]
    assert form.initial["username"] == "sender"
    xapi.Target.objects.filter(pk=target.pk).update(delivered=7, failures=2, batch_now=3)
    changed = {**TARGET, "name": "Kho khác", "password": "", "batch_size": "20", "key": "khac"}
    del changed["active"]
    assert operator.post(address, changed).status_code == 302
    target.refresh_from_db()
    assert (target.key, target.name, target.active, target.batch_size, target.secret) == (
        "tinh", "Kho khác", False, 20, kept,
    )  # fmt: skip
    assert (target.delivered, target.failures, target.batch_now) == (7, 2, 3)
    another = {**changed, "username": "somebody-else"}
    assert list(operator.post(address, another).context["form"].errors) == ["password"]
    operator.post(address, {**changed, "username": "", "password": ""})
    target.refresh_from_db()
    assert xapi.username_of(target) == ""


@pytest.mark.parametrize("url", ["https://lrs.example.net/xapi", "https://lrs.example.org:8443/xapi"])
def test_a_password_is_not_sent_to_an_address_that_it_was_not_given_for(operator: Client, url: str) -> None:
    """Else whoever may edit an address could have it sent to a server of their own."""
    for row, name, given in ((receiver(operator), "receivers", TARGET), (source(operator), "sources", SOURCE)):
        address = reverse(f"{name}:edit", args=[row.pk])
        moved = {**given, "url": url, "password": ""}
        assert list(operator.post(address, moved).context["form"].errors) == ["password"], name
        row.refresh_from_db()
        assert row.url == "https://lrs.example.org/xapi"
        assert operator.post(address, {**moved, "url": "https://lrs.example.org/other"}).status_code == 302
        assert operator.post(address, {**moved, "password": "another"}).status_code == 302


def test_a_filter_that_the_form_has_no_box_for_stays(operator: Client) -> None:
    target = receiver(operator)
    xapi.Target.objects.filter(pk=target.pk).update(filters={"verbs": ["http://example.org/verbs/juggled"], "trust": 2})
    address = reverse("receivers:edit", args=[target.pk])
    form = operator.get(address).context["form"]
    sent = {**TARGET, "password": "", "verbs": form.initial["verbs"], "trust": form.initial["trust"]}
    assert operator.post(address, sent).status_code == 302
    target.refresh_from_db()
    assert target.filters == {"verbs": ["http://example.org/verbs/juggled"], "trust": 2}


def do(client: Client, row: Any, what: str, **more: Any) -> Any:
    name = "receivers" if isinstance(row, xapi.Target) else "sources"
    address = reverse(f"{name}:inspect", args=[row.pk])
    answer = client.post(address, {"do": what, **more}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    return answer.content.decode()


def test_the_connection_is_tested_and_says_that_nobody_answers(operator: Client) -> None:
    target, other = receiver(operator, url=NOWHERE), source(operator, url=NOWHERE)
    for row in (target, other):
        assert "Không liên lạc được" in do(operator, row, "test")


def test_a_way_of_sending_that_is_gone_is_said_and_can_be_left(operator: Client) -> None:
    target = receiver(operator, url=NOWHERE)
    xapi.Target.objects.filter(pk=target.pk).update(transport="plugin.gone")
    assert "chưa được cài" in do(operator, target, "test")
    address = reverse("receivers:edit", args=[target.pk])
    form = operator.get(address).context["form"]
    assert {"plugin.gone", "bdhvs_xapi.http"} <= {key for key, _label in form.fields["transport"].choices}
    sent = {**TARGET, "url": NOWHERE, "password": "", "transport": "plugin.gone"}
    assert list(operator.post(address, sent).context["form"].errors) == ["transport"]
    assert operator.post(address, {**sent, "transport": "bdhvs_xapi.http"}).status_code == 302
    target.refresh_from_db()
    assert target.transport == "bdhvs_xapi.http"


def test_a_plugins_way_of_sending_is_chosen_with_an_address_of_its_kind(operator: Client, tmp_path: Path) -> None:
    target = receiver(operator, transport="plugin_example.folder", url=tmp_path.as_uri(), username="", password="")
    assert (target.transport, target.url) == ("plugin_example.folder", tmp_path.as_uri())
    refused = operator.post(reverse("receivers:add"), {**TARGET, "key": "x", "transport": "plugin_example.folder"})
    (said,) = refused.context["form"].errors["url"]
    assert "https" not in said


def test_pausing_says_why_and_resuming_goes_on_at_once(operator: Client) -> None:
    target = receiver(operator)
    assert "Hãy ghi lý do" in do(operator, target, "pause", reason=" ")
    target.refresh_from_db()
    assert target.paused == ""
    html = do(operator, target, "pause", reason="bảo trì đến thứ Hai")
    assert "bảo trì đến thứ Hai" in html
    assert "tạm dừng" in operator.get(reverse("receivers:index")).content.decode()
    xapi.Target.objects.filter(pk=target.pk).update(failures=3, next_attempt_at=datetime(2030, 1, 1, tzinfo=UTC))
    do(operator, target, "resume")
    target.refresh_from_db()
    assert (target.paused, target.failures, target.next_attempt_at) == ("", 0, None)


def test_dead_letters_are_listed_with_the_reason_and_sent_once_more(operator: Client) -> None:
    target = receiver(operator)
    store = Store()
    one, two, *_rest = ids = dead(target, 3)
    html = operator.get(reverse("receivers:inspect", args=[target.pk])).content.decode()
    assert "400: actor is not welcome" in html
    assert "đã học" in html or "đã đạt" in html
    assert "Lan" not in html
    assert "Hãy chọn" in do(operator, target, "replay")
    assert "Hãy chọn" in do(operator, target, "replay", item="x")
    do(operator, target, "replay", item=[one, two])
    assert list(target.items.filter(state=xapi.State.DEAD).values_list("id", flat=True)) == ids[2:]
    do(operator, target, "replay-all")
    assert not target.items.filter(state=xapi.State.DEAD).exists()
    assert store.lan.pk


def test_dead_letters_of_another_receiver_are_not_sent_by_this_ones_page(operator: Client) -> None:
    target, other = receiver(operator), receiver(operator, key="khac")
    Store()
    theirs = dead(other)
    do(operator, target, "replay", item=theirs)
    assert other.items.filter(state=xapi.State.DEAD).count() == len(theirs)


def test_the_past_is_queued_from_a_day_on(operator: Client) -> None:
    Store()
    target = receiver(operator)
    assert target.items.count() == 0
    assert "Hãy cho biết ngày" in do(operator, target, "requeue", since="")
    assert "Hãy cho biết ngày" in do(operator, target, "requeue", since="01/01/0001")
    do(operator, target, "requeue", since="01/01/2100")
    assert target.items.count() == 0
    do(operator, target, "requeue", since="01/01/2020")
    assert target.items.count() == xapi.Statement.objects.count()


def test_many_dead_letters_are_read_page_by_page_at_the_same_cost(operator: Client) -> None:
    target = receiver(operator)
    store = Store()
    address = reverse("receivers:inspect", args=[target.pk])

    def cost() -> tuple[int, Any]:
        with CaptureQueriesContext(connection) as queries:
            answer = operator.get(address)
        return len(queries), answer

    dead(target, 2)
    cost()
    few, _answer = cost()
    store.more(60)
    ids = dead(target)
    many, answer = cost()
    assert many == few
    first = [letter["id"] for letter in answer.context["letters"]]
    rest = [letter["id"] for letter in operator.get(answer.context["older_url"]).context["letters"]]
    assert first + rest == sorted(ids, reverse=True)
    for wrong in ("x", "-1", "9" * 40):
        assert operator.get(address, {"truoc": wrong}).status_code == 404


# --- Sources ---------------------------------------------------------------------------------------------------------


def test_a_source_is_added_with_what_its_statements_are_worth(operator: Client) -> None:
    made = source(operator)
    assert (made.key, made.trust, made.cursor) == ("tinh", 1, datetime(2025, 8, 31, 17, tzinfo=UTC))
    refused = operator.post(reverse("sources:add"), {**SOURCE, "key": "hai", "trust": "3"})
    assert list(refused.context["form"].errors) == ["trust"], "a superuser's to grant"
    boss = signed_in("chu", superuser=True)
    assert source(boss, key="hai", trust="3").trust == xapi.Trust.CONFIRMED
    assert source(operator, key="ba", since="").cursor is None


def test_the_trust_of_a_source_stays(operator: Client) -> None:
    made = source(operator)
    address = reverse("sources:edit", args=[made.pk])
    assert operator.post(address, {**SOURCE, "name": "Tên mới", "trust": "2"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.trust) == ("Tên mới", 1)


def test_a_source_is_fetched_again_from_a_day_on(operator: Client) -> None:
    made = source(operator)
    do(operator, made, "reread", since="")
    made.refresh_from_db()
    assert made.cursor is None
    do(operator, made, "reread", since="01/10/2025")
    made.refresh_from_db()
    assert made.cursor == datetime(2025, 9, 30, 17, tzinfo=UTC)
    xapi.Source.objects.filter(pk=made.pk).update(paused="401", failures=1)
    do(operator, made, "resume")
    made.refresh_from_db()
    assert made.paused == ""


def test_what_could_not_be_taken_is_listed_without_what_it_said(operator: Client) -> None:
    made = source(operator)
    for number in range(60):
        xapi.Rejection.objects.create(
            source=made, statement_id=f"id-{number}", digest=bytes([number]) * 32, reason="verb.id: no IRI",
            body=b'{"actor": {"name": "Lan"}}', at=EARLIER + timedelta(minutes=number),
        )  # fmt: skip
    answer = operator.get(reverse("sources:inspect", args=[made.pk]))
    html = answer.content.decode()
    assert "verb.id: no IRI" in html
    assert "Lan" not in html
    older = operator.get(answer.context["older_url"])
    listed = [row["statement_id"] for page in (answer, older) for row in page.context["rejections"]]
    assert listed == [f"id-{number}" for number in reversed(range(60))]


def test_empty_lists_say_what_they_are_for(operator: Client) -> None:
    for name, text in (("receivers", "Các bản ghi ở lại trang này"), ("sources", "Không lấy gì từ nơi khác")):
        html = operator.get(reverse(f"{name}:index")).content.decode()
        assert text in html
        assert reverse(f"{name}:add") in html
