"""One learner, three tabs of one attempt, a server of several processes on a database of its own."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest

from adapter_tests.saying import CHILD, said
from tests.bdhvs_quiz.test_races import told as told_by
from tests.support.forks import Forks
from tests.support.live import Installation, Server
from tests.support.soak import rounds

pytestmark = [pytest.mark.database, pytest.mark.thorough]

ROUNDS = rounds(4, soak=40)
PER_TICK = 10
CLOCK = "2025-11-15T09:10:00+07:00"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def told(site: Forks, function: str) -> dict[str, Any]:
    return told_by(site, function, "tests.bdhvs_h5p.racing")


@pytest.fixture
def forks(installation: Installation) -> Iterator[Forks]:
    with closing(Forks(installation.environment | {"BDHVS_TEST_CLOCK": CLOCK})) as beside:
        yield beside


def test_what_three_tabs_say_at_once_is_all_there_once(forks: Forks, live_process: Callable[..., Server]) -> None:
    site = told(forks, "build")
    server = live_process(clock=CLOCK, workers=2)
    with httpx.Client(base_url=server.url, cookies=site["session"], timeout=60) as client:
        client.headers["Origin"] = server.url
        found = CSRF.search(client.get(site["page"]).text)
        assert found is not None
        client.headers["X-CSRFToken"] = found[1]

        def post(job: tuple[int, int, int]) -> list[str]:
            tab, first, raw = job
            rows = [{"n": first + place, "statement": said("progressed", part=CHILD)} for place in range(PER_TICK - 1)]
            rows.append({"n": first + PER_TICK - 1, "statement": said("completed", score=(raw, 4))})
            answer = client.post(site["statements"], json={"token": site["tokens"][tab], "statements": rows})
            assert answer.status_code == 200, answer.text
            return [row["status"] for row in answer.json()["results"]]

        # Every batch twice, as a page does that got no answer: once it counts, once it is known.
        jobs = [
            (tab, 1 + turn * PER_TICK, raw)
            for turn in range(ROUNDS)
            for tab, raw in enumerate([1, 4, 2])
            for _again in range(2)
        ]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(post, jobs))
        statuses = [status for answer in answers for status in answer]
        new = 3 * ROUNDS * PER_TICK
        assert (statuses.count("accepted"), statuses.count("known")) == (new, new)

        def begin(_turn: int) -> str:
            form = {"act_id": str(uuid.uuid4()), "csrfmiddlewaretoken": client.headers["X-CSRFToken"]}
            return str(client.post(site["begin"], data=form).headers["Location"])

        with ThreadPoolExecutor(4) as pool:
            # The first of them begins anew; the others go on in what it began.
            assert len(set(pool.map(begin, range(6)))) == 1
    seen = told(forks, "count")
    verdicts = {"failed": seen["said"].pop("failed", 0)}
    assert verdicts["failed"] in (0, 1), "only if a low score came first"
    assert seen == {
        "attempts": 2,
        "open": 1,
        "in a row": True,
        "said": {"initialized": 1, "progressed": new - 3 * ROUNDS, "completed": 3 * ROUNDS, "passed": 1},
        "best": ["1.000000", "1.000000"],
        "passed": True,
        "differences": [],
    }
