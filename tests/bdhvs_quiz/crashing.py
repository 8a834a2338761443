"""Run in a process of its own on a database of its own: hands in attempts in children that are killed on the way.

Prints one JSON line: how many children died where, and what was wrong afterwards (nothing).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import connection, connections

from bdhvs_lms.progress.api import results_of
from bdhvs_lms.tracking.api import check
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.models import Attempt
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages

# A kill that comes too late harms nobody and does not count; on a slow machine many do.
TRIALS = 12
AT = pages.AT + timedelta(minutes=5)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DieBefore:
    """Kills its own process just before the given query is sent; counted from 1."""

    def __init__(self, query: int) -> None:
        self.left = query

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            die()
        return execute(sql, params, many, context)


def die_at_commit(*, after: bool) -> None:
    """From now on this process dies just before, or just after, the database is told to commit."""
    commit = connection._commit

    def dying() -> None:
        if after:
            commit()
        die()

    connection._commit = dying


class Site:
    def __init__(self) -> None:
        self.course = pages.course(pages.catalog())
        self.questions = [pages.question(f"Câu {number}?") for number in range(1, 4)]
        self.quiz = pages.quiz(self.course, self.questions)
        self.learner = pages.enrolled(self.course)
        self.responses = {str(row.key): pages.option_id(row, 1) for row in self.questions}

    def open(self) -> Attempt:
        return open_attempt(self.learner, self.quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)

    def submit(self, attempt: Attempt) -> None:
        submit(attempt.uuid, self.learner, self.responses, act_id=uuid.uuid4(), at=AT)

    def in_child(
        self, attempt: Attempt, *, before_query: int = 0, at_commit: str = "", delay: float | None = None
    ) -> bool:
        """Whether the child came to its end. It never shares a connection with this process."""
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                if before_query:
                    connection.execute_wrappers.append(DieBefore(before_query))
                if at_commit:
                    connection.ensure_connection()
                    die_at_commit(after=at_commit == "after")
                self.submit(attempt)
            except BaseException as error:  # whatever it is, the parent must hear of it
                sys.stdout.write(f"CHILD {error!r}" + "\n")
                sys.stdout.flush()
                os._exit(3)
            os._exit(0)
        if delay is not None:
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
            raise RuntimeError("the child failed by itself")
        return os.WIFEXITED(status)

    def took(self) -> float:
        """How long a submit takes, in seconds."""
        attempt, started = self.open(), time.monotonic()
        self.submit(attempt)
        return time.monotonic() - started

    def problems(self, attempt: Attempt) -> list[str]:
        """Act and statements: both or neither."""
        row = Attempt.objects.get(pk=attempt.pk)
        said = Counter(fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(registration=row.uuid))
        steps = row.steps.filter(kind="submitted").count()
        if row.submitted_at is None:
            wanted, wanted_steps = Counter({"initialized": 1}), 0
        else:
            wanted = Counter({"initialized": 1, "answered": 3, "completed": 1, "passed": 1})
            wanted_steps = 1
        found = []
        if said != wanted:
            found.append(f"statements {dict(said)} with submitted_at {row.submitted_at}")
        if steps != wanted_steps:
            found.append(f"{steps} submitted steps with submitted_at {row.submitted_at}")
        return found


def main(kills: int) -> None:
    """`kills`: how many at random moments."""
    site = Site()
    wrong: list[str] = []
    died = Counter[str]()
    # Before every single query of a submit, until one gets through to its end.
    query = 0
    finished = False
    while not finished:
        query += 1
        attempt = site.open()
        finished = site.in_child(attempt, before_query=query)
        died["between queries"] += not finished
        wrong += site.problems(attempt)
        if query > 500:
            raise RuntimeError("a submit of more than 500 queries")
    for moment, submitted in (("before", False), ("after", True)):
        attempt = site.open()
        died["at commit"] += not site.in_child(attempt, at_commit=moment)
        wrong += site.problems(attempt)
        if (Attempt.objects.get(pk=attempt.pk).submitted_at is not None) != submitted:
            wrong.append(f"died {moment} the commit, and it is the other way round")
    # And at any moment at all, between two queries or within one.
    usual = min(site.took() for _ in range(5))  # one that had to wait would put nearly all kills too late
    chance = random.Random(20251115)
    for _ in range(TRIALS * kills):
        attempt = site.open()
        died["at random"] += not site.in_child(attempt, delay=chance.uniform(0, usual * 1.5))
        wrong += site.problems(attempt)
        if died["at random"] == kills:
            break
    # Nobody's work is stuck: what was left open can be handed in now.
    last = site.open()
    site.submit(last)
    wrong += site.problems(last)
    if results_of(site.learner, [site.quiz.translation_key])[site.quiz.translation_key].passed_at is None:
        wrong.append("no result")
    wrong += [str(difference) for difference in check()]
    handed_in = Attempt.objects.exclude(submitted_at=None).count()
    told = {"wrong": wrong, "died": died, "queries": query, "handed_in": handed_in}
    sys.stdout.write("DONE" + json.dumps(told) + "\n")
