"""Processes that store and fold as the record store does, each killed right before one of its commits.

One process forks them, so that Django is loaded once. Prints what it found as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from bdhvs_lms.competency.models import Attainment  # noqa: E402
from bdhvs_lms.progress.models import CourseResult, Result  # noqa: E402
from bdhvs_lms.tracking import api as tracking  # noqa: E402
from bdhvs_lms.tracking import folding  # noqa: E402
from bdhvs_xapi import api as xapi  # noqa: E402
from bdhvs_xapi.models import Defining, Definition, Following, Statement, StatementTerm  # noqa: E402
from bdhvs_xapi.store import definitions, inheritance  # noqa: E402
from tests.bdhvs_xapi.lrs.support import Lrs  # noqa: E402
from tests.support.world import T0, World, uid  # noqa: E402

LEARNERS = 3
COMMENTS = 6
DEFINITIONS = 5
NAMED = "https://other.example/named"


def die_before_commit(number: int) -> None:
    """The process ends where the database has everything but the commit."""
    left = [number]
    commit = BaseDatabaseWrapper.commit

    def counted(self: BaseDatabaseWrapper) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self)

    BaseDatabaseWrapper.commit = counted  # type: ignore[method-assign]


def batch(who: str) -> list[dict[str, Any]]:
    """Three learners, each of whom reads the lesson and passes both; and six comments on one of these statements."""
    world = World.existing()
    made: list[dict[str, Any]] = []
    for number in range(LEARNERS):
        actor = xapi.account_actor(tracking.home_page(), str(uid(f"{who}-{number}")))
        for minute, (verb, key) in enumerate(
            (
                (tracking.VERB_EXPERIENCED, world.lesson),
                (tracking.VERB_PASSED, world.quiz),
                (tracking.VERB_PASSED, world.task),
            )
        ):
            made.append(
                {
                    "id": str(uid(f"{who}-{number}-{key}")),
                    "actor": actor,
                    "verb": {"id": verb},
                    "object": {"id": tracking.activity_iri(key)},
                    "result": {"success": True, "score": {"scaled": 0.9}},
                    "context": {"revision": "1"},
                    "timestamp": f"2025-09-01T12:{minute:02}:00Z",
                }
            )
    target = {"objectType": "StatementRef", "id": made[1]["id"]}
    about = {"verb": {"id": "http://adlnet.gov/expapi/verbs/commented"}, "object": target}
    for number in range(COMMENTS):
        plain = {name: value for name, value in made[0].items() if name not in ("result", "context")}
        made.append({**plain, "id": str(uid(f"{who}-comment-{number}")), **about})
    named = [{"id": f"{NAMED}/{who}/{each}", "definition": {"name": {"vi": "Bài"}}} for each in range(DEFINITIONS)]
    made[0]["context"]["contextActivities"] = {"other": named}
    return made


def in_child(work: Callable[[], Any]) -> int:
    """The signal that ended a forked process, 0 when nothing did."""
    pid = os.fork()
    if pid == 0:
        # A connection must not be shared with the parent.
        connection.connect()
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the child failed; what it said is on standard error")
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def store(client: Lrs, who: str, kill_at: int) -> None:
    # What a process does once must not be counted.
    assert client.get("statements", limit="1").status_code == 200
    die_before_commit(kill_at)
    response = client.request("POST", "statements", None, batch(who))
    assert response.status_code == 200, response.content


def look(names: list[str]) -> dict[str, Any]:
    own = Statement.objects.filter(authority__key__startswith="lrs-")
    stored = {who: own.filter(statement_id__in=[each["id"] for each in batch(who)]).count() for who in names}
    quiz = tracking.activity_iri(World.existing().quiz)
    return {
        "stored": stored,
        "waiting": tracking.waiting(),
        "following": Following.objects.count(),
        "defining": Defining.objects.count(),
        "defined": Definition.objects.filter(term__iri__startswith=NAMED).count(),
        "results": Result.objects.count(),
        "courses": CourseResult.objects.count(),
        "demonstrated": Attainment.objects.filter(status="demonstrated").count(),
        "taken_over": StatementTerm.objects.filter(term__iri=quiz, role__gte=7).count(),
        "differences": [str(each) for each in tracking.check()],
    }


def main() -> dict[str, Any]:
    # The host name of the test client.
    setup_test_environment()
    folding.STEP = 4
    inheritance.REFERENCES = 2
    definitions._AT_ONCE = 2
    world = World()
    credential, secret = xapi.create_credential("sender", scopes=["all"], trust=1, at=T0)
    client = Lrs(credential.key, secret)
    killed: list[str] = []
    left: list[tuple[int, int, int]] = []
    for kill_at in range(1, 100):
        who = f"kill-{kill_at}"
        for number in range(LEARNERS):
            world.learner(f"{who}-{number}")
        connection.close()
        if not in_child(lambda who=who, kill_at=kill_at: store(client, who, kill_at)):
            names = [*killed, who]
            break
        killed.append(who)
        between = look([who])
        assert between["differences"] == [], between
        left.append((between["waiting"], between["following"], between["defining"]))
        connection.close()
    connection.close()
    in_child(lambda: xapi.catch_up(lambda: True))
    return {"kills": len(killed), "left": left, **look(names)}


if __name__ == "__main__":
    print(json.dumps(main()))  # noqa: T201
