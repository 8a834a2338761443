"""No trace of an erased person: in statements of others, in files, in what comes later."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.learners.api import Learner, link_user
from bdhvs_lms.privacy.actions import PIECE
from bdhvs_lms.privacy.api import erase, export
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from bdhvs_xapi.models import Agent, Blob, Definition, ErasedAgent, Redaction, Statement
from bdhvs_xapi.statements.validate import parse
from tests.bdhvs_lms.privacy.living import bytes_of_database
from tests.bdhvs_xapi.support import store_parsed
from tests.support.live import ROOT, Installation, clean_environment, copy_sqlite
from tests.support.world import T0, World

pytestmark = [pytest.mark.database, pytest.mark.django_db]

MAIL = "Lan.Nguyen@Example.ORG"
SHA1 = hashlib.sha1(b"mailto:Lan.Nguyen@example.org", usedforsecurity=False).hexdigest()
MOODLE = "https://moodle.example.org"
OPENID = "https://id.example.org/lan.nguyen"
# Whatever names the person, as it may stand in a file.
TRACES = ("Nguyễn Thị Lan", "an.Nguyen@", "lan.nguyen", "nguoihoc-lan", "lan-moodle", SHA1, "điều riêng")

BY = {
    "mbox": {"mbox": f"mailto:{MAIL}"},
    "sha1": {"mbox_sha1sum": SHA1.upper()},
    "openid": {"openid": OPENID},
    "account elsewhere": {"account": {"homePage": MOODLE, "name": "lan-moodle"}},
    "account here": {"account": {"homePage": "https://bdhvs.example/", "name": "nguoihoc-lan"}},
}


@pytest.fixture
def lan() -> Learner:
    return make_lan()


def make_lan() -> Learner:
    world = World()
    learner = world.learner("Nguyễn Thị Lan")
    user = get_user_model().objects.create_user("nguoihoc-lan", email=MAIL)
    link_user(learner, user)
    learner.identities.create(kind="lti", issuer=MOODLE, subject="lan-moodle")
    learner.identities.create(kind="oidc", issuer="https://id.example.org", subject=OPENID)
    xapi.ensure_authority("moodle", agent=xapi.account_actor(MOODLE, "store"), trust=0)
    Statement._meta.apps.get_model("bdhvs_xapi.Authority").objects.update(defines=True)
    return learner


def place(agent: dict[str, Any], where: str) -> dict[str, Any]:
    """A statement with the agent at one of the places that xAPI has for one."""
    other = {"mbox": "mailto:somebody@else.example"}
    told: dict[str, Any] = {"actor": other, "object": {"id": f"{MOODLE}/blog"}}
    person = {**agent, "name": "Nguyễn Thị Lan"}
    group = {"objectType": "Group", "name": "Tổ của Nguyễn Thị Lan", "member": [person, other]}
    match where:
        case "actor":
            told["actor"] = person
        case "member":
            told["actor"] = group
        case "object":
            told["object"] = {**person, "objectType": "Agent"}
        case "instructor":
            told["context"] = {"instructor": person}
        case "team":
            told["context"] = {"team": group}
        case "sub":
            told["object"] = {
                "objectType": "SubStatement",
                "actor": person,
                "verb": {"id": f"{MOODLE}/wrote", "display": {"vi": "điều riêng"}},
                "object": {"id": f"{MOODLE}/blog", "definition": {"name": {"vi": "Blog của Nguyễn Thị Lan"}}},
            }
    return told


PLACES = ("actor", "member", "object", "instructor", "team", "sub")


def statement(agent: dict[str, Any], where: str) -> dict[str, Any]:
    told = place(agent, where)
    if "id" in told["object"]:
        told["object"]["definition"] = {"name": {"vi": "Blog của Nguyễn Thị Lan"}}
    return {
        "id": str(uuid4()),
        "verb": {"id": f"{MOODLE}/wrote", "display": {"vi": "điều riêng của Lan"}},
        "result": {"response": "điều riêng", "success": True, "score": {"scaled": 0.75}},
        "timestamp": T0.isoformat(),
        "attachments": [
            {
                "usageType": f"{MOODLE}/photo",
                "display": {"vi": "Nguyễn Thị Lan"},
                "contentType": "text/plain",
                "length": len(ATTACHED),
                "sha2": hashlib.sha256(ATTACHED).hexdigest(),
            }
        ],
        **told,
    }


ATTACHED = "điều riêng của Nguyễn Thị Lan".encode()


def arrive(*statements: dict[str, Any], own: bool = False) -> list[xapi.Recorded]:
    """As a POST to the record store and a pull do it."""
    parsed = [parse(json.dumps(one, ensure_ascii=False).encode()) for one in statements]
    blobs = {hashlib.sha256(ATTACHED).hexdigest(): ATTACHED}
    with transaction.atomic():
        return store_parsed(parsed, authority="moodle", received_at=T0, define=True, blobs=blobs)


def traces() -> list[str]:
    content = bytes_of_database()
    return [trace for trace in TRACES if trace.encode() in content]


def everything(learner: Learner) -> list[dict[str, Any]]:
    ours = xapi.account_actor(tracking.home_page(), str(learner.actor))
    return [statement(agent, where) for agent in (ours, *BY.values()) for where in PLACES]


def test_statements_of_others_lose_names_identifiers_words_and_what_they_define(lan: Learner) -> None:
    sent = everything(lan)
    arrive(*sent)
    assert traces() == list(TRACES), "the search is blind"
    before = list(Statement.objects.order_by("seq").values("seq", "digest", "success", "scaled", "actor_id", "verb_id"))
    assert erase(lan, by=None, at=T0) > len(sent)
    assert traces() == []
    # Hash and facts are left, and who is who: one agent stays one agent.
    assert list(Statement.objects.order_by("seq").values(*before[0])) == before
    assert Redaction.objects.count() == len(sent)
    assert not Blob.objects.exists()
    assert not Definition.objects.exists()
    for one in Statement.objects.all():
        parse(bytes(one.body))
    assert erase(lan, by=None, at=T0) == 0
    assert list(tracking.check()) == []


def test_a_copy_holds_what_others_said_under_each_of_the_names(lan: Learner) -> None:
    strange = statement({"mbox": "mailto:minh@example.org"}, "actor")
    sent = [statement(agent, "actor") for agent in BY.values()]
    arrive(*sent, strange)
    (named,) = arrive(statement(BY["mbox"], "instructor"))
    copy = export(lan)["data"]
    assert {row["statement"]["id"] for row in copy["bdhvs_xapi.Statement"]} == {one["id"] for one in sent}
    assert {"statement": str(named.statement_id), "role": "instructor"} in copy["bdhvs_xapi.StatementAgent"]


def test_what_comes_again_or_later_is_stored_without_words(lan: Learner) -> None:
    sent = everything(lan)
    arrive(*sent)
    erase(lan, by=None, at=T0)
    again = arrive(*sent)
    assert not any(one.new for one in again), "the same statement is recognised"
    later = everything(lan)
    assert all(one.new for one in arrive(*later))
    assert not any(one.new for one in arrive(*later))
    assert traces() == []
    assert not Blob.objects.exists() and not Definition.objects.exists()
    assert Redaction.objects.count() == 2 * len(sent)
    # A stranger's are as they came, beside them in one batch.
    strange = statement({"mbox": "mailto:minh@example.org"}, "actor")
    (kept, gone) = arrive(strange, statement(BY["mbox"], "actor"))
    assert kept.statement["result"]["response"] == "điều riêng"
    assert "response" not in gone.statement["result"]
    assert gone.success is True and gone.actor_key == Agent.objects.get(pk=_actor(gone.statement_id)).key


def _actor(statement_id: UUID) -> int:
    return Statement.objects.get(statement_id=statement_id).actor_id


def test_the_erased_are_known_by_a_keyed_digest_only(lan: Learner, settings: Any) -> None:
    erase(lan, by=None, at=T0)
    known = set(ErasedAgent.objects.values_list("digest", flat=True))
    assert known
    for guess in (f"mbox:mailto:{MAIL}", f"mbox:mailto:{MAIL.lower()}", MAIL):
        for hashed in (hashlib.sha256, hashlib.sha1):
            assert hashed(guess.encode()).hexdigest() not in known
    # After a change of the key what was erased is still known, as long as the old one is given.
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    (done,) = arrive(statement(BY["mbox"], "actor"))
    assert "response" not in done.statement["result"]


def test_a_redaction_by_hand_before_the_erasure_leaves_no_identifier_behind(lan: Learner) -> None:
    (done,) = arrive(statement(BY["account elsewhere"], "actor"))
    xapi.redact(done.statement_id, reason="asked for", by="operator", at=T0)
    erase(lan, by=None, at=T0)
    assert "lan-moodle" not in bytes_of_database().decode(errors="replace")
    assert Redaction.objects.get().reason == "asked for"


def test_no_transaction_of_an_erasure_holds_more_than_a_piece(lan: Learner) -> None:
    """Redactions are written piece by piece, each in a transaction of its own."""
    count = 2 * PIECE + 1
    for start in range(0, count, 100):
        arrive(*(statement(BY["mbox"], "actor") for _ in range(min(100, count - start))))
    with CaptureQueriesContext(connection) as queries:
        erase(lan, by=None, at=T0)
    pieces, inside = [], 0
    for query in queries.captured_queries:
        sql = query["sql"]
        if sql.startswith("RELEASE SAVEPOINT"):
            pieces.append(inside)
            inside = 0
        elif "UPDATE" in sql and '"body"' not in sql and "SET body" in sql:
            inside += int(sql.partition(" times: ")[0]) if " times: " in sql else 1
    assert Redaction.objects.count() == count
    assert sum(pieces) == count and max(pieces) <= 500


# --- The files of a database ------------------------------------------------------------------------------------------

SCRIPT = """
import django, json, sys
django.setup()
from bdhvs_lms.learners.api import Learner
from tests.bdhvs_lms.privacy import test_traces as told
from bdhvs_lms.privacy.api import erase
from tests.support.world import T0
if sys.argv[1] == "fill":
    lan = told.make_lan()
    told.arrive(*told.everything(lan))
