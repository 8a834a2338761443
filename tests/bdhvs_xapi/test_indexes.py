"""Every query of the ledger finds its rows by an index: none reads the table of statements through.

Asked of the database itself: EXPLAIN QUERY PLAN on SQLite; on PostgreSQL EXPLAIN with sequential scans forbidden, since
its planner rightly scans a table of a few rows.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_xapi import api
from bdhvs_xapi.models import Target
from bdhvs_xapi.statements.references import AgentRole, TermRole
from tests.bdhvs_xapi.support import COURSE, LEARNER_KEY, QUIZ, passed, voiding
from tests.bdhvs_xapi.test_record import record
from tests.support.loops import for_each

pytestmark = pytest.mark.database


def plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return [row[3] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        return [row[0] for row in cursor.fetchall()]


def table_scans(sql: str) -> list[str]:
    """Lines of the plan that read a big table from end to end. A walk along an index in key order is none."""
    big = "(statement|statementterm|statementagent|voiding|item|term|agent)"
    scan = rf"^SCAN bdhvs_xapi_{big}$|Seq Scan on bdhvs_xapi_{big}\b"
    return [line for line in plan(sql) if re.search(scan, line)]


def test_a_scan_is_seen(ledger: None) -> None:
    """The test's own eyes: a query without index is caught."""
    assert table_scans("SELECT * FROM bdhvs_xapi_statement WHERE revision = 'x'")


@for_each(
    "arguments",
    [
        {"actor_key": LEARNER_KEY},
        {"actor_key": LEARNER_KEY, "activity": QUIZ},
        {"actor_key": LEARNER_KEY, "activities": [QUIZ, COURSE], "verbs": [api.Verb.PASSED]},
        {"registration": uuid4()},
        {"statement_ids": [uuid4(), uuid4()]},
        {"verbs": [api.Verb.PASSED]},
        {"after_seq": 10},
    ],
    ids=lambda arguments: "+".join(arguments),
)
def test_facts(ledger: None, arguments: dict[str, Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.facts(**arguments)
    [query] = queries.captured_queries
    assert table_scans(query["sql"]) == []


def test_one_learner_and_activity_is_one_index_range(ledger: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.facts(actor_key=LEARNER_KEY, activity=QUIZ)
    index = "xapi_actor_object_occurred"
    with connection.cursor() as cursor:
        columns = connection.introspection.get_constraints(cursor, "bdhvs_xapi_statement")[index]["columns"]
    assert columns[:2] == ["actor_id", "object_term_id"]
    # Which of its indexes PostgreSQL takes for a table of a few rows follows from when it last counted them.
    if connection.vendor == "sqlite":
        [line] = [line for line in plan(queries.captured_queries[0]["sql"]) if index in line]
        assert "(actor_id=? AND object_term_id=?)" in line


def test_everything_that_record_asks(ledger: None) -> None:
    Target.objects.create(key="province")
    sent = passed()
    record(sent)
    with CaptureQueriesContext(connection) as queries:
        record([sent, passed(), voiding(sent["id"]), voiding(str(uuid4()))])
        api.actors(after="account:a", limit=10)
        api.is_voided(uuid4())
    selects = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("SELECT")]
    selects = [sql for sql in selects if "pg_advisory" not in sql]
    assert len(selects) >= 8
    for sql in selects:
        assert table_scans(sql) == [], sql


PAGE = "ORDER BY seq DESC LIMIT 101"
STATEMENTS = "SELECT seq, body FROM bdhvs_xapi_statement"
# How a record store asks for the next page of each filter (xAPI 1.0.3 Part Three, 2.1.3), and the index that answers.
FILTERS = {
    "none": (f"{STATEMENTS} WHERE seq < 1000 {PAGE}", None),
    "statementId": (f"{STATEMENTS} WHERE statement_id = '{uuid4().hex}'", None),
    "verb": (f"{STATEMENTS} WHERE verb_id = 1 AND seq < 1000 {PAGE}", "xapi_verb_seq"),
    "registration": (
        f"{STATEMENTS} WHERE registration = '{uuid4().hex}' AND seq < 1000 {PAGE}",
        "xapi_registration_seq",
    ),
    "since and until": (f"{STATEMENTS} WHERE seq >= 500 AND seq < 1000 {PAGE}", None),
    "mine": (f"{STATEMENTS} WHERE authority_id = 1 AND seq < 1000 {PAGE}", "xapi_authority_seq"),
    "references": (
        f"{STATEMENTS} WHERE object_ref = '{uuid4().hex}' AND seq < 1000 {PAGE}",
        "xapi_object_ref_seq",
    ),
    **{
        f"activity as {role.name.lower()}": (
            f"SELECT statement_id FROM bdhvs_xapi_statementterm WHERE term_id = 1 AND role = {role.value} "
            "AND statement_id < 1000 ORDER BY statement_id DESC LIMIT 101",
            None,
        )
        for role in TermRole
    },
    **{
        f"agent as {role.name.lower()}": (
            f"SELECT statement_id FROM bdhvs_xapi_statementagent WHERE agent_id = 1 AND role = {role.value} "
            "AND statement_id < 1000 ORDER BY statement_id DESC LIMIT 101",
            None,
        )
        for role in AgentRole
    },
    "claim": (
        "SELECT id FROM bdhvs_xapi_item WHERE state = 0 AND target_id = 1 AND next_attempt_at <= '2025-11-15' "
        "ORDER BY next_attempt_at, statement_id LIMIT 50",
        "xapi_item_due",
    ),
    "dead letters": (
        "SELECT id FROM bdhvs_xapi_item WHERE state = 2 AND target_id = 1 ORDER BY id DESC LIMIT 50",
        "xapi_item_dead",
    ),
}


@for_each("name", FILTERS)
def test_filters_of_a_record_store(ledger: None, name: str) -> None:
    """Answered from an index in the order asked for: a page costs the same however much is stored."""
    sql, index = FILTERS[name]
    lines = plan(sql)
    assert table_scans(sql) == []
    if connection.vendor == "sqlite":
        assert not [line for line in lines if "TEMP B-TREE" in line]
        assert index is None or [line for line in lines if index in line]


def test_related_activities_is_a_merge_of_index_ranges(ledger: None) -> None:
    parts = " UNION ".join(f"SELECT * FROM ({FILTERS[f'activity as {role.name.lower()}'][0]}) q" for role in TermRole)
    assert table_scans(f"{parts} ORDER BY 1 DESC LIMIT 101") == []
