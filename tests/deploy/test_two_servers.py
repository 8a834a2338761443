"""Two servers on one PostgreSQL behind the documented proxy: what was acknowledged is there, whichever is killed."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from tests.deploy.two_servers import COUNT, HOST, PREPARE, Learner, lost, nginx
from tests.support.fixtures import require
from tests.support.live import Installation, free_port
from tests.support.soak import rounds

PEOPLE = rounds(10, soak=50)
KILLS = rounds(2, soak=100)


def work_done(learners: list[Learner]) -> None:
    """Wait until as many more attempts are handed in as there are learners, who are all at work on others then."""
    before, deadline = sum(len(learner.handed_in) for learner in learners), time.monotonic() + 60
    while sum(len(learner.handed_in) for learner in learners) < before + len(learners):
        assert time.monotonic() < deadline, "the servers do not get on"
        time.sleep(0.01)


@pytest.mark.database
@pytest.mark.thorough
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two servers do not share an SQLite file")
def test_nothing_acknowledged_is_lost_while_servers_are_killed(installation: Installation, tmp_path: Path) -> None:
    program = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)
    require(program, "nginx")
    prepared = json.loads(installation.python(PREPARE.replace("PEOPLE", str(PEOPLE))).splitlines()[-1])
    real = {"BDHVS_INSECURE_LOOPBACK": "0", "BDHVS_ALLOWED_HOSTS": HOST, "BDHVS_BEHIND_PROXY": "1"}
    servers = [installation.serve(port=free_port(), **real) for _ in range(2)]
    ports = [int(server.url.rpartition(":")[2]) for server in servers]
    ended = threading.Event()
    with nginx(str(program), tmp_path, ports) as url:
        learners = [
            Learner(url, session, prepared["quiz"], prepared["answers"], ended) for session in prepared["sessions"]
        ]
        at_work = [threading.Thread(target=learner.run) for learner in learners]
        for each in at_work:
            each.start()
        for kill in range(KILLS):
            work_done(learners)
            servers[kill % 2].kill()
            servers[kill % 2] = installation.serve(port=ports[kill % 2], **real)
        ended.set()
        for each in at_work:
            each.join(120)
    handed_in = sum(len(learner.handed_in) for learner in learners)
    answered = sum((learner.answered for learner in learners), Counter[str]())
    print(f"{KILLS} kills, {handed_in} attempts handed in, answers {dict(answered)}")  # noqa: T201
    assert [wrong for learner in learners for wrong in learner.wrong] == []
    found = json.loads(installation.python(COUNT).splitlines()[-1])
    assert lost(found, learners) == []
    assert handed_in >= PEOPLE, "too little was done to say anything"
    assert set(answered) & {"502", "504", "RemoteProtocolError", "ReadError"}, "no kill met a request"
    installation.manage("rebuild", "--check")
