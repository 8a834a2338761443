"""What a learner's submit costs does not depend on who else gets the statements, or whether they answer."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_quiz.actions import submit
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import Taking, address
from tests.support.world import uid

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a connection is an error: whoever answers a learner has no time for it."""
    connected = socket.socket.connect

    def refuse(self: socket.socket, to: Any) -> None:
        if self.family != socket.AF_UNIX and to[1] == 1:
            raise AssertionError(f"a learner waits for {to}")
        connected(self, to)

    monkeypatch.setattr(socket.socket, "connect", refuse)


def submitted(taking: Taking) -> list[str]:
    """The queries of a submit over HTTP, with every answer right."""
    attempt = taking.open()
    taking.client.get(address(attempt))
    with CaptureQueriesContext(connection) as queries:
        assert taking.client.post(address(attempt), taking.form(taking.count)).status_code == 303
    return [query["sql"].split(" ", 2)[0] for query in queries.captured_queries]


def test_three_targets_that_are_down_cost_a_submit_no_query_more_than_one(nobody: None) -> None:
    taking = Taking()
    submitted(taking)
    without = submitted(taking)
    xapi.create_target("commune", url="http://127.0.0.1:1/xapi", filters={"trust": 1})
    with_one = submitted(taking)
    assert len(with_one) == len(without) + 1, "what waits is written down"
    for key in ("district", "province", "ministry"):
        xapi.create_target(key, url="http://127.0.0.1:1/xapi", filters={"trust": 1})
    assert submitted(taking) == with_one
    waiting = {target.key: xapi.status(target).waiting for target in xapi.Target.objects.all()}
    # Opened, five answers, completed, passed; the course was done the first time.
    assert waiting == {"commune": 16, **dict.fromkeys(("district", "province", "ministry"), 8)}


def test_an_act_that_fails_queues_nothing() -> None:
    taking = Taking()
    target = xapi.create_target("province", url="http://127.0.0.1:1/xapi")
    attempt = taking.open()
    opened = xapi.status(target).waiting

    def fail(**kwargs: Any) -> None:
        raise ZeroDivisionError

    xapi.recorded.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            submit(attempt.uuid, taking.learner, taking.responses(5), act_id=uid("in"), at=pages.AT)
    finally:
        xapi.recorded.disconnect(fail)
    assert xapi.status(target).waiting == opened == 1
