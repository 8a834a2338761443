"""One process of a race, forked for test_races.py in a plain Django project.

Reads JSON lines: first a list of batches (lists of statements), then, when all processes are ready, "go". Records each
batch in a transaction of its own; a batch that begins with "hold" says so inside its transaction and waits for a line:
"commit" or "rollback"; one that begins with "define" comes as from a system that may define activities. Prints at the
end the outcome of each batch ([new, …] or the name of the exception) and what a projection in the ``recorded`` hook has
seen: {statement id: voided}.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from bdhvs_xapi import api
from bdhvs_xapi.outbox.recording import prepare_parsed, store_prepared
from bdhvs_xapi.statements.validate import parse_batch
from bdhvs_xapi.statements.versions import Version

RECEIVED = datetime(2025, 11, 15, 3, tzinfo=UTC)
seen: dict[str, bool] = {}


def project(statements: list[api.Recorded], **kwargs: Any) -> None:
    """Notes what it hears of and, at a voiding, the target as far as it can see it."""
    for done in statements:
        seen[str(done.statement_id)] = done.voided
        if done.voids is not None:
            for fact in api.facts(statement_ids=[done.voids], include_voided=True):
                seen[str(fact.statement_id)] = fact.voided


def record(batch: list[Any]) -> Any:
    how = batch[0] if isinstance(batch[0], str) else ""
    try:
        with transaction.atomic():
            if how == "define":
                parsed = parse_batch(json.dumps(batch[1:]).encode(), Version.V1)
                prepared = prepare_parsed(parsed, received_at=RECEIVED)
                answers = store_prepared(prepared, authority="site", define=True, later=False)
            else:
                answers = api.record(batch[1:] if how else batch, authority="site", received_at=RECEIVED)
            if how == "hold":
                say("held")
                transaction.set_rollback(hear() == "rollback")
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return [done.new for done in answers]


def say(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def hear() -> Any:
    return json.loads(sys.stdin.readline())


def main() -> None:
    api.recorded.connect(project)
    batches = hear()
    connection.ensure_connection()
    say("ready")
    hear()
    outcomes = [record(batch) for batch in batches]
    say({"outcomes": outcomes, "seen": seen})