else:
    from django.contrib.auth import get_user_model
    from bdhvs_lms.learners.api import learner_for_user
    erase(learner_for_user(get_user_model().objects.get(username="nguoihoc-lan")), by=None, at=T0)
"""


@pytest.mark.thorough
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the files of SQLite")
def test_no_byte_of_the_files_names_the_person(tmp_path: Path, migrated: str) -> None:
    """A real site's settings, a database in a file, and a search of the file and its log as a thief would do it."""
    root = Path(__file__).parents[3]
    environment = clean_environment(
        BDHVS_DATA_DIR=str(tmp_path),
        BDHVS_SECRET_KEY="only-for-tests-" + "0123456789" * 5,
        BDHVS_INSECURE_LOOPBACK="1",
        BDHVS_IRI_BASE="https://bdhvs.example",
        DJANGO_SETTINGS_MODULE="bdhvs_lms.site.settings",
        PYTHONPATH=os.pathsep.join([str(root), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]),
    )

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=environment, cwd=root, check=True, capture_output=True)

    database = tmp_path / "db.sqlite3"
    copy_sqlite(Path(migrated), database)
    run("-c", SCRIPT, "fill")

    def content() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("db.sqlite3*")))

    assert [trace for trace in TRACES if trace.encode() in content()] == list(TRACES), "the search is blind"
    # Somebody holds the database open, as a worker does, so that its log is not emptied by closing it.
    with closing(sqlite3.connect(database)) as open_elsewhere:
        open_elsewhere.execute("SELECT count(*) FROM bdhvs_lms_learner").fetchone()
        run("-c", SCRIPT, "erase")
        found = [trace for trace in TRACES if trace.encode() in content()]
        assert found == []


