"""Makes senders by forking, so that one costs milliseconds, and kills them when a test says so. See test_kills.py.

Reads a JSON line and answers with one. The parent itself never opens the database: every piece of work is a child's.

- ``{"set_up": url}``: an empty database and a target with batches of five
- ``{"kill": seconds}``: a child delivers and records without end, and is killed so long after its first batch
- ``{"deliver": count}``: so many children deliver at once until nothing waits
- ``{"dead_end": true}``: a further target, where nobody listens
- ``{"record": count}``, ``{"count": true}``
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from bdhvs_xapi import api  # noqa: E402
from bdhvs_xapi.outbox.sending import Courier, Delivery  # noqa: E402
from tests.bdhvs_xapi.conftest import add_authorities  # noqa: E402
from tests.bdhvs_xapi.support import passed  # noqa: E402

# Every child lives a lease later than the one before: it need not wait for what a dead one had in hand.
turns = 0


def clock() -> datetime:
    return datetime.now(UTC) + turns * timedelta(minutes=10)


def set_up(url: str) -> None:
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    add_authorities()
    api.create_target("province", url=url, batch_size=5)


def record(count: int) -> None:
    with transaction.atomic():
        api.record([passed() for _ in range(count)], authority="site", received_at=datetime.now(UTC))


def work(begun: int) -> None:
    # What a sender does in deliver_until(): one courier, which keeps its connection.
    courier = Courier("province", linger=timedelta(0), clock=clock)
    while True:
        record(25)
        while courier.step(Delivery("province")):
            if begun >= 0:
                os.write(begun, b"x")
                begun = -1


def count() -> dict[str, Any]:
    target = api.Target.objects.get(key="province")
    return {
        "recorded": sorted(map(str, api.Statement.objects.values_list("statement_id", flat=True))),
        "items": api.Item.objects.count(),
        "delivered": target.delivered,
        "failures": target.failures,
    }


def child(do: Callable[[], Any]) -> tuple[int, int]:
    """(pid, a pipe with what ``do`` answers, as JSON)"""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            os.write(writing, json.dumps(do()).encode())
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    os.close(writing)
    return pid, reading


def answer(pid: int, reading: int) -> Any:
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return {"ended": status, "said": json.loads(said) if said else None}


def obey(order: dict[str, Any]) -> Any:
    if "set_up" in order:
        return answer(*child(lambda: set_up(order["set_up"])))
    if "dead_end" in order:
        return answer(*child(lambda: api.create_target("dead", url="http://127.0.0.1:1/xapi").pk))
    if "record" in order:
        return answer(*child(lambda: record(order["record"])))
    if "deliver" in order:
        return [
            answer(*each)
            for each in [
                child(lambda: [done.delivered for done in api.deliver(clock=clock)]) for _ in range(order["deliver"])
            ]
        ]
    if "kill" in order:
        hearing, begun = os.pipe()
        pid, reading = child(lambda: work(begun))
        os.close(begun)
        with os.fdopen(hearing, "rb") as pipe:
            assert pipe.read(1) == b"x"
        time.sleep(order["kill"])
        os.kill(pid, signal.SIGKILL)
        return answer(pid, reading)
    return answer(*child(count))


for line in sys.stdin:
    turns += 1
    sys.stdout.write(json.dumps(obey(json.loads(line))) + "\n")
    sys.stdout.flush()
