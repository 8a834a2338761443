"""One learner, several tabs, a server of several processes on a database of its own."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.forks import Fork, Forks
from tests.support.live import Installation, Server
from tests.support.soak import rounds

pytestmark = [pytest.mark.database, pytest.mark.thorough]

PAIRS = rounds(5, soak=150)
PAIRS_DURING_REBUILD = rounds(10, soak=150)
CLOCK = "2025-11-15T09:00:00+07:00"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


REBUILD = "import io; from django.core.management import call_command; call_command('rebuild', stdout=io.StringIO())"


def told(site: Installation | Forks, function: str, module: str = "tests.bdhvs_quiz.racing") -> dict[str, Any]:
    code = f"from {module} import {function}; {function}()"
    printed = site.python(code) if isinstance(site, Forks) else site.python(code, BDHVS_TEST_CLOCK=CLOCK)
    [line] = [line for line in printed.splitlines() if line.startswith("TOLD")]
    answer: dict[str, Any] = json.loads(line.removeprefix("TOLD"))
    return answer


class Tabs:
    """Two tabs of one browser: the same session, each its own connection."""

    def __init__(self, server: Server, site: dict[str, Any]) -> None:
        self.site = site
        self.clients = [
            httpx.Client(base_url=server.url, cookies=site["session"], timeout=60, headers={"Origin": server.url})
            for _ in range(2)
        ]
        self.pool = ThreadPoolExecutor(2)
        self.statuses: list[int] = []
        self.tokens = [self._token(client) for client in self.clients]

    def close(self) -> None:
        self.pool.shutdown()
        for client in self.clients:
            client.close()

    def _token(self, client: httpx.Client) -> str:
        page = client.get(self.site["quiz"])
        page.raise_for_status()
        found = CSRF.search(page.text)
        assert found is not None
        return found[1]

    def both(self, address: str, *forms: dict[str, str]) -> list[str]:
        """Post at the same time, a form in each tab; where each was sent."""

        def post(place: int) -> httpx.Response:
            data = {"csrfmiddlewaretoken": self.tokens[place], **forms[place % len(forms)]}
            return self.clients[place].post(address, data=data)

        answers = list(self.pool.map(post, range(2)))
        self.statuses += [answer.status_code for answer in answers]
        return [answer.headers.get("Location", "") for answer in answers]

    def take(self) -> None:
        """Begin in both tabs, hand in from both; then once more, as the back button does."""
        begin = {"act_id": str(uuid.uuid4())}
        first, second = self.both(self.site["begin"], begin, {"act_id": str(uuid.uuid4())})
        assert first == second
        forms = [{**self.site["answers"], "do": "submit", "act_id": str(uuid.uuid4())} for _ in range(2)]
        assert set(self.both(first, *forms)) == {f"{first}ket-qua/"}
        assert set(self.both(first, forms[0])) == {f"{first}ket-qua/"}


@pytest.fixture
def forks(installation: Installation) -> Iterator[Forks]:
    beside = Forks(installation.environment | {"BDHVS_TEST_CLOCK": CLOCK})
    yield beside
    beside.close()


@pytest.fixture
def tabs(forks: Forks, live_process: Callable[..., Server]) -> Iterator[Tabs]:
    both = Tabs(live_process(clock=CLOCK, workers=2), told(forks, "build"))
    yield both
    both.close()


def test_pairs_of_tabs_make_one_attempt_and_one_completed_each_during_rebuilds_too(forks: Forks, tabs: Tabs) -> None:
    for _ in range(PAIRS):
        tabs.take()
    whole = {"open": 0, "numbers": True, "uneven": 0, "in_result": True, "differences": []}
    assert told(forks, "count") == {"attempts": PAIRS, "completed": PAIRS, **whole}

    rebuilds = during = 0
    running: Fork | None = None
    while during < PAIRS_DURING_REBUILD or rebuilds < 2:
        if running is None or running.has_said():
            if running is not None:
                running.end()
            running = forks.start(REBUILD)
            rebuilds += 1
        tabs.take()
        during += 1
    assert running is not None
    running.end()
    assert set(tabs.statuses) == {303}
    assert told(forks, "count") == {"attempts": PAIRS + during, "completed": PAIRS + during, **whole}
