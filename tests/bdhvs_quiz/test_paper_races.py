"""Two teachers of one class at the same time, a server of several processes on a database of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.bdhvs_quiz.test_races import CLOCK, CSRF
from tests.bdhvs_quiz.test_races import told as told_by
from tests.support.forks import Forks
from tests.support.live import Installation, Server

pytestmark = [pytest.mark.database, pytest.mark.thorough]

Form = tuple[str, dict[str, Any]]


def told(site: Forks, function: str) -> dict[str, Any]:
    return told_by(site, function, "tests.bdhvs_quiz.paper_racing")


class Two:
    """Two teachers, each with a browser of their own."""

    def __init__(self, server: Server, site: dict[str, Any]) -> None:
        self.site, self.server, self.pool = site, server, ThreadPoolExecutor(2)
        self.forms = []
        self.ready = Barrier(2, timeout=60)
        for cookies in site["sessions"]:
            with self.browser(cookies) as client:
                found = CSRF.search(client.get(site["papers"]).text)
                assert found is not None
                self.forms.append((dict(client.cookies), {"csrfmiddlewaretoken": found[1]}))

    def browser(self, cookies: dict[str, str]) -> httpx.Client:
        """A connection of its own: one that is kept stays with its process, and two of one process take turns."""
        return httpx.Client(base_url=self.server.url, cookies=cookies, timeout=60, headers={"Origin": self.server.url})

    def both(self, first: Form, second: Form) -> list[int]:
        """Post at the same time, a form each. The statuses."""

        def post(place: int, form: Form) -> int:
            cookies, token = self.forms[place]
            self.ready.wait()
            with self.browser(cookies) as client:
                return client.post(form[0], data={**token, **form[1]}).status_code

        return list(self.pool.map(post, (0, 1), (first, second)))

    def close(self) -> None:
        self.pool.shutdown()


@pytest.fixture(scope="module")
def forks(module_installation: Installation) -> Iterator[Forks]:
    beside = Forks(module_installation.environment | {"BDHVS_TEST_CLOCK": CLOCK})
    yield beside
    beside.close()


@pytest.fixture(scope="module")
def two(module_installation: Installation, forks: Forks) -> Iterator[Two]:
    both = Two(module_installation.serve(workers=2, BDHVS_TEST_CLOCK=CLOCK), told(forks, "build"))
    yield both
    both.close()


def test_sheets_that_were_swapped_packs_made_twice_and_sheets_given_away_at_once(forks: Forks, two: Two) -> None:
    site = two.site
    rounds = len(site["packs"])
    lan, an = site["people"]["Lan"], site["people"]["Ân"]

    def keyed(number: int, pack: str, learner: str) -> Form:
        return f"{pack}to/{number}/", {
            **site["answers"],
            "act_id": str(uuid.uuid4()),
            "base": "0",
            "learner": learner,
        }

    # Each wrote on the other's sheet: both teachers say so at the same moment.
    statuses = {status for pack in site["packs"] for status in two.both(keyed(1, pack, lan), keyed(2, pack, an))}
    assert statuses == {303}
    seen = told(forks, "attempts")
    assert [name for name, _attempt in seen["sheets"]] == ["Lan", "Ân"] * rounds
    assert (seen["attempts"], seen["in force"], seen["differences"]) == (2 * rounds, 2 * rounds, [])

    # Both give the first sheet back to whom it named, and exchange it so with the second: one of them does.
    entered = [attempt for _name, attempt in seen["sheets"]]
    for place, pack in enumerate(site["packs"]):
        form = {"reason": "wrong-person", "exchange": "on"}
        first = {**form, "act_id": str(uuid.uuid4()), "entered": entered[2 * place], "learner": an}
        second = {**form, "act_id": str(uuid.uuid4()), "entered": entered[2 * place + 1], "learner": lan}
        assert two.both((f"{pack}to/1/rut-lai/", first), (f"{pack}to/2/rut-lai/", second)) == [303, 303]
    seen = told(forks, "attempts")
    assert [name for name, _attempt in seen["sheets"]] == ["Ân", "Lan"] * rounds
    assert (seen["attempts"], seen["in force"], seen["differences"]) == (4 * rounds, 4 * rounds, [])

    # One form pressed twice.
    for _round in range(rounds):
        form = {"quiz": site["quiz"], "codes": "2", "spare": "1", "held_on": CLOCK[:10], "act_id": str(uuid.uuid4())}
        assert two.both((site["papers"], form), (site["papers"], form)) == [303, 303]
    assert told(forks, "attempts")["packs"] == 2 * rounds


def test_what_an_operator_voids_while_a_teacher_says_it_again_is_neither_lost_nor_said_twice(
    forks: Forks, two: Two
) -> None:
    site = two.site
    listed = {"listed": [site["lan"]]}
    for meeting in site["meetings"]:
        # Unticked and voided by hand at once, then ticked by both.
        form = {**listed, "was": [site["lan"]]}
        assert set(two.both((meeting["page"], form), (meeting["void"], {"reason": "trial"}))) <= {200, 302, 303}
        ticked = {**listed, "here": [site["lan"]]}
        assert two.both((meeting["page"], ticked), (meeting["page"], ticked)) == [303, 303]
    held = len(site["meetings"])
    assert told(forks, "presences") == {
        "in force": held,
        "sessions": held,
        "present": held,
        "held": held,
        "differences": [],
    }