@pytest.mark.thorough
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite overwrites what is deleted by itself")
def test_postgresql_holds_no_byte_either_after_its_tables_are_written_anew(installation: Installation) -> None:
    """Every file of every table and index, as PostgreSQL keeps it, read past all of its rules."""
    environment = installation.environment | {
        "BDHVS_PUBLIC_URL": "https://bdhvs.example",
        "DJANGO_SETTINGS_MODULE": "bdhvs_lms.site.settings",
    }

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, check=True, capture_output=True)

    def found() -> list[str]:
        with psycopg.connect(installation.database_url, autocommit=True) as there:
            there.execute("CHECKPOINT")
            rows = there.execute(
                "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
                "WHERE relkind IN ('r', 'i', 't', 'm') AND relfilenode <> 0"
            ).fetchall()
        content = b"".join(row[0] for row in rows)
        return [trace for trace in TRACES if trace.encode() in content]

    run("-c", SCRIPT, "fill")
    assert "Nguyễn Thị Lan" in found() and "nguoihoc-lan" in found(), "the search is blind"
    run("-c", SCRIPT, "erase")
    assert found() != [], "without writing them anew old rows stay: then this test shows nothing"
    with pytest.raises(AssertionError, match="--full"):
        installation.manage("overwrite_erased")
    # What somebody who began before can still see is kept, and that is said.
    with psycopg.connect(installation.database_url) as reading:
        reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reading.execute("SELECT count(*) FROM bdhvs_lms_learner")
        with pytest.raises(AssertionError, match="being read"):
            installation.manage("overwrite_erased", "--full")
    installation.manage("overwrite_erased", "--full")
    assert found() == []
