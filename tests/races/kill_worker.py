"""Submits that die. Forks a child for each: cheap enough to die at every single step.

Arguments: actor, activity, number of random kills. Prints one JSON object with what was found after each death.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import connection, connections, transaction  # noqa: E402, I001

from bdhvs_lms.tracking import api as tracking  # noqa: E402
from bdhvs_quiz.models import Attempt, AttemptStep  # noqa: E402
from bdhvs_xapi import api as xapi  # noqa: E402
from tests.races import worker  # sets Django up


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at(step: int) -> Callable[..., Any]:
    """Runs the database's statements up to `step`, and dies instead of the next one."""
    count = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        if count > step:
            die()
        return execute(sql, params, many, context)

    return wrapper


def child(
    actor: str, attempt: str, step: int | None, *, before_commit: bool = False, after_commit: bool = False
) -> None:
    """In the forked process: submit, and die on the way."""
    try:
        if before_commit:
            commit = connection._commit

            def dying_commit() -> None:
                die()
                commit()

            connection._commit = dying_commit  # type: ignore[method-assign]
        if after_commit:
            with transaction.atomic():
                pass
            commit = connection._commit

            def commit_and_die() -> None:
                commit()
                die()

            connection._commit = commit_and_die  # type: ignore[method-assign]
        if step is None:
            worker.submit(actor, attempt, str(uuid4()), 5)
        else:
            with connection.execute_wrapper(dying_at(step)):
                worker.submit(actor, attempt, str(uuid4()), 5)
    except Exception as error:  # noqa: BLE001
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(3)
    os._exit(0)


def spawn(*arguments: Any, wait: float | None = None, **options: Any) -> int:
    """Fork, let it submit, and (with `wait`) kill it after so many seconds. How it ended: -9 is killed."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        child(*arguments, **options)
    if wait is not None:
        time.sleep(wait)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def state(attempt: str) -> str:
    """'neither', 'both', or what is wrong."""
    row = Attempt.objects.get(uuid=attempt)
    found = [f for f in xapi.facts(registration=row.uuid) if f.verb != tracking.VERB_INITIALIZED]
    steps = AttemptStep.objects.filter(attempt=row, kind="submitted").count()
    if row.submitted_at is None and not found and not steps:
        return "neither"
    verbs = sorted(f.verb.rsplit("/", 1)[1] for f in found)
    if row.submitted_at is not None and steps == 1 and verbs == ["answered"] * 5 + ["completed", "passed"]:
        return "both"
    return f"submitted_at={row.submitted_at} steps={steps} verbs={verbs}"


def main() -> None:
    actor, activity, random_kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
    found: list[tuple[str, str, int]] = []

    def trial(name: str, **how: Any) -> int:
        attempt = worker.open_attempt(actor, activity, str(uuid4()))
        code = spawn(actor, attempt, how.pop("step", None), **how)
        found.append((name, state(attempt), code))
        return code

    step = 0
    while trial(f"step {step}", step=step) == -signal.SIGKILL:
        step += 1
        assert step < 500, "a submit of 500 statements"
    trial("before commit", before_commit=True)
    trial("after commit", after_commit=True)
    began = time.monotonic()
    trial("unharmed")
    whole = time.monotonic() - began
    rolled = random.Random(20251115)  # noqa: S311
    for number in range(random_kills):
        trial(f"random {number}", wait=rolled.uniform(0, whole))
    # Whoever was killed goes on: the attempt that is open is handed in after all.
    attempt = worker.open_attempt(actor, activity, str(uuid4()))
    worker.submit(actor, attempt, str(uuid4()), 5)
    found.append(("afterwards", state(attempt), 0))
    differences = [str(difference) for difference in tracking.check()]
    worker.say({"found": found, "steps": step, "differences": differences})


if __name__ == "__main__":
    main()
